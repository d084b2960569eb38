"""What a run saw that is no exchange: the clock, and a server's TLS. Written down, so that the run can be replayed."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from validator.api.clock import Clock
from validator.api.outcomes import Unknown
from validator.errors import EvidenceError

FILE: Final = "sightings.ndjson"


class Sightings:
    """Appends every sighting to a file, a line of JSON each: what was looked at, where, and what was seen."""

    def __init__(self, path: Path, *, afresh: bool = True) -> None:
        self.path = path
        if afresh:
            path.unlink(missing_ok=True)

    def look(self, what: str, where: list[Any], make: Callable[[], Any]) -> Any:
        """What `make` sees, as JSON has it."""
        line = json.dumps({"what": what, "where": where, "seen": make()}, ensure_ascii=False)
        with self.path.open("a", encoding="utf-8") as stream:
            stream.write(f"{line}\n")
        return json.loads(line)["seen"]

    def now(self, whose: str, clock: Clock) -> datetime:
        """The clock's instant, read on somebody's account."""
        return datetime.fromisoformat(self.look("now", [whose], lambda: clock.now().isoformat()))


class Recalled(Sightings):
    """Gives what an earlier run saw, in its order, and looks at nothing. Raises EvidenceError for lines that are no
    sightings."""

    def __init__(self, lines: Iterable[Mapping[str, Any]]) -> None:
        self._seen: dict[str, deque[Any]] = defaultdict(deque)
        for number, line in enumerate(lines, 1):
            try:
                if line["what"] == "now":
                    datetime.fromisoformat(line["seen"])
                self._seen[_key(line["what"], line["where"])].append(line["seen"])
            except (LookupError, TypeError, ValueError) as fault:
                raise EvidenceError("replay.no_sighting", {"line": number}) from fault

    def look(self, what: str, where: list[Any], make: Callable[[], Any]) -> Any:  # noqa: ARG002
        """What was seen then. Raises Unknown when it was not looked at."""
        queue = self._seen[_key(what, where)]
        if not queue:
            raise Unknown("live.not_seen", what=f"{what} {json.dumps(where)}")
        return queue.popleft()

    @property
    def left(self) -> int:
        """How many sightings nobody has asked for."""
        return sum(map(len, self._seen.values()))


@dataclass(frozen=True, slots=True)
class SeenClock:
    """A clock whose instants are sightings; it serves the suites."""

    clock: Clock
    sightings: Sightings

    def now(self) -> datetime:
        return self.sightings.now("suite", self.clock)

    def monotonic(self) -> float:
        return self.clock.monotonic()

    def sleep(self, seconds: float) -> None:
        self.clock.sleep(seconds)


def _key(what: str, where: Any) -> str:
    return json.dumps([what, where], sort_keys=True)
