"""What a row of probes shows of change: entity tags, updates of datasets, claims that the harness contradicts."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from validator.api.probe import STATUS, DatasetState, Probe, Request, instant


@dataclass(frozen=True, slots=True)
class TagChange:
    """Two bodies of one path, seen one after the other, and the validators (`etag` or `last-modified`) they came
    with."""

    path: str
    at: datetime
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class TagChanges:
    """How tags went along with content. `told`: both changed, this many times; `silent`: content changed under the
    same tag; `empty`: the tag changed over the same bytes; `untagged`: bodies without any validator."""

    told: int
    silent: tuple[TagChange, ...]
    empty: tuple[TagChange, ...]
    untagged: int


@dataclass(frozen=True, slots=True)
class Update:
    """`data_through` of a collection advanced: it was not so at `unseen_at` and was so at `seen_at`, by the harness's
    clock. A value where there was none that can be read is no update."""

    collection: str
    data_through: str
    unseen_at: datetime
    seen_at: datetime


class Kind(StrEnum):
    """What a system claimed and the harness saw otherwise.

    `BACKDATED`: data came later than `last_success` says; `FUTURE`: `last_success` lies ahead; `BACKWARDS`:
    `data_through` went back or away.
    """

    BACKDATED = "backdated"
    FUTURE = "future"
    BACKWARDS = "backwards"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """`claimed` is the system's text; `against` what it is held against: the harness's moment, or the value before."""

    kind: Kind
    collection: str
    at: datetime
    claimed: str | None
    against: str


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """`last_success` moved while `data_through` and the page that the harness sees stayed the same: no update."""

    collection: str
    at: datetime
    last_success: str


@dataclass(frozen=True, slots=True)
class DataChanges:
    """All that the status page's row of states shows; each in the order of time."""

    updates: tuple[Update, ...]
    heartbeats: tuple[Heartbeat, ...]
    contradictions: tuple[Contradiction, ...]


def tag_changes(probes: Sequence[Probe]) -> TagChanges:
    """Compares each body with the one before it under the same path."""
    bodies: dict[str, list[tuple[datetime, Request]]] = defaultdict(list)
    for probe in probes:
        for request in probe.requests:
            if request.fresh:
                bodies[request.path].append((probe.at, request))
    told, silent, empty = 0, [], []
    for path, row in bodies.items():
        for (_, old), (at, new) in pairwise(row):
            tags = _comparable(old, new)
            if tags is None:
                continue
            changed = (old.content or old.body) != (new.content or new.body)
            if changed and tags[0] == tags[1]:
                silent.append(TagChange(path, at, *tags))
            elif old.body == new.body and tags[0] != tags[1]:
                empty.append(TagChange(path, at, *tags))
            told += changed and tags[0] != tags[1]
    untagged = sum(not (r.etag or r.modified) for row in bodies.values() for _, r in row)
    order = lambda change: (change.at, change.path)  # noqa: E731
    return TagChanges(told, tuple(sorted(silent, key=order)), tuple(sorted(empty, key=order)), untagged)


def _comparable(old: Request, new: Request) -> tuple[str, str] | None:
    """The validators of two answers, of one kind; None when there are no two of a kind."""
    if old.etag and new.etag:
        return old.etag, new.etag
    return (old.modified, new.modified) if old.modified and new.modified else None


def data_changes(probes: Sequence[Probe], pages: Mapping[str, str], tolerance: timedelta) -> DataChanges:
    """Walks the states of every collection; `pages` gives the path of the page that is probed of a collection.

    Times that the system states are moved to the harness's clock by the skew seen with them.
    """
    rows = _rows(probes)
    contents = _contents(probes)
    updates, heartbeats, contradictions = [], [], []
    for collection, row in rows.items():
        seen = contents.get(pages.get(collection, ""), [])
        previous: _Sight | None = None
        for sight in row:
            contradictions += _future(sight, previous, tolerance)
            if previous is not None:
                updates += _update(previous, sight)
                contradictions += _contradicted(previous, sight, tolerance)
                heartbeats += _heartbeat(previous, sight, seen)
            previous = sight
    return DataChanges(
        tuple(sorted(updates, key=lambda u: (u.seen_at, u.collection))),
        tuple(sorted(heartbeats, key=lambda h: (h.at, h.collection))),
        tuple(sorted(contradictions, key=lambda c: (c.at, c.collection, c.kind))),
    )


