"""Geometries as a running service gives them: what meets a box, and are they in the system asked for.

Geometries come as GeoJSON objects, boxes as (west, south, east, north) in degrees. Coordinate
systems are named by URI; their axes stand in the order of their authority.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import orjson
import pyproj
import shapely
from pyproj.enums import TransformDirection
from pyproj.transformer import Transformer

from validator.checks.geometry_plane import ELLIPSOID, LON_LAT, on_globe, parse, transformation

Box = tuple[float, float, float, float]
LON_LAT_URIS: Final = frozenset(
    {"http://www.opengis.net/def/crs/OGC/1.3/CRS84", "http://www.opengis.net/def/crs/OGC/0/CRS84h"}
)
_SYSTEM = re.compile(r"https?://www\.opengis\.net/def/crs/([A-Za-z]+)/[^/]*/([A-Za-z0-9]+)")
_AROUND: Final = 20
_SHARES: Final = (0.4, 0.2, 0.1, 0.05, 0.02)
_EDGE: Final = 0.01  # of the box's size: nearer to an edge than this is for nobody to judge
_LEAST: Final = 1e-4  # degrees, about ten metres


def shape_of(feature: Mapping[str, Any]) -> Any:
    """The shape of a GeoJSON feature; None when it has none that can be built."""
    geometry = feature.get("geometry")
    if not isinstance(geometry, Mapping):
        return None
    try:
        return parse(orjson.dumps(geometry).decode())
    except (TypeError, ValueError):
        return None


def meets(shape: Any, box: Box) -> bool:
    return bool(shapely.intersects(shape, shapely.box(*box)))


def grown(box: Box, share: float) -> Box:
    """The box, wider on each side by a share of its size."""
    across, up = (box[2] - box[0]) * share, (box[3] - box[1]) * share
    return box[0] - across, box[1] - up, box[2] + across, box[3] + up


def telling_box(shapes: Sequence[Any]) -> Box | None:
    """The box that most but not all of the shapes meet, none of them doubtfully; None when there is none."""
    known = np.array(shapes, dtype=object)
    best: tuple[int, Box] | None = None
    for box in _boxes_around(known):
        met = shapely.intersects(known, shapely.box(*grown(box, _EDGE)))
        count = int(met.sum())
        if count == len(known) or (best is not None and count <= best[0]):
            continue
        if bool((met == shapely.intersects(known, shapely.box(*grown(box, -_EDGE)))).all()):
            best = count, box
    return best[1] if best else None


def _boxes_around(shapes: Any) -> Iterator[Box]:
    """Squares of several sizes around points of the first shapes."""
    if not len(shapes):
        return
    west, south, east, north = shapely.total_bounds(shapes)
    size = max(east - west, north - south, _LEAST)
    for at in shapely.point_on_surface(shapes[:_AROUND]):
        for half in (round(size * share, 6) for share in _SHARES):
            x, y = round(at.x, 6), round(at.y, 6)
            box = (x - half, y - half, x + half, y + half)
            if _on_earth(box):
                yield box


def _on_earth(box: Box) -> bool:
    return box[0] >= -180 and box[2] <= 180 and box[1] >= -90 and box[3] <= 90


@dataclass(frozen=True, slots=True)
class System:
    """A coordinate system with the way to WGS 84; `national` when the named transformation leads there."""

    transformer: Transformer
    north_first: bool
    national: bool

    def box(self, box: Box) -> Box:
        """The box around a box of degrees, in this system and the order of its axes."""
        moved = self.transformer.transform_bounds(*box, direction=TransformDirection.INVERSE)
        west, south, east, north = (float(side) for side in moved)
        return (south, west, north, east) if self.north_first else (west, south, east, north)

    def degrees(self, box: Box) -> Box:
        """The box around a box of this system, in degrees."""
        first, second, third, fourth = box
        given = (second, first, fourth, third) if self.north_first else box
        west, south, east, north = (float(side) for side in self.transformer.transform_bounds(*given))
        return west, south, east, north


def system(uri: str, national: str) -> System | None:
    """The system of a URI; None when PROJ does not know it. `national` names the transformation to prefer."""
    named = _SYSTEM.fullmatch(uri)
    if named is None:
        return None
    authority, code = named[1].upper(), named[2]
    try:
        crs = pyproj.CRS.from_authority(authority, code)
        preferred = transformation(int(code), national) if authority == "EPSG" and code.isdigit() else None
        transformer = preferred or Transformer.from_crs(crs, LON_LAT, always_xy=True)
    except pyproj.exceptions.ProjError:
        return None
    north_first = bool(crs.axis_info) and crs.axis_info[0].direction == "north"
    return System(transformer, north_first, preferred is not None)


@dataclass(frozen=True, slots=True)
class Apart:
    """The largest distance in metres between two editions of one geometry: as served, and with axes swapped."""

    metres: float
    swapped: float


def apart(known: Any, served: Any, asked: System) -> Apart | None:
    """How far a served geometry of the system asked for is from the known one in degrees.

    None when they do not have as many positions, so that nothing can be compared.
    """
    ours, theirs = shapely.get_coordinates(known), shapely.get_coordinates(served)
    if ours.shape != theirs.shape:
        return None
    right = theirs[:, ::-1] if asked.north_first else theirs
    return Apart(_farthest(ours, right, asked), _farthest(ours, right[:, ::-1], asked))


def _farthest(ours: Any, theirs: Any, asked: System) -> float:
    lon, lat = asked.transformer.transform(theirs[:, 0], theirs[:, 1])
    if not (np.isfinite(lon).all() and np.isfinite(lat).all() and (np.abs(lat) <= 90).all()):
        return math.inf
    return float(np.max(ELLIPSOID.inv(ours[:, 0], ours[:, 1], lon, lat)[2]))


def on_earth(shape: Any) -> bool:
    """Whether every position can be a longitude and a latitude."""
    return on_globe(shape)


def strays(shapes: Iterable[Any], box: Box) -> int:
    """How many shapes do not lie in the box."""
    return sum(not shapely.box(*box).covers(shape) for shape in shapes)
