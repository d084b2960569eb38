"""VSC-API 5.4: pages lead through a collection, each record once, whatever the page size and whoever inserts."""

from __future__ import annotations

from collections import Counter

from validator.api.capability import Collection
from validator.api.collector import Collector
from validator.api.outcomes import Needs, Unknown
from validator.api.pages import Page, Walk, page_of, walk
from validator.api.records import key_of
from validator.api.sut import LARGEST_PAGE, Sut
from validator.model.exchange import Exchange

REQUIREMENT = "VSC-API-R04"
DESCRIBED = "VSC-API-R02"
PAGES_WANTED = 5
SMALL_LIMIT = 7
WALK_IN_SMALL_STEPS = 150


def keys(collection: Collection, found: Walk) -> Counter[tuple[str, ...]]:
    assert collection.dataset is not None
    return Counter(key_of(record, collection.dataset) for record in found.records)


def judge_walk(find: Collector, collection: Collection, found: Walk) -> None:
    """Notes what is wrong with how a walk ended, with its counts, and with records that came twice."""
    find.looked(max(1, len(found.records)))
    last = found.last
    if found.ended in ("loop", "endless", "broken"):
        find(f"walk_{found.ended}", last, collection=collection.id, found=found.pages[-1].next if found.pages else None)
    if found.ended == "other_host":
        find("next_elsewhere", last, collection=collection.id, found=found.pages[-1].next)
    for page in found.pages:
        if page.returned is not None and page.returned != len(page.records):
            find(
                "returned_wrong",
                page.exchange,
                pointer="/numberReturned",
                expected=len(page.records),
                found=page.returned,
            )
    for key, count in keys(collection, found).items():
        if count > 1:
            find("more_than_once", *_pages_with(collection, found, key), key="~".join(key), found=count, expected=1)
            break


def _pages_with(collection: Collection, found: Walk, key: tuple[str, ...]) -> list[Exchange]:
    assert collection.dataset is not None
    return [p.exchange for p in found.pages if any(key_of(r, collection.dataset) == key for r in p.records)]


def judge_count(find: Collector, collection: Collection, found: Walk) -> None:
    """Notes a walk that gives fewer or more records than the pages say there are; what grows meanwhile may."""
    stated = [page.matched for page in found.pages if page.matched is not None]
    got = len(found.records)
    if found.ended == "end" and stated and not min(stated) <= got <= max(stated):
        find(
            "matched_wrong",
            found.last,
            collection=collection.id,
            pointer="/numberMatched",
            expected=got,
            found=stated[-1],
        )


