"""Temporal properties of features: which they are, and what an interval selects by them."""

from __future__ import annotations

import pytest

from validator.api.times_of_features import instant, text_of, timelines


def features(*values: object) -> list[dict[str, object]]:
    return [{"properties": {"seen": value, "name": "x"}} for value in values]


def test_a_property_that_holds_only_times_is_a_line_and_another_is_not() -> None:
    assert [line.name for line in timelines(features("2026-01-01", None, "2026-03-01T08:00:00+07:00"))] == ["seen"]
    assert timelines(features("2026-01-01", "tháng ba")) == []


def test_the_cut_lies_in_the_widest_gap() -> None:
    (line,) = timelines(features("2026-01-01", "2026-01-03", "2026-01-13"))

    assert line.cut is not None
    assert text_of(line.cut) == "2026-01-08T00:00:00Z"


def test_values_too_near_to_each_other_are_not_cut() -> None:
    (line,) = timelines(features("2026-01-01", "2026-01-02", "2026-01-03"))

    assert line.cut is None


@pytest.mark.parametrize(
    ("value", "before", "after"),
    [("2026-01-01", True, False), ("2026-02-20", False, True), ("2026-01-31", None, None), (None, None, None)],
)
def test_a_half_bounded_interval_selects_one_side(value: object, before: bool | None, after: bool | None) -> None:
    (line,) = timelines(features("2026-01-01", "2026-03-01"))
    (feature,) = features(value)

    assert line.selects(feature, "../2026-01-31T12:00:00Z") is before
    assert line.selects(feature, "2026-01-31T12:00:00Z/..") is after


@pytest.mark.parametrize("value", ["", "2026", "20260101T000000", "2026-01-01T00:00:00", 20260101, None, "12345678901"])
def test_what_is_no_instant_is_none(value: object) -> None:
    assert instant(value) is None
