"""What a badge may say of a verified attestation: never more than the verification found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from validator.certificate.outcome import Verification, Word
from validator.report.badge import LABEL_MOST, NAME, State
from validator.report.visible import one_line, shortened

OUT_OF_FORCE: Final = {
    "verify.revoked": State.REVOKED, "verify.suspended": State.SUSPENDED, "verify.expired": State.EXPIRED,
}  # fmt: skip


def badge_state(outcome: Verification) -> State:
    """The state; a demonstration, and what could not be found out, is no conformity."""
    if outcome.certificate is None:
        return State.REFUSED
    if outcome.certificate["credentialSubject"]["demo"]:
        return State.DEMO
    for line in outcome.lines:
        if line.message_id in OUT_OF_FORCE:
            return OUT_OF_FORCE[line.message_id]
    return {Word.VALID: State.CONFORMANT, Word.UNKNOWN: State.INCONCLUSIVE, Word.REFUSED: State.REFUSED}[outcome.word]


def badge_label(certificate: Mapping[str, Any] | None) -> str:
    """The tool's name and what was granted, short."""
    if certificate is None:
        return NAME
    granted = [s for s in certificate["credentialSubject"]["scope"] if s["askedFor"]]
    first = f"{granted[0]['standard']} {granted[0]['edition']}" if granted else ""
    more = f" +{len(granted) - 1}" if len(granted) > 1 else ""
    return shortened(one_line(f"{NAME} {first}".strip()), LABEL_MOST) + more
