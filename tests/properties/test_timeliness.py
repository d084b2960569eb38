"""Clauses of the density and freshness formulas as properties."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.checks.timeliness import duration, measure, nearest_rank

START = datetime(2026, 10, 1)
DAY = timedelta(days=1)
EIGHT = timedelta(hours=8)

DELIVERIES = st.dictionaries(
    st.integers(0, 59), st.one_of(st.none(), st.integers(-600, 40 * 60).map(lambda m: timedelta(minutes=m))), min_size=1
)


def slots(deliveries: dict[int, timedelta | None]) -> list[dict[str, object]]:
    return [
        {"slot": START + DAY * day, "available_at": None if delay is None else START + DAY * day + delay, "_at": day}
        for day, delay in sorted(deliveries.items())
    ]


def measured(deliveries: dict[int, timedelta | None]) -> dict[str, object]:
    return measure(slots(deliveries), START, START + DAY * max(deliveries), DAY, EIGHT)


@given(DELIVERIES)
def test_completeness_is_the_share_of_slots_with_a_record(deliveries: dict[int, timedelta | None]) -> None:
    expected = max(deliveries) + 1

    came = sum(delay is not None for delay in deliveries.values())

    assert measured(deliveries)["expected"] == expected
    assert measured(deliveries)["cr"] == round(came / expected, 6)


@given(DELIVERIES)
def test_on_time_never_exceeds_completeness(deliveries: dict[int, timedelta | None]) -> None:
    found = measured(deliveries)

    assert 0 <= found["otr"] <= found["cr"] <= 1


@given(DELIVERIES)
def test_a_delivery_at_the_deadline_itself_is_on_time_and_a_second_later_is_not(
    deliveries: dict[int, timedelta | None],
) -> None:
    at = dict.fromkeys(deliveries, EIGHT)
    after = {day: EIGHT + timedelta(seconds=1) for day in deliveries}

    assert measured(at)["on_time"] == len(deliveries)
    assert measured(after)["on_time"] == 0


@given(DELIVERIES)
def test_the_longest_run_of_missed_slots_is_counted(deliveries: dict[int, timedelta | None]) -> None:
    came = {day for day, delay in deliveries.items() if delay is not None}
    line = "".join("x" if day in came else " " for day in range(max(deliveries) + 1))

    assert measured(deliveries)["lrm"] == max(len(gap) for gap in line.split("x"))


@given(DELIVERIES)
def test_the_open_gap_to_the_end_of_the_window_counts_as_an_interval(deliveries: dict[int, timedelta | None]) -> None:
    found = measured(deliveries)
    moments = [START + DAY * day + delay for day, delay in deliveries.items() if delay is not None]
    end = START + DAY * (max(deliveries) + 1)

    if moments:
        assert found["interval_max_s"] >= max(0, (end - max(moments)).total_seconds())
    else:
        assert found["interval_max_s"] is None


@given(DELIVERIES)
def test_a_slot_that_never_came_lags_without_end(deliveries: dict[int, timedelta | None]) -> None:
    found = measured(deliveries)

    if found["delivered"] < 0.95 * found["expected"]:
        assert found["lag_p95_s"] is None


@given(DELIVERIES)
def test_days_add_up_to_the_whole(deliveries: dict[int, timedelta | None]) -> None:
    found = measured(deliveries)

    for part in ("expected", "delivered", "on_time"):
        assert sum(day[part] for day in found["days"]) == found[part]


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.01, 1))
def test_the_nearest_rank_percentile_is_a_member_that_enough_values_do_not_exceed(
    values: list[float], share: float
) -> None:
    found = nearest_rank(sorted(values), share)

    assert found in values
    assert sum(v <= found for v in values) >= share * len(values) - 1e-9


@pytest.mark.parametrize(
    ("text", "expected"),
    [("P1D", DAY), ("PT8H", EIGHT), ("P1DT2H30M5S", timedelta(days=1, hours=2, minutes=30, seconds=5))],
)
def test_durations_of_iso_8601_are_read(text: str, expected: timedelta) -> None:
    assert duration(text) == expected


@pytest.mark.parametrize("text", ["", "P", "PT", "1D", "P1M", "P1W", "PT8H\n"])
def test_other_text_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        duration(text)
