"""The suite for feature services: silent on a right one, and each fault is found by the test that is there for it."""

from __future__ import annotations

import importlib.util
import inspect
from collections.abc import Mapping
from types import ModuleType, SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.feature_server import BASE, ROOT, FeatureServer, places
from validator.api.collector import Collector
from validator.api.features import FeatureService
from validator.api.outcomes import NotClaimed, Unsettled
from validator.catalogue.load import find_standard

REQUIREMENT = "VSC-GEO-R09"
TOLERANCE = {"edition_tolerance_m": 0.5}


def load(path: Any) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"ogcapi_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TESTS = {
    name.removeprefix("test_R09_"): function
    for path in sorted((ROOT / "conformance_suites" / "ogcapi").glob("test_*.py"))
    for name, function in inspect.getmembers(load(path), inspect.isfunction)
    if name.startswith("test_R09_")
}


def service_of(server: FeatureServer) -> FeatureService:
    def get(path: str, query: Any = (), headers: Mapping[str, str] | None = None, role: str | None = None) -> Any:
        target = path if "://" in path else f"{BASE}{path}"
        text = urlencode(list(query.items() if isinstance(query, Mapping) else query))
        return server.exchange(f"{target}?{text}" if text else target, headers or {})

    context = SimpleNamespace(base=BASE, parameters=TOLERANCE)
    return FeatureService(SimpleNamespace(get=get, context=context))  # type: ignore[arg-type]


def run(server: FeatureServer) -> dict[str, list[str]]:
    """The ids of messages that each test gives; `inapplicable` and `cantTell` for tests that end without a word."""
    service = service_of(server)
    found: dict[str, list[str]] = {}
    for name, test in TESTS.items():
        find = Collector(REQUIREMENT)
        try:
            test(service, find)
            silent = [] if find.examined and not find.unknown else ["cantTell"]
        except Unsettled as ended:
            silent = ["inapplicable" if isinstance(ended, NotClaimed) else "cantTell"]
        told = list(dict.fromkeys(n.finding.message_id.rpartition(".")[2] for n in find.noted))
        if told or silent:
            found[name] = told or silent
    return found


FAULTS = {
    "no_data_link": ("landing_page_leads_on", "link_missing"),
    "data_link_broken": ("landing_page_leads_on", "link_broken"),
    "other_title": ("collections_are_described", "described_twice"),
    "no_items_link": ("collections_are_described", "link_missing"),
    "collection_404": ("collections_are_described", "not_json"),
    "items_broken": ("features_are_geojson", "not_features"),
    "geometry_broken": ("features_are_geojson", "no_shape"),
    "extent_elsewhere": ("features_are_geojson", "outside_extent"),
    "second_page_broken": ("next_links_give_every_feature_once", "paging_broken"),
    "json_media_type": ("features_are_geojson", "media_type"),
    "no_ids": ("features_are_geojson", "not_a_feature"),
    "default_swapped": ("features_are_geojson", "not_lon_lat"),
    "matched_is_returned": ("counts_are_right", "count_matched"),
    "returned_off": ("counts_are_right", "count_returned"),
    "limit_ignored": ("limit_bounds_a_page", "too_many"),
    "no_next": ("limit_bounds_a_page", "next_missing"),
    "large_limit_refused": ("limit_bounds_a_page", "limit_refused"),
    "next_loops": ("next_links_give_every_feature_once", "paging_stuck"),
    "next_repeats": ("next_links_give_every_feature_once", "twice"),
    "next_skips": ("next_links_give_every_feature_once", "lost"),
    "feature_404": ("feature_is_the_one_of_the_list", "not_found"),
    "feature_differs": ("feature_is_the_one_of_the_list", "feature_differs"),
    "unknown_is_200": ("what_is_not_there_is_404", "not_404"),
    "bbox_ignored": ("bbox_selects_what_meets_it", "selected_too_many"),
    "bbox_contains": ("bbox_selects_what_meets_it", "selected_too_few"),
    "bbox_dropped_by_next": ("bbox_keeps_through_pages", "selected_too_many"),
    "nothing_means_all": ("bbox_elsewhere_selects_nothing", "selected_too_many"),
    "antimeridian_naive": ("bbox_over_the_antimeridian", "selected_too_few"),
    "six_crash": ("bbox_of_six_numbers", "filter_broken"),
    "datetime_ignored": ("datetime_selects_what_it_should", "selected_too_many"),
    "datetime_backwards": ("datetime_selects_what_it_should", "selected_too_few"),
    "datetime_dropped_by_next": ("datetime_selects_what_it_should", "selected_too_many"),
    "wrong_limit_accepted": ("wrong_parameters_are_refused", "not_refused"),
    "latitude_160_accepted": ("wrong_parameters_are_refused", "not_refused"),
    "unknown_accepted": ("unknown_parameter_is_refused", "not_refused"),
    "default_not_listed": ("default_system_is_listed_and_stated", "default_not_listed"),
    "default_unstated": ("default_system_is_listed_and_stated", "content_crs"),
    "crs_without_brackets": ("coordinates_are_in_the_system_asked_for", "content_crs"),
    "crs_ignored": ("coordinates_are_in_the_system_asked_for", "axes_swapped"),
    "crs_swapped": ("coordinates_are_in_the_system_asked_for", "axes_swapped"),
    "crs_unshifted": ("coordinates_are_in_the_system_asked_for", "elsewhere"),
    "crs_dropped_by_next": ("coordinates_are_in_the_system_asked_for", "content_crs"),
    "feature_crs_ignored": ("one_feature_in_another_system", "axes_swapped"),
    "bbox_crs_ignored": ("bbox_is_read_in_its_system", "filter_broken"),
    "bbox_crs_swapped": ("bbox_is_read_in_its_system", "selected_too_few"),
    "unknown_crs_accepted": ("unknown_system_is_refused", "not_refused"),
}
WAYS = {
    "no_counts": {},
    "six_refused": {},
    "free_parameters": {"unknown_parameter_is_refused": ["inapplicable"]},
    "no_times": {"datetime_selects_what_it_should": ["inapplicable"]},
}


