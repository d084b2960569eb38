"""VSC-API 5.5: validators tell what has changed; what is written is there at once, once, and goes when removed."""

from __future__ import annotations

from collections.abc import Mapping

from validator.api.capability import Collection, parsed
from validator.api.collector import Collector
from validator.api.contents import optional_twins, other_content, precise_content
from validator.api.outcomes import Unknown
from validator.api.own import WRITER, Own, if_match
from validator.api.records import canonical, item_path, key_of
from validator.api.sut import LARGEST_PAGE, Sut
from validator.model.exchange import Exchange
from validator.observe.instants import civil_microseconds

REQUIREMENT = "VSC-API-R05"
DESCRIBED = "VSC-API-R02"
FAR_PAST = "Thu, 01 Jan 1998 00:00:00 GMT"
OTHER_TAG = '"lienthong-khac"'
WRITTEN = (200, 201, 204)


def bare(tag: str | None) -> str | None:
    """The opaque part, so that a weak tag equals its strong twin (RFC 9110, 8.8.3.2)."""
    return tag.removeprefix("W/") if tag else tag


def places(sut: Sut, find: Collector) -> list[tuple[str, str | None]]:
    """A page and an item of every collection that has records, as far as they answer 200: else that is to be mended
    first."""
    found = []
    for collection in sut.filled():
        assert collection.dataset is not None
        role, first = sut.role_of(collection), sut.everything(collection).records[0]
        for path in (f"{collection.path}/items?limit=10", item_path(collection.path, first, collection.dataset)):
            answer = sut.get(path, role=role).answer
            if answer is not None and answer.status == 200:
                found.append((path, role))
            else:
                find.cannot_tell("live.need_not_met", needed=DESCRIBED)
    return found


def content(exchange: Exchange) -> str:
    """What the answer says, without the moment at which it was said."""
    document = parsed(exchange)
    if isinstance(document, Mapping) and "records" in document:
        return canonical({"records": document["records"], "matched": document.get("numberMatched")})
    return canonical(document) if isinstance(document, Mapping) else str(document)


def test_R05_answers_have_validators(sut: Sut, find: Collector) -> None:
    for path, role in places(sut, find):
        exchange = sut.get(path, role=role)
        find.looked()
        if not exchange.header("etag") and not exchange.header("last-modified"):
            find("no_validator", exchange, expected="ETag | Last-Modified")


def test_R05_unchanged_is_304(sut: Sut, find: Collector) -> None:
    sut.require("test_R05_answers_have_validators", "test_R05_tags_are_stable")
    for path, role in places(sut, find):
        first, again = asked_twice(sut, path, role)
        if again.answer is not None and again.answer.status == 200 and not first.header("etag"):
            sut.pause_for_dates(first)  # a change within the second of Last-Modified must not be taken for none
            first, again = asked_twice(sut, path, role)
        find.looked()
        if again.answer is None:
            find("no_answer", again, found=f"{again.failure}: {again.detail}")
        elif again.answer.status == 304:
            if again.answer.body:
                find("body_with_304", again, found=len(again.answer.body))
            if first.header("etag") and bare(again.header("etag")) != bare(first.header("etag")):
                find("304_lacks_tag", again, expected=first.header("etag"), found=again.header("etag") or "∅")
        elif content(again) == content(first):
            find("not_304", first, again, expected=304, found=again.answer.status)


def asked_twice(sut: Sut, path: str, role: str | None) -> tuple[Exchange, Exchange]:
    """A GET, and a second one under the condition that something has changed since."""
    first = sut.get(path, role=role)
    tag, modified = first.header("etag"), first.header("last-modified")
    condition = {"If-None-Match": tag} if tag else {"If-Modified-Since": modified or FAR_PAST}
    return first, sut.send("GET", path, headers=condition, role=role)


def test_R05_other_tag_is_not_304(sut: Sut, find: Collector) -> None:
    for path, role in places(sut, find):
        first = sut.get(path, role=role)
        tagged = first.header("etag") is not None
        condition = {"If-None-Match": OTHER_TAG} if tagged else {"If-Modified-Since": FAR_PAST}
        exchange = sut.send("GET", path, headers=condition, role=role)
        find.looked()
        if exchange.answer is None or exchange.answer.status != 200:
            found = exchange.status_or_failure
            find("304_for_other", exchange, expected=200, found=found)