@dataclass(frozen=True, slots=True)
class _Sight:
    """The state of one collection as a probe saw it; `place` is the probe's place in the row."""

    place: int
    at: datetime
    skew: timedelta
    state: DatasetState

    def on_our_clock(self, text: str | None) -> datetime | None:
        moment = instant(text)
        try:
            return None if moment is None else moment - self.skew
        except OverflowError:
            return None


def _rows(probes: Sequence[Probe]) -> dict[str, list[_Sight]]:
    """What each probe saw of each collection; a 304 says that all is as it was in the body before."""
    rows: dict[str, list[_Sight]] = defaultdict(list)
    known: tuple[DatasetState, ...] = ()
    for place, probe in enumerate(probes):
        status = probe.request(STATUS)
        if status is None or not status.up:
            continue
        known = known if probe.states is None else probe.states
        for state in known:
            skew = timedelta(seconds=probe.skew or 0)
            rows[state.collection].append(_Sight(place, probe.at, skew, state))
    return rows


def _contents(probes: Sequence[Probe]) -> dict[str, list[tuple[int, str]]]:
    """Per path the places of probes that saw its content, and the content."""
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for place, probe in enumerate(probes):
        for request in probe.requests:
            content = request.content or request.body
            if request.not_modified and found[request.path]:
                content = found[request.path][-1][1]
            if request.up and content:
                found[request.path].append((place, content))
    return found


def _update(old: _Sight, new: _Sight) -> list[Update]:
    before, after = instant(old.state.data_through), instant(new.state.data_through)
    if before is None or after is None or after <= before:
        return []
    return [Update(new.state.collection, new.state.data_through or "", old.at, new.at)]


def _contradicted(old: _Sight, new: _Sight, tolerance: timedelta) -> list[Contradiction]:
    name, claim = new.state.collection, new.on_our_clock(new.state.last_success)
    before, after = instant(old.state.data_through), instant(new.state.data_through)
    if before is not None and (after is None or after < before):
        return [Contradiction(Kind.BACKWARDS, name, new.at, new.state.data_through, old.state.data_through or "")]
    if _update(old, new) and claim is not None and claim < old.at - tolerance:
        return [Contradiction(Kind.BACKDATED, name, new.at, new.state.last_success, old.at.isoformat())]
    return []


def _future(sight: _Sight, previous: _Sight | None, tolerance: timedelta) -> list[Contradiction]:
    """Told once for each value, not at each probe that still sees it."""
    if previous is not None and previous.state.last_success == sight.state.last_success:
        return []
    claim = sight.on_our_clock(sight.state.last_success)
    if claim is None or claim <= sight.at + tolerance:
        return []
    claimed = sight.state.last_success
    return [Contradiction(Kind.FUTURE, sight.state.collection, sight.at, claimed, sight.at.isoformat())]


def _heartbeat(old: _Sight, new: _Sight, seen: Sequence[tuple[int, str]]) -> list[Heartbeat]:
    """The page must have been seen before the old state and after the new one: a probe asks for the status first."""
    before, after = old.state, new.state
    moved = after.last_success is not None and before.last_success != after.last_success
    if not moved or after.last_success is None or before.data_through != after.data_through:
        return []
    earlier, later = bisect_left(seen, (old.place, "")) - 1, bisect_left(seen, (new.place, ""))
    if earlier < 0 or later >= len(seen) or seen[earlier][1] != seen[later][1]:
        return []
    return [Heartbeat(after.collection, new.at, after.last_success)]
