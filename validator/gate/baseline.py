"""The baseline: findings that were there when it was made. They are still shown, and hide nothing new.

An entry counts how often its key was found. Found more often, the rest is new; found less often, the
entry is stale and must be taken back, or it would leave room for something new to hide in.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from validator.errors import UsageError
from validator.gate.files import read_json
from validator.gate.keys import Key, key_of

Report = Mapping[str, Any]

SCHEMA: Final = "lienthong-baseline/1.0"
KNOWN: Final = "known"
NEW: Final = "new"


@dataclass(frozen=True, slots=True)
class Baseline:
    """How often each finding was there."""

    counts: Mapping[Key, int]


@dataclass(frozen=True, slots=True)
class Stale:
    """An entry that promises more findings than there are."""

    key: Key
    promised: int
    found: int


def read_baseline(path: Path) -> Baseline:
    """The baseline in this file. Raises UsageError when it is malformed or names a finding twice."""
    counts: dict[Key, int] = {}
    for number, entry in enumerate(read_json(path, "baseline")["entries"]):
        key = Key(*(entry[name] for name in ("requirement", "class", "message_id", "pointer", "value")))
        if key in counts:
            raise UsageError("usage.gate_file", {"path": path.name, "reason": f"/entries/{number}: {key.requirement}"})
        counts[key] = entry["count"]
    return Baseline(counts)


def marked(report: Report, baseline: Baseline | None) -> Report:
    """The report with `baseline` known or new at each finding, the new ones first, for showing only:
    report.json knows no baseline."""
    if baseline is None:
        return report
    left = Counter(dict(baseline.counts))
    return {**report, "results": [_marked(result, left) for result in report["results"]]}


def _marked(result: Mapping[str, Any], left: Counter[Key]) -> dict[str, Any]:
    findings = []
    for finding in result["findings"]:
        key = key_of(result, finding)
        known = left[key] > 0
        left[key] -= known
        findings.append({**finding, "baseline": KNOWN if known else NEW})
    return {**result, "findings": sorted(findings, key=lambda finding: finding["baseline"] == KNOWN)}


def stale(report: Report, baseline: Baseline) -> list[Stale]:
    """Entries that promise more than was found. Of a truncated result nothing can be said, so none is stale."""
    found = counted(report)
    cut = {(r["requirement"], r["class"]) for r in report["results"] if r["truncated"]}
    return [
        Stale(key, promised, found[key])
        for key, promised in baseline.counts.items()
        if found[key] < promised and (key.requirement, key.conformance_class) not in cut
    ]


def counted(report: Report) -> Counter[Key]:
    """How often each finding stands in a report."""
    return Counter(key_of(r, f) for r in report["results"] if r["outcome"] == "failed" for f in r["findings"])


def cut_results(report: Report) -> list[str]:
    """Failed requirements whose findings are not all in the report."""
    return [r["requirement"] for r in report["results"] if r["outcome"] == "failed" and r["truncated"]]


def renewed(report: Report, old: Baseline | None, accept_new: bool) -> tuple[str, int]:
    """The baseline of a report as JSON text, and how many findings were left out as new.

    Without an old baseline everything is taken; with one, only what it knew, unless `accept_new`.

    Raises:
        UsageError: the report does not hold all findings, so a baseline of it would be a part of one.
    """
    cut = cut_results(report)
    if cut:
        raise UsageError("usage.baseline_cut", {"requirements": ", ".join(dict.fromkeys(cut))})
    found = counted(report)
    kept = found if old is None or accept_new else found & Counter(dict(old.counts))
    entries = [
        {**dict(zip(("requirement", "class", "message_id", "pointer", "value"), key, strict=True)), "count": count}
        for key, count in sorted(kept.items())
    ]
    document = {"schema": SCHEMA, "made_from": report["report_id"], "entries": entries}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n", (found - kept).total()
