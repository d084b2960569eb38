"""The two JSON Schema engines accept the same records of every schema of the catalogue."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.records import damaged
from validator.catalogue.load import standards
from validator.checks.second_opinion import KNOWN_DIFFERENCES, SecondOpinion, known_difference

SCHEMAS = {
    f"{standard.id}/{name}": holder.schema
    for standard in standards().values()
    for name, holder in {**standard.datasets, **standard.documents}.items()
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_both_engines_accept_and_refuse_the_same_records(name: str) -> None:
    opinion = SecondOpinion(SCHEMAS[name])

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(damaged(dict(SCHEMAS[name])), min_size=1, max_size=3))
    def agree(values: list[Any]) -> None:
        assert opinion.differences(values) == []

    agree()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("leap_second", "2026-06-30T23:59:60Z"),
        ("year_zero", "0000-01-01T00:00:00Z"),
        ("trailing_newline", "00004\n"),
    ],
)
def test_each_known_difference_is_recognised(name: str, text: str) -> None:
    found = known_difference({"any": text})

    assert found is not None
    assert found.name == name


def test_every_known_difference_has_a_reason() -> None:
    assert all(len(difference.reason) > 30 for difference in KNOWN_DIFFERENCES)


def test_a_real_disagreement_would_be_seen() -> None:
    """The comparison itself can fail: two engines given different schemas disagree."""
    opinion = SecondOpinion({"type": "object", "properties": {"a": {"type": "integer"}}})
    opinion.second = SecondOpinion({"type": "object", "properties": {"a": {"type": "string"}}}).second

    assert opinion.differences([{"a": 1}, {"a": "x"}, {}]) == [0, 1]
