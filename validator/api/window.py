"""What a verified log of a watch proves: the window, how much of it was seen, availability, latency, change.

All of it follows from the log's bytes alone. Moments are those of the harness's clock (evidence of its own
observation); where two probes lie too far apart it did not look, and that time counts neither way.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Final

from validator.api.chain import Chain, read_chain
from validator.api.changes import DataChanges, TagChanges, data_changes, tag_changes
from validator.api.poll import Watched
from validator.api.probe import Mark, Probe, Reading, Request, instant, probes
from validator.errors import EvidenceError
from validator.model.exchange import Failure

GAP: Final = 2.5
"""Intervals between two probes beyond which the harness counts as not having looked."""
STEP: Final = 1.0
"""Seconds by which the wall clock may run apart from the monotonic one between two probes."""
TOLERANCE: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Gap:
    """Seconds without a probe, from one to the next."""

    start: datetime
    end: datetime
    seconds: float


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds to the last byte, by nearest rank, of so many requests: those answered with 2xx or 304, and those that
    ran into the time limit, with the time waited. `whole` of them brought a body."""

    count: int
    whole: int
    p50: float
    p95: float
    longest: float


@dataclass(frozen=True, slots=True)
class Window:
    """What a log shows of the system at `base`.

    `start` and `end` are the first and the last probe (None without any), `seconds` the time between, `observed`
    the share of it that was looked at. `up` of `judged` probes were answered whole, `answered` had any HTTP
    answer; a probe that our own guard kept back is not judged. `pages` is the latency of pages of 100 records,
    `latencies` by collection. `failures` counts requests by failure or status. `newest` is the latest subject time
    that a collection's pages showed. `skew` is the greatest seen. `clock_steps` are moments at which the harness's
    own clock jumped; `synchronised` is whether a time server kept it at every start and end of a session, None when
    that is not known. `torn` bytes at the end were left by a crash and count for nothing; `ended` is whether the
    last session was closed; `lines` counts the header too; `head` is the digest of the last line.
    """

    base: str
    interval: float
    timeout: float
    collections: tuple[Watched, ...]
    probes: int
    start: datetime | None
    end: datetime | None
    seconds: float
    observed: float
    largest_gap: float
    gaps: tuple[Gap, ...]
    judged: int
    up: int
    answered: int
    failures: Mapping[str, int]
    pages: Latency | None
    latencies: Mapping[str, Latency]
    newest: Mapping[str, str]
    skew: float | None
    clock_steps: tuple[datetime, ...]
    synchronised: bool | None
    tags: TagChanges
    data: DataChanges
    lines: int
    head: str
    torn: int
    ended: bool

    @property
    def availability(self) -> float | None:
        """Share of the judged probes in which every request was answered with 2xx or 304 in time; None without any."""
        return self.up / self.judged if self.judged else None


def read_window(path: Path, base_url: str | None = None, tolerance: timedelta = TOLERANCE) -> Window:
    """The window of the log at `path`. Raises EvidenceError for a chain that is broken (naming the line) or a log of
    another base URL, UsageError when the file cannot be read."""
    chain = read_chain(path, Reading(path))
    base = chain.header.get("base")
    if base_url is not None and str(base).rstrip("/") != base_url.rstrip("/"):
        raise EvidenceError("evidence.other_url", {"path": str(path), "there": base, "here": base_url})
    try:
        return window_of(chain, tolerance)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:  # the chain holds, but no watch made this header
        raise EvidenceError("evidence.malformed", {"path": str(path), "line": 1}) from fault