def test_R04_walk_gives_each_record_once(sut: Sut, find: Collector) -> None:
    for collection in sut.filled():
        total = len(sut.everything(collection).records)
        limit = max(1, min(LARGEST_PAGE, total // PAGES_WANTED))
        found = sut.walk(collection, {"limit": limit})
        judge_walk(find, collection, found)
        judge_count(find, collection, found)
        judge_limit(find, found, limit)


def judge_limit(find: Collector, found: Walk, limit: int) -> None:
    for page in found.pages:
        if len(page.records) > limit:
            find("limit_exceeded", page.exchange, expected=f"≤ {limit}", found=len(page.records))
            return


def test_R04_page_size_does_not_change_the_set(sut: Sut, find: Collector) -> None:
    for collection in sut.filled():
        whole = sut.everything(collection)
        small = SMALL_LIMIT if len(whole.records) <= WALK_IN_SMALL_STEPS else len(whole.records) // 9 + 1
        steps = sut.walk(collection, {"limit": small})
        judge_limit(find, steps, small)
        find.looked()
        if steps.ended != "end" or whole.ended != "end":
            find.cannot_tell("live.need_not_met", needed=REQUIREMENT)
            continue
        lost = set(keys(collection, whole)) - set(keys(collection, steps))
        lost &= set(keys(collection, sut.everything(collection, fresh=True))) if lost else lost
        if lost:
            shown = ", ".join("~".join(key) for key in sorted(lost)[:3])
            find("lost_in_steps", steps.last, collection=collection.id, count=len(lost), limit=small, found=shown)
        extra = set(keys(collection, steps)) - set(keys(collection, sut.everything(collection)))
        extra -= set(keys(collection, sut.everything(collection, fresh=True))) if extra else set()
        if extra:
            shown = ", ".join("~".join(key) for key in sorted(extra)[:3])
            find(
                "lost_in_steps", whole.last, collection=collection.id, count=len(extra), limit=LARGEST_PAGE, found=shown
            )


def test_R04_default_page_is_bounded(sut: Sut, find: Collector) -> None:
    most = int(sut.context.parameters["default_page_max"])
    for collection in sut.known():
        page = page_of(sut.get(f"{collection.path}/items", role=sut.role_of(collection)))
        if page is None:
            continue
        find.looked()
        if len(page.records) > most:
            find("default_too_large", page.exchange, expected=f"≤ {most}", found=len(page.records))
        if page.next is None and page.matched is not None and page.matched > len(page.records):
            find(
                "next_missing", page.exchange, collection=collection.id, expected=page.matched, found=len(page.records)
            )
    if not find.examined:
        raise Needs(DESCRIBED)


def test_R04_next_keeps_filter_and_limit(sut: Sut, find: Collector) -> None:
    """A filter that half of the records meet, walked in small pages, gives what one large page gives.

    Whether the filter selects the right records is R06's; here it must stay the same from page to page.
    """
    for collection, records in sut.by_time():
        dataset = collection.dataset
        assert dataset is not None
        if len(records) < 4:
            continue
        interval = f"../{sut.times.text(records[len(records) // 2], dataset)}"
        limit = max(1, len(records) // 10)
        large = sut.walk(collection, {"datetime": interval, "limit": LARGEST_PAGE})
        small = sut.walk(collection, {"datetime": interval, "limit": limit})
        if not large.pages or not small.pages:
            find.cannot_tell("live.need_not_met", needed=DESCRIBED)
            continue
        find.looked(len(small.records))
        _judge_filter(find, collection, interval, large, small)
        if any(len(page.records) > limit for page in small.pages[1:]):
            most = max(len(page.records) for page in small.pages[1:])
            find("limit_dropped", small.pages[1].exchange, expected=f"≤ {limit}", found=most)
    if not find.examined and not find.unknown:
        raise Unknown("live.too_few_records")


def _judge_filter(find: Collector, collection: Collection, interval: str, large: Walk, small: Walk) -> None:
    """Where the large page has a next too, that could drop the filter as well: then its count is held against."""
    if len(large.pages) == 1:
        extra = set(keys(collection, small)) - set(keys(collection, large))
    else:
        stated = large.pages[0].matched
        extra = set(keys(collection, small)) if stated is not None and len(small.records) > stated else set()
    if extra:
        find("filter_dropped", small.last, expected=interval, found="~".join(min(extra)))


def test_R04_walk_is_stable_under_insert(sut: Sut, find: Collector) -> None:
    """Records come in during a walk, by the run's own hand or the feed's: none of those before is lost or repeated."""
    sut.require("test_R04_walk_gives_each_record_once")
    grown = sut.growing()
    written = [c for c in sut.collections() if c.writable and c.dataset and sut.context.allow_writes]
    for collection in (*grown, *written):
        before = sut.everything(collection, fresh=True)
        if len(before.records) < 4:
            continue
        during = _walk_with_insert(sut, collection, len(before.records), insert=collection in written)
        find.looked(len(during.records))
        counts = keys(collection, during)
        lost = [key for key in keys(collection, before) if not counts[key]]
        twice = [key for key, count in counts.items() if count > 1]
        if lost or twice:
            key = "~".join((lost or twice)[0])
            find("unstable", during.last, collection=collection.id, lost=len(lost), twice=len(twice), found=key)
    if not find.examined:
        raise Unknown("live.nothing_was_inserted")


def _walk_with_insert(sut: Sut, collection: Collection, total: int, insert: bool) -> Walk:
    """Walks in five pages; after the second, records of the run's own come in before and after that place."""
    pages: list[Page] = []
    role = sut.role_of(collection)
    owns = sut.own_records_around(collection) if insert else ()

    def fetch(url: str) -> Exchange:
        exchange = sut.get(url, role=role)
        page = page_of(exchange)
        if page is not None:
            pages.append(page)
        if len(pages) == 2:
            for own in owns:
                sut.own.put(own)
        return exchange

    try:
        return walk(sut.url(f"{collection.path}/items", {"limit": max(1, total // PAGES_WANTED)}), fetch)
    finally:
        for own in owns:
            sut.own.delete(own)
