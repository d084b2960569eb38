"""Reads what schemathesis wrote of its run (NDJSON, one event a line) into counts and one sample each.

What it cannot read it counts and goes on: the format is another project's and may change. Events known here
were seen in schemathesis 4.32.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson

LONGEST_LINE: Final = 64 * 1024**2
WITHOUT_FAILURES: Final = frozenset({
    "LoadingStarted", "LoadingFinished", "EngineStarted", "PhaseStarted", "SuiteStarted", "SuiteFinished",
    "ScenarioStarted", "Interrupted",
})  # fmt: skip


class Kind(NamedTuple):
    """What makes two failures the same: the check, its code, the operation, the status of the answer."""

    check: str
    code: str
    operation: str
    status: int | None


@dataclass(frozen=True, slots=True)
class Sample:
    """One failure of a kind in the tool's words, and the request it came from."""

    title: str
    message: str
    request: str


@dataclass
class Tally:
    """What a run came to. `completed`: its last event says that it went through; `unread`: lines not understood."""

    version: str | None = None
    completed: bool = False
    lines: int = 0
    unread: int = 0
    methods: Counter[str] = field(default_factory=Counter)
    failures: Counter[Kind] = field(default_factory=Counter)
    samples: dict[Kind, Sample] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)

    @property
    def requests(self) -> int:
        return self.methods.total()


def read_events(path: Path, longest: int = LONGEST_LINE) -> Tally:
    """The tally of a file; an empty one where there is no file."""
    tally = Tally()
    if path.is_file():
        for line in _lines(path, longest):
            tally.lines += 1
            if not _take(tally, line):
                tally.unread += 1
    return tally


def _lines(path: Path, longest: int) -> Iterator[bytes]:
    """Each line; one that is too long comes as an empty one, which nobody can read."""
    with path.open("rb") as stream:
        while line := stream.readline(longest):
            whole = line.endswith(b"\n") or len(line) < longest
            while not line.endswith(b"\n") and len(line) == longest:
                line = stream.readline(longest)
            yield line if whole else b""


def _take(tally: Tally, line: bytes) -> bool:
    """Whether a line was understood; one that was not leaves nothing behind."""
    try:
        ((name, event),) = orjson.loads(line).items()
        match name:
            case "Initialize":
                tally.version = str(event["schemathesis_version"])
            case "ScenarioFinished":
                _take_scenario(tally, event["recorder"])
            case "PhaseFinished":
                tally.methods.update(_probed(event.get("payload")))
            case "NonFatalError":
                tally.errors[f"{event['label']}: {_error(event['value'])}"] += 1
            case "FatalError":
                tally.errors[_error(event["exception"])] += 1
            case "EngineFinished":
                tally.completed = event["stop_reason"] == "completed"
            case _:
                return name in WITHOUT_FAILURES
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
    return True


def _probed(payload: Any) -> list[str]:
    """Methods of the requests by which it first finds out what the system can do."""
    probes = payload.get("probes", ()) if isinstance(payload, Mapping) else ()
    return [str(probe["request"]["method"]) for probe in probes if probe.get("request")]


def _take_scenario(tally: Tally, recorder: Mapping[str, Any]) -> None:
    exchanges = recorder.get("interactions", {})
    methods = [str(exchange["request"]["method"]) for exchange in exchanges.values()]
    found = [
        _failure(check, exchanges.get(case, {}))
        for case, checks in recorder.get("checks", {}).items()
        for check in checks
        if check["status"] == "failure"
    ]
    tally.methods.update(methods)
    for kind, sample in found:
        tally.failures[kind] += 1
        tally.samples.setdefault(kind, sample)


def _failure(check: Mapping[str, Any], exchange: Mapping[str, Any]) -> tuple[Kind, Sample]:
    said = check["failure_info"]["failure"]
    request, response = exchange.get("request", {}), exchange.get("response") or {}
    status = response.get("status_code")
    kind = Kind(
        str(check["name"]), str(said.get("code", "")), str(said["operation"]), status if type(status) is int else None
    )  # fmt: skip
    asked = f"{request.get('method', '')} {request.get('uri', '')}".strip()
    return kind, Sample(str(said.get("title", "")), str(said.get("message", "")), asked)


def _error(value: Any) -> str:
    return f"{value['type']}: {value['message']}" if isinstance(value, Mapping) else str(value)
