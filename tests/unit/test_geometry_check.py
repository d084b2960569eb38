"""Kind `geometry`: each operation on a handful of shapes near Đà Nẵng, and its laws."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validator.checks.ask import Ask, CannotTell
from validator.checks.geometry import check
from validator.checks.geometry_plane import transformation
from validator.errors import EngineError
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
        asked = Ask(
            requirement, given_check, standard, ConformanceClass.BASIC, {"limit": 0.25}, {}, {}, self.query
        )
        return list(check(asked))

    def messages(self, operation: str, **settings: Any) -> list[str]:
        return [row["_message"] for row in self.ask(operation, **settings)]


@pytest.fixture
def submission() -> Submission:
    return Submission()


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


class TestReadable:
    def test_polygon_is_readable(self, submission: Submission) -> None:
        submission.add("zone", rectangle(108.1, 16.0, 108.2, 16.1))

        assert submission.ask("readable", dataset="zone") == []

    def test_record_without_geometry_is_missing_it_unless_that_is_allowed(
        self, submission: Submission
    ) -> None:
        at = submission.add("zone", None)

        assert submission.ask("readable", dataset="zone")[0] == {
            "_at": at, "_pointer": "/geometry", "_message": "missing",
        }  # fmt: skip
        assert submission.ask("readable", dataset="zone", optional=True) == []

    @pytest.mark.parametrize(
        ("geometry", "pointer"),
        [
            ({"type": "Circle", "coordinates": [1, 2]}, "/geometry/type"),
            ({"type": "Polygon", "coordinates": []}, "/geometry/coordinates"),
            ({"type": "Point", "coordinates": [108.1]}, "/geometry/coordinates"),
            ({"type": "LineString", "coordinates": [[108.1, 16.0]]}, "/geometry/coordinates"),
            (
                {"type": "LineString", "coordinates": [[108.1, 16.0], [108.2, "16"]]},
                "/geometry/coordinates/1",
            ),
            ({"type": "Polygon", "coordinates": [[[108.1, 16.0], [True, 1]]]}, "/geometry/coordinates/0/1"),
        ],
    )
    def test_broken_geometry_is_unreadable_at_its_first_broken_place(
        self, submission: Submission, geometry: Any, pointer: str
    ) -> None:
        submission.add("zone", geometry)

        row = submission.ask("readable", dataset="zone")[0]

        assert (row["_message"], row["_pointer"]) == ("unreadable", pointer)


class TestValid:
    def check(self, submission: Submission, *rings: Any) -> list[tuple[str, str]]:
        submission.add("zone", {"type": "Polygon", "coordinates": list(rings)})
        rows = submission.ask("valid", dataset="zone", decimals=8)
        return [(row["_message"], row["_pointer"]) for row in rows]

    outer = rectangle(108.0, 16.0, 108.4, 16.4)["coordinates"][0]
    hole = rectangle(108.1, 16.1, 108.2, 16.2)["coordinates"][0]

    def test_polygon_with_a_hole_that_turns_clockwise_is_valid(self, submission: Submission) -> None:
        assert self.check(submission, self.outer, self.hole[::-1]) == []

    def test_clockwise_exterior_breaks_the_right_hand_rule(self, submission: Submission) -> None:
        assert self.check(submission, self.outer[::-1]) == [("exterior_clockwise", "/geometry/coordinates/0")]

    def test_counterclockwise_hole_breaks_the_right_hand_rule(self, submission: Submission) -> None:
        found = self.check(submission, self.outer, self.hole)

        assert found == [("hole_counterclockwise", "/geometry/coordinates/1")]

    def test_ring_that_ends_elsewhere_is_not_closed(self, submission: Submission) -> None:
        assert self.check(submission, self.outer[:-1]) == [("not_closed", "/geometry/coordinates/0")]

    def test_bow_tie_crosses_itself(self, submission: Submission) -> None:
        bow = [[108.0, 16.0], [108.1, 16.1], [108.1, 16.0], [108.0, 16.1], [108.0, 16.0]]

        assert self.check(submission, bow) == [("self_crossing", "/geometry")]

    def test_hole_outside_its_polygon_is_invalid(self, submission: Submission) -> None:
        far = rectangle(109.0, 16.0, 109.1, 16.1)["coordinates"][0][::-1]

        assert self.check(submission, self.outer, far) == [("invalid", "/geometry")]

    def test_nine_decimals_are_too_many(self, submission: Submission) -> None:
        fine = [[108.123456789, 16.0], *self.outer[1:-1], [108.123456789, 16.0]]

        assert self.check(submission, fine) == [("decimals", "/geometry/coordinates")]

    def test_second_polygon_of_several_is_pointed_at(self, submission: Submission) -> None:
        far = rectangle(109.0, 16.0, 109.1, 16.1)["coordinates"][0][::-1]
        submission.add("zone", {"type": "MultiPolygon", "coordinates": [[self.outer], [far]]})

        rows = submission.ask("valid", dataset="zone", decimals=8)

        assert [row["_pointer"] for row in rows] == ["/geometry/coordinates/1/0"]

    def test_unreadable_geometry_is_left_to_readable(self, submission: Submission) -> None:
        submission.add("zone", {"type": "Polygon", "coordinates": "none"})

        assert submission.ask("valid", dataset="zone", decimals=8) == []


class TestBox:
    def test_position_in_the_box_passes(self, submission: Submission) -> None:
        submission.add("zone", rectangle(108.1, 16.0, 108.2, 16.1))

        assert submission.ask("box", dataset="zone", **BOX) == []

    def test_lat_lon_is_told_as_swapped_axes(self, submission: Submission) -> None:
        submission.add("zone", mapped(rectangle(108.1, 16.0, 108.2, 16.1), lambda lon, lat: (lat, lon)))

        row = submission.ask("box", dataset="zone", **BOX)[0]

        assert (row["_message"], row["_pointer"]) == ("swapped", "/geometry/coordinates/0/0")

    def test_far_position_is_outside(self, submission: Submission) -> None:
        submission.add("zone", {"type": "LineString", "coordinates": [[108.1, 16.0], [8.1, 16.0]]})

        row = submission.ask("box", dataset="zone", **BOX)[0]

        assert (row["_message"], row["_pointer"]) == ("outside", "/geometry/coordinates/1")


class TestAgrees:
    def test_editions_made_by_the_named_transformation_agree(self, submission: Submission) -> None:
        for i, epsg in enumerate((DA_NANG_ZONE, 4756, 3406, 9217)):
            square = rectangle(108.1, 16.0 + i, 108.2, 16.1 + i)
            submission.add("zone", square, zone_id=str(i))
            submission.add("native", native(square, epsg), zone_id=str(i), epsg=epsg)

        assert submission.ask("agrees", **EDITIONS) == []

    def test_ring_that_starts_at_another_corner_agrees(self, submission: Submission) -> None:
        square = rectangle(108.1, 16.0, 108.2, 16.1)
        ring = native(square)["coordinates"][0]
        turned = {"type": "Polygon", "coordinates": [[*ring[2:], ring[1], ring[2]]]}
        submission.add("zone", square, zone_id="a")
        submission.add("native", turned, zone_id="a", epsg=DA_NANG_ZONE)

        assert submission.ask("agrees", **EDITIONS) == []

    @pytest.mark.parametrize(("metres", "found"), [(0.45, []), (0.6, ["differs"])])
    def test_tolerance_is_half_a_metre(self, submission: Submission, metres: float, found: list[str]) -> None:
        square = rectangle(108.1, 16.0, 108.2, 16.1)
        submission.add("zone", square, zone_id="a")
        moved = mapped(native(square), lambda x, y: (x + metres, y))
        submission.add("native", moved, zone_id="a", epsg=DA_NANG_ZONE)

        assert submission.messages("agrees", **EDITIONS) == found

    @pytest.mark.parametrize(("objects", "found"), [(3, ["unshifted"]), (2, ["differs", "differs"])])
    def test_native_degrees_passed_off_as_wgs84_are_diagnosed_from_three_objects_on(
        self, submission: Submission, objects: int, found: list[str]
    ) -> None:
        for i in range(objects):
            square = rectangle(108.1 + i / 10, 16.0, 108.15 + i / 10, 16.1)
            submission.add("zone", square, zone_id=str(i))
            submission.add("native", square, zone_id=str(i), epsg=4756)

        assert submission.messages("agrees", **EDITIONS) == found

    def test_diagnosis_gives_length_and_bearing(self, submission: Submission) -> None:
        for i in range(3):
            square = rectangle(108.1 + i / 10, 16.0, 108.15 + i / 10, 16.1)
            submission.add("zone", square, zone_id=str(i))
            submission.add("native", square, zone_id=str(i), epsg=4756)

        row = submission.ask("agrees", **EDITIONS)[0]

        assert (row["found"], row["azimuth"], row["count"]) == ("225.4 m", "120.2", 3)

    def test_northing_written_first_is_told_as_swapped_axes(self, submission: Submission) -> None:
        square = rectangle(108.1, 16.0, 108.2, 16.1)
        submission.add("zone", square, zone_id="a")
        swapped = mapped(native(square), lambda x, y: (y, x))
        submission.add("native", swapped, zone_id="a", epsg=DA_NANG_ZONE)

        assert submission.messages("agrees", **EDITIONS) == ["swapped_native"]

    @pytest.mark.parametrize("epsg", [None, 4326, 999999])
    def test_system_without_the_transformation_is_unknown(
        self, submission: Submission, epsg: int | None
    ) -> None:
        square = rectangle(108.1, 16.0, 108.2, 16.1)
        submission.add("zone", square, zone_id="a")
        submission.add("native", square, zone_id="a", epsg=epsg)

        assert submission.messages("agrees", **EDITIONS) == ["crs_unstated" if epsg is None else "crs_unknown"]

    def test_object_of_one_edition_only_is_missing_in_the_other(self, submission: Submission) -> None:
        square = rectangle(108.1, 16.0, 108.2, 16.1)
        submission.add("zone", square, zone_id="a")
        submission.add("native", native(square), zone_id="b", epsg=DA_NANG_ZONE)

        assert sorted(submission.messages("agrees", **EDITIONS)) == ["missing_native", "missing_published"]

    def test_without_a_native_edition_nothing_is_compared(self, submission: Submission) -> None:
        submission.add("zone", rectangle(108.1, 16.0, 108.2, 16.1), zone_id="a")

        assert submission.ask("agrees", **EDITIONS) == []

    def test_transformation_is_the_named_one_and_not_a_null_shift(self) -> None:
        chosen = transformation(4756, VN2000_TO_WGS84)

        assert chosen is not None
        assert "x=-191.90441429 y=-39.30318279 z=-111.45032835" in chosen.definition
        assert "s=0.252906278" in chosen.definition


class TestTiles:
    def plan(self, submission: Submission, area: float | None = None) -> dict[str, Any]:
        boundary = rectangle(108.0, 16.0, 108.2, 16.2)
        stated = hectares(boundary) if area is None else area
        submission.add("plan", boundary, plan_id="p", area_ha=stated)
        return boundary

    def test_quarters_tile_their_plan(self, submission: Submission) -> None:
        self.plan(submission)
        for west, south in ((108.0, 16.0), (108.1, 16.0), (108.0, 16.1), (108.1, 16.1)):
            submission.add("zone", rectangle(west, south, west + 0.1, south + 0.1), plan_id="p")

        assert submission.ask("tiles", **TILES) == []

    @pytest.mark.parametrize(
        ("parts", "found"),
        [
            ([(108.0, 16.0, 108.0, 16.2)], ["gap", "area"]),
            ([(108.0, 16.0, 108.2, 16.1985)], ["gap"]),
            ([(108.0, 16.0, 108.2, 16.2015)], ["outside"]),
            ([(108.0, 16.0, 108.2, 16.2), (108.0, 16.0, 108.2, 16.0015)], ["overlap"]),
            ([(108.0, 16.0, 108.2, 16.1995)], []),
        ],
    )
    def test_worst_share_is_named(self, submission: Submission, parts: list[Any], found: list[str]) -> None:
        self.plan(submission)
        for corners in parts:
            if corners[0] < corners[2]:
                submission.add("zone", rectangle(*corners), plan_id="p")

        assert submission.messages("tiles", **TILES) == found

    def test_stated_area_is_compared_with_the_zones(self, submission: Submission) -> None:
        boundary = self.plan(submission, hectares(rectangle(108.0, 16.0, 108.2, 16.2)) * 1.02)
        submission.add("zone", boundary, plan_id="p")

        row = submission.ask("tiles", **TILES)[0]

        assert (row["_message"], row["_pointer"]) == ("area", "/properties/area_ha")

    def test_part_off_the_globe_leaves_the_question_open(self, submission: Submission) -> None:
        boundary = self.plan(submission)
        submission.add("zone", mapped(boundary, lambda lon, lat: (lat, lon)), plan_id="p")

        assert isinstance(submission.ask("tiles", **TILES)[0], CannotTell)


class TestInside:
    @pytest.mark.parametrize(("east", "found"), [(108.15, []), (108.2005, []), (108.21, ["sticks_out"])])
    def test_share_inside_is_measured(self, submission: Submission, east: float, found: list[str]) -> None:
        submission.add("plan", rectangle(108.0, 16.0, 108.2, 16.2), plan_id="general")
        submission.add("plan", rectangle(108.1, 16.1, east, 16.15), plan_id="part", parent_id="general")

        assert submission.messages("inside", **INSIDE) == found


class TestLooser:
    def plans(self, submission: Submission) -> None:
        submission.add("plan", rectangle(108.0, 16.0, 108.2, 16.2), plan_id="general")
        submission.add("plan", rectangle(108.0, 16.0, 108.1, 16.1), plan_id="part", parent_id="general")
        submission.add(
            "zone", rectangle(108.0, 16.0, 108.1, 16.2), zone_id="g1", plan_id="general", max_far=3.0
        )
        submission.add(
            "zone", rectangle(108.1, 16.0, 108.2, 16.2), zone_id="g2", plan_id="general", max_far=1.0
        )

    @pytest.mark.parametrize(("far", "found"), [(3.0, []), (None, []), (3.1, ["looser"])])
    def test_zone_keeps_to_the_limit_of_the_zone_above(
        self, submission: Submission, far: float | None, found: list[str]
    ) -> None:
        self.plans(submission)
        zone = rectangle(108.0, 16.0, 108.1, 16.1)
        submission.add("zone", zone, zone_id="z", plan_id="part", max_far=far)

        assert submission.messages("looser", **LOOSER) == found

    def test_sliver_in_a_stricter_zone_does_not_count(self, submission: Submission) -> None:
        self.plans(submission)
        zone = rectangle(108.0, 16.0, 108.105, 16.1)
        submission.add("zone", zone, zone_id="z", plan_id="part", max_far=2.0)

        assert submission.ask("looser", **LOOSER) == []


class TestOverlap:
    @pytest.mark.parametrize(
        ("change", "found"),
        [
            ({}, ["overlap"]),
            ({"tier": "other"}, []),
            ({"valid_from": "2026-07-01"}, []),
            ({"valid_from": "2026-06-30"}, ["overlap"]),
        ],
    )
    def test_peers_in_force_together_do_not_overlap(
        self, submission: Submission, change: dict[str, Any], found: list[str]
    ) -> None:
        one = {"tier": "general", "valid_from": "2026-01-01", "valid_to": "2026-07-01"}
        other = {"tier": "general", "valid_from": "2026-02-01", "valid_to": None, **change}
        submission.add("plan", rectangle(108.0, 16.0, 108.2, 16.2), plan_id="one", **one)
        submission.add("plan", rectangle(108.1, 16.0, 108.3, 16.2), plan_id="other", **other)

        assert submission.messages("overlap", **OVERLAP) == found

    def test_shared_edge_is_no_overlap(self, submission: Submission) -> None:
        submission.add("plan", rectangle(108.0, 16.0, 108.2, 16.2), plan_id="one", tier="general")
        submission.add("plan", rectangle(108.2, 16.0, 108.4, 16.2), plan_id="other", tier="general")

        assert submission.ask("overlap", **OVERLAP) == []


def test_unknown_operation_is_our_fault(submission: Submission) -> None:
    with pytest.raises(EngineError):
        submission.ask("round", dataset="zone")


def test_setting_with_a_dollar_is_the_parameter_of_that_name(submission: Submission) -> None:
    submission.add("plan", rectangle(108.0, 16.0, 108.2, 16.2), plan_id="p")
    submission.add("zone", rectangle(108.0, 16.0, 108.2, 16.16), plan_id="p")

    assert submission.ask("tiles", **{**TILES, "limit": "$limit", "area": "NULL"}) == []


degrees_east = st.floats(102.5, 117.0).map(lambda x: round(x, 6))
degrees_north = st.floats(6.5, 22.5).map(lambda y: round(y, 6))
sides = st.floats(0.001, 0.5).map(lambda d: round(d, 6))


class TestLaws:
    @settings(max_examples=40, deadline=None)
    @given(degrees_east, degrees_north, sides, sides)
    def test_every_swapped_rectangle_of_the_country_is_told(
        self, west: float, south: float, width: float, height: float
    ) -> None:
        submission = Submission()
        square = rectangle(west, south, west + width, south + height)
        submission.add("zone", square)
        submission.add("zone", mapped(square, lambda lon, lat: (lat, lon)))

        rows = submission.ask("box", dataset="zone", **BOX)

        assert [(row["_at"], row["_message"]) for row in rows] == [(2, "swapped")]

    @settings(max_examples=40, deadline=None)
    @given(
        degrees_east,
        degrees_north,
        st.lists(sides, min_size=1, max_size=4),
        st.lists(sides, min_size=1, max_size=4),
        st.data(),
    )
    def test_grid_of_rectangles_tiles_its_frame_until_one_is_taken_out(
        self, west: float, south: float, widths: list[float], heights: list[float], data: st.DataObject
    ) -> None:
        xs = [west + sum(widths[:i]) for i in range(len(widths) + 1)]
        ys = [south + sum(heights[:i]) for i in range(len(heights) + 1)]
        cells = [
            rectangle(a, b, c, d)
            for a, c in zip(xs, xs[1:], strict=False)
            for b, d in zip(ys, ys[1:], strict=False)
        ]
        frame = rectangle(xs[0], ys[0], xs[-1], ys[-1])
        removed = data.draw(st.integers(0, len(cells) - 1))
        share = hectares(cells[removed]) / hectares(frame)

        assert tiling(frame, cells) == []
        found = tiling(frame, cells[:removed] + cells[removed + 1 :])
        assert ("gap" in found) == (share > 0.005) or abs(share - 0.005) < 1e-6

    @settings(max_examples=30, deadline=None)
    @given(
        st.floats(104.0, 109.0), st.floats(9.0, 22.0), st.sampled_from([4756, 5896, 5897, 5898, 5899, 9217])
    )
    def test_native_edition_agrees_wherever_it_lies(self, west: float, south: float, epsg: int) -> None:
        submission = Submission()
        square = rectangle(west, south, west + 0.02, south + 0.02)
        submission.add("zone", square, zone_id="a")
        submission.add("native", native(square, epsg), zone_id="a", epsg=epsg)

        assert submission.ask("agrees", **EDITIONS) == []

    @settings(max_examples=30, deadline=None)
    @given(degrees_east, degrees_north, sides, st.booleans(), st.integers(0, 3))
    def test_turning_a_ring_is_found_wherever_it_starts(
        self, west: float, south: float, side: float, clockwise: bool, start: int
    ) -> None:
        corners = rectangle(west, south, west + side, south + side)["coordinates"][0][:-1]
        turned = corners[start:] + corners[:start]
        ring = [*turned, turned[0]]
        submission = Submission()
        submission.add("zone", {"type": "Polygon", "coordinates": [ring[::-1] if clockwise else ring]})

        found = submission.messages("valid", dataset="zone", decimals=17)

        assert found == (["exterior_clockwise"] if clockwise else [])


def tiling(frame: dict[str, Any], cells: list[dict[str, Any]]) -> list[str]:
    """Messages of `tiles` for a plan of the frame with the cells as zones."""
    submission = Submission()
    submission.add("plan", frame, plan_id="p", area_ha=hectares(frame))
    for cell in cells:
        submission.add("zone", cell, plan_id="p")
    return submission.messages("tiles", **TILES)
