"""The gate: may a pipeline go on with this report?

Only failures can be accepted, by a waiver in force or by a baseline that knows each finding. What
could not be decided can be accepted by nobody, and a profile that others build on counts with them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from validator.errors import UsageError
from validator.gate.baseline import NEW, Baseline, Stale, marked, stale
from validator.gate.waivers import covers, expired
from validator.report.sections import CLASSES
from validator.report.told import undecided

Row = Mapping[str, Any]

EXIT_PASSED: Final = 0
EXIT_FAILED: Final = 1
EXIT_UNDECIDED: Final = 3
_REQUIRED: Final = re.compile(r"(?P<standard>[^@/\s]+)@(?P<version>[^@/\s]+)/(?P<class>[a-z]+)")


@dataclass(frozen=True, slots=True)
class Required:
    """A class of a profile that must be met."""

    standard: str
    version: str
    conformance_class: str

    @classmethod
    def parse(cls, text: str) -> Required:
        """From `NAME@VERSION/CLASS`. Raises UsageError."""
        found = _REQUIRED.fullmatch(text)
        if found is None or found["class"] not in CLASSES:
            raise UsageError("usage.bad_require", {"text": text})
        return cls(found["standard"], found["version"], found["class"])


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a pipeline brings along: known findings, waivers, how many new findings it lets through."""

    baseline: Baseline | None = None
    waivers: Sequence[Row] = ()
    most_new: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """What the gate found; `exit_code` follows from it alone."""

    required: tuple[Required, ...]
    missing: tuple[Required, ...]
    failed: tuple[Row, ...]
    waived: tuple[tuple[Row, Row], ...]
    undecided: tuple[Row, ...]
    known: int
    new: int
    most_new: int
    stale: tuple[Stale, ...]
    expired: tuple[Row, ...]

    @property
    def exit_code(self) -> int:
        """1 before 3: what is known to be wrong is not made better by what is unknown."""
        if self.new > self.most_new or self.stale or self.expired:
            return EXIT_FAILED
        return EXIT_UNDECIDED if self.undecided or self.missing else EXIT_PASSED


def decide(report: Row, required: Sequence[Required], accepted: Accepted, at: str) -> Decision:
    """Holds the report against what is required; `at` (RFC 3339) is the day on which waivers must be in force.

    Without `required`, what the report's subject claims is required.
    """
    wanted = tuple(required) or _claimed(report)
    shown = marked(report, accepted.baseline)
    musts = [r for r in shown["results"] if r["level"] == "MUST" and _counts(r, wanted, report)]
    failing = [r for r in musts if r["outcome"] == "failed"]
    over = tuple(w for w in accepted.waivers if expired(w, max(at, report["as_of"])))
    in_force = [w for w in accepted.waivers if w not in over]
    pairs = [(result, next((w for w in in_force if covers(w, result)), None)) for result in failing]
    open_ = [result for result, waiver in pairs if waiver is None]
    return Decision(
        required=wanted,
        missing=tuple(r for r in wanted if not _decided(r, report)),
        failed=tuple(open_),
        waived=tuple((result, waiver) for result, waiver in pairs if waiver is not None),
        undecided=tuple(r for r in musts if undecided(r)),
        known=sum(_known(r) for r in open_),
        new=sum(r["findings_count"] - _known(r) for r in open_),
        most_new=accepted.most_new,
        stale=tuple(stale(report, accepted.baseline)) if accepted.baseline else (),
        expired=over,
    )


def _known(result: Row) -> int:
    """Findings that the baseline knows; those that are counted but not shown are known to nobody."""
    return sum(finding.get("baseline", NEW) != NEW for finding in result["findings"])


def _claimed(report: Row) -> tuple[Required, ...]:
    return tuple(Required(s["id"], s["version"], s["class"]) for s in report["standards"] if s["claimed"])


def _counts(result: Row, wanted: Sequence[Required], report: Row) -> bool:
    """Whether a result decides: one of a required class, or of a profile that claimed ones build on."""
    reach = {r.standard: CLASSES.index(r.conformance_class) for r in wanted}
    for standard in report["standards"]:
        if not standard["claimed"]:
            reach.setdefault(standard["id"], len(CLASSES))
    return result["standard"] in reach and CLASSES.index(result["class"]) <= reach[result["standard"]]


def _decided(required: Required, report: Row) -> bool:
    """Whether the report has a verdict on this class that is not inconclusive."""
    wanted = (required.standard, required.version, required.conformance_class)
    verdicts = [v["verdict"] for v in report["verdicts"] if (v["standard"], v["version"], v["class"]) == wanted]
    return bool(verdicts) and "inconclusive" not in verdicts
