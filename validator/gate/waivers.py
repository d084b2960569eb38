"""Waivers: failures that an authority has accepted. A waived failure stays a failure, with the waiver beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from validator.errors import UsageError
from validator.gate.files import read_json
from validator.gate.keys import pattern
from validator.report import sections
from validator.report.digest import sealed
from validator.report.wording import LANGUAGES, say

Row = Mapping[str, Any]

APPLIED: Final = "applied"
UNUSED: Final = "unused"
EXPIRED: Final = "expired"
_LIMITS: Final = ("classes", "files", "pointers")


def read_waivers(path: Path) -> tuple[Row, ...]:
    """The waivers in this file. Raises UsageError when it is malformed or an id stands twice."""
    waivers: list[Row] = read_json(path, "waivers")["waivers"]
    seen: set[str] = set()
    for number, waiver in enumerate(waivers):
        if waiver["id"] in seen:
            raise UsageError("usage.gate_file", {"path": path.name, "reason": f"/waivers/{number}/id: {waiver['id']}"})
        seen.add(waiver["id"])
    return tuple(waivers)


def waived(report: Row, waivers: Sequence[Row] | None) -> Row:
    """The report sealed anew with each waiver and its state, and beside each failure the first one that covers it."""
    if waivers is None:
        return report
    states = {waiver["id"]: EXPIRED if expired(waiver, report["as_of"]) else UNUSED for waiver in waivers}
    results = []
    for result in report["results"]:
        found = next((w for w in waivers if states[w["id"]] != EXPIRED and covers(w, result)), None)
        if found is not None:
            states[found["id"]] = APPLIED
        results.append({**result, "waiver": found and _shown(found)})
    listed = [{**_shown(w), "requirement": w["requirement"], "state": states[w["id"]]} for w in waivers]
    return sealed({**report, "results": results, "waivers": listed})


def unwaived(report: Row) -> Row:
    """The report as it was before any waiver was applied, sealed anew."""
    return sealed({**report, "results": [{**result, "waiver": None} for result in report["results"]], "waivers": []})


def expired(waiver: Row, at: str) -> bool:
    """Whether the last day of the waiver is over at this time stamp."""
    return not sections.waiver_in_force(waiver, at)


def covers(waiver: Row, result: Row) -> bool:
    """Whether the waiver is for this failure: all findings must be seen to lie within its limits."""
    scope = waiver["scope"]
    if result["outcome"] != "failed" or waiver["requirement"] != result["requirement"]:
        return False
    if result["class"] not in scope.get("classes", (result["class"],)):
        return False
    if not scope.keys() & {"files", "pointers"}:
        return True
    return not result["truncated"] and all(_within(scope, finding) for finding in result["findings"])


def _within(scope: Row, finding: Row) -> bool:
    file = str(finding["location"]["file"] or "")
    files, pointers = scope.get("files"), scope.get("pointers")
    return (files is None or any(fnmatchcase(file, given) for given in files)) and (
        pointers is None or pattern(finding) in pointers or (finding["location"]["pointer"] or "") in pointers
    )


def _shown(waiver: Row) -> dict[str, Any]:
    """The waiver as a report holds it: its scope in words, limits included."""
    given = waiver["scope"]["description"]
    scope = {lang: f"{given if isinstance(given, str) else given[lang]}{_limits(waiver, lang)}" for lang in LANGUAGES}
    kept = {name: waiver[name] for name in ("id", "reason", "approved_by", "expires")}
    return {**kept, "scope": scope["vi"] if len(set(scope.values())) == 1 else scope}


def _limits(waiver: Row, lang: str) -> str:
    limits = [
        f"{say(lang, f'waiver.limit.{name}')}: {', '.join(waiver['scope'][name])}"
        for name in _LIMITS
        if name in waiver["scope"]
    ]
    return f" ({'; '.join(limits)})" if limits else ""
