"""Verdicts: what was not found out is never conformant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.judge.verdict import counts, judge, overall
from validator.model.result import Outcome, Result, VerdictWord
from validator.model.standard import ConformanceClass, Level

BASIC, STANDARD, ADVANCED = ConformanceClass


def result(outcome: Outcome, level: Level = Level.MUST, at: ConformanceClass = BASIC) -> Result:
    return Result("X-R01", "X", level, at, outcome)


RESULTS = st.lists(
    st.builds(
        result, st.sampled_from(list(Outcome)), st.sampled_from(list(Level)), st.sampled_from(list(ConformanceClass))
    )
)


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        ([Outcome.PASSED], VerdictWord.CONFORMANT),
        ([Outcome.PASSED, Outcome.INAPPLICABLE], VerdictWord.CONFORMANT),
        ([Outcome.PASSED, Outcome.FAILED], VerdictWord.NONCONFORMANT),
        ([Outcome.FAILED, Outcome.CANT_TELL], VerdictWord.NONCONFORMANT),
        ([Outcome.PASSED, Outcome.CANT_TELL], VerdictWord.INCONCLUSIVE),
        ([Outcome.PASSED, Outcome.UNTESTED], VerdictWord.INCONCLUSIVE),
        ([Outcome.INAPPLICABLE], VerdictWord.INCONCLUSIVE),
        ([], VerdictWord.INCONCLUSIVE),
    ],
)
def test_the_verdict_follows_from_the_must_results(outcomes: list[Outcome], verdict: VerdictWord) -> None:
    assert judge([result(o) for o in outcomes], BASIC) is verdict


def test_a_requirement_of_a_higher_class_does_not_count() -> None:
    results = [result(Outcome.PASSED), result(Outcome.FAILED, at=STANDARD)]

    assert judge(results, BASIC) is VerdictWord.CONFORMANT
    assert judge(results, STANDARD) is VerdictWord.NONCONFORMANT


def test_a_failed_should_never_blocks() -> None:
    assert judge([result(Outcome.PASSED), result(Outcome.FAILED, Level.SHOULD)], BASIC) is VerdictWord.CONFORMANT


@given(RESULTS)
def test_a_higher_class_is_never_easier(results: list[Result]) -> None:
    if judge(results, ADVANCED) is VerdictWord.CONFORMANT and any(
        r.outcome is Outcome.PASSED and r.level is Level.MUST and r.conformance_class is BASIC for r in results
    ):
        assert judge(results, BASIC) is VerdictWord.CONFORMANT


@given(RESULTS, st.sampled_from(list(ConformanceClass)))
def test_making_a_must_unknown_never_gives_conformant(results: list[Result], at: ConformanceClass) -> None:
    for unknown in (Outcome.CANT_TELL, Outcome.UNTESTED, Outcome.FAILED):
        assert judge([*results, result(unknown)], at) is not VerdictWord.CONFORMANT


@given(RESULTS, RESULTS, st.sampled_from(list(ConformanceClass)))
def test_a_failed_must_is_never_outweighed(results: list[Result], more: list[Result], at: ConformanceClass) -> None:
    assert judge([*results, result(Outcome.FAILED), *more], at) is VerdictWord.NONCONFORMANT


@given(RESULTS, st.sampled_from(list(ConformanceClass)), st.randoms())
def test_the_order_of_results_does_not_matter(results: list[Result], at: ConformanceClass, random: object) -> None:
    shuffled = list(results)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert judge(shuffled, at) is judge(results, at)


@given(st.lists(st.sampled_from(list(VerdictWord))))
def test_the_overall_verdict_is_the_worst(words: list[VerdictWord]) -> None:
    severity = [VerdictWord.CONFORMANT, VerdictWord.INCONCLUSIVE, VerdictWord.NONCONFORMANT]

    assert overall(words) is (max(words, key=severity.index) if words else VerdictWord.INCONCLUSIVE)


@given(RESULTS)
def test_counts_name_all_five_outcomes_and_lose_none(results: list[Result]) -> None:
    counted = counts(results)

    assert set(counted) == {o.value for o in Outcome}
    assert sum(counted.values()) == len(results)