def window_of(chain: Chain[Probe | Mark], tolerance: timedelta = TOLERANCE) -> Window:
    """The window of a verified log."""
    row, header, interval = probes(chain), chain.header, float(chain.header["interval"])
    marks = [line for line in chain.lines if isinstance(line, Mark)]
    watched = tuple(map(Watched.from_line, header["collections"]))
    pages = {one.id: one.page for one in watched}
    spans = [Gap(a.at, b.at, seconds_between(a, b)) for a, b in pairwise(row)]
    gaps = tuple(span for span in spans if span.seconds > GAP * interval)
    seconds = sum(span.seconds for span in spans)
    judged = [probe for probe in row if probe.judged]
    skews = [probe.skew for probe in row if probe.skew is not None]
    by_page = {one.id: _latency(requests(row, {one.page})) for one in watched}
    return Window(
        base=header["base"],
        interval=interval,
        timeout=float(header["timeout"]),
        collections=watched,
        probes=len(row),
        start=row[0].at if row else None,
        end=row[-1].at if row else None,
        seconds=round(seconds, 3),
        observed=1 - sum(gap.seconds - interval for gap in gaps) / seconds if seconds else 1.0,
        largest_gap=max((span.seconds for span in spans), default=0.0),
        gaps=gaps,
        judged=len(judged),
        up=sum(probe.up for probe in judged),
        answered=sum(any(r.status is not None for r in probe.requests) for probe in judged),
        failures=_failures(row),
        pages=_latency(requests(row, set(pages.values()))),
        latencies={name: found for name, found in by_page.items() if found},
        newest=_newest(row, pages),
        skew=max(skews, key=abs, default=None),
        clock_steps=tuple(b.at for a, b in pairwise(row) if _stepped(a, b)),
        synchronised=_synchronised(marks),
        tags=tag_changes(row),
        data=data_changes(row, pages, tolerance),
        lines=len(chain.lines) + 1,
        head=chain.head,
        torn=chain.torn,
        ended=bool(marks) and chain.lines[-1] is marks[-1] and marks[-1].kind == "end",
    )


def seconds_between(one: Probe, other: Probe) -> float:
    """The longer of what wall clock and monotonic clock say: the one may be set back, the other stops in sleep."""
    wall = (other.at - one.at).total_seconds()
    return max(0.0, wall, other.elapsed - one.elapsed if one.session == other.session else 0.0)


def _stepped(one: Probe, other: Probe) -> bool:
    wall = (other.at - one.at).total_seconds()
    if one.session != other.session:
        return wall < 0
    return abs(wall - (other.elapsed - one.elapsed)) > STEP


def _synchronised(marks: Sequence[Mark]) -> bool | None:
    said = {mark.synchronised for mark in marks}
    return False if False in said else True if said == {True} else None


def requests(row: Sequence[Probe], paths: set[str]) -> list[Request]:
    """The requests of judged probes for these paths."""
    return [request for probe in row if probe.judged for request in probe.requests if request.path in paths]


def nearest_rank(ordered: Sequence[float], percent: int) -> float:
    """The smallest value that at least `percent` of them do not exceed; `ordered` ascends and is not empty."""
    return ordered[(percent * len(ordered) + 99) // 100 - 1]


def _latency(found: Sequence[Request]) -> Latency | None:
    timed = [request for request in found if request.up or request.failure == Failure.TIMEOUT]
    if not timed:
        return None
    ordered = sorted(request.seconds for request in timed)
    whole = sum(request.fresh for request in timed)
    return Latency(len(ordered), whole, nearest_rank(ordered, 50), nearest_rank(ordered, 95), ordered[-1])


def _failures(row: Sequence[Probe]) -> dict[str, int]:
    """How often a request was not answered as it should be, by failure or status."""
    found = Counter(str(r.failure or r.status) for probe in row for r in probe.requests if not r.up)
    return dict(sorted(found.items()))


def _newest(row: Sequence[Probe], pages: Mapping[str, str]) -> dict[str, str]:
    """The latest subject time that the pages of a collection showed."""
    times: dict[str, list[str]] = defaultdict(list)
    for probe in row:
        for request in probe.requests:
            if request.newest is not None and instant(request.newest) is not None:
                times[request.path].append(request.newest)
    return {name: max(times[path], key=instant) for name, path in pages.items() if times[path]}  # type: ignore[arg-type]
