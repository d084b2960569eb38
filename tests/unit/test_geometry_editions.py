"""Kind `geometry`, operation `agrees`: the published and the native edition."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.unit.geometry_submission import (
    DA_NANG_ZONE,
    EDITIONS,
    VN2000_TO_WGS84,
    Submission,
    mapped,
    native,
    rectangle,
)
from validator.checks.ask import CannotTell
from validator.checks.geometry_plane import transformation


@pytest.fixture
def submission() -> Submission:
    return Submission()


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

    @pytest.mark.parametrize("epsg", [None, 4326, 5773, 999999])
    def test_system_without_the_transformation_is_unknown(self, submission: Submission, epsg: int | None) -> None:
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

    def test_published_edition_off_the_globe_leaves_the_question_open(self, submission: Submission) -> None:
        square = rectangle(108.1, 16.0, 108.2, 16.1)
        submission.add("zone", mapped(square, lambda lon, lat: (lat, lon)), zone_id="a")
        submission.add("native", native(square), zone_id="a", epsg=DA_NANG_ZONE)

        (answer,) = submission.ask("agrees", **EDITIONS)

        assert isinstance(answer, CannotTell)

    def test_boundary_of_many_vertices_is_compared_by_edges(self, submission: Submission) -> None:
        square = rectangle(108.1, 16.0, 108.2, 16.1)
        ring = square["coordinates"][0]
        denser = [
            [a[0] + (b[0] - a[0]) * i / 500, a[1] + (b[1] - a[1]) * i / 500]
            for a, b in pairwise(ring)
            for i in range(500)
        ]
        submission.add("zone", {"type": "Polygon", "coordinates": [[*denser, ring[0]]]}, zone_id="a")
        submission.add("native", native(square, 4756), zone_id="a", epsg=4756)

        assert submission.ask("agrees", **EDITIONS) == []
