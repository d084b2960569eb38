"""Geometries of a running service: boxes that tell features apart, systems of coordinates, distances."""

from __future__ import annotations

import math

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from validator.checks.geometry_served import Box, apart, meets, shape_of, system, telling_box

VN2000_SEVEN = "VN-2000 to WGS 84 (2)"
URIS = "http://www.opengis.net/def/crs/"
DA_NANG: Box = (108.19, 16.05, 108.22, 16.08)
places = st.tuples(st.floats(102, 118), st.floats(6, 23)).map(lambda at: shapely.Point(*at))


@given(st.lists(places, min_size=1, max_size=12))
def test_a_telling_box_is_met_by_some_and_not_by_all(points: list[shapely.Point]) -> None:
    box = telling_box(points)

    if box is not None:
        assert 0 < sum(meets(point, box) for point in points) < len(points)


def test_equal_places_have_no_telling_box() -> None:
    assert telling_box([shapely.Point(108.2, 16.06)] * 3) is None
    assert telling_box([]) is None


@pytest.mark.parametrize("code", ["0/4326", "0/3405", "0/5899", "0/3857"])
def test_a_box_comes_back_around_itself(code: str) -> None:
    asked = system(f"{URIS}EPSG/{code}", VN2000_SEVEN)
    assert asked is not None
    west, south, east, north = asked.degrees(asked.box(DA_NANG))

    assert west <= DA_NANG[0] + 1e-9
    assert south <= DA_NANG[1] + 1e-9
    assert east >= DA_NANG[2] - 1e-9
    assert north >= DA_NANG[3] - 1e-9


def test_latitude_comes_first_where_the_authority_says_so() -> None:
    known = shapely.Point(108.2, 16.06)
    lat_lon, lon_lat = system(f"{URIS}EPSG/0/4326", VN2000_SEVEN), system(f"{URIS}OGC/1.3/CRS84", VN2000_SEVEN)
    assert lat_lon is not None
    assert lon_lat is not None

    right = apart(known, shapely.Point(16.06, 108.2), lat_lon)
    wrong = apart(known, shapely.Point(108.2, 16.06), lat_lon)

    assert right is not None
    assert right.metres == 0
    assert wrong is not None
    assert (wrong.metres, wrong.swapped) == (math.inf, 0)
    assert not lon_lat.north_first


def test_vn_2000_without_the_shift_is_some_224_m_away() -> None:
    asked = system(f"{URIS}EPSG/0/4756", VN2000_SEVEN)
    assert asked is not None
    assert asked.national
    between = apart(shapely.Point(108.2, 16.06), shapely.Point(16.06, 108.2), asked)

    assert between is not None
    assert 220 < between.metres < 230


def test_other_numbers_of_positions_cannot_be_compared() -> None:
    asked = system(f"{URIS}EPSG/0/4326", VN2000_SEVEN)
    assert asked is not None

    assert apart(shapely.Point(108.2, 16.06), shapely.LineString([(16, 108), (17, 108)]), asked) is None


@pytest.mark.parametrize("uri", ["khong-co", f"{URIS}EPSG/0/999999", f"{URIS}EPSG/0/abc", "urn:ogc:def:crs:EPSG::4326"])
def test_systems_that_nobody_knows_are_none(uri: str) -> None:
    assert system(uri, VN2000_SEVEN) is None


@pytest.mark.parametrize("geometry", [None, {}, {"type": "Point"}, {"type": "Point", "coordinates": ["a", "b"]}, "x"])
def test_what_is_no_geometry_has_no_shape(geometry: object) -> None:
    assert shape_of({"geometry": geometry}) is None
