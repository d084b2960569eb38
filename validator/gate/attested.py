"""The gate before a deployment: does a verified attestation grant what is required, and for long enough?

What is refused, expired, suspended or revoked closes it, and so does what could not be found out. A key
that is for demonstration opens nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from validator.certificate.outcome import Verification, Word
from validator.gate.decision import EXIT_FAILED, EXIT_PASSED, EXIT_UNDECIDED, Required
from validator.report.sections import CLASSES

EXIT_REFUSED: Final = 5


@dataclass(frozen=True, slots=True)
class Demand:
    """What a deployment asks of an attestation; `version` is the object's, when one is asked for."""

    required: tuple[Required, ...]
    remaining: timedelta = timedelta()
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Admission:
    """What the gate found; `exit_code` follows from it alone. `left` is negative once time is over."""

    demand: Demand
    word: Word
    missing: tuple[Required, ...]
    other_version: str | None
    demo: bool
    left: timedelta

    @property
    def too_short(self) -> bool:
        return self.left < self.demand.remaining

    @property
    def exit_code(self) -> int:
        if self.word is Word.REFUSED:
            return EXIT_REFUSED
        if self.missing or self.other_version is not None or self.demo or self.too_short:
            return EXIT_FAILED
        return EXIT_UNDECIDED if self.word is Word.UNKNOWN else EXIT_PASSED


def admit(outcome: Verification, demand: Demand, at: datetime) -> Admission:
    """Holds a verified attestation against what is asked."""
    if outcome.certificate is None:
        return Admission(demand, outcome.word, demand.required, None, False, timedelta())
    subject = outcome.certificate["credentialSubject"]
    version = subject["object"]["version"] or ""
    return Admission(
        demand,
        outcome.word,
        tuple(one for one in demand.required if not _granted(one, subject["scope"])),
        version if demand.version not in (None, version) else None,
        subject["demo"],
        datetime.fromisoformat(outcome.certificate["validUntil"]) - at,
    )


def _granted(required: Required, scope: Sequence[Mapping[str, Any]]) -> bool:
    """Whether this edition of the profile was granted at the class required, or above it."""
    named = [s for s in scope if (s["standard"], s["edition"]) == (required.standard, required.version)]
    rank = CLASSES.index(required.conformance_class)
    return any(CLASSES.index(item["classGranted"]) >= rank for item in named)
