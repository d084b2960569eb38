"""VSC-API 5.6: a filter gives exactly the records that match, held against the full download."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from validator.api.capability import Collection
from validator.api.collector import Collector
from validator.api.outcomes import NotClaimed
from validator.api.records import Record, code_of, instant_of, key_of, positions_of
from validator.api.sut import LARGEST_PAGE, Sut

REQUIREMENT = "VSC-API-R06"
NEEDED = (
    "test_R02_single_items_agree_with_the_list",
    "test_R04_walk_gives_each_record_once",
    "test_R04_page_size_does_not_change_the_set",
    "test_R04_next_keeps_filter_and_limit",
)
Matches = Callable[[Record], bool]
VALUES_OF_A_CODE = 4
TINY = 1e-6
SOME = 1  # of the boxes: holds some points, and not all


def exactly(
    sut: Sut,
    find: Collector,
    collection: Collection,
    query: Mapping[str, Any],
    matches: Matches,
    may: Matches | None = None,
) -> None:
    """Asks with a filter and notes records that should not be there, that are missing, and a wrong count.

    `matches` must come; `may` may come as well. What comes in or goes while the run asks is no fault: a
    difference must hold against two downloads.
    """
    dataset = collection.dataset
    assert dataset is not None
    found = sut.walk(collection, {"limit": LARGEST_PAGE, **query})
    find.looked()
    if found.ended == "broken":
        status = found.last.status_or_failure
        find("filter_refused", found.last, collection=collection.id, filter=_words(query), expected=200, found=status)
        return
    got = {key_of(r, dataset) for r in found.records}
    before = sut.everything(collection).records
    wanted = {key_of(r, dataset) for r in before if matches(r)}
    if got != wanted:
        after = sut.everything(collection, fresh=True).records
        missing = (wanted & {key_of(r, dataset) for r in after if matches(r)}) - got
        extra = got - {key_of(r, dataset) for r in (*before, *after) if (may or matches)(r)}
        if extra:
            find("not_matching", found.last, collection=collection.id, filter=_words(query), count=len(extra),
                 found="~".join(min(extra)))  # fmt: skip
        if missing:
            find("missing", found.last, collection=collection.id, filter=_words(query), count=len(missing),
                 found="~".join(min(missing)))  # fmt: skip
        if extra or missing:
            return
    stated = [page.matched for page in found.pages if page.matched is not None]
    if stated and not min(stated) <= len(found.records) <= max(stated):
        find("count_of_filter", found.last, collection=collection.id, filter=_words(query), pointer="/numberMatched",
             expected=len(found.records), found=stated[-1])  # fmt: skip


def _words(query: Mapping[str, Any]) -> str:
    return "&".join(f"{name}={value}" for name, value in query.items())


def test_R06_interval_is_half_open(sut: Sut, find: Collector) -> None:
    """Boundaries are times of real records: the start belongs to it, the end does not."""
    sut.require(*NEEDED)
    for collection, records in sut.by_time():
        dataset = collection.dataset
        assert dataset is not None
        low, high = records[len(records) // 3], records[len(records) * 2 // 3]
        a, b = instant_of(low, dataset) or 0, instant_of(high, dataset) or 0
        if a == b:
            find.cannot_tell("live.too_few_records")
            continue
        query = {"datetime": f"{sut.times.text(low, dataset)}/{sut.times.text(high, dataset)}"}
        exactly(sut, find, collection, query, lambda r, a=a, b=b, d=dataset: a <= (instant_of(r, d) or 0) < b)


def test_R06_open_ends(sut: Sut, find: Collector) -> None:
    sut.require(*NEEDED)
    for collection, records in sut.by_time():
        dataset = collection.dataset
        assert dataset is not None
        middle = records[len(records) // 2]
        at, text = instant_of(middle, dataset) or 0, sut.times.text(middle, dataset)
        exactly(
            sut, find, collection, {"datetime": f"{text}/.."}, lambda r, d=dataset, m=at: (instant_of(r, d) or 0) >= m
        )
        exactly(
            sut, find, collection, {"datetime": f"../{text}"}, lambda r, d=dataset, m=at: (instant_of(r, d) or 0) < m
        )


def test_R06_single_instant(sut: Sut, find: Collector) -> None:
    sut.require(*NEEDED)
    for collection, records in sut.by_time():
        dataset = collection.dataset
        assert dataset is not None
        chosen = records[len(records) // 2]
        at = instant_of(chosen, dataset)
        query = {"datetime": sut.times.text(chosen, dataset)}
        exactly(sut, find, collection, query, lambda r, d=dataset, m=at: instant_of(r, d) == m)


def test_R06_same_instant_at_other_offsets(sut: Sut, find: Collector) -> None:
    """+07:00, Z and another offset name one instant."""
    sut.require(*NEEDED)
    for collection, records in sut.by_time():
        dataset = collection.dataset
        assert dataset is not None
        at = instant_of(records[len(records) // 2], dataset) or 0
        for hours in (7, 0, -3):
            query = {"datetime": f"{sut.times.at_offset(at, hours)}/.."}
            exactly(sut, find, collection, query, lambda r, d=dataset, m=at: (instant_of(r, d) or 0) >= m)


def test_R06_nothing_before_the_first_and_after_the_last(sut: Sut, find: Collector) -> None:
    sut.require(*NEEDED)
    for collection, records in sut.by_time():
        dataset = collection.dataset
        assert dataset is not None
        first = instant_of(records[0], dataset) or 0
        exactly(sut, find, collection, {"datetime": f"../{sut.times.at_offset(first, 7)}"},
                lambda r, d=dataset, m=first: (instant_of(r, d) or 0) < m)  # fmt: skip


def codes(records: Iterable[Record], collection: Collection, name: str) -> list[str]:
    """A few values of a code in the data."""
    assert collection.dataset is not None
    seen = {str(v) for r in records if isinstance(v := code_of(r, collection.dataset, name), str)}
    return sorted(seen)[:VALUES_OF_A_CODE]


def _by_code(sut: Sut, find: Collector, name: str) -> None:
    offered = [c for c in sut.filled() if name in c.filters and c.dataset]
    if not offered:
        raise NotClaimed("live.no_filter", filter=name)
    for collection in offered:
        dataset = collection.dataset
        assert dataset is not None
        present = codes(sut.everything(collection).records, collection, name)
        absent = "99" if name == "province_code" else "99999"
        near = [value[:-1] + str((int(value[-1]) + 1) % 10) for value in present[:1] if value.isdecimal()]
        for value in (*present, *near, absent):
            exactly(sut, find, collection, {name: value}, lambda r, d=dataset, v=value: code_of(r, d, name) == v)


def test_R06_province(sut: Sut, find: Collector) -> None:
    sut.require(*NEEDED)
    _by_code(sut, find, "province_code")


def test_R06_commune(sut: Sut, find: Collector) -> None:
    sut.require(*NEEDED)
    _by_code(sut, find, "commune_code")


def test_R06_filters_together(sut: Sut, find: Collector) -> None:
    """Several filters hold at once."""
    sut.require(*NEEDED)
    both = [(c, rs) for c, rs in sut.by_time() if {"commune_code", "province_code"} & set(c.filters)]
    if not both:
        raise NotClaimed("live.no_filter", filter="datetime & commune_code")
    for collection, records in both:
        dataset = collection.dataset
        assert dataset is not None
        name = "commune_code" if "commune_code" in collection.filters else "province_code"
        middle = records[len(records) // 2]
        at = instant_of(middle, dataset) or 0
        present = codes(records, collection, name)
        if not present:
            find.cannot_tell("live.too_few_records")
            continue
        query = {"datetime": f"{sut.times.text(middle, dataset)}/..", name: present[0]}
        exactly(sut, find, collection, query,
                lambda r, d=dataset, m=at, n=name, v=present[0]: (instant_of(r, d) or 0) >= m
                and code_of(r, d, n) == v)  # fmt: skip


def test_R06_bbox(sut: Sut, find: Collector) -> None:
    """Boxes are built from positions that the system returned: around one, between all, with one on its very edge."""
    sut.require(*NEEDED)
    offered = [c for c in sut.filled() if "bbox" in c.filters]
    if not offered:
        raise NotClaimed("live.no_filter", filter="bbox")
    for collection in offered:
        records = [r for r in sut.everything(collection).records if positions_of(r)]
        if not records:
            find.cannot_tell("live.no_positions", collection=collection.id)
            continue
        points = [p for r in records for p in positions_of(r)]
        for number, box in enumerate(boxes(points)):
            page = {"limit": 1} if number == SOME else {}
            exactly(
                sut,
                find,
                collection,
                {"bbox": ",".join(map(repr, box)), **page},
                lambda r, b=box: meets(r, b),
                lambda r, b=box: may_meet(r, b),
            )


def boxes(points: list[tuple[float, float]]) -> list[tuple[float, float, float, float]]:
    """A box around the first point; one with the first two points as its corners, which is walked in steps of one (what
    comes later in the order mostly lies outside); a quarter; one around all; one beside all."""
    lon, lat = points[0]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    (x1, y1), (x2, y2) = points[0], points[:2][-1]
    return [
        (lon - TINY, lat - TINY, lon + TINY, lat + TINY),
        (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)),
        (west, south, (west + east) / 2, (south + north) / 2),
        (west, south, east, north),
        (east + 0.5, south, east + 1, north),
    ]


def meets(record: Record, box: tuple[float, float, float, float]) -> bool:
    """Whether a position of the record lies in the box or on its edge: such a record must come."""
    return any(box[0] <= x <= box[2] and box[1] <= y <= box[3] for x, y in positions_of(record))


def may_meet(record: Record, box: tuple[float, float, float, float]) -> bool:
    """Whether the record's own box meets it: no other record may come. Of points both say the same."""
    points = positions_of(record)
    if not points:
        return False
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs) <= box[2] and max(xs) >= box[0] and min(ys) <= box[3] and max(ys) >= box[1]
