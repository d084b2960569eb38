"""From results to three-valued verdicts; what was not found out is never conformant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from validator.model.result import Outcome, Result, VerdictWord
from validator.model.standard import ConformanceClass, Level

_UNKNOWN = (Outcome.CANT_TELL, Outcome.UNTESTED)


def judge(results: Iterable[Result], conformance_class: ConformanceClass) -> VerdictWord:
    """The verdict on one class: any failed MUST refuses it; any MUST that is unknown, or no MUST
    examined at all, leaves it inconclusive; else it is conformant. SHOULD and MAY only count."""
    must = [
        result.outcome
        for result in results
        if result.level is Level.MUST and result.conformance_class.rank <= conformance_class.rank
    ]
    if Outcome.FAILED in must:
        return VerdictWord.NONCONFORMANT
    if Outcome.PASSED not in must or any(outcome in _UNKNOWN for outcome in must):
        return VerdictWord.INCONCLUSIVE
    return VerdictWord.CONFORMANT


def overall(verdicts: Sequence[VerdictWord]) -> VerdictWord:
    """The worst of several verdicts; of none, inconclusive."""
    if VerdictWord.NONCONFORMANT in verdicts:
        return VerdictWord.NONCONFORMANT
    if not verdicts or VerdictWord.INCONCLUSIVE in verdicts:
        return VerdictWord.INCONCLUSIVE
    return VerdictWord.CONFORMANT


def counts(results: Iterable[Result]) -> dict[str, int]:
    """How many results there are of each outcome, all five always named."""
    seen = Counter(result.outcome for result in results)
    return {outcome.value: seen[outcome] for outcome in Outcome}
