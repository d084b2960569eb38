"""Dates and times in the properties of features, and what an interval selects by them.

A service may choose which property its `datetime` looks at, so each property that holds nothing but
times is a line of its own. Intervals are cut where no value is near, so that neither the zone of a
date nor a fraction of a second matters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

NEAR: Final = timedelta(days=1)
"""A date is a day in a zone that nobody states; nearer to a cut than this it is not judged."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """One property with the instants of its values, and a moment that has values on both sides, if any."""

    name: str
    cut: datetime | None

    def selects(self, feature: Mapping[str, Any], query: str) -> bool | None:
        """Whether `../T` or `T/..` selects a feature by this property; None when nobody can say."""
        properties = feature.get("properties")
        value = instant(properties.get(self.name)) if isinstance(properties, Mapping) else None
        moment = instant(query.replace("..", "").strip("/"))
        if value is None or moment is None or abs(value - moment) <= NEAR:
            return None
        return value < moment if query.startswith("..") else value > moment


def instant(value: Any) -> datetime | None:
    """A date or an RFC 3339 date-time as an instant; None for anything else."""
    if not isinstance(value, str) or len(value) < len("2026-01-01"):
        return None
    try:
        if len(value) == len("2026-01-01"):
            return datetime.combine(date.fromisoformat(value), datetime.min.time(), UTC)
        made = datetime.fromisoformat(value)
    except ValueError:
        return None
    return made if made.tzinfo else None


def text_of(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def timelines(features: Sequence[Mapping[str, Any]]) -> list[Timeline]:
    """Every property that holds times in all features that have it."""
    values: dict[str, list[Any]] = {}
    for feature in features:
        properties = feature.get("properties")
        for name, value in properties.items() if isinstance(properties, Mapping) else ():
            if value is not None:
                values.setdefault(name, []).append(instant(value))
    return [Timeline(name, _cut(given)) for name, given in values.items() if None not in given]


def _cut(instants: Sequence[datetime]) -> datetime | None:
    """The middle of the widest gap between neighbours, when it is wide enough."""
    ordered = sorted(set(instants))
    gaps = [(after - before, before) for before, after in pairwise(ordered)]
    if not gaps or max(gaps)[0] <= 2 * NEAR:
        return None
    width, before = max(gaps)
    return before + width / 2
