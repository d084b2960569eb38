"""Kind `geometry`: each geometry alone, and how settings are read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.geometry_submission import BOX, TILES, Submission, mapped, rectangle
from validator.errors import EngineError


@pytest.fixture
def submission() -> Submission:
    return Submission()


class TestReadable:
    def test_polygon_is_readable(self, submission: Submission) -> None:
        submission.add("zone", rectangle(108.1, 16.0, 108.2, 16.1))

        assert submission.ask("readable", dataset="zone") == []

    def test_record_without_geometry_is_missing_it_unless_that_is_allowed(self, submission: Submission) -> None:
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


def test_unknown_operation_is_our_fault(submission: Submission) -> None:
    with pytest.raises(EngineError):
        submission.ask("round", dataset="zone")


def test_setting_with_a_dollar_is_the_parameter_of_that_name(submission: Submission) -> None:
    submission.add("plan", rectangle(108.0, 16.0, 108.2, 16.2), plan_id="p")
    submission.add("zone", rectangle(108.0, 16.0, 108.2, 16.16), plan_id="p")

    assert submission.ask("tiles", **{**TILES, "limit": "$limit", "area": "NULL"}) == []
