"""What follows from findings: one result per requirement and class, one verdict per class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from validator.model.finding import Finding
from validator.model.standard import ConformanceClass, Level
from validator.model.text import Text


class Outcome(StrEnum):
    """The five outcomes of W3C EARL 1.0."""

    PASSED = "passed"
    FAILED = "failed"
    CANT_TELL = "cantTell"
    INAPPLICABLE = "inapplicable"
    UNTESTED = "untested"


class Cause(StrEnum):
    """Why a result is cantTell: our error, a `needs` that failed, or evidence graded too low."""

    ERROR = "error"
    SKIPPED = "skipped"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Assertion:
    """One test of a live suite and what came of it; several make the result of a requirement."""

    name: str
    outcome: Outcome
    cause: Cause | None = None
    reason: Text | None = None
    examined: int = 0
    requests: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one requirement at one class; counts are exact, findings are samples."""

    requirement: str
    standard: str
    level: Level
    conformance_class: ConformanceClass
    outcome: Outcome
    cause: Cause | None = None
    reason: Text | None = None
    findings_count: int = 0
    findings: tuple[Finding, ...] = ()
    examined: int = 0
    measures: tuple[Mapping[str, Any], ...] = ()
    assertions: tuple[Assertion, ...] = ()

    @property
    def truncated(self) -> bool:
        return len(self.findings) < self.findings_count


class VerdictWord(StrEnum):
    """Three-valued: what was not found out is never conformant."""

    CONFORMANT = "conformant"
    NONCONFORMANT = "nonconformant"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement on one class of one standard. `claimed` is False for a class that a claimed
    standard only depends on."""

    standard: str
    version: str
    conformance_class: ConformanceClass
    verdict: VerdictWord
    claimed: bool
    counts: Mapping[str, int] = field(default_factory=dict)
