"""VSC-GEO 5.9: coordinates come in the system asked for, in the order of its axes (OGC API Features 2)."""

from __future__ import annotations

from validator.api.collector import Collector
from validator.api.features import (
    CORE,
    CRS,
    DEFAULT_CRS,
    FeatureCollection,
    Features,
    FeatureService,
    identifier,
)
from validator.api.outcomes import NotClaimed, Unknown
from validator.checks.geometry_served import LON_LAT_URIS, System, apart, grown, meets, shape_of, system, telling_box
from validator.model.exchange import Exchange

REQUIREMENT = "VSC-GEO-R09"
NATIONAL = "VN-2000 to WGS 84 (2)"
SAME_PLACE_METRES = 50.0  # other datums are reached in several ways; a wrong axis or zone is off by kilometres
NO_SYSTEM = "http://www.opengis.net/def/crs/EPSG/0/999999"
SPARE = 0.3  # a box turned into another system and back has grown; beyond this share nothing may come


def other_systems(service: FeatureService) -> list[tuple[FeatureCollection, Features, str]]:
    """Every collection with each system that it lists beside the default ones. Raises NotClaimed without any."""
    service.claimed(CORE, CRS)
    listed = [(c, s, uri) for c, s in service.filled() for uri in c.crs if uri not in LON_LAT_URIS]
    if not listed:
        raise NotClaimed("live.no_other_system")
    return listed


def stated(exchange: Exchange) -> str:
    return (exchange.answer.header("content-crs") or "").strip() if exchange.answer else ""


def test_R09_default_system_is_listed_and_stated(service: FeatureService, find: Collector) -> None:
    service.claimed(CORE, CRS)
    for collection, sample in service.filled():
        find.looked()
        if not LON_LAT_URIS & set(collection.crs):
            find(
                "default_not_listed",
                service.page("/collections"),
                expected=DEFAULT_CRS,
                found=", ".join(collection.crs),
            )
        for page in sample.pages:
            if stated(page).strip("<>") not in LON_LAT_URIS or not stated(page).startswith("<"):
                find("content_crs", page, expected=f"<{DEFAULT_CRS}>", found=stated(page) or "∅")


def test_R09_coordinates_are_in_the_system_asked_for(service: FeatureService, find: Collector) -> None:
    for collection, sample, uri in other_systems(service):
        asked = system(uri, NATIONAL)
        if asked is None:
            find.cannot_tell("live.unknown_system", system=uri)
            continue
        found = service.walk(collection, {"crs": uri, "limit": len(sample.features) // 2 + 1}, most=2)
        find.looked()
        if found.broken:
            find("filter_broken", found.last, parameter=f"crs={uri}", expected=200, found=found.last.status)
        for page in found.pages:
            if stated(page) != f"<{uri}>":
                find("content_crs", page, expected=f"<{uri}>", found=stated(page) or "∅")
        judge_coordinates(service, find, found, sample, asked, uri)


def judge_coordinates(
    service: FeatureService, find: Collector, found: Features, sample: Features, asked: System, uri: str
) -> None:
    """Notes the first feature that lies elsewhere than its edition in degrees."""
    limit = float(service.sut.context.parameters["edition_tolerance_m"]) if asked.national else SAME_PLACE_METRES
    known = {name: shape_of(f) for f in sample.features if (name := identifier(f))}
    for feature in found.features:
        ours, theirs = known.get(identifier(feature)), shape_of(feature)
        between = apart(ours, theirs, asked) if ours is not None and theirs is not None else None
        if between is None:
            continue
        find.looked()
        if between.metres > limit:
            swapped = between.swapped <= limit
            find("axes_swapped" if swapped else "elsewhere", found.pages[0], id=identifier(feature), system=uri,
                 expected=f"≤ {limit:g} m", found=f"{between.metres:.2f} m")  # fmt: skip
            return


def test_R09_bbox_is_read_in_its_system(service: FeatureService, find: Collector) -> None:
    for collection, sample, uri in other_systems(service):
        asked = system(uri, NATIONAL)
        box = telling_box([shape for f in sample.features if (shape := shape_of(f)) is not None])
        if asked is None or box is None:
            find.cannot_tell("live.unknown_system", system=uri)
            continue
        given = asked.box(box)
        found = service.walk(collection, {"bbox": ",".join(map(repr, given)), "bbox-crs": uri})
        find.looked(max(1, len(found.features)))
        if found.broken:
            find("filter_broken", found.last, parameter=f"bbox-crs={uri}", expected=200, found=found.last.status)
            continue
        inner, outer = grown(box, -0.01), grown(asked.degrees(given), SPARE)
        shapes = {identifier(f): shape_of(f) for f in sample.features}
        lacking = [n for n, s in shapes.items() if s is not None and meets(s, inner) and n not in found.ids]
        extra = [n for n in found.ids if shapes.get(n) is not None and not meets(shapes[n], outer)]
        if lacking and found.complete:
            find("selected_too_few", found.last, parameter=f"bbox-crs={uri}", id=lacking[0], count=len(lacking))
        if extra:
            find("selected_too_many", found.last, parameter=f"bbox-crs={uri}", id=extra[0], count=len(extra))


def test_R09_unknown_system_is_refused(service: FeatureService, find: Collector) -> None:
    service.claimed(CORE, CRS)
    for collection in service.collections():
        for query in ({"crs": NO_SYSTEM}, {"crs": "khong-co"}, {"bbox": "108,16,109,17", "bbox-crs": NO_SYSTEM}):
            answer = service.get(f"{collection.path}/items", query)
            find.looked()
            if answer.status != 400:
                name = list(query)[-1]
                find("not_refused", answer, parameter=f"{name}={query[name]}", expected=400, found=answer.status)


def test_R09_one_feature_in_another_system(service: FeatureService, find: Collector) -> None:
    for collection, sample, uri in other_systems(service):
        asked = system(uri, NATIONAL)
        listed = next((f for f in sample.features if identifier(f) and shape_of(f) is not None), None)
        if asked is None or listed is None:
            continue
        alone = service.alone(collection, listed, {"crs": uri})
        find.looked()
        if alone.broken:
            find("filter_broken", alone.last, parameter=f"crs={uri}", expected=200, found=alone.last.status)
            continue
        if stated(alone.last) != f"<{uri}>":
            find("content_crs", alone.last, expected=f"<{uri}>", found=stated(alone.last) or "∅")
        judge_coordinates(service, find, alone, sample, asked, uri)
    if not find.examined:
        raise Unknown("live.unknown_system", system="∅")
