"""VSC-ENV 5.2, "VN_AQI recomputes from the hourly values", as properties of the published rule itself.

Every generated record states the impossible index -1000, so the rule reports each one and tells
in `expected` what it recomputed. Each example of a property is one station.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from validator.checks.rule import bound

STANDARDS = Path(__file__).parents[2] / "standards"
ENV = STANDARDS / "env" / "1.0"
RULE = (ENV / "rules" / "R02.sql").read_text(encoding="utf-8")
DECLARED = yaml.safe_load((ENV / "standard.yaml").read_text(encoding="utf-8"))["parameters"]
PARAMETERS = {name: item["value"] for name, item in DECLARED.items()}
BREAKPOINTS = sorted((STANDARDS / "codelists" / "vn-aqi-breakpoint").glob("*.csv"))[-1]

POLLUTANTS = ("pm25", "pm10", "o3", "no2", "so2", "co")
SCALES = {"o3": "o3_1h"}
START = datetime(2026, 11, 1)
IMPOSSIBLE = -1000
SETTINGS = settings(max_examples=25, deadline=None)

OBSERVATION = pa.schema(
    [("_at", pa.int64()), ("station_id", pa.string()), ("hour", pa.timestamp("us")), ("quality_flag", pa.string())]
    + [(name, pa.float64()) for name in POLLUTANTS]
)
AQI = pa.schema(
    [("_at", pa.int64()), ("station_id", pa.string()), ("at", pa.timestamp("us")), ("kind", pa.string())]
    + [(name, pa.int64()) for name in ("aqi", *(f"sub_{pollutant}" for pollutant in POLLUTANTS))]
)


@dataclass(frozen=True, slots=True)
class Series:
    """Hourly values of one pollutant at one station (oldest first) whose last hour or day is indexed."""

    pollutant: str
    values: Sequence[float | None]
    kind: str = "gio"
    flags: dict[int, str] = field(default_factory=dict)


@cache
def connection() -> duckdb.DuckDBPyConnection:
    """A database that holds the list of breakpoints as rules see it."""
    opened = duckdb.connect(config={"threads": 1})
    opened.execute("CREATE SCHEMA env; CREATE SCHEMA codelist")
    opened.execute(
        "CREATE TABLE codelist.vn_aqi_breakpoint AS "
        "SELECT *, DATE '2019-11-12' AS valid_from, NULL::DATE AS valid_to "
        "FROM read_csv(?, all_varchar=true, header=true, nullstr='')",
        [str(BREAKPOINTS)],
    )
    return opened


def recomputed(series: Iterable[Series]) -> list[int | None]:
    """The index that the rule of clause 5.2 computes for each series, None where it computes none."""
    stations = list(series)
    observed = [row for n, one in enumerate(stations) for row in _observations(n, one)]
    _table("observation", OBSERVATION, observed)
    _table("aqi", AQI, [_stated(n, one) for n, one in enumerate(stations)])
    result = connection().execute(RULE, bound(RULE, PARAMETERS))
    names = [column[0] for column in result.description]
    found = {row[names.index("_at")]: row[names.index("expected")] for row in result.fetchall()}
    return [found[n] for n in range(len(stations))]


def _table(name: str, schema: pa.Schema, rows: list[dict[str, Any]]) -> None:
    connection().register("_incoming", pa.Table.from_pylist(rows, schema=schema))
    connection().execute(f"CREATE OR REPLACE TABLE env.{name} AS SELECT * FROM _incoming")


def _observations(number: int, one: Series) -> Iterator[dict[str, Any]]:
    for hour, value in enumerate(one.values):
        yield {
            "_at": hour, "station_id": f"S{number}", "hour": START + timedelta(hours=hour),
            "quality_flag": one.flags.get(hour, "good"), one.pollutant: value,
        }  # fmt: skip


def _stated(number: int, one: Series) -> dict[str, Any]:
    last = START + timedelta(hours=len(one.values) - 1)
    return {
        "_at": number, "station_id": f"S{number}", "at": last if one.kind == "gio" else START, "kind": one.kind,
        "aqi": IMPOSSIBLE, f"sub_{one.pollutant}": IMPOSSIBLE,
    }  # fmt: skip


def steady(pollutant: str, concentration: float) -> Series:
    """Twelve equal hours: NowCast and 1-hour value are both that concentration."""
    return Series(pollutant, [concentration] * 12)


def breakpoints() -> list[tuple[str, int, float]]:
    with BREAKPOINTS.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [
        (name, int(row["index"]), float(row[SCALES.get(name, name)]))
        for row in rows
        for name in POLLUTANTS
        if row[SCALES.get(name, name)]
    ]


concentrations = st.floats(min_value=0, max_value=200_000, allow_nan=False, allow_infinity=False)
pm = st.floats(min_value=0, max_value=700, allow_nan=False)
pm_hours = st.lists(st.one_of(pm, st.none()), min_size=9, max_size=9).flatmap(
    lambda old: st.lists(pm, min_size=3, max_size=3).map(lambda new: [*old, *new])
)


class TestBreakpoints:
    """The index is piecewise linear between the breakpoints of the list."""

    def test_every_breakpoint_is_hit_exactly(self) -> None:
        nodes = breakpoints()

        assert [index for _, index, _ in nodes] == recomputed(steady(name, c) for name, _, c in nodes)

    def test_at_or_above_the_last_breakpoint_the_index_is_500(self) -> None:
        tops = [(name, c) for name, index, c in breakpoints() if index == 500]

        assert {500} == set(recomputed(steady(name, c * 1.7) for name, c in tops))

    @SETTINGS
    @given(st.sampled_from(POLLUTANTS), st.lists(concentrations, min_size=2, max_size=12))
    def test_it_never_falls_when_the_concentration_rises(self, pollutant: str, values: list[float]) -> None:
        found = recomputed(steady(pollutant, c) for c in sorted(values))

        assert found == sorted(found)  # type: ignore[type-var]

    @SETTINGS
    @given(st.lists(st.tuples(st.sampled_from(POLLUTANTS), concentrations), min_size=1, max_size=12))
    def test_the_index_stays_between_0_and_500(self, values: list[tuple[str, float]]) -> None:
        found = recomputed(steady(name, c) for name, c in values)

        assert all(index is not None and 0 <= index <= 500 for index in found)

    @SETTINGS
    @given(st.sampled_from(range(50)), st.sampled_from(("no2", "pm10")))
    def test_halves_are_rounded_up(self, step: int, pollutant: str) -> None:
        c = {"no2": 2 * step + 1, "pm10": step + 0.5}[pollutant]

        assert [step + 1] == recomputed([steady(pollutant, c)])


class TestNowCast:
    """NowCast weighs 12 hours by max(0.5, cmin/cmax)^(age) and needs two of the last three."""

    @SETTINGS
    @given(st.lists(pm_hours, min_size=1, max_size=8))
    def test_it_lies_between_the_smallest_and_the_largest_hour(self, hours: list[list[float | None]]) -> None:
        known = [[c for c in one if c is not None] for one in hours]
        lowest = recomputed(steady("pm25", min(one)) for one in known)
        highest = recomputed(steady("pm25", max(one)) for one in known)
        found = recomputed(Series("pm25", one) for one in hours)

        assert all(low <= now <= high for low, now, high in zip(lowest, found, highest, strict=True))  # type: ignore[operator]

    @SETTINGS
    @given(st.lists(pm_hours, min_size=1, max_size=8))
    def test_it_is_at_least_half_of_the_newest_hour(self, hours: list[list[float | None]]) -> None:
        halves = recomputed(steady("pm25", (one[-1] or 0) / 2) for one in hours)
        found = recomputed(Series("pm25", one) for one in hours)

        assert all(half <= now for half, now in zip(halves, found, strict=True))  # type: ignore[operator]

    @pytest.mark.parametrize(
        ("missing", "computed"), [((11,), True), ((10, 11), False), ((9, 10), False), ((0, 5), True)]
    )
    def test_two_of_the_last_three_hours_are_needed(self, missing: tuple[int, ...], computed: bool) -> None:
        values = [None if hour in missing else 40.0 for hour in range(12)]
        (found,) = recomputed([Series("pm25", values)])

        assert (found is not None) == computed

    def test_values_not_flagged_good_are_left_out(self) -> None:
        flagged = Series("pm10", [20.0] * 11 + [600.0], flags={11: "suspect"})

        assert recomputed([steady("pm10", 20.0)]) == recomputed([flagged])


class TestDay:
    """A day takes the mean of PM, the highest hour of gases, and for O3 also the highest 8-hour mean."""

    @SETTINGS
    @given(st.lists(pm, min_size=24, max_size=24))
    def test_pm_is_the_index_of_the_mean(self, hours: list[float]) -> None:
        assert recomputed([steady("pm25", sum(hours) / 24)]) == pytest.approx(
            recomputed([Series("pm25", hours, "ngay")]), abs=1
        )

    @SETTINGS
    @given(st.lists(concentrations, min_size=24, max_size=24), st.sampled_from(("no2", "so2", "co")))
    def test_gases_are_the_index_of_the_highest_hour(self, hours: list[float], pollutant: str) -> None:
        assert recomputed([steady(pollutant, max(hours))]) == recomputed([Series(pollutant, hours, "ngay")])

    def test_o3_of_eight_hours_counts_up_to_400(self) -> None:
        low = Series("o3", [150.0] * 24, "ngay")
        high = Series("o3", [420.0] * 24, "ngay")

        assert recomputed([low, high]) == [130, 205]
