"""The update-density picture of one time series: a bar a day, drawn as numbers for an inline SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

HEIGHT = 64
TOP = 4
LABELS = 18
NARROWEST, WIDEST = 7.0, 22.0
WIDTH = 660


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: where it stands, and the heights of its on-time, late and missed parts, from below."""

    x: float
    width: float
    on_time: float
    late: float
    missed: float


@dataclass(frozen=True, slots=True)
class Label:
    """A date under the picture; `anchor` keeps it inside the frame."""

    x: float
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """A whole picture in its own coordinates."""

    width: float
    height: float
    base: float
    bars: tuple[Bar, ...]
    labels: tuple[Label, ...]


def timeline(days: Sequence[Mapping[str, Any]]) -> Timeline:
    """The picture of these days; a day on which nothing was expected leaves a gap."""
    step = max(NARROWEST, min(WIDEST, WIDTH / max(len(days), 1)))
    bars = tuple(_bar(day, number * step, step * 0.8) for number, day in enumerate(days) if day["expected"])
    width = round(max(step * len(days), 150), 1)
    return Timeline(width, HEIGHT + TOP + LABELS, HEIGHT + TOP, bars, _labels(days, step, width))


def _bar(day: Mapping[str, Any], x: float, width: float) -> Bar:
    expected = day["expected"]
    on_time = min(day["on_time"], expected)
    late = min(max(day["delivered"] - day["on_time"], 0), expected - on_time)
    heights = [round(HEIGHT * part / expected, 1) for part in (on_time, late, expected - on_time - late)]
    return Bar(round(x + width * 0.125, 1), round(width, 1), *heights)


def _labels(days: Sequence[Mapping[str, Any]], step: float, width: float) -> tuple[Label, ...]:
    if not days:
        return ()
    first = Label(0, str(days[0]["date"]), "start")
    if step * len(days) < WIDTH / 3:
        return (first,)
    middle = len(days) // 2
    return (
        first,
        Label(round((middle + 0.5) * step, 1), str(days[middle]["date"]), "middle"),
        Label(width, str(days[-1]["date"]), "end"),
    )