def test_R05_tags_are_stable(sut: Sut, find: Collector) -> None:
    """The same content twice has the same tag."""
    for path, role in places(sut, find):
        first, second = sut.get(path, role=role), sut.get(path, role=role)
        find.looked()
        if content(first) == content(second) and bare(first.header("etag")) != bare(second.header("etag")):
            find("tag_unstable", first, second, expected=first.header("etag"), found=second.header("etag"))


def created(sut: Sut, collection: Collection) -> Own:
    """An own record that is there now. Raises Unknown when it cannot be written."""
    own = sut.own_record(collection)
    exchange = sut.own.put(own)
    if exchange.answer is None or exchange.answer.status not in WRITTEN:
        raise Unknown("live.not_written", path=own.path)
    return own


def changed(own: Own, collection: Collection) -> Own:
    """The same own record with other content. Raises Unknown when its schema allows none."""
    assert collection.dataset is not None
    other = other_content(own.record, collection.dataset)
    if other is None:
        raise Unknown("live.no_other_content", collection=collection.id)
    return Own(own.path, other)


def test_R05_tags_change_with_content(sut: Sut, find: Collector) -> None:
    """Seen on a record of the run's own, on what grows by itself, and in the log of a watch."""
    _judge_watched(sut, find)
    for collection in sut.growing():
        first, second = sut.growth(collection)
        find.looked()
        _judge_tags(find, first, second, dates=not first.header("etag"))
    if not (sut.context.allow_writes and any(c.writable for c in sut.collections())):
        if not find.examined:
            raise Unknown("live.no_change_seen")
        return
    for collection in sut.writable():
        _judge_change(sut, find, collection)


def _judge_watched(sut: Sut, find: Collector) -> None:
    window = sut.context.window
    if window is not None:
        find.looked(window.tags.told + len(window.tags.silent))
        for change in window.tags.silent:
            find("tag_frozen_in_watch", path=change.path, at=change.at.isoformat(), found=change.after)


def _judge_change(sut: Sut, find: Collector, collection: Collection) -> None:
    listing = f"{collection.path}/items?limit={LARGEST_PAGE}"
    role = sut.role_of(collection)
    empty = sut.get(listing, role=role)
    sut.pause_for_dates(empty)
    own = created(sut, collection)
    filled = sut.get(listing, role=role)
    before = sut.get(own.path, role=WRITER)
    sut.pause_for_dates(before)
    other = changed(own, collection)
    sut.own.put(other, headers=if_match(before))
    after = sut.get(own.path, role=WRITER)
    find.looked(3)
    if canonical(parsed(after) or {}) != canonical(other.record):
        stale = canonical(parsed(after) or {}) == canonical(own.record)
        find(
            "stale" if stale else "other_than_written",
            before,
            after,
            expected=canonical(other.record),
            found=content(after),
        )
    else:
        _judge_tags(find, before, after)
        _judge_old_tag(sut, find, before, own)
    if content(empty) != content(filled):
        _judge_tags(find, empty, filled)
    sut.own.delete(other)


def _judge_tags(find: Collector, before: Exchange, after: Exchange, dates: bool = True) -> None:
    """What tells of change must differ; a date only where the run has let a second pass before the change."""
    for name in ("etag", "last-modified") if dates else ("etag",):
        if before.header(name) and before.header(name) == after.header(name):
            find("tag_frozen", before, after, found=after.header(name))


def _judge_old_tag(sut: Sut, find: Collector, before: Exchange, own: Own) -> None:
    tag = before.header("etag")
    condition = {"If-None-Match": tag} if tag else {"If-Modified-Since": before.header("last-modified") or FAR_PAST}
    exchange = sut.get(own.path, headers=condition, role=WRITER)
    if exchange.answer is not None and exchange.answer.status == 304:
        find("304_after_change", before, exchange, expected=200, found=304)


def test_R05_writing_is_guarded_by_conditions(sut: Sut, find: Collector) -> None:
    """If-Match with a tag that is no longer current: 412 and no change; If-None-Match: * where there is one: 412."""
    sut.require("test_R05_tags_change_with_content")
    for collection in sut.writable():
        own = created(sut, collection)
        before = sut.get(own.path, role=WRITER)
        other = changed(own, collection)
        conditions = {"If-None-Match": "*"}
        if before.header("etag"):
            conditions = {"If-Match": OTHER_TAG, **conditions}
        for name, value in conditions.items():
            exchange = sut.own.put(other, headers={name: value})
            find.looked()
            after = sut.get(own.path, role=WRITER)
            if exchange.answer is None or exchange.answer.status != 412:
                found = exchange.status_or_failure
                find("not_412", exchange, condition=f"{name}: {value}", expected=412, found=found)
            elif content(after) != content(before):
                find("412_but_written", exchange, after, condition=f"{name}: {value}")
        sut.own.delete(own)


