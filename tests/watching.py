"""A clock that tests move, and a system that answers as they say: a day of watching passes in a moment."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from validator.api.chain import Log, read_chain
from validator.api.probe import Reading
from validator.api.watch import Plan, Session, WatchLog, prepare
from validator.model.exchange import Answer, Call, Exchange, Failure, Headers

BASE = "http://sut.example/v1"
BEGAN = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)
DATASETS = {"air": "VSC-ENV/observation", "count": "VSC-CORE/health_count"}
JSON = ("Content-Type", "application/json")


@dataclass
class Hands:
    """A clock whose hands move only when told; `drift` shifts the wall clock, as setting it does."""

    seconds: float = 0.0
    drift: timedelta = timedelta(0)

    def now(self) -> datetime:
        return BEGAN + timedelta(seconds=self.seconds) + self.drift

    def monotonic(self) -> float:
        return 1000 + self.seconds

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.seconds += seconds


@dataclass
class City:
    """A small correct system: two public collections and a protected one; `before` may change it or answer itself."""

    clock: Hands
    before: Callable[[City, str], Answer | Failure | None] = lambda _city, _path: None
    took: Callable[[], float] = lambda: 0.02
    skew: timedelta = timedelta(0)
    synchronised: bool | None = True
    pages: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {"air": [{"hour": "2026-11-25T16:00:00Z", "pm": 12}], "count": [{"date": "2026-11-24"}]}
    )
    states: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {
            "air": {"last_success": "2026-11-25T16:05:00Z", "data_through": "2026-11-25T16:00:00Z"},
            "count": {"last_success": "2026-11-25T01:00:00Z", "data_through": "2026-11-24"},
        }
    )
    asked: list[tuple[str, Headers]] = field(default_factory=list)

    def send(
        self, method: str, target: str, *, headers: Headers = (), role: str | None = "main", wait: bool = True
    ) -> Exchange:
        assert not wait, "a probe waits for nobody"
        path = target.removeprefix(BASE)
        self.asked.append((path, headers))
        began, seconds = self.clock.now(), self.took()
        given = self.before(self, path) or self._answer(path, dict(headers))
        self.clock.seconds += seconds
        answer, failure = (given, None) if isinstance(given, Answer) else (None, given)
        return Exchange(len(self.asked), Call(method, target, headers), answer, failure, "", began, seconds)

    def _answer(self, path: str, headers: dict[str, str]) -> Answer:
        if path == "/collections":
            access = {"air": "public", "count": "public", "empty": "public", "purse": "protected"}
            listed = [{"id": k, "dataset": DATASETS.get(k, "X"), "access": v} for k, v in access.items()]
            return self.json({"collections": listed})
        if path == "/status":
            rows = [{"collection": k, "dataset": DATASETS[k], "schedule": None, **v} for k, v in self.states.items()]
            return self.json({"datasets": rows, "timeStamp": self.clock.now().isoformat()})
        rows = self.pages.get(path.split("/")[2], [])
        tag = '"' + hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:8] + '"'
        if headers.get("If-None-Match") == tag:
            return Answer(304, (("ETag", tag), self.date()), b"")
        page = {"records": rows, "numberMatched": len(rows), "timeStamp": self.clock.now().isoformat()}
        return self.json(page, ("ETag", tag))

    def json(self, value: Any, *more: tuple[str, str]) -> Answer:
        return Answer(200, (JSON, self.date(), *more), json.dumps(value).encode())

    def date(self) -> tuple[str, str]:
        return "Date", format_datetime((self.clock.now() + self.skew).replace(microsecond=0), usegmt=True)


def plan(interval: float = 60, duration: float | None = 3600) -> Plan:
    return Plan(BASE, interval, 20, duration)


def begin(path: Path, city: City, given: Plan, clean: Callable[[str], str] = str) -> tuple[WatchLog, Session]:
    """A log that is open, and the session on it."""
    log = Log(path, Reading(path))
    watched = prepare(given, log, city, city.clock, False, clean)
    return log, Session(given, log, city, watched, city.clock, clean, lambda: city.synchronised)


def watch(path: Path, city: City, given: Plan | None = None, clean: Callable[[str], str] = str) -> None:
    """One whole session."""
    log, session = begin(path, city, given or plan(), clean)
    try:
        session.run(lambda _probe: None)
    finally:
        log.close()


def lines_of(path: Path) -> tuple[dict[str, Any], ...]:
    """The lines of a verified log after its header, as they are."""
    return read_chain(path, dict).lines