def test_a_right_service_passes_every_test() -> None:
    assert run(FeatureServer()) == {}


@pytest.mark.parametrize(("fault", "told"), FAULTS.items(), ids=FAULTS)
def test_each_fault_is_found(fault: str, told: tuple[str, str]) -> None:
    test, message = told

    assert message in run(FeatureServer(frozenset({fault}))).get(test, [])


@pytest.mark.parametrize(("way", "told"), WAYS.items(), ids=WAYS)
def test_another_right_way_is_no_fault(way: str, told: dict[str, list[str]]) -> None:
    assert run(FeatureServer(ways=frozenset({way}))) == told


def test_a_service_without_part_2_is_not_asked_for_other_systems() -> None:
    silent = run(FeatureServer(ways=frozenset({"core_only"})))

    assert set(map(tuple, silent.values())) == {("inapplicable",)}
    assert len(silent) == 5


def test_numbers_as_ids_and_missing_geometry_are_no_fault() -> None:
    numbered = [{**feature, "id": number} for number, feature in enumerate(places(), start=1)]
    numbered[3]["geometry"] = None

    assert run(FeatureServer(features=numbered)) == {}


def test_a_feature_without_a_place_that_no_box_matches_is_found() -> None:
    placeless = [{**feature, "geometry": None} if number == 3 else feature for number, feature in enumerate(places())]
    server = FeatureServer(frozenset({"placeless_left_out"}), features=placeless)

    assert run(server)["bbox_selects_what_meets_it"] == ["selected_too_few"]


def test_a_service_with_more_features_than_are_walked_is_judged_by_a_part() -> None:
    many = [{**feature, "id": f"{feature['id']}-{copy}"} for copy in range(120) for feature in places()]
    server = FeatureServer(features=many)

    assert run(server) == {}
    assert server.asked < 300


def test_every_test_of_the_suite_can_fail() -> None:
    assert {test for test, _ in FAULTS.values()} == set(TESTS)


def test_every_message_of_the_suite_has_its_text() -> None:
    texts = next(r for r in find_standard("VSC-GEO").requirements if r.id == REQUIREMENT).messages

    assert {message for _, message in FAULTS.values()} == set(texts)
