"""Records that the run itself writes: made from one of the system's, marked as its own, and removed after.

Records of others are never written to.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import jsonschema_rs

from validator.api.capability import Collection
from validator.api.client import BudgetSpent
from validator.api.journal import Journal
from validator.api.outcomes import Unknown, Unsettled
from validator.api.records import Record, column_path, item_path
from validator.model.exchange import Exchange

WRITER: Final = "main"
JSON_BODY: Final = (("Content-Type", "application/json"),)
NAMES: Final = ("lienthong-{mark}", "LIENTHONG{mark}", "lienthong{mark}", "9{digits}")
MARK_LENGTH: Final = 8
GONE: Final = (404, 410)

Send = Callable[..., Exchange]


@dataclass(frozen=True, slots=True)
class Own:
    """A record of the run's own and where it lies."""

    path: str
    record: Record


class OwnRecords:
    """Writes and removes own records; what could not be removed stays in `left`.

    The journal knows of a record before the system does, so that a run that was killed can be cleaned up after.
    """

    def __init__(self, send: Send, journal: Journal, standard: str, mark: str) -> None:
        self.send = send
        self.journal = journal
        self.standard = standard
        found = (path for of, path in journal.written if of == standard and bears(path, mark))
        self.left: dict[str, Own] = {path: Own(path, {}) for path in found}

    def note(self, method: str, path: str) -> None:
        """A request to this path is about to be sent; one that writes is noted first."""
        if method == "PUT":
            self.journal.writing(self.standard, path)

    def answered(self, exchange: Exchange, path: str) -> None:
        """What came of it; a record that is gone is forgotten."""
        status = exchange.answer.status if exchange.answer is not None else 0
        if exchange.call.method == "DELETE" and (200 <= status < 300 or status in GONE):
            self.left.pop(path, None)
            self.journal.removed(self.standard, path)

    def like(self, collection: Collection, sample: Record, mark: str) -> Own:
        """A record like a sample under a key of its own. Raises Unknown when the schema allows none."""
        dataset = collection.dataset
        assert dataset is not None
        validator = jsonschema_rs.validator_for(dict(dataset.schema), validate_formats=True)
        for name in dataset.key:
            path = column_path(dataset, name)
            for pattern in NAMES if path else ():
                made = copy.deepcopy(dict(sample))
                _put(made, path or (), pattern.format(mark=mark[:MARK_LENGTH], digits=_digits(mark)))
                if validator.is_valid(made):
                    return Own(item_path(collection.path, made, dataset), made)
        raise Unknown("live.no_own_record", collection=collection.id)

    def text(self, own: Own) -> bytes:
        return json.dumps(own.record, ensure_ascii=False).encode()

    def put(self, own: Own, record: Any = None, headers: Mapping[str, str] | None = None) -> Exchange:
        """Writes an own record (or another body at its place)."""
        body = self.text(own) if record is None else json.dumps(record, ensure_ascii=False).encode()
        self.left[own.path] = own
        given = dict(JSON_BODY) | dict(headers or {})
        return self.send("PUT", own.path, headers=given, body=body, role=WRITER)

    def delete(self, own: Own, headers: Mapping[str, str] | None = None) -> Exchange:
        """Removes an own record, as it is now unless `headers` say otherwise."""
        given = dict(headers) if headers is not None else self._as_it_is(own)
        return self.send("DELETE", own.path, headers=given, role=WRITER)

    def _as_it_is(self, own: Own) -> dict[str, str]:
        exchange = self.send("GET", own.path, role=WRITER)
        return if_match(exchange) if exchange.status == 200 else {}

    def clean_up(self) -> tuple[str, ...]:
        """Removes whatever is left; the paths of what could not be removed."""
        for own in list(self.left.values()):
            # The system has stopped answering, or gives no token any more.
            with suppress(Unsettled, BudgetSpent):
                self.delete(own)
        return tuple(sorted(self.left))


def if_match(exchange: Exchange) -> dict[str, str]:
    """The condition under which a record that was read may be replaced, where it has a strong tag."""
    tag = exchange.header("etag")
    return {"If-Match": tag} if tag and not tag.startswith("W/") else {}


def bears(path: str, mark: str) -> bool:
    """Whether a path names a record of the run's own; a journal that was tampered with must not remove others."""
    return mark[:MARK_LENGTH] in path or f"9{_digits(mark)}" in path


def _digits(mark: str) -> str:
    return str(int(mark, 16))[:MARK_LENGTH]


def _put(record: dict[str, Any], path: tuple[str, ...], value: str) -> None:
    node = record
    for step in path[:-1]:
        inner = node.get(step)
        if not isinstance(inner, dict):
            return
        node = inner
    if isinstance(node.get(path[-1]), str):
        node[path[-1]] = value
