"""The tables of a made-up standard with shapes near Đà Nẵng, for tests of the kind `geometry`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyproj

from validator.checks.ask import Ask
from validator.checks.geometry import check
from validator.checks.geometry_plane import transformation
from validator.model.standard import Check, ConformanceClass, Level, Requirement, Standard
from validator.model.text import Text

VN2000_TO_WGS84 = "VN-2000 to WGS 84 (2)"
DA_NANG_ZONE = 5899
SPHERE = pyproj.Geod(ellps="WGS84")
BOX = {"west": 102.0, "east": 118.0, "south": 6.0, "north": 23.5}
SHIFT = {
    "tolerance": 0.5, "shift_min": 200, "shift_max": 250, "bearing_min": 117, "bearing_max": 122, "shift_objects": 3,
    "transformation": VN2000_TO_WGS84,
}  # fmt: skip
EDITIONS = {"published": "zone", "native": "native", "key": "zone_id", "epsg": "epsg", **SHIFT}
TILES = {
    "parent": "plan", "child": "zone", "key": "plan_id", "child_key": "zone_id", "by": "plan_id",
    "limit": 0.005, "area": "area_ha", "area_tolerance": 0.01, "pointer": "/properties",
}  # fmt: skip
INSIDE = {
    "parent": "plan", "child": "plan", "key": "plan_id", "by": "parent_id", "limit": 0.99,
}  # fmt: skip
LOOSER = {
    "plan": "plan", "key": "plan_id", "by": "parent_id", "zone": "zone", "zone_key": "zone_id",
    "zone_by": "plan_id", "columns": ["max_far"], "limit": 0.1, "pointer": "/properties",
}  # fmt: skip
OVERLAP = {
    "dataset": "plan", "key": "plan_id", "group": ["tier"], "period": ["valid_from", "valid_to"], "limit": 0.01,
}  # fmt: skip
_TABLES = {
    "plan": "plan_id VARCHAR, tier VARCHAR, parent_id VARCHAR, area_ha DOUBLE, valid_from DATE, valid_to DATE",
    "zone": "zone_id VARCHAR, plan_id VARCHAR, max_far DOUBLE",
    "native": "zone_id VARCHAR, epsg BIGINT",
}

Position = tuple[float, float]


class Submission:
    """The tables of a made-up standard; records are added as dicts, geometry as a JSON value."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("CREATE SCHEMA demo")
        for name, columns in _TABLES.items():
            self.connection.execute(f"CREATE TABLE demo.{name}_all (_at BIGINT, geometry VARCHAR, {columns})")
            self.connection.execute(f"CREATE VIEW demo.{name} AS SELECT * FROM demo.{name}_all")
        self.next_at = 0

    def add(self, table: str, geometry: Any, **columns: Any) -> int:
        self.next_at += 1
        text = None if geometry is None else json.dumps(geometry)
        names = ", ".join(["_at", "geometry", *columns])
        marks = ", ".join("?" for _ in range(len(columns) + 2))
        values = [self.next_at, text, *columns.values()]
        self.connection.execute(f"INSERT INTO demo.{table}_all ({names}) VALUES ({marks})", values)
        return self.next_at

    def query(self, sql: str, parameters: Any = None) -> Iterator[dict[str, Any]]:
        cursor = self.connection.cursor()
        cursor.execute(sql, parameters)
        names = [column[0] for column in cursor.description or ()]
        return (dict(zip(names, row, strict=True)) for row in cursor.fetchall())

    def ask(self, operation: str, **settings: Any) -> list[Any]:
        requirement = Requirement(
            "VSC-DEMO-R01", "VSC-DEMO", "5.1", Level.MUST, ConformanceClass.BASIC, Text("a", "a"), Text("a", "a"),
            "P", (), (), (), (), None, {}, None, {},
        )  # fmt: skip
        standard = Standard(
            "VSC-DEMO", "1.0", Text("a", "a"), Text("a", "a"), "2026-11-23", (), (), {}, {}, {}, (requirement,),
            Path(), "",
        )  # fmt: skip
        given_check = Check("geometry", {"ask": operation, **settings})
        asked = Ask(requirement, given_check, standard, ConformanceClass.BASIC, {"limit": 0.25}, {}, {}, self.query, 25)
        return list(check(asked))

    def messages(self, operation: str, **settings: Any) -> list[str]:
        return [row["_message"] for row in self.ask(operation, **settings)]


def rectangle(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    """A rectangle with its corners counter-clockwise."""
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def mapped(geometry: dict[str, Any], change: Any) -> dict[str, Any]:
    """A polygon with every position changed."""
    rings = [[list(change(*position)) for position in ring] for ring in geometry["coordinates"]]
    return {"type": "Polygon", "coordinates": rings}


def native(geometry: dict[str, Any], epsg: int = DA_NANG_ZONE) -> dict[str, Any]:
    """The polygon in a native system, moved by the named transformation."""
    transformer = transformation(epsg, VN2000_TO_WGS84)
    assert transformer is not None
    return mapped(geometry, lambda lon, lat: transformer.transform(lon, lat, direction="INVERSE"))


def hectares(geometry: dict[str, Any]) -> float:
    """Area on the ellipsoid, by another way than the check's: geodesics between near points."""
    west, south = geometry["coordinates"][0][0]
    east, north = geometry["coordinates"][0][2]
    steps = [west + (east - west) * i / 50 for i in range(51)]
    lons, lats = [*steps, *reversed(steps)], [south] * 51 + [north] * 51
    area, _ = SPHERE.polygon_area_perimeter(lons, lats)
    return float(abs(area)) / 10_000
