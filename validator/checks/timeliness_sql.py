"""SQL of the figures of every series: what arrived in each slot, measured by window functions.

A slot is a point of the schedule's grid `start + n × every` up to the series' last record. Slots that
never came are not written out: they follow from the distances of those that did, so that the cost is
that of the records, not of the calendar. Times are counted in whole microseconds. Each statement looks
at the series from `$first` to `$last`, so that no more is held at once than these need.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from validator.model.standard import Dataset

LATE_SHOWN: Final = 5
SECOND: Final = timedelta(seconds=1)

_E1 = """
SELECT {series} AS series, {slot} AS slot, min({available}) AS available, min(_at) AS _at
FROM {table} WHERE {slot} IS NOT NULL AND {series} BETWEEN $first AND $last GROUP BY {group}
"""

# The first delivery of a slot counts; one that repeats earlier content with unchanged data_through does not.
_E2 = """
SELECT r.series, r.slot, min(least(f.received_at, k.received_at)) AS available, min(r._at) AS _at
FROM (SELECT _at, {series} AS series, {slot} AS slot FROM {table}
    WHERE {slot} IS NOT NULL AND {series} BETWEEN $first AND $last) r
LEFT JOIN (SELECT subject_time, min(received_at) AS received_at FROM fresh WHERE key = '*' GROUP BY subject_time) f
    ON f.subject_time = r.slot
LEFT JOIN (SELECT key, subject_time, min(received_at) AS received_at FROM fresh WHERE key <> '*'
    GROUP BY key, subject_time) k ON k.subject_time = r.slot AND k.key = r.series
GROUP BY r.series, r.slot
"""

_FRESH = """fresh AS (
    SELECT key, subject_time, received_at FROM (
        SELECT *, row_number() OVER (PARTITION BY key, sha256, data_through ORDER BY received_at, line) AS nth
        FROM sub.delivery
        WHERE standard = '{standard}' AND dataset = '{dataset}' AND coalesce(status, 'ok') = 'ok') repeated
    WHERE nth = 1 OR sha256 IS NULL
), """

_PLACED = """WITH {fresh}delivered AS (  -- one row a slot that has a record
    {delivered}
), bounds AS (
    SELECT *, date_diff('microsecond', start_slot, last_slot) // {every} + 1 AS expected FROM (
        SELECT series, first_slot, last_slot, _at,
            greatest(first_slot, last_slot - {reach} * INTERVAL 1 SECOND) AS start_slot
        FROM (SELECT series, min(slot) AS first_slot, max(slot) AS last_slot, min_by(_at, slot) AS _at
            FROM delivered GROUP BY series) ends) window_of
), framed AS (  -- those within the window
    SELECT d.series, d.slot, d.available, d._at, date_diff('microsecond', b.start_slot, d.slot) AS since,
        date_diff('microsecond', d.slot, d.available) AS delay
    FROM delivered d JOIN bounds b ON b.series = d.series
    WHERE d.slot >= b.start_slot
), placed AS (
    SELECT series, slot, _at, since // {every} AS nth_slot, delay FROM framed WHERE since % {every} = 0
)"""

_FIGURES = """
, arrived AS (
    SELECT series, max(available) AS last_moment, count(delay) AS delivered, max(delay) AS delay_max,
        count(CASE WHEN delay <= {deadline} THEN 1 END) AS on_time,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY delay) AS delay_p50,
        percentile_disc(0.95) WITHIN GROUP (ORDER BY delay) AS delay_p95
    FROM (SELECT series, available, CASE WHEN since % {every} = 0 THEN delay END AS delay FROM framed) on_grid
    GROUP BY series
), summed AS (
    SELECT b.*, a.last_moment, a.delivered, a.on_time, a.delay_max, a.delay_p50, a.delay_p95
    FROM bounds b JOIN arrived a ON a.series = b.series
), come AS (  -- of series that lack slots: each slot that came
    SELECT p.series, s.expected, p.nth_slot, p.delay
    FROM placed p JOIN summed s ON s.series = p.series WHERE p.delay IS NOT NULL AND s.delivered < s.expected
), ranked AS (
    SELECT series, expected, delay, row_number() OVER (PARTITION BY series ORDER BY delay) AS nth FROM come
), delayed AS (  -- by nearest rank among all their slots; one that never came lags without end
    SELECT series, max(CASE WHEN nth = ceil(0.5 * expected) THEN delay END) AS delay_p50,
        max(CASE WHEN nth = ceil(0.95 * expected) THEN delay END) AS delay_p95
    FROM ranked GROUP BY series
), followed AS (
    SELECT series, date_diff('microsecond',
        lag(available) OVER (PARTITION BY series ORDER BY available), available) AS gap
    FROM framed WHERE available IS NOT NULL
), apart AS (  -- distances of consecutive availabilities and the open gap to the end of the window
    SELECT series, gap FROM followed WHERE gap > 0
    UNION ALL
    SELECT series, greatest(0, date_diff('microsecond', last_moment, last_slot + {every_s} * INTERVAL 1 SECOND))
    FROM summed WHERE last_moment IS NOT NULL
), spaced AS (
    SELECT series, percentile_disc(0.95) WITHIN GROUP (ORDER BY gap) AS gap_p95, max(gap) AS gap_max
    FROM apart GROUP BY series
), lacking AS (
    SELECT series, expected, nth_slot,
        nth_slot - coalesce(lag(nth_slot) OVER (PARTITION BY series ORDER BY nth_slot), -1) - 1 AS missed
    FROM come
), longest AS (
    SELECT series, greatest(max(missed), max(expected) - 1 - max(nth_slot)) AS run FROM lacking GROUP BY series
)
SELECT s.series, s.first_slot, s.last_slot, s.start_slot, s._at, s.expected, s.delivered, s.on_time, s.delay_max,
    CASE WHEN s.delivered = s.expected THEN s.delay_p50 ELSE w.delay_p50 END AS delay_p50,
    CASE WHEN s.delivered = s.expected THEN s.delay_p95 ELSE w.delay_p95 END AS delay_p95,
    g.gap_p95, g.gap_max, r.run
