"""Geometries from their JSON text, and the planes in which they are measured.

Areas are taken in a cylindrical equal-area projection: it is exact on the ellipsoid, and keeps
edges that run along meridians and parallels straight, as RFC 7946 draws them. Distances are taken
in a tangent plane at the place itself.
"""

from __future__ import annotations

import math
import warnings
from functools import cache, lru_cache
from typing import Any, Final

import numpy as np
import pyproj
import pyproj.network
import shapely
from pyproj.transformer import Transformer, TransformerGroup

LON_LAT: Final = "OGC:CRS84"
ELLIPSOID: Final = pyproj.Geod(ellps="WGS84")
HECTARE: Final = 10_000.0


def parse(text: str | None) -> Any:
    """The geometry of a GeoJSON text, or None when there is none or it cannot be read."""
    if not text:
        return None
    geometry = shapely.from_geojson(text, on_invalid="ignore")
    return None if geometry is None or shapely.is_empty(geometry) else geometry


@cache
def _equal_area() -> Transformer:
    return Transformer.from_crs(LON_LAT, "+proj=cea +ellps=WGS84 +units=m", always_xy=True)


def _moved(geometry: Any, transformer: Transformer) -> Any:
    def move(positions: Any) -> Any:
        return np.column_stack(transformer.transform(positions[:, 0], positions[:, 1]))

    return shapely.transform(geometry, move)


def polygon(text: str | None) -> Any:
    """The polygons of a GeoJSON text in metres of the equal-area plane; None when they have no area.

    Crossing rings are mended, so that one bad ring does not hide what can be said of the rest.
    """
    geometry = parse(text)
    if geometry is None:
        return None
    plane = _moved(geometry, _equal_area())
    if not np.isfinite(shapely.get_coordinates(plane)).all():
        return None
    if not shapely.is_valid(plane):
        plane = shapely.make_valid(plane, method="structure", keep_collapsed=False)
    return plane if shapely.area(plane) > 0 else None


def on_globe(geometry: Any) -> bool:
    """Whether every position can be a longitude and a latitude."""
    west, south, east, north = shapely.bounds(geometry)
    return bool(west >= -180 and east <= 180 and south >= -90 and north <= 90)


class TangentPlane:
    """Metres east and north of one place."""

    STEP: Final = 1e-5  # degrees, about a metre

    def __init__(self, lon: float, lat: float) -> None:
        self.origin = np.array([lon, lat])
        east = ELLIPSOID.inv(lon, lat, lon + self.STEP, lat)[2]
        north = ELLIPSOID.inv(lon, lat, lon, lat + self.STEP)[2]
        self.metres = np.array([east, north]) / self.STEP

    def place(self, geometry: Any) -> Any:
        return shapely.transform(geometry, lambda positions: (positions - self.origin) * self.metres)


def farthest(one: Any, other: Any) -> float:
    """The largest distance of a vertex of either from the edges of the other, on a plane.

    A tree of edges keeps boundaries of many thousand vertices cheap.
    """
    return max(_reach(one, other), _reach(other, one))


def _reach(one: Any, other: Any) -> float:
    vertices = shapely.points(shapely.get_coordinates(one))
    _, distances = shapely.STRtree(_edges(other)).query_nearest(vertices, return_distance=True, all_matches=False)
    return float(distances.max())


def _edges(geometry: Any) -> Any:
    """Every edge as a line of its own; points as they are."""
    parts = shapely.get_parts(geometry)
    dimensions = shapely.get_dimensions(parts)
    lines = np.concatenate([shapely.get_rings(parts[dimensions == 2]), parts[dimensions == 1]])
    positions, line = shapely.get_coordinates(lines, return_index=True)
    joined = line[:-1] == line[1:]
    edges = shapely.linestrings(np.stack([positions[:-1][joined], positions[1:][joined]], axis=1))
    return np.concatenate([edges, parts[dimensions == 0]])


@lru_cache(maxsize=64)
def transformation(epsg: int, name: str) -> Transformer | None:
    """The transformation called `name` from a coordinate system to WGS 84 (lon, lat), or None.

    It is picked by name among all that the EPSG registry knows: the default choice may be another
    one, and a missing one would silently become a null shift.
    """
    pyproj.network.set_network_enabled(active=False)  # type: ignore[attr-defined]
    try:
        with warnings.catch_warnings():
            # another system's best choice may want a grid that is not here: it is none of ours
            warnings.simplefilter("ignore", UserWarning)
            known = TransformerGroup(f"EPSG:{epsg}", LON_LAT, always_xy=True, allow_ballpark=False)
    except pyproj.exceptions.ProjError:
        return None
    return next((t for t in known.transformers if name in t.description.split(" + ")), None)


def to_lon_lat(geometry: Any, transformer: Transformer) -> Any:
    """The geometry in WGS 84; None when a position lies outside what the projection can undo."""
    moved = _moved(geometry, transformer)
    return moved if np.isfinite(shapely.get_coordinates(moved)).all() else None


def azimuth(east: float, north: float) -> float:
    """Degrees clockwise from north, 0 to 360."""
    return math.degrees(math.atan2(east, north)) % 360.0
