"""Clauses of the density and freshness formulas as properties, and the SQL against the plain formulas."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.timeliness_oracle import measure, nearest_rank
from validator.catalogue.load import standards
from validator.checks import timeliness
from validator.checks.timeliness import duration, late_slots, measured_series, portions
from validator.checks.timeliness_sql import LATE_SHOWN, Schedule, statements
from validator.engine.package import table_schema

START = datetime(2026, 10, 1)
DAY = timedelta(days=1)
EIGHT = timedelta(hours=8)
YEAR = timedelta(days=366)

Slots = Mapping[datetime, datetime | None]

DELIVERIES = st.dictionaries(
    st.integers(0, 59), st.one_of(st.none(), st.integers(-600, 40 * 60).map(lambda m: timedelta(minutes=m))), min_size=1
)
MINUTES = st.one_of(st.integers(0, 72).map(lambda n: 60 * n), st.integers(0, 72 * 60))
DELAYS = st.one_of(st.none(), st.sampled_from([0, 60, 90]), st.integers(-600, 2000))
SERIES = st.dictionaries(
    st.sampled_from(["A", "B", "C|", "Đ"]), st.dictionaries(MINUTES, DELAYS, min_size=1, max_size=40), min_size=1
)
SCHEDULES = st.builds(
    Schedule,
    st.sampled_from([timedelta(minutes=30), timedelta(hours=1), DAY]),
    st.sampled_from([timedelta(0), timedelta(hours=2), timedelta(hours=30)]),
    st.sampled_from([DAY, 2 * DAY, YEAR]),
)
DATASET = next(d for s in standards().values() for d in s.datasets.values() if d.subject_time and d.available_at)


_RECORDS = pa.schema([
    ("_at", pa.int64()), ("series", pa.string()), (DATASET.subject_time, pa.timestamp("us")),
    (DATASET.available_at, pa.timestamp("us")),
])  # fmt: skip
_LOG = table_schema(
    "standard:text dataset:text line:int key:text subject_time:time data_through:time received_at:time sha256:text "
    "status:text"
)


class Tables:
    """A database with the records of some series and the receiver's log."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("CREATE SCHEMA sub")

    def fill(self, records: Mapping[str, Slots], log: Mapping[str, Slots]) -> None:
        self._table("records", _RECORDS, [(n, series, *pair) for n, (series, pair) in enumerate(_pairs(records))])
        self._table("sub.delivery", _LOG, list(_log_lines(log)))

    def _table(self, name: str, schema: pa.Schema, rows: list[tuple[Any, ...]]) -> None:
        columns = list(zip(*rows, strict=True)) or [()] * len(schema)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
        self.connection.register("_incoming", pa.Table.from_arrays(arrays, schema=schema))
        self.connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM _incoming")

    def query(self, sql: str, parameters: Mapping[str, Any] | None) -> Iterator[dict[str, Any]]:
        cursor = self.connection.cursor().execute(sql, parameters)
        names = [column[0] for column in cursor.description or ()]
        return (dict(zip(names, row, strict=True)) for row in cursor.fetchall())


TABLES = Tables()


def _pairs(records: Mapping[str, Slots]) -> Iterator[tuple[str, tuple[datetime, datetime | None]]]:
    return ((name, pair) for name, slots in records.items() for pair in slots.items())


def _log_lines(log: Mapping[str, Slots]) -> Iterator[tuple[Any, ...]]:
    for line, (key, (slot, received)) in enumerate(_pairs(log)):
        if received is not None:
            yield DATASET.standard, DATASET.name, line, key, slot, None, received, f"{line}", None


def figures(schedule: Schedule, grade: str = "E1", late: bool = True) -> dict[str, dict[str, Any]]:
    """What the SQL measures of every series, with its first late slots."""
    asked = statements(DATASET, "records", ("series",), grade, schedule)
    found: dict[str, dict[str, Any]] = {}
    for portion in portions(TABLES.query, asked):
        slots = late_slots(TABLES.query, asked, portion) if late else {}
        for one in measured_series(TABLES.query, asked, portion, schedule):
            found[one.name] = {**one.measured, "late": [row["slot"] for row in slots.get(one.name, ())]}
    return found


def expected_figures(slots: Slots, schedule: Schedule) -> dict[str, Any]:
    first, last = min(slots), max(slots)
    start = max(first, last + schedule.every - schedule.window)
    within = {slot: available for slot, available in slots.items() if slot >= start}
    found = measure(within, start, last, schedule.every, schedule.deadline)
    return {**found, "late": found["late"][:LATE_SHOWN]}


def moments(records: Mapping[str, Mapping[int, int | None]]) -> dict[str, dict[datetime, datetime | None]]:
    return {
        name: {
            START + timedelta(minutes=at): None if delay is None else START + timedelta(minutes=at + delay)
            for at, delay in slots.items()
        }
        for name, slots in records.items()
    }


@given(SERIES, SCHEDULES)
def test_the_figures_of_the_data_s_own_stamps_equal_the_formulas(
    records: Mapping[str, Mapping[int, int | None]], schedule: Schedule
) -> None:
    given_slots = moments(records)
    TABLES.fill(given_slots, {})

    assert figures(schedule) == {name: expected_figures(slots, schedule) for name, slots in given_slots.items()}


@given(SERIES, SERIES, st.dictionaries(MINUTES, DELAYS, max_size=20), SCHEDULES)
def test_the_figures_of_the_receiver_s_log_equal_the_formulas(
    records: Mapping[str, Mapping[int, int | None]],
    log: Mapping[str, Mapping[int, int | None]],
    for_all: Mapping[int, int | None],
    schedule: Schedule,
) -> None:
    given_slots, by_key, by_any = moments(records), moments(log), moments({"*": for_all})["*"]
    TABLES.fill(given_slots, {**by_key, "*": by_any})
    received = {
        name: {
            slot: min(filter(None, (by_key.get(name, {}).get(slot), by_any.get(slot))), default=None) for slot in slots
        }
        for name, slots in given_slots.items()
    }

    assert figures(schedule, "E2") == {name: expected_figures(slots, schedule) for name, slots in received.items()}


@given(SERIES)
def test_portions_of_the_series_give_the_figures_of_all_at_once(
    records: Mapping[str, Mapping[int, int | None]],
) -> None:
    TABLES.fill(moments(records), {})
    schedule = Schedule(timedelta(hours=1), timedelta(hours=2), DAY)
    at_once = figures(schedule)

    with patch.object(timeliness, "RECORDS_AT_ONCE", 30):
        assert figures(schedule) == at_once


@given(DELIVERIES)
def test_a_slot_with_two_records_came_with_the_first(deliveries: dict[int, timedelta | None]) -> None:
    first = daily(deliveries)
    TABLES.fill({"A": first}, {})
    once = figures(Schedule(DAY, EIGHT, YEAR))

    again = [(n, "A", *pair) for n, pair in enumerate(first.items())]
    later = [(100 + n, name, slot, came and came + DAY) for n, name, slot, came in again]
    TABLES._table("records", _RECORDS, [*again, *later])

    assert figures(Schedule(DAY, EIGHT, YEAR)) == once


def daily(deliveries: Mapping[int, timedelta | None]) -> dict[datetime, datetime | None]:
    return {
        START + DAY * day: None if delay is None else START + DAY * day + delay
        for day, delay in sorted({0: None, **deliveries}.items())
    }


def measured(deliveries: Mapping[int, timedelta | None]) -> dict[str, Any]:
    TABLES.fill({"A": daily(deliveries)}, {})
    return figures(Schedule(DAY, EIGHT, YEAR), late=False)["A"]


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
