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

import math
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Any

from validator.checks.ask import Answer, Ask, CannotTell, Measure
from validator.model.result import Cause
from validator.model.standard import ConformanceClass, Dataset

GRADES = ("E1", "E2", "E3")
LATE_SHOWN = 5
GRADE_OF_CLASS = {
    ConformanceClass.BASIC: "E1",
    ConformanceClass.STANDARD: "E2",
    ConformanceClass.ADVANCED: "E3",
}
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?\Z")


def duration(text: str) -> timedelta:
    """An ISO 8601 duration of days, hours, minutes and seconds. Raises ValueError otherwise."""
    found = _DURATION.match(text)
    if not found or not any(found.groups()):
        raise ValueError(f"not a duration: {text!r}")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def nearest_rank(ordered: list[float], share: float) -> float | None:
    """The percentile by nearest rank of an ascending list; None of an empty one."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


def finite(value: float | None) -> float | None:
    """None for the lag of a slot that never came, which JSON has no number for."""
    return None if value is None or math.isinf(value) else value


_E1 = """
SELECT {series} AS series, CAST({slot} AS TIMESTAMP) AS slot, CAST({available} AS TIMESTAMP) AS available_at,
       min(_at) AS _at
FROM {table} WHERE {slot} IS NOT NULL GROUP BY ALL
"""

# The first delivery of a slot counts; one that repeats earlier content with unchanged data_through does not.
_E2 = """
WITH log AS (
    SELECT *, row_number() OVER (PARTITION BY key, sha256, data_through ORDER BY received_at, line) AS nth,
           min(subject_time) OVER (PARTITION BY key, sha256, data_through) AS first_subject
    FROM sub.delivery WHERE standard = '{standard}' AND dataset = '{dataset}' AND coalesce(status, 'ok') = 'ok'
), fresh AS (
    SELECT key, subject_time, min(received_at) AS received_at FROM log
    WHERE nth = 1 OR (sha256 IS NULL) GROUP BY ALL
)
SELECT {series} AS series, CAST({slot} AS TIMESTAMP) AS slot, min(f.received_at) AS available_at, min(r._at) AS _at
FROM {table} r LEFT JOIN fresh f
  ON f.subject_time = CAST({slot} AS TIMESTAMP) AND (f.key = '*' OR f.key = {series})
WHERE {slot} IS NOT NULL GROUP BY ALL
"""


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
    series = list(_series(ask, dataset, grade))
    if not series:
        yield CannotTell(Cause.EVIDENCE, "timeliness.no_records", {"dataset": dataset.id})
        return
    window = timedelta(days=int(ask.setting("window_days", 30)))
    for name, slots in series:
        yield from _judge(ask, dataset, name, slots, window, grade)
    if GRADES.index(grade) < GRADES.index(needed):
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


def _series(ask: Ask, dataset: Dataset, grade: str) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    names = [f'"{name}"' for name in ask.setting("series", ())]
    shown = "concat_ws('|', " + ", ".join(f"CAST({n} AS VARCHAR)" for n in names) + ")" if names else "'*'"
    sql = (_E2 if grade == "E2" else _E1).format(
        series=shown,
        slot=f'"{dataset.subject_time}"',
        available=f'"{dataset.available_at}"' if dataset.available_at else "NULL",
        table=f'"{ask.standard.code}"."{dataset.name}"',
        standard=dataset.standard,
        dataset=dataset.name,
    )
    current: str | None = None
    slots: list[Mapping[str, Any]] = []
    for row in ask.query(f"SELECT * FROM ({sql}) ORDER BY series, slot, _at", None):
        if row["series"] != current:
            if current is not None:
                yield current, slots
            current, slots = row["series"], []
        slots.append(row)
    if current is not None:
        yield current, slots


def _judge(
    ask: Ask, dataset: Dataset, series: str, slots: list[Mapping[str, Any]], window: timedelta, grade: str
) -> Iterator[Answer]:
    every = duration(str(ask.setting("every")))
    deadline = duration(str(ask.setting("deadline")))
    first, last = slots[0]["slot"], slots[-1]["slot"]
    span = last - first + every
    start = max(first, last + every - window)
    measured = measure([s for s in slots if s["slot"] >= start], start, last, every, deadline)
    limits = {name: ask.resolve(value) for name, value in (ask.setting("require") or {}).items()}
    head = {"dataset": dataset.id, "series": series, "grade": grade}
    yield Measure({**head, **measured, "limits": {k: str(v) for k, v in limits.items()}})
    if span < window:
        short = {"series": series, "days": span // timedelta(days=1), "needed": window.days, "dataset": dataset.id}
        yield CannotTell(Cause.EVIDENCE, "timeliness.window_short", short)
        return
    for name, limit in sorted(limits.items()):
        row = _against(name, limit, measured)
        if row:
            late = measured["late"]
            at = next((s["_at"] for s in slots if s["slot"] in late[:LATE_SHOWN]), slots[0]["_at"])
            yield {"_at": at, "series": series, "grade": grade, "slots": _listed(late), **row}


def _listed(late: list[Any]) -> str:
    shown = ", ".join(slot.isoformat(" ", "minutes") for slot in late[:LATE_SHOWN])
    return shown + (" …" if len(late) > LATE_SHOWN else "") or "–"


def measure(
    slots: list[Mapping[str, Any]], start: Any, last: Any, every: timedelta, deadline: timedelta
) -> dict[str, Any]:
    """The figures of one series over the window [start, last + every)."""
    seen = {s["slot"]: s["available_at"] for s in slots}
    expected = [start + every * i for i in range((last - start) // every + 1)]
    lags: list[float] = []
    late: list[Any] = []
    on_time = run = longest = 0
    settled = every if deadline > every else timedelta(0)
    days: dict[str, list[int]] = {}
    for slot in expected:
        available = seen.get(slot)
        punctual = available is not None and available <= slot + deadline
        day = days.setdefault(slot.date().isoformat(), [0, 0, 0])
        day[0] += 1
        day[1] += available is not None
        day[2] += punctual
        on_time += punctual
        run = 0 if available is not None else run + 1
        longest = max(longest, run)
        if not punctual:
            late.append(slot)
        lags.append(math.inf if available is None else (available - slot - settled).total_seconds())
    lags.sort()
    delivered = sum(seen.get(slot) is not None for slot in expected)
    return {
        "window": {"from": start.isoformat(), "to": (last + every).isoformat()},
        "expected": len(expected), "delivered": delivered, "on_time": on_time,
        "cr": round(delivered / len(expected), 6), "otr": round(on_time / len(expected), 6),
        "lag_p50_s": finite(nearest_rank(lags, 0.5)), "lag_p95_s": finite(nearest_rank(lags, 0.95)),
        "lag_max_s": finite(lags[-1]), **_intervals(seen, last + every), "lrm": longest, "late": late,
        "days": [{"date": d, "expected": n[0], "delivered": n[1], "on_time": n[2]} for d, n in sorted(days.items())],
    }  # fmt: skip


def _intervals(seen: Mapping[Any, Any], end: Any) -> dict[str, float | None]:
    moments = sorted({available for available in seen.values() if available is not None})
    if not moments:
        return {"interval_p95_s": None, "interval_max_s": None}
    gaps = [(b - a).total_seconds() for a, b in pairwise(moments)]
    gaps = sorted([*gaps, max(0.0, (end - moments[-1]).total_seconds())])
    return {"interval_p95_s": nearest_rank(gaps, 0.95), "interval_max_s": gaps[-1]}


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
