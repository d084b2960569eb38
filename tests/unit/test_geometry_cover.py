"""Kind `geometry`: wholes and parts, limits, peers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.geometry_submission import INSIDE, LOOSER, OVERLAP, TILES, Submission, hectares, mapped, rectangle
from validator.checks.ask import CannotTell


@pytest.fixture
def submission() -> Submission:
    return Submission()


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
        submission.add("zone", rectangle(108.0, 16.0, 108.1, 16.2), zone_id="g1", plan_id="general", max_far=3.0)
        submission.add("zone", rectangle(108.1, 16.0, 108.2, 16.2), zone_id="g2", plan_id="general", max_far=1.0)

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
