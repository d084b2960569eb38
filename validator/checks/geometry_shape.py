"""Questions about each geometry alone: can it be read, is it valid, does it lie in the box."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Final

import orjson
import shapely

from validator.checks.ask import Answer, Ask, Row
from validator.checks.geometry_plane import on_globe, parse
from validator.checks.geometry_select import chosen

DEPTHS: Final = {
    "Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3,
}  # fmt: skip
LEAST_IN_RING: Final = 4
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_SELF_CROSSING: Final = ("Self-intersection", "Ring Self-intersection")
_Place = tuple[str, Any]


def readable(ask: Ask) -> Iterator[Answer]:
    """Every record has a geometry that a program can build: `missing`, `unreadable`.

    Setting `optional: true` allows a record without geometry.
    """
    for at, text in _geometries(ask):
        if text is None:
            if not ask.setting("optional", False):
                yield {"_at": at, "_pointer": "/geometry", "_message": "missing"}
            continue
        place = misread(orjson.loads(text))
        if place is not None:
            yield {"_at": at, "_pointer": f"/geometry{place}", "_message": "unreadable"}


def valid(ask: Ask) -> Iterator[Answer]:
    """Valid after OGC simple features; rings closed and turned by the right-hand rule (RFC 7946).

    Messages: `not_closed`, `self_crossing`, `invalid`, `exterior_clockwise`, `hole_counterclockwise`,
    `decimals` (more than the setting of that name). What `readable` reports is passed over.
    """
    decimals = int(ask.setting("decimals"))
    for at, text in _geometries(ask):
        shape = parse(text)
        if shape is None or not _is_right(shape):
            yield from ({"_at": at, **row} for row in _shape_faults(text, shape))
        found = most_decimals(text or "", decimals)
        if found > decimals:
            yield {
                "_at": at, "_pointer": "/geometry/coordinates", "_message": "decimals",
                "expected": decimals, "found": found,
            }  # fmt: skip


def box(ask: Ask) -> Iterator[Answer]:
    """Every position lies in the box of `west`, `east`, `south`, `north`: `swapped`, `outside`.

    One row per geometry, at its first stray; strays that would all lie in the box with their two
    numbers exchanged are told as swapped axes.
    """
    west, east, south, north = (float(ask.setting(side)) for side in ("west", "east", "south", "north"))

    def within(lon: float, lat: float) -> bool:
        return west <= lon <= east and south <= lat <= north

    for at, text in _geometries(ask):
        shape = parse(text)
        if shape is not None and _bounds_within(shape, within):
            continue
        geometry = _built(text)
        strays = [place for place in _positions(geometry) if not within(*place[1][:2])] if geometry else []
        if strays:
            pointer, (first, second) = strays[0][0], strays[0][1][:2]
            swapped = all(within(position[1], position[0]) for _, position in strays)
            yield {
                "_at": at, "_pointer": f"/geometry{pointer}", "_message": "swapped" if swapped else "outside",
                "expected": f"{west:g}–{east:g} E, {south:g}–{north:g} N",
                "found": f"[{first}, {second}]", "count": len(strays),
            }  # fmt: skip


def _geometries(ask: Ask) -> Iterator[tuple[int, str | None]]:
    sql = f"SELECT _at AS place, geometry FROM {chosen(ask, 'dataset')} ORDER BY place"
    return ((row["place"], row["geometry"]) for row in ask.query(sql, None))


def misread(geometry: Any) -> str | None:
    """Pointer to the first place that keeps a geometry from being built; None when it can be."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in DEPTHS:
        return "/type"
    return _broken(geometry.get("coordinates"), DEPTHS[kind], "/coordinates", kind)


def _broken(value: Any, depth: int, pointer: str, kind: str) -> str | None:
    if not isinstance(value, list) or not value:
        return pointer
    if depth == 0:
        return None if _is_position(value) else pointer
    if depth == 1 and kind.endswith("LineString") and len(value) < 2:
        return pointer
    return next(
        (
            broken
            for index, item in enumerate(value)
            if (broken := _broken(item, depth - 1, f"{pointer}/{index}", kind)) is not None
        ),
        None,
    )


def _is_position(value: list[Any]) -> bool:
    numbers = all(isinstance(number, int | float) and not isinstance(number, bool) for number in value)
    return numbers and len(value) >= 2


def _positions(geometry: dict[str, Any]) -> Iterator[_Place]:
    """Every position with its pointer, in document order."""
    level: list[_Place] = [("/coordinates", geometry["coordinates"])]
    for _ in range(DEPTHS[geometry["type"]]):
        level = [(f"{pointer}/{i}", item) for pointer, items in level for i, item in enumerate(items)]
    yield from level


def _rings(geometry: dict[str, Any]) -> list[_Place]:
    """Every ring of a polygon or of several, with its pointer; nothing for points and lines."""
    coordinates = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        return [(f"/coordinates/{i}", ring) for i, ring in enumerate(coordinates)]
    if geometry["type"] == "MultiPolygon":
        return [(f"/coordinates/{i}/{j}", ring) for i, rings in enumerate(coordinates) for j, ring in enumerate(rings)]
    return []


def _built(text: str | None) -> dict[str, Any] | None:
    """The GeoJSON object of a text; None when `readable` has reported it."""
    geometry: dict[str, Any] | None = orjson.loads(text) if text else None
    return None if geometry is None or misread(geometry) is not None else geometry


def _bounds_within(shape: Any, within: Callable[[float, float], bool]) -> bool:
    west, south, east, north = shapely.bounds(shape)
    return within(west, south) and within(east, north)


def _is_right(shape: Any) -> bool:
    """Valid, and every ring turns as the right-hand rule wants: the case of nearly all."""
    return bool(shapely.is_valid(shape)) and bool(shapely.equals_exact(shape, shapely.orient_polygons(shape)))


def _shape_faults(text: str | None, shape: Any) -> Iterator[Row]:
    geometry = _built(text)
    if geometry is None:
        return
    rings = _rings(geometry)
    open_rings = [pointer for pointer, ring in rings if len(ring) < LEAST_IN_RING or ring[0] != ring[-1]]
    if open_rings:
        yield from ({"_pointer": f"/geometry{pointer}", "_message": "not_closed"} for pointer in open_rings)
        return
    reason = "unreadable" if shape is None else str(shapely.is_valid_reason(shape))
    if reason != "Valid Geometry":
        crossing = reason.startswith(_SELF_CROSSING)
        yield {
            "_pointer": "/geometry", "_message": "self_crossing" if crossing else "invalid",
            "found": reason, "place": reason.partition("[")[2].rstrip("]"),
        }  # fmt: skip
        return
    if not on_globe(shape):  # swapped axes mirror every ring: `box` tells the cause
        return
    for pointer, ring in rings:
        exterior = pointer.endswith("/0")
        if shapely.is_ccw(shapely.LinearRing([position[:2] for position in ring])) != exterior:
            yield {
                "_pointer": f"/geometry{pointer}",
                "_message": "exterior_clockwise" if exterior else "hole_counterclockwise",
            }


def most_decimals(text: str, allowed: int) -> int:
    """The most decimals that a number of the text has; `allowed` when none has more."""
    if not re.search(rf"\.[0-9]{{{allowed + 1}}}|[eE]-", text):
        return allowed
    exponents = (Decimal(token).as_tuple().exponent for token in _NUMBER.findall(text))
    return max((-exponent for exponent in exponents if isinstance(exponent, int)), default=0)
