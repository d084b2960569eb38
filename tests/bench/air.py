"""Hourly air of made-up stations as arrays: values, their records as text, and the VN_AQI of each day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from fixtures.sample_city.aqi import POLLUTANTS, Scale, published, vn_scales
from tests.bench.text import Cells, Whole, decimals, either, integers, objects, quoted, rows, words

END = datetime(2026, 11, 20)
"""The first hour that is not measured any more; all data lie before it."""
PLACES = {"pm25": 13, "pm10": 12, "o3": 12, "no2": 13, "so2": 13, "co": 11}
MEANS = {"pm25": 19.0, "pm10": 32.0, "o3": 44.0, "no2": 21.0, "so2": 8.0, "co": 520.0}
HIGHEST = {"pm25": 95.0, "pm10": 190.0, "o3": 180.0, "no2": 95.0, "so2": 40.0, "co": 3000.0}
DAY_HOURS, O3_HOURS, O3_VALUES = 18, 8, 6
FLAGS = ("good", "suspect", "bad")
STATES = ("measuring", "calibrating", "fault")
MEASURED, SUSPECT, CALIBRATING, FAULT = range(4)

Record = dict[str, Any]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Series:
    """All hours of one station: `values` are concentrations times 10**PLACES, `kind` what each hour was."""

    station: str
    values: dict[str, Whole]
    kind: Whole
    minutes: Whole
    ready: tuple[Whole, Whole, Whole]

    def concentrations(self) -> dict[str, Floats]:
        """Concentrations in micrograms per cubic metre, NaN where the hour is not good."""
        good = self.kind == MEASURED
        return {name: np.where(good, v / 10.0 ** PLACES[name], np.nan) for name, v in self.values.items()}


def station_name(number: int) -> str:
    return f"urn:vn:bo-nong-nghiep-va-moi-truong:48:tram-quan-trac-khong-khi-tu-dong-lien-tuc:kk-{number:05d}"


@cache
def hour_texts(hours: int) -> tuple[str, ...]:
    """The start of each hour before END and of the one after the last, without seconds and offset."""
    first = END - timedelta(hours=hours)
    return tuple((first + timedelta(hours=n)).isoformat(timespec="hours") for n in range(hours + 1))


def series(seed: int, number: int, hours: int) -> Series:
    rng = np.random.default_rng([seed, number])
    clock = np.arange(24 - hours % 24, 24 - hours % 24 + hours) % 24
    weather = np.repeat(rng.uniform(0.6, 1.7, hours // 24 + 2), 24)[:hours]
    traffic = 1 + 0.4 * np.sin((clock - 4) * np.pi / 6)
    values: dict[str, Whole] = {}
    for name in POLLUTANTS:
        shape = 1 - 0.6 * np.cos((clock - 2) * np.pi / 12) if name == "o3" else traffic
        found = np.clip(MEANS[name] * weather * shape * rng.uniform(0.8, 1.25, hours), 2, HIGHEST[name])
        if name == "pm10":
            found = np.maximum(found, 1.3 * values["pm25"] / 10.0 ** PLACES["pm25"])
        short = 10 ** (PLACES[name] - 1)
        fine = np.round(found * 10.0 ** PLACES[name]).astype(np.int64)
        values[name] = np.where(rng.random(hours) < 0.1, fine // short * short, fine)
    drawn = rng.random(hours)
    kind = np.select([drawn < 0.003, drawn < 0.006, drawn < 0.016], [FAULT, CALIBRATING, SUSPECT], MEASURED)
    low, high = np.array([48, 20, 0, 0])[kind], np.array([61, 45, 1, 1])[kind]
    ready = (rng.integers(4, 32, hours), rng.integers(0, 60, hours), rng.integers(0, 10**6, hours))
    return Series(station_name(number), values, kind, rng.integers(low, high), ready)


def members(found: Series) -> dict[str, bytes | Cells]:
    """Text of every member of the hourly records, in the order a vendor writes them."""
    count, texts = len(found.kind), hour_texts(len(found.kind))
    at = np.arange(count)
    minute, second, part = found.ready
    available = rows([
        b'"', words(texts, at + 1), b":", integers(minute, 2, True), b":", integers(second, 2, True), b".",
        integers(part, 6, True), b'+07:00"',
    ], count)  # fmt: skip
    measured = found.kind != FAULT
    return {
        "station_id": f'"{found.station}"'.encode(),
        "hour": rows([b'"', words(texts, at), b':00:00.000000+07:00"'], count),
        "unit": b'"ug/m3"',
        **{name: either(measured, decimals(v, PLACES[name], 15 - PLACES[name]), b"null")
           for name, v in found.values.items()},
        "valid_minutes": integers(found.minutes, 2),
        "quality_flag": quoted(words(FLAGS, np.array([0, 1, 1, 2])[found.kind])),
        "device_status": quoted(words(STATES, np.array([0, 0, 1, 2])[found.kind])),
        "available_at": available,
    }  # fmt: skip


def as_lines(parts: dict[str, bytes | Cells], count: int) -> Cells:
    return objects(parts, count, b"\n")


def as_canonical(parts: dict[str, bytes | Cells], count: int) -> Cells:
    """The same records in their RFC 8785 form, each followed by a comma: numbers are written shortest already."""
    return objects(dict(sorted(parts.items())), count, b",")


def _index(scale: Scale, concentrations: Floats) -> Whole:
    """Linear between breakpoints, rounded half up."""
    exact = np.interp(concentrations, [c for _, c in scale], [i for i, _ in scale])
    return np.floor(np.round(exact, 6) + 0.5).astype(np.int64)


def day_records(found: Series) -> Iterator[Record]:
    """VN_AQI of every whole day in which each pollutant has enough good hours."""
    hours = len(found.kind)
    days = {name: c[hours % 24 :].reshape(-1, 24) for name, c in found.concentrations().items()}
    enough = np.flatnonzero(np.isfinite(days["pm25"]).sum(axis=1) >= DAY_HOURS)
    scales, indices = vn_scales(), {}
    for name, day in days.items():
        mean_or_top = np.nanmean if name in ("pm25", "pm10") else np.nanmax
        indices[name] = _index(scales["o3_1h" if name == "o3" else name], mean_or_top(day[enough], axis=1))
    indices["o3"] = np.maximum(indices["o3"], _index(scales["o3_8h"], _eight_hours(days["o3"][enough])))
    midnights = hour_texts(hours)[hours % 24 :: 24]
    for n, day_number in enumerate(enough.tolist()):
        stated = published({name: int(index[n]) for name, index in indices.items()})
        yield {
            "station_id": found.station,
            "at": f"{midnights[day_number]}:00:00+07:00",
            "kind": "ngay",
            **(stated or {}),
        }


def _eight_hours(day: Floats) -> Floats:
    """The highest mean of eight consecutive hours of each day whose last hour is there."""
    windows = np.lib.stride_tricks.sliding_window_view(day, O3_HOURS, axis=1)
    present = np.isfinite(windows)
    usable = (present.sum(axis=2) >= O3_VALUES) & present[:, :, -1]
    means = np.where(present, windows, 0).sum(axis=2) / np.maximum(present.sum(axis=2), 1)
    highest: Floats = np.where(usable, means, 0).max(axis=1)
    return highest
