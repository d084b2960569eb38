"""The lint refuses a standard that breaks the rules of the catalogue."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import etree

from validator.catalogue.load import load_standard
from validator.errors import CatalogueError
from validator.lint import lint
from validator.resources import data_folder

BOTH = {"vi": "Một câu", "en": "A sentence"}
GOOD: dict[str, Any] = {
    "id": "VSC-TRY",
    "version": "1.0",
    "title": BOTH,
    "status": "proposed profile",
    "scope": BOTH,
    "legal_basis_checked_on": "2026-11-23",
    "depends_on": ["VSC-CORE@1.0"],
    "builds_on": [{"name": "RFC 8259", "certainty": "S1", "checked_on": "2026-11-23"}],
    "parameters": {"top": {"value": 5, "unit": "1", "min": 0, "max": 9, "basis": "P", "source": BOTH}},
    "datasets": {
        "obs": {"title": BOTH, "formats": ["jsonl"], "schema": "schemas/obs.schema.json", "schema_requirement": "R01"}
    },
    "requirements": [
        {
            "id": "R01", "clause": "5.1", "level": "MUST", "class": "basic", "title": BOTH, "statement": BOTH,
            "basis": "P", "sources": ["RFC 8259"], "applies_to": ["obs"],
            "check": [{"kind": "schema"}, {"kind": "rule", "sql": "rules/R01.sql"}],
            "messages": {"default": BOTH}, "fix": BOTH,
        }
    ],
}  # fmt: skip
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"id": {"type": "string"}, "n": {"type": "integer"}},
}
CASE = {
    "title": {"vi": "Số quá lớn", "en": "A number is too large"},
    "edits": [{"file": "obs.jsonl", "append": {}}],
    "expect": [{"requirement": "R01"}],
}

MANIFEST = {"datasets": [{"dataset": "VSC-TRY/obs", "files": [{"path": "obs.jsonl"}]}]}

Change = Callable[[dict[str, Any], dict[str, Any], Path], None]


def problems(tmp_path: Path, change: Change = lambda standard, schema, folder: None) -> list[str]:
    folder = tmp_path / "try" / "1.0"
    for name in ("schemas", "rules", "cases", "examples/main"):
        (folder / name).mkdir(parents=True)
    standard, schema = json.loads(json.dumps(GOOD)), json.loads(json.dumps(SCHEMA))
    (folder / "rules" / "R01.sql").write_text("SELECT _at FROM try.obs WHERE n > $top ORDER BY _at", encoding="utf-8")
    (folder / "cases" / "R01-large.yaml").write_text(yaml.safe_dump(CASE, allow_unicode=True), encoding="utf-8")
    (folder / "examples" / "main" / "manifest.json").write_text(json.dumps(MANIFEST), encoding="utf-8")
    change(standard, schema, folder)
    (folder / "schemas" / "obs.schema.json").write_text(json.dumps(schema), encoding="utf-8")
    (folder / "standard.yaml").write_text(yaml.safe_dump(standard, allow_unicode=True), encoding="utf-8")
    return list(lint(load_standard(folder, data_folder("standards"))))


def test_a_good_standard_has_no_problems(tmp_path: Path) -> None:
    assert problems(tmp_path) == []


def first(standard: dict[str, Any]) -> dict[str, Any]:
    requirement: dict[str, Any] = standard["requirements"][0]
    return requirement


@pytest.mark.parametrize(
    ("said", "change"),
    [
        ("no case that trips it", lambda s, c, f: (f / "cases" / "R01-large.yaml").unlink()),
        ("unknown parameter $bottom", lambda s, c, f: (f / "rules" / "R01.sql").write_text("SELECT $bottom")),
        ("unknown parameter $bottom", lambda s, c, f: first(s)["check"][1].update(limit="$bottom")),
        ("does not end in its ORDER BY", lambda s, c, f: (f / "rules" / "R01.sql").write_text("SELECT $top")),
        ("does not exist", lambda s, c, f: (f / "rules" / "R01.sql").unlink()),
        ("belongs to no requirement", lambda s, c, f: (f / "rules" / "R02.sql").write_text("SELECT 1")),
        ("is not closed", lambda s, c, f: c.pop("additionalProperties")),
        ("not anchored", lambda s, c, f: c["properties"]["id"].update(pattern="[0-9]", maxLength=3)),
        ("engines disagree", lambda s, c, f: c["properties"]["id"].update(pattern=r"^\d$", maxLength=3)),
        ("has no maxLength", lambda s, c, f: c["properties"]["id"].update(pattern="^[0-9]$")),
        ("not asserted by both", lambda s, c, f: c["properties"]["id"].update(format="email")),
        ("multipleOf", lambda s, c, f: c["properties"]["n"].update(multipleOf=2)),
        ("unknown annotation", lambda s, c, f: c["properties"]["n"].update({"x-other": 1})),
        ("claims official status", lambda s, c, f: s["title"].update(vi="Tiêu chuẩn quốc gia về thử")),
        ("claims official status", lambda s, c, f: first(s)["statement"].update(en="Approved by the ministry.")),
        ("not in builds_on", lambda s, c, f: first(s).update(sources=["Other"])),
        ("which does not exist", lambda s, c, f: first(s).update(needs=["R99"])),
        ("needs itself", lambda s, c, f: first(s).update(needs=["R01"])),
        ("which is no dataset", lambda s, c, f: first(s).update(applies_to=["none"])),
        ("no default message", lambda s, c, f: first(s).update(messages={})),
        ("has no fix hint", lambda s, c, f: first(s).pop("fix")),
        ("unknown code list", lambda s, c, f: first(s)["check"].append({"kind": "codelist", "list": "none"})),
        ("unknown aspect", lambda s, c, f: first(s)["check"].append({"kind": "bytes", "aspects": ["smell"]})),
        ("no check of kind schema", lambda s, c, f: first(s).update(check=first(s)["check"][1:])),
        ("either a check or a not_tested", lambda s, c, f: first(s).update(not_tested=BOTH)),
        ("no column nowhere", lambda s, c, f: s["datasets"]["obs"].update(key=["nowhere"])),
        ("not of class basic", lambda s, c, f: first(s).update({"class": "standard"})),
        ("not in the catalogue", lambda s, c, f: s.update(depends_on=["VSC-CORE@1.0", "VSC-NONE@1.0"])),
        ("standard.yaml at", lambda s, c, f: s.update(status="national standard")),
        ("no requirement of kind bytes", lambda s, c, f: s.update(depends_on=[])),
        ("stands in no example in format csv", lambda s, c, f: s["datasets"]["obs"].update(formats=["jsonl", "csv"])),
        ("has no example", lambda s, c, f: (f / "examples" / "main" / "manifest.json").unlink()),
    ],
)
def test_a_broken_rule_of_the_catalogue_is_told(tmp_path: Path, said: str, change: Change) -> None:
    assert [problem for problem in problems(tmp_path, change) if said in problem]


def xml_problems(tmp_path: Path, test: str = ". > 1", declared: Any = None, **settings: str) -> list[str]:
    """Problems that speak of XML, of a list whose Schematron is asked as the settings say."""

    def change(standard: dict[str, Any], schema: dict[str, Any], folder: Path) -> None:
        standard["datasets"]["obs"]["formats"] = ["xml"]
        schema["x-xml"] = {"root": "list", "record": "obs"} if declared is None else declared
        first(standard)["check"].append({"kind": "xml", "ask": "schematron", "file": "a.sch", **settings})
        rule = etree.Element("rule", context="n")
        etree.SubElement(rule, "assert", test=test)
        (folder / "a.sch").write_bytes(etree.tostring(rule))

    told = problems(tmp_path, change)
    return [problem for problem in told if "x-xml" in problem or "record" in problem]


def test_a_schematron_that_keeps_to_one_record_has_no_problem(tmp_path: Path) -> None:
    assert xml_problems(tmp_path, "n > 1 and ./n div 2 and n/m", per="record") == []


@pytest.mark.parametrize(
    "test",
    ["//obs", "../n", "preceding-sibling::obs/n", "ancestor :: list", "/list/obs", "count(/list) = 1", "key('a', .)",
     "obs[2]", "obs [last()]", "n[position() = 1]", "document('x')"],
)  # fmt: skip
def test_a_schematron_asked_by_record_looks_at_no_other(tmp_path: Path, test: str) -> None:
    assert "looks beyond one record" in xml_problems(tmp_path, test, per="record")[0]
    assert xml_problems(tmp_path / "whole", test) == []


def test_what_is_asked_by_record_is_a_schematron_over_a_list(tmp_path: Path) -> None:
    assert "only a Schematron" in xml_problems(tmp_path / "a", per="record", ask="xsd")[0]
    assert "only a Schematron" in xml_problems(tmp_path / "b", per="document")[0]
    assert "no dataset of it is a list" in xml_problems(tmp_path / "c", declared={"root": "x"}, per="record")[0]


@pytest.mark.parametrize("declared", [{}, {"record": "obs"}, {"root": "list", "records": "obs"}, "list"])
def test_an_annotation_of_xml_is_complete(tmp_path: Path, declared: Any) -> None:
    assert "its x-xml needs root" in xml_problems(tmp_path, declared=declared)[0]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_missing_language_is_refused_at_load(tmp_path: Path, lang: str) -> None:
    with pytest.raises(CatalogueError, match="text_missing"):
        problems(tmp_path, lambda s, c, f: first(s)["statement"].pop(lang))


def test_a_reference_outside_standards_is_refused_at_load(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="schema_ref_outside"):
        problems(tmp_path, lambda s, c, f: c["properties"].update(x={"$ref": "https://example.org/x.json"}))
