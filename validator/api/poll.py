"""Sends the requests of one probe and reads from the answers what the log keeps."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final, Protocol

import orjson

from validator.api.capability import Collection
from validator.api.clock import Clock
from validator.api.probe import NO_TOKEN, STATUS, DatasetState, Probe, Request, instant
from validator.api.records import at_path, column_path
from validator.api.tokens import TokenError
from validator.canonical import digest
from validator.model.exchange import Answer, Exchange, Headers

MAIN: Final = "main"
PAGE_SIZE: Final = 100
EVERY_NTH_WHOLE: Final = 5
"""One visit of so many asks without a condition: a system that wrongly answers 304 is seen by it."""
MOST_STATES: Final = 500
LONGEST_TEXT: Final = 256
_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]*"')
_DATA_MEMBERS: Final = ("records", "numberMatched", "datasets")
_DATE_HOLDS = timedelta(seconds=2)
"""A Date is whole seconds, and some servers renew it only once a second."""


class Sender(Protocol):
    """The part of the client that a watch needs."""

    def send(
        self, method: str, target: str, *, headers: Headers = ..., role: str | None = ..., wait: bool = ...
    ) -> Exchange: ...


@dataclass(frozen=True, slots=True)
class Watched:
    """A collection that is probed; `subject_time` is the place of that member in its records, if there is one."""

    id: str
    dataset: str
    protected: bool
    page: str
    subject_time: tuple[str, ...] = ()

    @classmethod
    def of(cls, collection: Collection) -> Watched:
        dataset = collection.dataset
        path = column_path(dataset, dataset.subject_time) if dataset and dataset.subject_time else None
        page = f"{collection.path}/items?limit={PAGE_SIZE}"
        return cls(collection.id, collection.dataset_name, collection.protected, page, path or ())

    @classmethod
    def from_line(cls, given: Mapping[str, Any]) -> Watched:
        """Of the header of a log. Raises KeyError or TypeError for other members."""
        return cls(**{**given, "subject_time": tuple(given["subject_time"])})


class Poller:
    """Probes one system: its status, and a page of one collection after the other.

    `tags` holds the entity tag last seen of each path; `began` is the moment of the session's first probe.
    """

    def __init__(
        self, sender: Sender, base: str, watched: tuple[Watched, ...], clock: Clock, tags: Mapping[str, str]
    ) -> None:
        self.sender, self.base, self.watched, self.clock = sender, base.rstrip("/"), watched, clock
        self.tags = dict(tags)
        self.began: float | None = None

    def probe(self, number: int) -> Probe:
        """The probe of that number, counted from 0 over all sessions of the log."""
        at, moment = self.clock.now(), self.clock.monotonic()
        self.began = moment if self.began is None else self.began
        exchange, status = self._get(STATUS, number, None, ())
        states, beyond = read_states(exchange.answer) if status.fresh and exchange and exchange.answer else (None, 0)
        requests, exchanges = [status], [exchange]
        if self.watched:
            turn, place = divmod(number, len(self.watched))
            one = self.watched[place]
            exchange, page = self._get(one.page, turn, MAIN if one.protected else None, one.subject_time)
            requests.append(page)
            exchanges.append(exchange)
        skews = [found for e in exchanges if e is not None and (found := skew(e)) is not None]
        return Probe(at, round(moment - self.began, 3), skews[0] if skews else None, tuple(requests), states, beyond)

    def _get(
        self, path: str, turn: int, role: str | None, subject_time: tuple[str, ...]
    ) -> tuple[Exchange | None, Request]:
        tag = self.tags.get(path) if turn % EVERY_NTH_WHOLE else None
        headers = (("Accept", "application/json"), *((("If-None-Match", tag),) if tag else ()))
        began = self.clock.monotonic()
        try:
            exchange = self.sender.send("GET", self.base + path, headers=headers, role=role, wait=False)
        except TokenError:
            return None, Request(path, None, NO_TOKEN, round(self.clock.monotonic() - began, 6))
        seen = read_request(path, exchange, tag is not None, subject_time)
        if seen.fresh:
            self.tags.pop(path, None)
            if seen.etag and _TAG.fullmatch(seen.etag):
                self.tags[path] = seen.etag
        return exchange, seen


def read_request(
    path: str, exchange: Exchange, conditional: bool = False, subject_time: tuple[str, ...] = ()
) -> Request:
    """What the log keeps of one exchange. Bodies of refusals are not kept: they say nothing of the data."""
    answer, seconds = exchange.answer, round(exchange.seconds, 6)
    if answer is None:
        return Request(path, None, exchange.failure, seconds, conditional)
    if not 200 <= answer.status < 300:
        return Request(path, answer.status, exchange.failure, seconds, conditional, len(answer.body))
    document = _document(answer.body)
    return Request(
        path,
        answer.status,
        exchange.failure,
        seconds,
        conditional,
        len(answer.body),
        short(answer.header("etag")),
        short(answer.header("last-modified")),
        "sha256:" + hashlib.sha256(answer.body).hexdigest(),
        _content(document),
        _newest(document, subject_time),
        _matched(document),
        len(_records(document)) if document and "records" in document else None,
    )


def read_states(answer: Answer) -> tuple[tuple[DatasetState, ...], int]:
    """The datasets of a status page, and how many there are beyond those kept."""
    document = _document(answer.body)
    given = document.get("datasets") if document else None
    entries = [entry for entry in given if isinstance(entry, dict)] if isinstance(given, list) else []
    names = ("dataset", "last_success", "data_through", "schedule")
    states = {
        collection: DatasetState(collection, *(short(_text(entry.get(name))) for name in names))
        for entry in entries[:MOST_STATES]
        if (collection := short(_text(entry.get("collection"))))
    }
    return tuple(states.values()), max(0, len(entries) - MOST_STATES)


def skew(exchange: Exchange) -> float | None:
    """Seconds that the system's clock is off at the least; 0 while its Date fits between sending and receiving.

    An answer out of a cache says nothing: its Date is that of an earlier moment.
    """
    answer = exchange.answer
    if answer is None or answer.header("age") is not None:
        return None
    try:
        date = parsedate_to_datetime(answer.header("date") or "")
        earliest, latest = exchange.started_at, exchange.started_at + timedelta(seconds=exchange.seconds)
        if date > latest:
            return round((date - latest).total_seconds(), 3)
        return round(min(timedelta(0), date + _DATE_HOLDS - earliest).total_seconds(), 3)
    except (ValueError, TypeError, OverflowError):  # no Date, or one without a zone
        return None


def short(text: str | None) -> str | None:
    """A text of the system's, or its digest when it is too long to be kept."""
    if text is None or len(text) <= LONGEST_TEXT:
        return text
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _document(body: bytes) -> dict[str, Any] | None:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _content(document: dict[str, Any] | None) -> str | None:
    """Digest of what a body says of the data: not the moment it was made, nor links (cursors may change)."""
    if document is None:
        return None
    said = {name: document[name] for name in _DATA_MEMBERS if name in document}
    try:
        return digest(said or document)
    except (TypeError, ValueError, RecursionError):  # nested too deep to be put in order
        return None


def _records(document: dict[str, Any] | None) -> list[dict[str, Any]]:
    found = document.get("records") if document else None
    return [record for record in found if isinstance(record, dict)] if isinstance(found, list) else []


def _newest(document: dict[str, Any] | None, subject_time: tuple[str, ...]) -> str | None:
    times: list[tuple[datetime, str]] = []
    for record in _records(document):
        text = _text(at_path(record, subject_time))
        if text is not None and (moment := instant(text)) is not None:
            times.append((moment, text))
    return max(times)[1] if times else None


def _matched(document: dict[str, Any] | None) -> int | None:
    found = document.get("numberMatched") if document else None
    return found if type(found) is int and found < 2**53 else None
