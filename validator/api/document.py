"""OpenAPI documents: made from a standard's template and the datasets of collections.

A path marked `x-per-collection` is written out for each collection, with the schema of its dataset
in place of `#/components/schemas/Record`; an operation marked `x-when: writable` and a parameter
marked `x-filter` stand only where the collection has them.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from validator.catalogue.load import read_yaml
from validator.model.standard import Dataset, Standard

TEMPLATE: Final = "openapi.yaml"
RECORD: Final = "#/components/schemas/Record"
METHODS: Final = ("get", "put", "post", "patch", "delete", "head", "options", "trace")
PLACE: Final = "{collectionId}"


@dataclass(frozen=True, slots=True)
class Offered:
    """A collection to write out: its id, its dataset, its filters, and whether it can be written."""

    id: str
    dataset: Dataset
    filters: tuple[str, ...] = ()
    writable: bool = False


def template(standard: Standard) -> dict[str, Any]:
    """The standard's own document, as it stands."""
    made: dict[str, Any] = read_yaml(standard.folder / TEMPLATE)
    return made


def has_template(standard: Standard) -> bool:
    return (standard.folder / TEMPLATE).is_file()


def assemble(standard: Standard, offered: Sequence[Offered]) -> dict[str, Any]:
    """The document of a system with these collections; nothing in it begins with `x-`."""
    made = template(standard)
    components = made["components"]
    patterns = {path: item for path, item in made["paths"].items() if item.get("x-per-collection")}
    for path in patterns:
        del made["paths"][path]
    for number, collection in enumerate(offered, 1):
        name = f"Collection{number}"
        components["schemas"][f"{name}Record"] = copy.deepcopy(dict(collection.dataset.schema))
        for shape in ("Page", "Item"):
            components["responses"][f"{name}{shape}"] = _of_record(components["responses"][shape], name)
        components["schemas"][f"{name}Page"] = _of_record(components["schemas"]["Page"], name)
        for path, item in patterns.items():
            made["paths"][path.replace(PLACE, quote(collection.id, safe="~"))] = _path(
                item, collection, name, components
            )
    for shape in ("Page", "Item"):
        del components["responses"][shape]
    del components["schemas"]["Record"], components["schemas"]["Page"]
    plain: dict[str, Any] = _plain(made)
    return plain


def offered_filters(dataset: Dataset) -> tuple[str, ...]:
    """The filters that a collection of this dataset must have: by subject time and by the codes of its records."""
    columns = {column.name: column.sql_type for column in dataset.columns}
    codes = tuple(name for name in ("province_code", "commune_code") if columns.get(name) == "VARCHAR")
    return (("datetime",) if dataset.subject_time else ()) + codes


def _of_record(node: Any, name: str) -> Any:
    """The same with references to the record, page and item of one collection."""
    renamed = {
        RECORD: f"#/components/schemas/{name}Record",
        "#/components/schemas/Page": f"#/components/schemas/{name}Page",
        "#/components/responses/Page": f"#/components/responses/{name}Page",
        "#/components/responses/Item": f"#/components/responses/{name}Item",
    }
    if isinstance(node, Mapping):
        return {k: renamed.get(v, v) if k == "$ref" else _of_record(v, name) for k, v in node.items()}
    return [_of_record(item, name) for item in node] if isinstance(node, list) else node


def _path(item: Mapping[str, Any], collection: Offered, name: str, components: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for method, operation in item.items():
        if method not in METHODS or (operation.get("x-when") == "writable" and not collection.writable):
            continue
        kept = _of_record(operation, name)
        kept["operationId"] = f"{operation['operationId']}{name}"
        kept["parameters"] = [p for p in kept.get("parameters", ()) if _stands(p, collection, components)]
        made[method] = kept
    return made


def _stands(parameter: Mapping[str, Any], collection: Offered, components: Mapping[str, Any]) -> bool:
    named = str(parameter.get("$ref", "")).rpartition("/")[2]
    declared = components["parameters"].get(named, parameter)
    if declared.get("in") == "path" and declared.get("name") == "collectionId":
        return False
    return "x-filter" not in declared or declared["name"] in collection.filters


def _plain(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {k: _plain(v) for k, v in node.items() if not str(k).startswith("x-")}
    return [_plain(item) for item in node] if isinstance(node, list) else node
