"""Cases: edits of a conformant example with the findings expected, and nothing else.

A case is how a requirement proves that it can fail. `run_case` copies the example, applies the
edits, seals the copy again and runs the whole validator on it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from validator.catalogue.load import full_id, read_yaml
from validator.edits import EditError, apply_edit
from validator.model.standard import ConformanceClass, Standard
from validator.run import Options, validate
from validator.seal import seal_folder

TRAP_PREFIX = "ok-"


@dataclass(frozen=True, slots=True)
class Case:
    """One case file of a standard; `expect` is empty for a trap that must not be reported."""

    standard: Standard
    path: Path
    raw: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.standard.id}/{self.path.stem}"

    @property
    def expected(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(self.raw.get("expect") or ())

    def requirements(self) -> frozenset[str]:
        return frozenset(full_id(self.standard.id, str(item["requirement"])) for item in self.expected)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What came of a case: the problems are sentences in English; none means it holds."""

    case: Case
    problems: tuple[str, ...]


def cases_of(standard: Standard) -> Iterator[Case]:
    for path in sorted((standard.folder / "cases").glob("*.yaml")):
        yield Case(standard, path, read_yaml(path))


def examples_of(standard: Standard) -> Iterator[Path]:
    yield from sorted(path.parent for path in (standard.folder / "examples").glob("*/manifest.json"))


def run_case(case: Case) -> CaseResult:
    """Runs one case in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="lienthong-case-") as scratch:
        root = Path(scratch) / "submission"
        example = case.standard.folder / "examples" / str(case.raw.get("example", "main"))
        shutil.copytree(example, root)
        try:
            for edit in case.raw.get("edits") or ():
                apply_edit(root, edit)
        except EditError as fault:
            return CaseResult(case, (f"edit does not apply: {fault}",))
        if case.raw.get("seal", True):
            seal_folder(root)
        wanted = case.raw.get("class")
        as_of = case.raw.get("as_of")
        options = Options(
            conformance_class=ConformanceClass(wanted) if wanted else None,
            as_of=datetime.fromisoformat(as_of) if as_of else None,
        )
        report = validate(root, options)
    return CaseResult(case, tuple(_problems(case, report)))


def _problems(case: Case, report: Mapping[str, Any]) -> Iterator[str]:
    failed: dict[str, dict[str, Any]] = {}
    for result in report["results"]:
        if result["outcome"] == "failed":
            kept = failed.setdefault(result["requirement"], result)
            if result["findings_count"] > kept["findings_count"]:
                failed[result["requirement"]] = result
        if result["cause"] == "error":
            yield f"{result['requirement']}: engine error: {result['reason']['en']}"
    wanted = {full_id(case.standard.id, str(item["requirement"])): item for item in case.expected}
    for name, item in wanted.items():
        if name not in failed:
            outcome = next((r["outcome"] for r in report["results"] if r["requirement"] == name), "not in scope")
            yield f"{name}: expected a finding, outcome is {outcome}"
        else:
            yield from _differences(name, item, failed[name])
    for name in sorted(set(failed) - set(wanted)):
        first = failed[name]["findings"][0]
        place = {k: v for k, v in first["location"].items() if v is not None}
        yield f"{name}: not expected: {failed[name]['findings_count']} × {first['message']['en']} at {place}"


def _differences(name: str, wanted: Mapping[str, Any], result: Mapping[str, Any]) -> Iterator[str]:
    if "count" in wanted and result["findings_count"] != wanted["count"]:
        yield f"{name}: expected {wanted['count']} findings, got {result['findings_count']}"
    for key in ("pointer", "record", "line", "file"):
        found = {f["location"][key] for f in result["findings"]}
        if key in wanted and wanted[key] not in found:
            yield f"{name}: expected {key} {wanted[key]!r}, got {sorted(map(str, found))}"
    if "message" in wanted:
        ids = {f["message_id"] for f in result["findings"]}
        asked = str(wanted["message"])
        if asked not in ids and not any(i.rpartition(".")[2] == asked for i in ids):
            yield f"{name}: expected message {asked!r}, got {sorted(ids)}"


def run_example(standard: Standard, example: Path) -> tuple[str, ...]:
    """Problems of an example that should conform: any failed requirement or engine error."""
    report = validate(example, Options())
    empty = Case(standard, example / "manifest.json", {"expect": []})
    return tuple(_problems(empty, report))
