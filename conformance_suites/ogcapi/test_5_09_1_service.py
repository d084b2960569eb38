"""VSC-GEO 5.9: a service of features says what it has, gives it as GeoJSON, and page by page (OGC API Features 1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from validator.api.capability import parsed
from validator.api.collector import Collector
from validator.api.features import (
    CORE,
    GEOJSON,
    GEOJSON_TYPE,
    PAGE,
    Feature,
    FeatureCollection,
    Features,
    FeatureService,
    features_of,
    identifier,
    item_path,
    links,
    same_host,
)
from validator.api.pages import next_of
from validator.checks.geometry_served import on_earth, shape_of, strays
from validator.model.exchange import Exchange

REQUIREMENT = "VSC-GEO-R09"
NOWHERE = "khong-co-0d9f2c"
FAR_TOO_MANY = 1_000_000
SAME_IN_BOTH = ("id", "title", "description", "extent", "itemType")


def test_R09_landing_page_leads_on(service: FeatureService, find: Collector) -> None:
    service.claimed(CORE)
    page = service.page("/")
    document = parsed(page)
    find.looked()
    if page.status != 200 or not isinstance(document, Mapping):
        find("not_json", page, expected="200, JSON", found=page.status)
        return
    for relations in (("service-desc", "service-doc"), ("conformance",), ("data",)):
        named = [link for link in links(document) if link.get("rel") in relations and isinstance(link.get("href"), str)]
        if not named:
            find("link_missing", page, pointer="/links", relation=" | ".join(relations))
            continue
        target = service.absolute(named[0]["href"])
        if same_host(target, page):
            answer = service.get(target, accept=str(named[0].get("type") or "*/*"))
            find.looked()
            if answer.status != 200:
                find("link_broken", answer, relation=named[0]["rel"], expected=200, found=answer.status)


def test_R09_collections_are_described(service: FeatureService, find: Collector) -> None:
    service.claimed(CORE)
    for collection in service.collections():
        page = service.page(collection.path)
        document = parsed(page)
        find.looked()
        if page.status != 200 or not isinstance(document, Mapping):
            find("not_json", page, expected="200, JSON", found=page.status)
            continue
        for name in SAME_IN_BOTH:
            if document.get(name) != collection.described.get(name):
                find("described_twice", page, pointer=f"/{name}", member=name, expected=collection.described.get(name),
                     found=document.get(name))  # fmt: skip
        if not any(link.get("rel") == "items" and link.get("type") for link in links(collection.described)):
            find("link_missing", service.page("/collections"), pointer="/collections", relation="items")


def test_R09_features_are_geojson(service: FeatureService, find: Collector) -> None:
    service.claimed(CORE)
    for collection in service.collections():
        sample = service.sample(collection)
        find.looked()
        if sample.broken:
            find("not_features", sample.last, expected="200, FeatureCollection", found=sample.last.status)
        for page in sample.pages:
            judge_page(service, find, page)
        judge_places(find, collection, sample)


def judge_page(service: FeatureService, find: Collector, page: Exchange) -> None:
    """Media type, links and members of one page."""
    if service.claims(GEOJSON) and page.answer is not None and page.answer.media_type != GEOJSON_TYPE:
        find("media_type", page, expected=GEOJSON_TYPE, found=page.answer.media_type)
    if not any(link.get("rel") == "self" for link in links(parsed(page))):
        find("link_missing", page, pointer="/links", relation="self")
    for number, feature in enumerate(features_of(page) or ()):
        find.looked()
        right = feature.get("type") == "Feature" and "geometry" in feature and "properties" in feature
        if not right or not identifier(feature):
            find("not_a_feature", page, pointer=f"/features/{number}", expected="type, id, geometry, properties",
                 found=", ".join(sorted(feature)))  # fmt: skip
        elif feature["geometry"] is not None and shape_of(feature) is None:
            find("no_shape", page, pointer=f"/features/{number}/geometry", id=identifier(feature))


def judge_places(find: Collector, collection: FeatureCollection, sample: Features) -> None:
    """Longitude before latitude, and inside what the collection states as its extent."""
    shapes = {identifier(f): shape_of(f) for f in sample.features}
    known = {name: shape for name, shape in shapes.items() if shape is not None}
    for name, shape in known.items():
        if not on_earth(shape):
            find("not_lon_lat", sample.last, id=name)
            return
    box = collection.spatial
    if box is not None and box[0] <= box[2]:
        outside = strays(known.values(), box)
        if outside:
            find("outside_extent", sample.last, collection=collection.id, expected=list(box), found=outside)


def test_R09_counts_are_right(service: FeatureService, find: Collector) -> None:
    service.claimed(CORE)
    for collection, sample in service.filled():
        judge_counts(find, sample)
        judge_counts(find, service.walk(collection, {"limit": step(sample)}))


def judge_counts(find: Collector, found: Features) -> None:
    """What pages say of themselves against what they and the whole walk hold."""
    for page in found.pages:
        document = parsed(page)
        find.looked()
        returned, matched = document.get("numberReturned"), document.get("numberMatched")
        here = len(features_of(page) or ())
        if returned is not None and returned != here:
            find("count_returned", page, pointer="/numberReturned", expected=here, found=returned)
        if found.complete and matched is not None and matched != len(found.features):
            find("count_matched", page, pointer="/numberMatched", expected=len(found.features), found=matched)


def step(sample: Features) -> int:
    """A limit that makes several pages of what the sample holds."""
    return min(PAGE, len(sample.features) // 4 + 1)


def test_R09_limit_bounds_a_page(service: FeatureService, find: Collector) -> None:
    service.claimed(CORE)
    for collection, sample in service.filled():
        for limit in (1, 2):
            page = service.get(f"{collection.path}/items", {"limit": limit})
            found = features_of(page)
            find.looked()
            if found is None:
                find("not_features", page, expected="200, FeatureCollection", found=page.status)
            elif len(found) > limit:
                find("too_many", page, expected=f"≤ {limit}", found=len(found))
            elif len(sample.features) > limit and next_of(page, parsed(page)) is None:
                find("next_missing", page, pointer="/links", expected=len(sample.features), found=len(found))
        huge = service.get(f"{collection.path}/items", {"limit": FAR_TOO_MANY})
        find.looked()
        if features_of(huge) is None:
            find("limit_refused", huge, expected=200, found=huge.status)


def test_R09_next_links_give_every_feature_once(service: FeatureService, find: Collector) -> None:
    service.claimed(CORE)
    for collection, sample in service.filled():
        limit = step(sample)
        steps = service.walk(collection, {"limit": limit})
        find.looked(len(steps.features))
        if steps.broken:
            find("paging_broken", steps.last, limit=limit, expected=200, found=steps.last.status)
            continue
        if steps.stuck:
            find("paging_stuck", steps.last, asked=f"limit={limit}")
            continue
        twice = [name for name, count in Counter(steps.ids).items() if name and count > 1]
        if twice:
            find("twice", steps.last, id=twice[0], count=len(twice), limit=limit)
        lost = sorted(set(sample.ids) - set(steps.ids)) if steps.complete else []
        if lost:
            find("lost", steps.last, id=lost[0], count=len(lost), limit=limit)


def test_R09_feature_is_the_one_of_the_list(service: FeatureService, find: Collector) -> None:
    service.claimed(CORE)
    for collection, sample in service.filled():
        for number in sorted({0, len(sample.features) // 2, len(sample.features) - 1}):
            listed = sample.features[number]
            if identifier(listed):
                judge_feature(service, find, collection, listed)


def judge_feature(service: FeatureService, find: Collector, collection: FeatureCollection, listed: Feature) -> None:
    answer = service.get(item_path(collection, listed))
    alone = parsed(answer)
    find.looked()
    if answer.status != 200 or not isinstance(alone, Mapping):
        find("not_found", answer, id=identifier(listed), expected=200, found=answer.status)
        return
    for name in ("type", "id", "geometry", "properties"):
        if alone.get(name) != listed.get(name):
            find("feature_differs", answer, pointer=f"/{name}", id=identifier(listed), expected=listed.get(name),
                 found=alone.get(name))  # fmt: skip
    for relation in ("self", "collection"):
        if not any(link.get("rel") == relation for link in links(alone)):
            find("link_missing", answer, pointer="/links", relation=relation)


def test_R09_what_is_not_there_is_404(service: FeatureService, find: Collector) -> None:
    service.claimed(CORE)
    paths = [f"/collections/{NOWHERE}", f"/collections/{NOWHERE}/items"]
    for path in (*paths, *(f"{c.path}/items/{NOWHERE}" for c in service.collections())):
        answer = service.get(path)
        find.looked()
        if answer.status != 404:
            find("not_404", answer, expected=404, found=answer.status)