FROM summed s
LEFT JOIN delayed w ON w.series = s.series
LEFT JOIN spaced g ON g.series = s.series
LEFT JOIN longest r ON r.series = s.series
ORDER BY s.series
"""

_DAYS = """
SELECT series, CAST(slot AS DATE) AS day, count(delay) AS delivered,
    count(CASE WHEN delay <= {deadline} THEN 1 END) AS on_time
FROM placed GROUP BY series, CAST(slot AS DATE) ORDER BY series, day
"""

# A slot without a record stands in the distance of two records; no more of them are written out than are shown.
_LATE = """
, known AS (
    SELECT series, nth_slot, delay, _at FROM placed
    UNION ALL
    SELECT series, expected, {deadline}, NULL FROM bounds
), stepped AS (
    SELECT *, coalesce(lag(nth_slot) OVER (PARTITION BY series ORDER BY nth_slot), -1) AS prior_slot FROM known
), late AS (
    SELECT series, nth_slot, _at FROM stepped WHERE delay IS NULL OR delay > {deadline}
    UNION ALL
    SELECT s.series, s.prior_slot + n.step, NULL
    FROM stepped s JOIN (VALUES {steps}) AS n (step) ON s.prior_slot + n.step < s.nth_slot
), counted AS (
    SELECT series, nth_slot, _at, row_number() OVER (PARTITION BY series ORDER BY nth_slot) AS nth FROM late
)
SELECT c.series, c.nth, b.start_slot + c.nth_slot * {every_s} * INTERVAL 1 SECOND AS slot, c._at
FROM counted c JOIN bounds b ON b.series = c.series
WHERE c.nth <= {shown}
ORDER BY c.series, c.nth
"""


_SIZES = """
SELECT series, count(*) AS records FROM (SELECT {series} AS series FROM {table} WHERE {slot} IS NOT NULL) named
GROUP BY series ORDER BY series
"""

_PARTS: Final = {"figures": _FIGURES, "days": _DAYS, "late": _LATE}


@dataclass(frozen=True, slots=True)
class Schedule:
    """When data are due: a slot every `every`, each at the latest `deadline` after it, over `window`."""

    every: timedelta
    deadline: timedelta
    window: timedelta

    @property
    def settled(self) -> timedelta:
        """What a slot's value waits for before it can lag: its own period, where the deadline lies after it."""
        return self.every if self.deadline > self.every else timedelta(0)


def microseconds(span: timedelta) -> int:
    return span // timedelta(microseconds=1)


def statements(dataset: Dataset, table: str, series: Sequence[str], grade: str, schedule: Schedule) -> dict[str, str]:
    """SELECTs by name: `figures` gives one row a series, `days` one a day of it, `late` its first late slots.

    `sizes` counts the records of every series; the others look at those from `$first` to `$last`.
    `table` holds the dataset's records, `series` names the columns that tell series apart (none: all
    are one series, `*`), `grade` is E1 or E2. Columns delay_* and gap_* are in microseconds.
    """
    every = microseconds(schedule.every)
    names = {"table": table, "slot": f'CAST("{dataset.subject_time}" AS TIMESTAMP)', "series": _series(series)}
    available = f'CAST("{dataset.available_at}" AS TIMESTAMP)' if dataset.available_at else "NULL"
    group = ", ".join(f'"{name}"' for name in (*series, dataset.subject_time))
    steps = ", ".join(f"({n})" for n in range(1, LATE_SHOWN + 1))
    head = _PLACED.format(
        fresh=_FRESH.format(standard=dataset.standard, dataset=dataset.name) if grade == "E2" else "",
        delivered=_E2.format(**names) if grade == "E2" else _E1.format(**names, available=available, group=group),
        every=every,
        reach=(schedule.window - schedule.every) // SECOND,
    )
    values = {
        "every": every, "every_s": schedule.every // SECOND, "deadline": microseconds(schedule.deadline),
        "shown": LATE_SHOWN, "steps": steps,
    }  # fmt: skip
    parts = {name: head + part.format(**values) for name, part in _PARTS.items()}
    return {**parts, "sizes": _SIZES.format(**names)}


def _series(names: Sequence[str]) -> str:
    """The name of a record's series in SQL."""
    if not names:
        return "'*'"
    texts = ", ".join(f'CAST("{name}" AS VARCHAR)' for name in names)
    return f"concat_ws('|', {texts})" if len(names) > 1 else f"coalesce({texts}, '')"
