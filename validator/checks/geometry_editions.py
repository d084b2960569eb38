"""Two editions of the same objects: published in WGS 84 and native in a national system.

The native edition is moved by the transformation that the setting names, and must meet the
published one. Where the published edition is off by the very vector between the two datums, its
coordinates are native ones passed off as WGS 84; one object alone does not prove that.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from pyproj import Transformer
from shapely.affinity import translate

from validator.checks.ask import Answer, Ask, CannotTell, Row
from validator.checks.geometry_plane import (
    TangentPlane,
    azimuth,
    farthest,
    on_globe,
    parse,
    to_lon_lat,
    transformation,
)
from validator.checks.geometry_select import table, unmeasured

FAR_METRES: Final = 1_000_000.0


@dataclass(frozen=True, slots=True)
class Limits:
    """The settings of one comparison; `shift` and `bearing` bound the vector between the datums."""

    transformation: str
    tolerance: float
    shift: tuple[float, float]
    bearing: tuple[float, float]
    shift_objects: int

    @staticmethod
    def of(ask: Ask) -> Limits:
        shift_min, shift_max, bearing_min, bearing_max = (
            float(ask.setting(name)) for name in ("shift_min", "shift_max", "bearing_min", "bearing_max")
        )
        return Limits(
            str(ask.setting("transformation")),
            float(ask.setting("tolerance")),
            (shift_min, shift_max),
            (bearing_min, bearing_max),
            int(ask.setting("shift_objects")),
        )


@dataclass(frozen=True, slots=True)
class Offset:
    """How far the published geometry lies from the native one: the largest distance in metres, and
    the vector that would bring its centre home; `rigid` when that vector alone explains the distance."""

    distance: float
    east: float
    north: float
    rigid: bool

    def is_shift(self, limits: Limits) -> bool:
        """Whether it is the vector between the datums."""
        length, bearing = math.hypot(self.east, self.north), azimuth(self.east, self.north)
        return (
            self.rigid
            and limits.shift[0] <= length <= limits.shift[1]
            and limits.bearing[0] <= bearing <= limits.bearing[1]
        )


def agrees(ask: Ask) -> Iterator[Answer]:
    """Both editions hold the same objects at the same places.

    Messages: `differs`, `unshifted`, `swapped_native`, `crs_unstated`, `crs_unknown`,
    `missing_native`, `missing_published`. Settings: `published`, `native` (datasets), `key`, `epsg`
    (columns), and those of `Limits`. An empty native dataset is no edition: nothing is compared.
    """
    limits = Limits.of(ask)
    shifted: list[Row] = []
    count, east, north = 0, 0.0, 0.0
    for answer, offset in _compared(ask, limits):
        if isinstance(answer, CannotTell) or offset is None or not offset.is_shift(limits):
            yield answer
            continue
        count, east, north = count + 1, east + offset.east, north + offset.north
        if len(shifted) < limits.shift_objects:
            shifted.append(answer)
    if count < limits.shift_objects:
        yield from shifted
    elif count:
        yield {
            "_at": shifted[0]["_at"], "_pointer": "/geometry", "_message": "unshifted", "count": count,
            "azimuth": f"{azimuth(east, north):.1f}", "expected": f"≤ {limits.tolerance:g} m",
            "found": f"{math.hypot(east, north) / count:.1f} m",
        }  # fmt: skip


def _compared(ask: Ask, limits: Limits) -> Iterator[tuple[Row | CannotTell, Offset | None]]:
    """An answer for every pair that does not agree, with its offset where one can be measured."""
    if not any(True for _ in ask.query(f"SELECT 1 AS one FROM {table(ask, 'native', '_all')} LIMIT 1", None)):
        return
    for pair in ask.query(_pairs(ask), None):
        if pair["place"] is None or pair["native_at"] is None:
            if not pair["twin_unusable"]:
                yield _lone(pair), None
            continue
        transformer = transformation(pair["epsg"] or 0, limits.transformation)
        published, native = parse(pair["published"]), parse(pair["native"])
        if transformer is None:
            yield _unknown_system(ask, pair), None
        elif published is None or native is None or not on_globe(published):
            yield unmeasured(1), None
        else:
            yield from _judged(pair, published, native, transformer, limits)


def _judged(
    pair: Row, published: Any, native: Any, transformer: Transformer, limits: Limits
) -> Iterator[tuple[Row, Offset | None]]:
    offset = measure(published, to_lon_lat(native, transformer), limits.tolerance)
    if offset.distance <= limits.tolerance:
        return
    crossed = shapely.transform(native, lambda positions: positions[:, ::-1])
    swapped = measure(published, to_lon_lat(crossed, transformer), limits.tolerance)
    yield _apart(pair, offset, limits, swapped.distance <= limits.tolerance), offset


def _pairs(ask: Ask) -> str:
    """Records of both editions side by side; `twin_unusable` when the missing one has another fault."""
    key, epsg = ask.setting("key"), ask.setting("epsg")
    return (
        f"SELECT p._at AS place, n._at AS native_at, coalesce(p.{key}, n.{key}) AS key, "
        f"p.geometry AS published, n.geometry AS native, n.{epsg} AS epsg, "
        f"coalesce(n.{key} IN (SELECT {key} FROM {table(ask, 'published', '_all')}), false) "
        f"OR coalesce(p.{key} IN (SELECT {key} FROM {table(ask, 'native', '_all')}), false) AS twin_unusable "
        f"FROM {table(ask, 'published')} p FULL JOIN {table(ask, 'native')} n ON p.{key} = n.{key} "
        "ORDER BY coalesce(place, native_at)"
    )


def _lone(pair: Row) -> Row:
    if pair["place"] is None:
        return {"_at": pair["native_at"], "_message": "missing_published", "key": pair["key"]}
    return {"_at": pair["place"], "_message": "missing_native", "key": pair["key"]}


def _unknown_system(ask: Ask, pair: Row) -> Row:
    return {
        "_at": pair["native_at"], "_pointer": f"{ask.setting('pointer', '')}/{ask.setting('epsg')}",
        "_message": "crs_unknown" if pair["epsg"] else "crs_unstated",
        "key": pair["key"], "found": pair["epsg"],
    }  # fmt: skip


def _apart(pair: Row, offset: Offset, limits: Limits, swapped: bool) -> Row:
    if swapped:
        return {
            "_at": pair["native_at"], "_pointer": "/geometry/coordinates", "_message": "swapped_native",
            "key": pair["key"],
        }  # fmt: skip
    far = offset.distance > FAR_METRES
    return {
        "_at": pair["place"], "_pointer": "/geometry", "_message": "differs", "key": pair["key"],
        "expected": f"≤ {limits.tolerance:g} m",
        "found": f"> {FAR_METRES / 1000:.0f} km" if far else f"{offset.distance:.2f} m",
    }  # fmt: skip


def measure(published: Any, native: Any | None, tolerance: float) -> Offset:
    """The offset from the published geometry to the native one, both in lon, lat."""
    if native is None:
        return Offset(math.inf, math.inf, math.inf, False)
    centre = shapely.centroid(published)
    plane = TangentPlane(centre.x, centre.y)
    ours, theirs = plane.place(published), plane.place(native)
    distance = _distance(ours, theirs, tolerance)
    middles = shapely.get_coordinates([shapely.centroid(ours), shapely.centroid(theirs)])
    east, north = (float(part) for part in middles[1] - middles[0])
    if distance <= tolerance or distance > FAR_METRES:
        return Offset(distance, east, north, False)
    rest = _distance(translate(ours, east, north), theirs, tolerance)
    return Offset(distance, east, north, rest <= tolerance)


def _distance(one: Any, other: Any, enough: float) -> float:
    """The largest distance between two boundaries, in metres.

    Vertices in the same order are compared one by one first: that is cheaper and never smaller.
    """
    ours, theirs = shapely.get_coordinates(one), shapely.get_coordinates(other)
    paired = float(np.hypot(*(ours - theirs).T).max()) if ours.shape == theirs.shape else math.inf
    if paired <= enough:
        return paired
    return min(paired, farthest(one, other))
