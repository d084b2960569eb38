"""The record of a run: every exchange as a line of JSON, redacted before it is written."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import orjson

from validator.api.curl import curl
from validator.api.evidence import evidence, fingerprint, recorded
from validator.api.redact import Redactor
from validator.canonical import digest
from validator.errors import UsageError
from validator.model.exchange import Exchange


class Recorder:
    """Appends to `exchanges.ndjson`; goes on where an interrupted run stopped, a torn last line cut off.

    Bodies that are too long for a line are cut there; with `bodies`, a folder, they are kept in it whole by their
    SHA-256, redacted like everything.
    """

    def __init__(self, path: Path, redactor: Redactor, bodies: Path | None = None) -> None:
        self._bodies = bodies
        self.redactor = redactor
        self.path = path
        self._lock = threading.Lock()
        self._places: dict[int, tuple[int, int]] = {}
        self._prints: list[str] = []
        self._numbers = 0
        # Evidence may hold what is nobody's business even without secrets.
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)
        self._size = 0
        try:
            self._take_up()
        except UsageError:
            self._file.close()
            raise

    def next_number(self) -> int:
        """The number of the exchange that is about to be made, from 1."""
        with self._lock:
            self._numbers += 1
            return self._numbers

    def add(self, exchange: Exchange, *, counted: bool = True) -> None:
        """Redacts and writes. Not `counted`: made on the client's own account (a token, a repetition after a
        wait), so the digest of the requests leaves it out."""
        entry = evidence(exchange, self.redactor, self._keep if self._bodies else None)
        entry["fingerprint"] = fingerprint(exchange.call, self.redactor) if counted else None
        line = orjson.dumps(entry) + b"\n"
        with self._lock:
            self._file.write(line)
            self._note(entry, len(line))

    def shown(self, exchange: Exchange) -> dict[str, Any]:
        """What a report shows of an exchange: redacted, with the command that repeats it."""
        entry = evidence(exchange, self.redactor)
        return {**entry, "curl": curl(entry)}

    def entry(self, number: int) -> dict[str, Any]:
        """The redacted exchange of a number. Raises KeyError."""
        start, length = self._places[number]
        with self._lock:
            return dict(orjson.loads(os.pread(self._file.fileno(), length, start)))

    def errors(self) -> tuple[Exchange, ...]:
        """Error answers of the stopped run that this one goes on with, redacted and cut as they were recorded."""
        entries = (self.entry(number) for number in sorted(self._places))
        return tuple(recorded(entry) for entry in entries if entry.get("response", {}).get("status", 0) >= 400)

    def requests_digest(self) -> str:
        """`sha256:…` over the requests in order: the same seed on the same data gives the same."""
        with self._lock:
            return digest(self._prints)

    def close(self) -> None:
        """Closes the file; everything is in it already."""
        self._file.close()

    def _keep(self, sha256: str, body: bytes) -> None:
        assert self._bodies is not None
        self._bodies.mkdir(mode=0o700, exist_ok=True)
        path = self._bodies / sha256
        if not path.exists():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
                stream.write(body)

    def _note(self, entry: dict[str, Any], length: int) -> None:
        self._places[entry["number"]] = (self._size, length)
        self._size += length
        self._numbers = max(self._numbers, entry["number"])
        if entry["fingerprint"]:
            self._prints.append(entry["fingerprint"])

    def _take_up(self) -> None:
        """Reads what an earlier run has written, up to the last whole line. Raises UsageError."""
        with self.path.open("rb") as lines:  # the file itself has no buffer and would be read letter by letter
            for line in lines:
                if not line.endswith(b"\n"):
                    break
                try:
                    self._note(orjson.loads(line), len(line))
                except (ValueError, KeyError, TypeError):
                    raise UsageError(
                        "usage.record_unreadable", {"path": self.path, "number": len(self._places) + 1}
                    ) from None
        self._file.truncate(self._size)
        self._file.seek(self._size)
