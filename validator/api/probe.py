"""One probe of a watched system as a value, and as a line of the log."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from sys import intern
from typing import Any, Final

from validator.api.chain import Chain, Line
from validator.errors import EvidenceError
from validator.model.exchange import Failure

VIETNAM: Final = timezone(timedelta(hours=7))
NOT_MODIFIED: Final = 304
STATUS: Final = "/status"
NO_TOKEN: Final = "token"  # noqa: S105 - a kind of failure


@dataclass(frozen=True, slots=True)
class Request:
    """What one GET of a probe brought; `failure` is a Failure, or `token`: there was no access token to be had.

    `path` is relative to the base URL; `seconds` runs to the last byte; `conditional` whether a tag last seen was
    sent along. `body` is the SHA-256 of the bytes; `content` that of what the body says apart from when it was made,
    None when it is no JSON object. `newest` is the latest subject time of a page's records, `matched` the page's own
    count of all records, `returned` how many it brought.
    """

    path: str
    status: int | None
    failure: str | None
    seconds: float
    conditional: bool = False
    bytes: int | None = None
    etag: str | None = None
    modified: str | None = None
    body: str | None = None
    content: str | None = None
    newest: str | None = None
    matched: int | None = None
    returned: int | None = None

    @property
    def up(self) -> bool:
        """Whether a usable answer came in time: 2xx, or 304 to a request that sent a tag along."""
        whole = self.failure is None and self.status is not None
        return whole and (200 <= (self.status or 0) < 300 or self.not_modified)

    @property
    def not_modified(self) -> bool:
        return self.status == NOT_MODIFIED and self.conditional

    @property
    def fresh(self) -> bool:
        """Whether a body came that can be compared."""
        return self.up and self.body is not None


@dataclass(frozen=True, slots=True)
class DatasetState:
    """What the status page says of one collection; what has another type than demanded is None."""

    collection: str
    dataset: str | None
    last_success: str | None
    data_through: str | None
    schedule: str | None


@dataclass(frozen=True, slots=True)
class Probe:
    """All requests of one moment.

    `at` is the harness's clock, `elapsed` its monotonic seconds since the first probe of the session, `skew` the least
    difference (system's Date - harness, seconds) that explains the Date seen, None without one. `states` is None when
    the status page brought no new body; `states_left_out` counts those beyond the limit.
    """

    at: datetime
    elapsed: float
    skew: float | None
    requests: tuple[Request, ...]
    states: tuple[DatasetState, ...] | None
    states_left_out: int = 0
    session: int = 0

    @property
    def judged(self) -> bool:
        """Whether the probe says something of the system: our own guard's refusal does not."""
        return all(request.failure != Failure.BLOCKED for request in self.requests)

    @property
    def up(self) -> bool:
        return all(request.up for request in self.requests)

    def request(self, path: str) -> Request | None:
        return next((request for request in self.requests if request.path == path), None)


def to_line(probe: Probe) -> dict[str, Any]:
    """The probe as the members of a log line."""
    line = asdict(probe) | {"kind": "probe", "at": stamp(probe.at)}
    del line["session"]  # which session a line belongs to is told by its place
    return line


def from_line(line: Line, session: int) -> Probe:
    """The probe of a verified log line. Raises KeyError, TypeError or ValueError for a line of another make."""
    states = line["states"]
    return Probe(
        at=datetime.fromisoformat(line["at"]),
        elapsed=line["elapsed"],
        skew=line["skew"],
        requests=tuple(Request(**_interned(given)) for given in line["requests"]),
        states=None if states is None else tuple(DatasetState(**state) for state in states),
        states_left_out=line["states_left_out"],
        session=session,
    )


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a session starts or ends, and whether a time server kept our clock then."""

    kind: str
    synchronised: bool | None


class Reading:
    """Makes a probe or a mark of each line of the log at `path`, in their order; sessions count from 1.

    Raises EvidenceError for a line whose chain holds but that no watch wrote.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.session = path, 0
        self.states: tuple[DatasetState, ...] | None = None

    def __call__(self, line: Line) -> Probe | Mark:
        try:
            if line["kind"] != "probe":
                self.session += line["kind"] == "start"
                return Mark(line["kind"], line["synchronised"])
            return self._shared(from_line(line, self.session))
        except (KeyError, TypeError, ValueError) as fault:
            raise EvidenceError("evidence.malformed", {"path": str(self.path), "line": line["n"] + 1}) from fault

    def _shared(self, probe: Probe) -> Probe:
        """Equal states of one probe after another are kept once."""
        if probe.states is not None and probe.states != self.states:
            self.states = probe.states
        return probe if probe.states is None else replace(probe, states=self.states)


def probes(chain: Chain[Probe | Mark]) -> tuple[Probe, ...]:
    """The probes of a log."""
    return tuple(line for line in chain.lines if isinstance(line, Probe))


def _interned(members: Line) -> dict[str, Any]:
    """Paths, tags and digests come again and again."""
    return {name: intern(value) if isinstance(value, str) else value for name, value in members.items()}


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC to the millisecond."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"


def instant(text: str | None) -> datetime | None:
    """An RFC 3339 date-time as an instant; a date is its first instant at UTC+07:00; None when it is neither."""
    try:
        if text is None:
            return None
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), datetime.min.time(), VIETNAM).astimezone(UTC)
        moment = datetime.fromisoformat(text)
        return None if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
