"""Kind `timeliness`: expected slots of a schedule against delivered records, by graded evidence.

Formulas of this kind: for each series, slots run on a fixed period over the window. CR = slots with
a valid record / N; OTR = slots available by their deadline / N; lag = available − slot (− its period
where the deadline lies after the period, as for hourly means); update interval = distance of
consecutive availabilities with the open gap to the window's end; LRM = longest run of missed slots;
p95 by nearest rank. Evidence: E1 the data's own `available_at`; E2 the receiver's delivery log
(`received_at`, an unbroken hash chain); E3 the harness's own polling. A re-publication with the same
content hash and unchanged `data_through` is not an update.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from validator.checks.ask import Answer, Ask, CannotTell, Measure, Query, Row
from validator.checks.timeliness_sql import LATE_SHOWN, Schedule, microseconds, statements
from validator.model.result import Cause
from validator.model.standard import ConformanceClass, Dataset

GRADES: Final = ("E1", "E2", "E3")
GRADE_OF_CLASS: Final = {
    ConformanceClass.BASIC: "E1",
    ConformanceClass.STANDARD: "E2",
    ConformanceClass.ADVANCED: "E3",
}
DAY: Final = timedelta(days=1)
RECORDS_AT_ONCE: Final = 4_000_000
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?\Z")


def duration(text: str) -> timedelta:
    """An ISO 8601 duration of days, hours, minutes and seconds. Raises ValueError otherwise."""
    found = _DURATION.match(text)
    if not found or not any(found.groups()):
        raise ValueError(f"not a duration: {text!r}")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


Portion = dict[str, str]
"""The names of the `first` and `last` of some consecutive series."""


@dataclass(frozen=True, slots=True)
class Series:
    """The figures of one series, with the time that its records span and where its first one stands."""

    name: str
    span: timedelta
    at: int
    measured: Mapping[str, Any]


def check(ask: Ask) -> Iterator[Answer]:
    """Measures of every series, and a row for each limit that one misses."""
    dataset = ask.datasets[ask.setting("dataset")]
    needed = ask.setting("grade") or GRADE_OF_CLASS[ask.conformance_class]
    if ask.conformance_class is ConformanceClass.ADVANCED:
        needed = "E3"
    grade = _grade(ask, dataset)
    if grade == "E1" and dataset.available_at is None:
        yield CannotTell(Cause.EVIDENCE, "timeliness.no_times", {"dataset": dataset.id})
        return
    judged = False
    for answer in _judge_all(ask, dataset, grade):
        judged = True
        yield answer
    if not judged:
        yield CannotTell(Cause.EVIDENCE, "timeliness.no_records", {"dataset": dataset.id})
    elif GRADES.index(grade) < GRADES.index(needed):
        yield CannotTell(
            Cause.EVIDENCE, "timeliness.grade_too_low", {"needed": needed, "grade": grade, "dataset": dataset.id}
        )


def _grade(ask: Ask, dataset: Dataset) -> str:
    sql = (
        "SELECT count(*) AS n, coalesce(bool_and(chained), false) AS chained FROM sub.delivery "
        f"WHERE standard = '{dataset.standard}' AND dataset = '{dataset.name}'"
    )
    row = next(ask.query(sql, None))
    return "E2" if row["n"] and row["chained"] else "E1"


def _judge_all(ask: Ask, dataset: Dataset, grade: str) -> Iterator[Answer]:
    schedule = Schedule(
        duration(str(ask.setting("every"))),
        duration(str(ask.setting("deadline"))),
        timedelta(days=int(ask.setting("window_days", 30))),
    )
    table = f'"{ask.standard.code}"."{dataset.name}"'
    asked = statements(dataset, table, ask.setting("series", ()), grade, schedule)
    limits = {name: ask.resolve(value) for name, value in (ask.setting("require") or {}).items()}
    shown = {"limits": {name: str(value) for name, value in limits.items()}}
    for portion in portions(ask.query, asked):
        late: Mapping[str, list[Row]] | None = None
        for one in measured_series(ask.query, asked, portion, schedule):
            yield Measure({"dataset": dataset.id, "series": one.name, "grade": grade, **one.measured, **shown})
            if one.span < schedule.window:
                yield _too_short(dataset, one, schedule)
                continue
            for row in filter(None, (_against(name, limit, one.measured) for name, limit in sorted(limits.items()))):
                late = late_slots(ask.query, asked, portion) if late is None else late
                yield {**_missed(one, late.get(one.name, [])), "grade": grade, **row}


def _too_short(dataset: Dataset, one: Series, schedule: Schedule) -> CannotTell:
    days = {"days": one.span // DAY, "needed": schedule.window.days}
    return CannotTell(Cause.EVIDENCE, "timeliness.window_short", {"series": one.name, "dataset": dataset.id, **days})


def portions(query: Query, asked: Mapping[str, str]) -> Iterator[Portion]:
    """All series in order, cut so that each portion but one of a single series holds few enough records."""
    portion: Portion | None = None
    held = 0
    for row in query(asked["sizes"], None):
        name, held = row["series"], held + row["records"]
        if portion is not None and held > RECORDS_AT_ONCE:
            yield portion
            portion, held = None, row["records"]
        portion = {"first": portion["first"] if portion else name, "last": name}
    if portion is not None:
        yield portion


def late_slots(query: Query, asked: Mapping[str, str], portion: Portion) -> Mapping[str, list[Row]]:
    """The first late slots of every series that has any."""
    rows = query(asked["late"], portion)
    return {name: list(slots) for name, slots in groupby(rows, key=itemgetter("series"))}


def _missed(one: Series, late: list[Row]) -> Row:
    """The first late slots in words, and the place of the first of them that has a record, else of the series."""
    shown = ", ".join(row["slot"].isoformat(" ", "minutes") for row in late)
    more = one.measured["expected"] - one.measured["on_time"] > LATE_SHOWN
    at = next((row["_at"] for row in late if row["_at"] is not None), one.at)
    return {"_at": at, "series": one.name, "slots": shown + (" …" if more else "") or "–"}


def measured_series(query: Query, asked: Mapping[str, str], portion: Portion, schedule: Schedule) -> Iterator[Series]:
    """The figures of every series of the portion, in the order of their names."""
    days = groupby(query(asked["days"], portion), key=itemgetter("series"))
    counts: tuple[str, list[Row]] | None = None
    for row in query(asked["figures"], portion):
        if counts is None or counts[0] < row["series"]:
            counts = next(((name, list(rows)) for name, rows in days), None)
        mine = counts[1] if counts is not None and counts[0] == row["series"] else []
        span = row["last_slot"] - row["first_slot"] + schedule.every
        yield Series(row["series"], span, row["_at"], _measured(row, mine, schedule))


def _measured(row: Row, days: list[Row], schedule: Schedule) -> dict[str, Any]:
    """The figures of one series over the window [start, last + every)."""
    start, last, expected, delivered = row["start_slot"], row["last_slot"], row["expected"], row["delivered"]
    whole = delivered == expected
    run = row["run"] if row["run"] is not None else 0 if whole else expected
    seen = {day["day"]: (day["delivered"], day["on_time"]) for day in days}
    due = _due(start, last, schedule.every)
    return {
        "window": {"from": start.isoformat(), "to": (last + schedule.every).isoformat()},
        "expected": expected, "delivered": delivered, "on_time": row["on_time"],
        "cr": round(delivered / expected, 6), "otr": round(row["on_time"] / expected, 6),
        "lag_p50_s": _lag(row["delay_p50"], schedule), "lag_p95_s": _lag(row["delay_p95"], schedule),
        "lag_max_s": _lag(row["delay_max"], schedule) if whole else None,
        "interval_p95_s": _seconds(row["gap_p95"]), "interval_max_s": _seconds(row["gap_max"]), "lrm": run,
        "days": [_day(day, number, *seen.get(day, (0, 0))) for day, number in due],
    }  # fmt: skip


def _lag(delay: int | None, schedule: Schedule) -> float | None:
    """Seconds of lag; None where a slot that never came lags without end, which JSON has no number for."""
    return None if delay is None else _seconds(delay - microseconds(schedule.settled))


def _seconds(span: int | None) -> float | None:
    return None if span is None else span / 1_000_000


@lru_cache
def _due(start: datetime, last: datetime, every: timedelta) -> tuple[tuple[date, int], ...]:
    """How many slots each day expects; most series share a calendar."""
    slots = (start + every * number for number in range((last - start) // every + 1))
    return tuple((day, sum(1 for _ in of_day)) for day, of_day in groupby(slots, key=datetime.date))


@lru_cache(4096)
def _day(day: date, expected: int, delivered: int, on_time: int) -> Mapping[str, Any]:
    """One day's counts; the same counts of thousands of series are held once."""
    return {"date": day.isoformat(), "expected": expected, "delivered": delivered, "on_time": on_time}


_LIMITS = {
    "cr_min": ("cr", True), "otr_min": ("otr", True), "lrm_max": ("lrm", False),
    "lag_p95_max": ("lag_p95_s", False), "interval_p95_max": ("interval_p95_s", False),
}  # fmt: skip


def _against(name: str, limit: Any, measured: Mapping[str, Any]) -> dict[str, Any] | None:
    figure, at_least = _LIMITS[name]
    found = measured[figure]
    bound = duration(limit).total_seconds() if isinstance(limit, str) else float(limit)
    if found is not None and (found >= bound if at_least else found <= bound):
        return None
    sign = "≥" if at_least else "≤"
    return {
        "_message": f"timeliness.{name}",
        "expected": f"{sign} {limit}",
        "found": "∅" if found is None else str(found),
        "delivered": measured["delivered"],
        "expected_slots": measured["expected"],
    }
