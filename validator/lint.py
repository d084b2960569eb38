"""What a standard of the catalogue must hold to: closed schemas, texts, cases, honest words.

Problems are sentences in English for authors of standards; a standard with one is refused by tests.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from validator.cases import cases_of, examples_of
from validator.catalogue import schemas
from validator.catalogue.codelists import code_lists
from validator.catalogue.load import find_standard, read_yaml
from validator.checks.bytes import READ_ASPECTS, TEXT_ASPECTS
from validator.checks.rule import ends_in_order, read_rule, used_parameters
from validator.checks.second_opinion import CHECKED_FORMATS
from validator.checks.table_checks import KINDS, LIVE
from validator.errors import LienthongError
from validator.lint_live import suite_problems
from validator.lint_xml import annotation_problems, check_problems
from validator.model.standard import Check, ConformanceClass, Dataset, Document, Level, Requirement, Standard
from validator.observe.submission import FORMAT_BY_SUFFIX
from validator.resources import data_folder

_OFFICIAL = re.compile(
    r"tiêu chuẩn quốc gia|quy chuẩn (kỹ thuật )?quốc gia|chứng nhận hợp (chuẩn|quy)|dấu hợp (chuẩn|quy)"
    r"|(adopted|approved|endorsed) by the (ministry|government)|national standard",
    re.IGNORECASE,
)
_UNSAFE_PATTERN = re.compile(r"\\[dDwWsSpPbB]|\(\?[=!<]")
ANNOTATIONS = frozenset({"x-requirement", "x-role", "x-personal", "x-column", "x-xml", "x-form"})


@cache
def _validator(name: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(schemas.read_schema(data_folder("standards") / name))


def lint(standard: Standard) -> Iterator[str]:
    """Every problem of the standard."""
    yield from _shape("standard.schema.json", standard.folder / "standard.yaml")
    for path in sorted((standard.folder / "cases").glob("*.yaml")):
        yield from _shape("case.schema.json", path)
    yield from _dependencies(standard)
    for dataset in standard.datasets.values():
        yield from (f"schema of {dataset.name}: {p}" for p in _schema_problems(dataset.schema))
        yield from (f"dataset {dataset.name}: {p}" for p in annotation_problems(dataset))
        yield from _key_problems(standard, dataset.name)
    for requirement in standard.requirements:
        yield from (f"{requirement.id}: {problem}" for problem in _requirement_problems(standard, requirement))
    yield from _circles(standard)
    yield from _owner_problems(standard)
    yield from _case_problems(standard)
    yield from _stray_rules(standard)
    yield from _official_claims(standard)


def _shape(schema: str, path: Path) -> Iterator[str]:
    raw = read_yaml(path)
    for error in _validator(schema).iter_errors(raw):
        where = "/" + "/".join(map(str, error.instance_path))
        yield f"{path.name} at {where}: {error.message[:200]}"


def _dependencies(standard: Standard) -> Iterator[str]:
    for name in standard.depends_on:
        try:
            find_standard(name)
        except LienthongError:
            yield f"depends_on names {name}, which is not in the catalogue"
    everything = _with_dependencies(standard)
    if standard.datasets and not any(c.kind == "bytes" for s in everything for r in s.requirements for c in r.checks):
        yield "no requirement of kind bytes in it or what it depends on owns the faults of text"


def _with_dependencies(standard: Standard) -> list[Standard]:
    known = []
    for name in standard.depends_on:
        with suppress(LienthongError):
            known.append(find_standard(name))
    return [standard, *known]


def _schema_problems(schema: Mapping[str, Any]) -> Iterator[str]:
    stack: list[tuple[str, Any]] = [("", schema)]
    while stack:
        where, node = stack.pop()
        if isinstance(node, list):
            stack.extend((f"{where}/{i}", item) for i, item in enumerate(node))
        if isinstance(node, Mapping):
            yield from _node_problems(where, node)
            stack.extend((f"{where}/{key}", value) for key, value in node.items())


def _node_problems(where: str, node: Mapping[str, Any]) -> Iterator[str]:
    if "properties" in node and node.get("type") == "object" and node.get("additionalProperties") is not False:
        yield f"object at {where or '/'} is not closed"
    pattern = node.get("pattern")
    if isinstance(pattern, str):
        if _UNSAFE_PATTERN.search(pattern) or not (pattern.startswith("^") and pattern.endswith("$")):
            yield f"pattern at {where} is not anchored or uses a class on which engines disagree: {pattern}"
        if "maxLength" not in node:
            yield f"pattern at {where} has no maxLength"
    if isinstance(node.get("format"), str) and node["format"] not in CHECKED_FORMATS:
        yield f"format {node['format']} at {where} is not asserted by both engines"
    if "multipleOf" in node:
        yield f"multipleOf at {where}: engines disagree on it"
    unknown = {key for key in node if key.startswith("x-")} - ANNOTATIONS
    if unknown and not where.endswith("/properties"):
        yield f"unknown annotation at {where}: {', '.join(sorted(unknown))}"


def _key_problems(standard: Standard, name: str) -> Iterator[str]:
    dataset = standard.datasets[name]
    columns = [column.name for column in dataset.columns]
    for wanted in (*dataset.key, dataset.subject_time, dataset.available_at):
        if wanted and wanted not in columns:
            yield f"dataset {name}: no column {wanted}; there are {', '.join(columns)}"
    if len(set(columns)) != len(columns):
        yield f"dataset {name}: two properties give one column name"


def _requirement_problems(standard: Standard, requirement: Requirement) -> Iterator[str]:
    if bool(requirement.checks) == (requirement.not_tested is not None):
        yield "needs either a check or a not_tested reason"
    known = {r.id for s in _with_dependencies(standard) for r in s.requirements}
    yield from (f"needs {name}, which does not exist" for name in requirement.needs if name not in known)
    for name in requirement.applies_to:
        if name != "*" and name not in standard.datasets:
            yield f"applies_to names {name}, which is no dataset of it"
    sources = {reference.name for reference in standard.builds_on}
    yield from (f"source {name!r} is not in builds_on" for name in requirement.sources if name not in sources)
    for values in requirement.at_class.values():
        yield from (f"at_class sets unknown parameter {n}" for n in values if n not in standard.parameters)
    for check in requirement.checks:
        yield from _check_problems(standard, requirement, check)
    if requirement.checks and requirement.fix is None:
        yield "has no fix hint"


def _circles(standard: Standard) -> Iterator[str]:
    needs = {r.id: r.needs for r in standard.requirements}
    for start in needs:
        reached, waiting = set(), list(needs[start])
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting.extend(needs.get(name, ()))
        if start in reached:
            yield f"{start} needs itself by way of others"


def _check_problems(standard: Standard, requirement: Requirement, check: Check) -> Iterator[str]:
    if check.kind not in KINDS:
        yield f"unknown kind of check {check.kind}"
    for value in _parameter_names(check.settings):
        if value not in standard.parameters:
            yield f"unknown parameter ${value}"
    if check.kind == "bytes":
        wrong = set(check.settings.get("aspects", ())) - set(READ_ASPECTS) - set(TEXT_ASPECTS)
        yield from (f"unknown aspect {name}" for name in sorted(wrong))
    if check.kind == "codelist" and check.settings.get("list") not in code_lists():
        yield f"unknown code list {check.settings.get('list')}"
    if check.kind == "xml":
        yield from check_problems(standard, check, requirement.applies_to)
    if check.kind == LIVE:
        yield from suite_problems(requirement, check)
    if "sql" in check.settings:
        yield from _rule_problems(standard, requirement, standard.folder / check.settings["sql"])


def _rule_problems(standard: Standard, requirement: Requirement, path: Path) -> Iterator[str]:
    if not path.is_file():
        yield f"rule file rules/{path.name} does not exist"
        return
    if not ends_in_order(read_rule(path)):
        yield f"{path.name} does not end in its ORDER BY, so two runs could show different samples"
    for name in sorted(used_parameters(read_rule(path)) - set(standard.parameters)):
        yield f"{path.name} uses unknown parameter ${name}"
    if "default" not in requirement.messages:
        yield "has a rule but no default message"


def _parameter_names(settings: Any) -> Iterator[str]:
    if isinstance(settings, str) and settings.startswith("$"):
        yield settings[1:]
    elif isinstance(settings, Mapping):
        for value in settings.values():
            yield from _parameter_names(value)
    elif isinstance(settings, list):
        for value in settings:
            yield from _parameter_names(value)


def _owner_problems(standard: Standard) -> Iterator[str]:
    everything = _with_dependencies(standard)
    tested = {r.id for s in everything for r in s.requirements if any(c.kind == "schema" for c in r.checks)}
    basic = {r.id for r in standard.requirements if r.conformance_class is ConformanceClass.BASIC}
    holders: list[Dataset | Document] = [*standard.datasets.values(), *standard.documents.values()]
    for holder in holders:
        for owner in {holder.schema_requirement, *schemas.owners(holder.schema)}:
            if owner not in tested:
                yield f"schema of {holder.name} gives errors to {owner}, which has no check of kind schema"
        if holder.schema_requirement not in basic:
            yield f"schema_requirement of {holder.name} is not of class basic"


def _case_problems(standard: Standard) -> Iterator[str]:
    proved = {name for case in cases_of(standard) for name in case.requirements()}
    for requirement in standard.requirements:
        if requirement.id not in proved and any(check.kind != LIVE for check in requirement.checks):
            yield f"{requirement.id} has no case that trips it"
    if standard.datasets and not any(examples_of(standard)):
        yield "has no example submission"
    shown = set(_shown(standard))
    for dataset in standard.datasets.values():
        for media in dataset.formats:
            if (dataset.id, media) not in shown:
                yield f"dataset {dataset.name} stands in no example in format {media}"


def _shown(standard: Standard) -> Iterator[tuple[str, str]]:
    """(dataset, format) of every file of the examples' manifests."""
    for example in examples_of(standard):
        manifest = json.loads((example / "manifest.json").read_text(encoding="utf-8"))
        for item in manifest.get("datasets", ()):
            for entry in item["files"]:
                yield item["dataset"], entry.get("format") or FORMAT_BY_SUFFIX.get(Path(entry["path"]).suffix, "json")


def _stray_rules(standard: Standard) -> Iterator[str]:
    used = {check.settings["sql"] for r in standard.requirements for check in r.checks if "sql" in check.settings}
    for path in sorted((standard.folder / "rules").glob("*.sql")):
        if f"rules/{path.name}" not in used:
            yield f"rules/{path.name} belongs to no requirement"


def _official_claims(standard: Standard) -> Iterator[str]:
    texts = {"title": standard.title, "scope": standard.scope}
    texts |= {r.id: r.statement for r in standard.requirements} | {
        f"{r.id} title": r.title for r in standard.requirements
    }
    for where, text in texts.items():
        for words in (text.vi, text.en):
            found = _OFFICIAL.search(words)
            if found and not re.search(r"không phải|not a|not an|không phải là", words, re.IGNORECASE):
                yield f"{where} claims official status: {found.group()!r}"
    must = [r for r in standard.requirements if r.level is Level.MUST and r.conformance_class is ConformanceClass.BASIC]
    if not must:
        yield "has no MUST of class basic, so that class could never be conformant"
