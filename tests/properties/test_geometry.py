"""Laws of the kind `geometry`, whatever the rectangle and wherever it lies."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.geometry_submission import BOX, EDITIONS, TILES, Submission, hectares, mapped, native, rectangle

degrees_east = st.floats(102.5, 117.0).map(lambda x: round(x, 6))
degrees_north = st.floats(6.5, 22.5).map(lambda y: round(y, 6))
sides = st.floats(0.001, 0.5).map(lambda d: round(d, 6))


def tiling(frame: dict[str, Any], cells: list[dict[str, Any]]) -> list[str]:
    """Messages of `tiles` for a plan of the frame with the cells as zones."""
    submission = Submission()
    submission.add("plan", frame, plan_id="p", area_ha=hectares(frame))
    for cell in cells:
        submission.add("zone", cell, plan_id="p")
    return submission.messages("tiles", **TILES)


@settings(max_examples=25, deadline=None)
@given(degrees_east, degrees_north, sides, sides)
def test_every_swapped_rectangle_of_the_country_is_told(west: float, south: float, width: float, height: float) -> None:
    submission = Submission()
    square = rectangle(west, south, west + width, south + height)
    submission.add("zone", square)
    submission.add("zone", mapped(square, lambda lon, lat: (lat, lon)))

    rows = submission.ask("box", dataset="zone", **BOX)

    assert [(row["_at"], row["_message"]) for row in rows] == [(2, "swapped")]


@settings(max_examples=25, deadline=None)
@given(
    degrees_east,
    degrees_north,
    st.lists(sides, min_size=1, max_size=4),
    st.lists(sides, min_size=1, max_size=4),
    st.data(),
)
def test_grid_of_rectangles_tiles_its_frame_until_one_is_taken_out(
    west: float, south: float, widths: list[float], heights: list[float], data: st.DataObject
) -> None:
    xs = [west + sum(widths[:i]) for i in range(len(widths) + 1)]
    ys = [south + sum(heights[:i]) for i in range(len(heights) + 1)]
    cells = [rectangle(a, b, c, d) for a, c in pairwise(xs) for b, d in pairwise(ys)]
    frame = rectangle(xs[0], ys[0], xs[-1], ys[-1])
    removed = data.draw(st.integers(0, len(cells) - 1))
    share = hectares(cells[removed]) / hectares(frame)

    assert tiling(frame, cells) == []
    found = tiling(frame, cells[:removed] + cells[removed + 1 :])
    assert ("gap" in found) == (share > 0.005) or abs(share - 0.005) < 1e-6


@settings(max_examples=25, deadline=None)
@given(st.floats(104.0, 109.0), st.floats(9.0, 22.0), st.sampled_from([4756, 5896, 5897, 5898, 5899, 9217]))
def test_native_edition_agrees_wherever_it_lies(west: float, south: float, epsg: int) -> None:
    submission = Submission()
    square = rectangle(west, south, west + 0.02, south + 0.02)
    submission.add("zone", square, zone_id="a")
    submission.add("native", native(square, epsg), zone_id="a", epsg=epsg)

    assert submission.ask("agrees", **EDITIONS) == []


@settings(max_examples=25, deadline=None)
@given(degrees_east, degrees_north, sides, st.booleans(), st.integers(0, 3))
def test_turning_a_ring_is_found_wherever_it_starts(
    west: float, south: float, side: float, clockwise: bool, start: int
) -> None:
    corners = rectangle(west, south, west + side, south + side)["coordinates"][0][:-1]
    turned = corners[start:] + corners[:start]
    ring = [*turned, turned[0]]
    submission = Submission()
    submission.add("zone", {"type": "Polygon", "coordinates": [ring[::-1] if clockwise else ring]})

    found = submission.messages("valid", dataset="zone", decimals=17)

    assert found == (["exterior_clockwise"] if clockwise else [])
