"""The exchanges of a finished run, given out again in their order; nothing is written."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from collections import defaultdict, deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from validator.api.evidence import CAP, fingerprint, recorded
from validator.api.outcomes import Unknown
from validator.api.recorder import Recorder
from validator.api.redact import MARKER, Redactor
from validator.canonical import digest
from validator.errors import EvidenceError
from validator.model.exchange import Call, Exchange

Key = tuple[str | None, str | None]
SHA256: Final = re.compile(r"[0-9a-f]{64}")


class Playback(Recorder):
    """Reads `exchanges.ndjson` and the bodies beside it; `tokens` are the token endpoints by role. `markers` stand in
    the record for the secrets of each role. Raises EvidenceError when the record contradicts itself."""

    def __init__(self, path: Path, bodies: Path, redactor: Redactor, tokens: Mapping[str, str]) -> None:
        self.redactor, self.path = redactor, path
        self.markers: dict[str, str] = {}
        self._folder, self._tokens = bodies, tokens
        self._lock = threading.Lock()
        self._file = path.open("rb", buffering=0)
        self._places: dict[int, tuple[int, int]] = {}
        self._prints: list[str] = []
        self._waiting: dict[Key, deque[int]] = defaultdict(deque)
        self._left: dict[int, None] = {}
        start = 0
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                self._places[self._indexed(line, number)] = (start, len(line))
                start += len(line)

    def give(self, call: Call, role: str | None) -> tuple[Exchange, int]:
        """The next recorded exchange of a call, and the size of its true body. Raises Unknown: there is none."""
        with self._lock:
            waiting = self._waiting[self._key(call, role)]
            if not waiting:
                called = self.redactor.text(f"{call.method} {call.target}")
                raise Unknown("live.not_recorded", call=called, role=role or "-")
            number = waiting.popleft()
            del self._left[number]
        entry = self.entry(number)
        return recorded(entry, self._whole), (entry.get("response") or {"body": {"size": 0}})["body"]["size"]

    def token_is_next(self, role: str) -> bool:
        """Whether what came next in that run was the fetching of a token for a role."""
        first = next(iter(self._left), None)
        waiting = self._waiting[None, role]
        return first is not None and bool(waiting) and waiting[0] == first

    @property
    def left(self) -> tuple[int, ...]:
        """Numbers of the exchanges that nobody has asked for."""
        return tuple(self._left)

    def add(self, exchange: Exchange, *, counted: bool = True) -> None:
        """Only the digest of the requests is made anew."""
        if counted:
            with self._lock:
                self._prints.append(fingerprint(exchange.call, self.redactor))

    def requests_digest(self) -> str:
        return digest(self._prints)

    def _indexed(self, line: bytes, number: int) -> int:
        """Puts a line in its queue; the number of its exchange."""
        try:
            entry = orjson.loads(line)
            exchange = recorded(entry, self._whole)
            _check_bodies(entry, exchange)
            key = self._key(exchange.call, exchange.credential, entry["fingerprint"])
            known = int(entry["number"])
        except (ValueError, LookupError, TypeError, AttributeError) as fault:
            raise EvidenceError("replay.unreadable", {"line": number, "reason": str(fault)}) from fault
        if known in self._places:
            raise EvidenceError("replay.number_twice", {"line": number, "number": known})
        if exchange.credential and exchange.credential not in self.markers:
            found = next((MARKER.search(value) for _, value in exchange.call.headers if MARKER.search(value)), None)
            if found:
                self.markers[exchange.credential] = found[0]
        self._waiting[key].append(known)
        self._left[known] = None
        return known

    def _key(self, call: Call, role: str | None, stated: str | None = None) -> Key:
        """What a call is told by; the fetching of a token by its role alone, since it holds secrets."""
        if role and call.method == "POST" and call.target == self._tokens.get(role):
            return None, role
        made = fingerprint(call, self.redactor)
        if stated is not None and stated != made:
            raise ValueError(f"fingerprint {stated} of a request that has {made}")
        return made, role

    def _whole(self, sha256: str) -> bytes:
        path = self._folder / sha256
        if not SHA256.fullmatch(sha256) or not path.is_file():
            raise EvidenceError("replay.no_body", {"sha256": sha256})
        return path.read_bytes()


def _check_bodies(entry: Mapping[str, Any], exchange: Exchange) -> None:
    """What an entry shows of a body is the body it has the digest of. Raises ValueError."""
    sides = [(entry["request"]["body"], exchange.call.body)]
    if exchange.answer is not None:
        sides.append((entry["response"]["body"], exchange.answer.body))
    for body, content in sides:
        first = content[:CAP]
        shown = body["text"] if "text" in body else base64.b64decode(body["base64"])
        begins = shown == (first.decode("utf-8", "ignore") if "text" in body else first)
        if not begins or hashlib.sha256(content).hexdigest() != body["sha256"]:
            raise ValueError(f"a body that has not the digest {body['sha256']}")