def test_R05_put_is_idempotent_and_whole(sut: Sut, find: Collector) -> None:
    """Twice is once; an optional member that the second body lacks is gone."""
    sut.require("test_R05_tags_change_with_content")
    for collection in sut.writable():
        own = created(sut, collection)
        again = sut.own.put(own)
        find.looked()
        if again.answer is None or again.answer.status not in WRITTEN:
            find("not_idempotent", again, expected=200, found=again.status_or_failure)
        _judge_once(sut, find, collection, own)
        _judge_whole(sut, find, collection, own)
        sut.own.delete(own)


def _judge_once(sut: Sut, find: Collector, collection: Collection, own: Own) -> None:
    assert collection.dataset is not None
    key = key_of(own.record, collection.dataset)
    found = sut.everything(collection, fresh=True)
    times = sum(key_of(record, collection.dataset) == key for record in found.records)
    if times != 1:
        find("put_made_more", found.last, expected=1, found=times)
    names = [record for record in found.records if sut.mark in str(key_of(record, collection.dataset))]
    if times == 1 and len(names) > 1:
        find("put_made_more", found.last, expected=1, found=len(names))


def _judge_whole(sut: Sut, find: Collector, collection: Collection, own: Own) -> None:
    assert collection.dataset is not None
    twins = optional_twins(own.record, collection.dataset)
    if twins is None:
        find.cannot_tell("live.no_optional_member", collection=collection.id)
        return
    full, bare_record = twins
    sut.own.put(Own(own.path, full))
    sut.own.put(Own(own.path, bare_record))
    after = sut.get(own.path, role=WRITER)
    if canonical(parsed(after) or {}) != canonical(bare_record):
        find("put_merges", after, expected=canonical(bare_record), found=content(after))


def test_R05_what_is_written_comes_back_as_it_was(sut: Sut, find: Collector) -> None:
    """Numbers to the digit, instants as instants, text code point for code point."""
    for collection in sut.writable():
        own = created(sut, collection)
        assert collection.dataset is not None
        precise = precise_content(own.record, collection.dataset)
        sut.own.put(Own(own.path, precise))
        exchange = sut.get(own.path, role=WRITER)
        after = parsed(exchange)
        find.looked()
        for pointer, wrote, got in differences(precise, after if isinstance(after, Mapping) else {}):
            find("altered", exchange, pointer=pointer, expected=wrote, found=got)
        sut.own.delete(own)


def differences(wrote: object, got: object, pointer: str = "") -> list[tuple[str, object, object]]:
    """Where two JSON values differ in meaning: 1.0 is 1, an instant may be written at another offset."""
    if isinstance(wrote, Mapping) and isinstance(got, Mapping):
        names = dict.fromkeys((*wrote, *got))
        return [d for n in names for d in differences(wrote.get(n), got.get(n), f"{pointer}/{n}")]
    if isinstance(wrote, str) and isinstance(got, str) and civil_microseconds(wrote) is not None:
        return [] if civil_microseconds(wrote) == civil_microseconds(got) else [(pointer, wrote, got)]
    return [] if wrote == got and isinstance(wrote, bool) == isinstance(got, bool) else [(pointer, wrote, got)]


def test_R05_what_is_removed_is_gone_everywhere(sut: Sut, find: Collector) -> None:
    sut.require("test_R03_unknown_is_404")
    for collection in sut.writable():
        own = created(sut, collection)
        assert collection.dataset is not None
        exchange = sut.own.delete(own)
        find.looked()
        if exchange.answer is None or exchange.answer.status >= 300:
            find(
                "not_removed",
                exchange,
                expected="2xx",
                found=exchange.status_or_failure,
            )
            continue
        item = sut.get(own.path, role=WRITER)
        if item.answer is not None and item.answer.status not in (404, 410):
            find("still_readable", exchange, item, expected="404 | 410", found=item.answer.status)
        listing = sut.everything(collection, fresh=True)
        if any(key_of(r, collection.dataset) == key_of(own.record, collection.dataset) for r in listing.records):
            find("still_listed", exchange, listing.last)
        twice = sut.own.delete(own, headers={})
        if twice.answer is None or twice.answer.status not in (200, 202, 204, 404, 410, 412):
            find(
                "second_delete",
                twice,
                expected="2xx | 404",
                found=twice.status_or_failure,
            )
