"""Schemas are inlined and give typed columns."""

import json
from pathlib import Path
from typing import Any

import pytest

from validator.catalogue.schemas import bundle, columns
from validator.errors import CatalogueError


def write(folder: Path, name: str, document: Any) -> Path:
    path = folder / "core" / "1.0" / "schemas" / f"{name}.schema.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_a_reference_is_replaced_by_its_target_and_siblings_win(tmp_path: Path) -> None:
    write(tmp_path, "types", {"$defs": {"code": {"type": "string", "maxLength": 5, "x-requirement": "R01"}}})
    path = write(
        tmp_path,
        "x",
        {"type": "object", "properties": {"a": {"$ref": "vsc:core/1.0/types#/$defs/code", "maxLength": 2}}},
    )

    assert bundle(path, tmp_path, "VSC-X")["properties"]["a"] == {
        "type": "string",
        "maxLength": 2,
        "x-requirement": "VSC-X-R01",
    }


@pytest.mark.parametrize("ref", ["https://example.org/x.json", "file:///etc/passwd", "../x.json#/a"])
def test_a_reference_that_leads_outside_is_refused(tmp_path: Path, ref: str) -> None:
    path = write(tmp_path, "outside", {"properties": {"a": {"$ref": ref}}})

    with pytest.raises(CatalogueError, match="schema_ref_outside"):
        bundle(path, tmp_path, "VSC-X")


def test_a_circle_of_references_is_refused(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "circle",
        {"$defs": {"a": {"items": {"$ref": "#/$defs/a"}}}, "properties": {"a": {"$ref": "#/$defs/a"}}},
    )

    with pytest.raises(CatalogueError, match="schema_recursive"):
        bundle(path, tmp_path, "VSC-X")


def test_a_reference_without_a_target_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "dangling", {"properties": {"a": {"$ref": "#/$defs/nowhere"}}})

    with pytest.raises(CatalogueError, match="schema_ref_dangling"):
        bundle(path, tmp_path, "VSC-X")


def test_columns_follow_the_schema() -> None:
    schema = {
        "properties": {
            "id": {"type": "string"},
            "at": {"type": "string", "format": "date-time"},
            "day": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
            "n": {"type": ["integer", "null"]},
            "totals": {"type": "object", "properties": {"revenue": {"type": "integer", "x-role": "money"}}},
            "codes": {"type": "array", "items": {"type": "string", "x-role": "commune_code"}},
            "parts": {"type": "array", "items": {"type": "object", "properties": {}}},
            "kind": {"enum": ["a", "b"]},
        }
    }
    found = {c.name: (c.path, c.sql_type, c.role) for c in columns(schema)}

    assert found == {
        "id": (("id",), "VARCHAR", None),
        "at": (("at",), "TIMESTAMP", None),
        "day": (("day",), "DATE", None),
        "n": (("n",), "BIGINT", None),
        "totals_revenue": (("totals", "revenue"), "BIGINT", "money"),
        "codes": (("codes",), "VARCHAR[]", "commune_code"),
        "parts": (("parts",), "JSON", None),
        "kind": (("kind",), "VARCHAR", None),
    }


def test_a_geojson_feature_gives_its_properties_at_the_top() -> None:
    schema = {
        "properties": {
            "type": {"const": "Feature"},
            "id": {"type": "string"},
            "geometry": {"type": "object"},
            "properties": {"type": "object", "properties": {"zone_id": {"type": "string"}}},
        }
    }

    assert [c.name for c in columns(schema)] == ["feature_id", "geometry", "zone_id"]


def test_an_empty_csv_cell_is_null_where_a_required_member_may_be_null() -> None:
    schema = {
        "required": ["a", "b"],
        "properties": {
            "a": {"type": ["number", "null"]},
            "b": {"type": "number"},
            "c": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        },
    }

    assert [c.null_when_empty for c in columns(schema)] == [True, False, False]
