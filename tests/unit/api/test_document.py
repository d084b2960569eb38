"""OpenAPI documents made from a standard's template: valid, concrete, without our own annotations."""

from __future__ import annotations

import json

import pytest

from validator.api.description import Description
from validator.api.document import Offered, assemble, offered_filters
from validator.api.second_opinion import SecondOpinion
from validator.catalogue.load import find_standard, standards

API = find_standard("VSC-API")
READING = find_standard("VSC-CORE").datasets["reading"]
STATION = find_standard("VSC-ENV").datasets["station"]


def made() -> dict[str, object]:
    return assemble(
        API, [Offered("tram", STATION, ("commune_code", "bbox")), Offered("doc", READING, ("datetime",), True)]
    )


def test_openapi_core_reads_it() -> None:
    SecondOpinion(made(), "https://city.example/vsc/v1")


def test_nothing_of_ours_stands_in_it() -> None:
    assert '"x-' not in json.dumps(made())


def test_a_collection_has_its_own_paths_parameters_and_record() -> None:
    said = Description(made())
    items = said.find("get", "/collections/tram/items")

    assert items is not None
    assert [p["$ref"].rpartition("/")[2] for p in items.said["parameters"]] == [
        "limit",
        "cursor",
        "commune_code",
        "bbox",
    ]
    assert said.find("put", "/collections/tram/items/a") is None
    assert said.find("put", "/collections/doc/items/a") is not None


def test_a_concrete_path_comes_before_a_template() -> None:
    found = Description(made()).find("get", "/collections/tram/items")

    assert found is not None
    assert found.path == "/collections/tram/items"


@pytest.mark.parametrize(
    ("dataset", "filters"),
    [
        ("VSC-CORE/health_count", ("datetime", "province_code", "commune_code")),
        ("VSC-ENV/station", ("commune_code",)),
        ("VSC-ENV/observation", ("datetime",)),
    ],
)
def test_filters_follow_from_the_dataset(dataset: str, filters: tuple[str, ...]) -> None:
    standard, _, name = dataset.partition("/")

    assert offered_filters(find_standard(standard).datasets[name]) == filters


@pytest.mark.parametrize(
    "dataset", [d for s in standards().values() for d in s.datasets.values()], ids=lambda dataset: dataset.id
)
def test_every_dataset_of_the_catalogue_can_be_offered(dataset: object) -> None:
    SecondOpinion(assemble(API, [Offered("a", dataset, offered_filters(dataset), True)]), "https://city.example")  # type: ignore[arg-type]
