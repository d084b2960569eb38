"""Watching a system over time: one probe each interval, each on the disk before the next.

The moments are multiples of the interval from the start of a session by the monotonic clock, so that
slow answers do not make them drift; a moment that was missed is left out and shows as a gap.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from validator import __version__
from validator.api.capability import collections_of, parsed
from validator.api.chain import SCHEMA, Log
from validator.api.clock import Clock
from validator.api.poll import MAIN, Poller, Sender, Watched, read_request
from validator.api.probe import Mark, Probe, probes, stamp, to_line
from validator.errors import EvidenceError, LienthongError, UsageError
from validator.model.exchange import Exchange, Failure

CLOCK_NOTE: Final = "system clock in UTC; whether a time server keeps it stands in the lines start and end"
REFUSED: Final = (401, 403)
MOST_COLLECTIONS: Final = 200


WatchLog = Log[Probe | Mark]


class UnansweredError(LienthongError):
    """The system gave no answer from which a watch could begin. Exit code 3."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is watched and how: base URL, seconds between probes, seconds that a request may take, and how many
    seconds the log shall span (None: until stopped)."""

    base: str
    interval: float
    timeout: float
    duration: float | None = None


def prepare(
    plan: Plan, log: WatchLog, sender: Sender, clock: Clock, with_credential: bool, clean: Callable[[str], str]
) -> tuple[Watched, ...]:
    """The collections to probe: those of the log's header, which a new log is given now.

    Raises UsageError for a log that was made otherwise, UnansweredError when there is nothing to begin from.
    """
    if log.chain is not None:
        return _same_watch(log.chain.header, plan, str(log.path))
    watched, left_out = discover(sender, plan.base, with_credential)
    header = {
        "kind": "header",
        "schema": SCHEMA,
        "version": __version__,
        "base": plan.base,
        "interval": plan.interval,
        "timeout": plan.timeout,
        "started_at": stamp(clock.now()),
        "collections": [asdict(one) for one in watched],
        "collections_left_out": left_out,
        "clock": CLOCK_NOTE,
    }
    log.append(cleaned(header, clean))
    return watched


def _same_watch(header: Mapping[str, Any], plan: Plan, path: str) -> tuple[Watched, ...]:
    wanted = {"version": __version__, "base": plan.base, "interval": plan.interval, "timeout": plan.timeout}
    for name, value in wanted.items():
        if header.get(name) != value:
            raise UsageError("usage.other_log", {"path": path, "name": name, "there": header.get(name), "here": value})
    try:
        return tuple(map(Watched.from_line, header["collections"]))
    except (KeyError, TypeError) as fault:
        raise EvidenceError("evidence.malformed", {"path": path, "line": 1}) from fault


def discover(sender: Sender, base: str, with_credential: bool) -> tuple[tuple[Watched, ...], int]:
    """The collections that have data and may be read, and how many were left out beyond the limit.

    One that answers with a fault stays in: that is what a watch is there to see. Raises UnansweredError.
    """
    base = base.rstrip("/")
    exchange = _ask(sender, base + "/collections", None)
    seen = read_request("/collections", exchange)
    if exchange.failure is Failure.BLOCKED:
        raise UsageError("usage.address_blocked", {"url": base, "reason": exchange.detail})
    if not seen.up:
        reason = str(exchange.failure or seen.status)
        raise UnansweredError("watch.unanswered", {"url": base + "/collections", "reason": reason})
    found = [Watched.of(c) for c in collections_of(parsed(exchange)) if with_credential or not c.protected]
    found = list({one.page: one for one in found}.values())
    kept = tuple(one for one in found[:MOST_COLLECTIONS] if _readable(sender, base, one))
    return kept, max(0, len(found) - MOST_COLLECTIONS)


def _ask(sender: Sender, target: str, role: str | None) -> Exchange:
    return sender.send("GET", target, headers=(("Accept", "application/json"),), role=role, wait=False)


def _readable(sender: Sender, base: str, one: Watched) -> bool:
    seen = read_request(one.page, _ask(sender, base + one.page, MAIN if one.protected else None))
    return seen.status not in REFUSED and seen.returned != 0


class Session:
    """One run of the harness on a log: begins with a line `start`, ends with a line `end` unless it is killed.

    `clean` takes known secrets out of a text; every text of the system's passes through it before it is written.
    `synchronised` says whether a time server keeps our clock, None when that is not known.
    """

    def __init__(
        self, plan: Plan, log: WatchLog, sender: Sender, watched: tuple[Watched, ...], clock: Clock,
        clean: Callable[[str], str], synchronised: Callable[[], bool | None],
    ) -> None:  # fmt: skip
        self.plan, self.log, self.clock, self.clean, self.synchronised = plan, log, clock, clean, synchronised
        before = probes(log.chain) if log.chain else ()
        self.number = len(before)
        tags = {r.path: r.etag for probe in before for r in probe.requests if r.fresh and r.etag}
        self.poller = Poller(sender, plan.base, watched, clock, tags)
        self.before = max(0.0, (clock.now() - before[0].at).total_seconds()) if before else 0.0
        cut = log.chain.torn if log.chain else 0
        self.done = bool(before) and self._spans((before[-1].at - before[0].at).total_seconds())
        self._mark("start", {"version": __version__, "cut": cut})

    def run(self, tell: Callable[[Probe], None]) -> None:
        """Probes until the log spans the duration; `tell` hears of each probe once it is on the disk."""
        slot = 0
        while not self.done:
            probe = self.poller.probe(self.number)
            self._write(to_line(probe))
            self.number += 1
            tell(probe)
            self.done = self._spans(self.before + probe.elapsed)
            if not self.done:
                slot = self._next(slot)
        self.end("duration")

    def end(self, reason: str) -> None:
        """Closes the session; `reason` is `duration` or `stopped`."""
        self._mark("end", {"reason": reason})

    def _mark(self, kind: str, more: Mapping[str, Any]) -> None:
        self._write({"kind": kind, "at": stamp(self.clock.now()), "synchronised": self.synchronised(), **more})

    def _spans(self, seconds: float) -> bool:
        return self.plan.duration is not None and seconds >= self.plan.duration

    def _next(self, slot: int) -> int:
        """Sleeps until the next moment that is still to come, and gives its number."""
        began, interval = self.poller.began or 0.0, self.plan.interval
        slot = max(slot + 1, math.ceil((self.clock.monotonic() - began) / interval))
        while (left := began + slot * interval - self.clock.monotonic()) > 0:
            self.clock.sleep(left)
        return slot

    def _write(self, line: Mapping[str, Any]) -> None:
        self.log.append(cleaned(line, self.clean))


def cleaned(value: Any, clean: Callable[[str], str]) -> Any:
    """A JSON value with every text in it passed through `clean`."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {name: cleaned(item, clean) for name, item in value.items()}
    return [cleaned(item, clean) for item in value] if isinstance(value, list | tuple) else value
