"""A log that shows when it was touched: NDJSON, each line bound to the one before by its SHA-256.

A line is the RFC 8785 form of an object with `n` (0 for the header, then counting), `previous` (the
SHA-256 of the line before, in hex; the header has none) and `sha256` (of the line without that member,
so that the last line, which no other speaks for, cannot change unseen either). A line is on the disk
before the next is made; what a crash leaves after the last line feed is cut off and told. Lines taken
away from the end leave a whole, shorter log: the digest of the last line (`Chain.head`), kept elsewhere,
shows that.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import orjson

from validator.canonical import canonical
from validator.errors import EngineError, EvidenceError, UsageError

SCHEMA: Final = "lienthong-watch/1.0"
LONGEST: Final = 4 * 1024**2
"""Bytes of a line; no line of ours comes near it, and a foreign file is not read into memory whole."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A verified log: its header, the lines after it, the digest of the last line, bytes that are whole
    and bytes of a torn line after them."""

    header: Mapping[str, Any]
    lines: tuple[Mapping[str, Any], ...]
    head: str
    whole: int
    torn: int


def read_chain(path: Path) -> Chain:
    """The log at `path`, verified. Raises EvidenceError with the first broken line, UsageError when it cannot be
    read."""
    try:
        if not path.is_file():
            raise UsageError("usage.no_log", {"path": str(path)})
        with path.open("rb") as stream:
            return verify(stream, str(path))
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise UsageError("usage.unreadable_file", {"path": str(path), "reason": reason}) from fault


def verify(stream: BinaryIO, name: str) -> Chain:
    """Reads a log from its beginning. Raises EvidenceError naming the first line that does not hold (from 1)."""
    values: list[Mapping[str, Any]] = []
    whole, torn, previous = 0, 0, None
    while raw := stream.readline(LONGEST + 1):
        if not raw.endswith(b"\n") and len(raw) <= LONGEST and values:
            torn = len(raw)
            break
        try:
            value = _checked(raw, len(values), previous)
        except ValueError as fault:
            raise EvidenceError(str(fault), {"path": name, "line": len(values) + 1}) from fault
        values.append(value)
        whole += len(raw)
        previous = _sha256(raw[:-1])
    if previous is None:
        raise EvidenceError("evidence.no_header", {"path": name, "line": 1})
    return Chain(values[0], tuple(values[1:]), previous, whole, torn)


def _checked(raw: bytes, expected: int, previous: str | None) -> Mapping[str, Any]:
    """One line of the chain; raises ValueError with the id of the text that says what is wrong."""
    value = _parsed(raw)
    if expected == 0 and value.get("schema") != SCHEMA:
        raise ValueError("evidence.no_header")
    given = {name: item for name, item in value.items() if name != "sha256"}
    if raw != canonical(value) + b"\n" or value.get("sha256") != _sha256(canonical(given)):
        raise ValueError("evidence.edited")
    number = value.get("n")
    if type(number) is not int or number < expected:
        raise ValueError("evidence.out_of_order")
    if number > expected:
        raise ValueError("evidence.missing")
    if value.get("previous") != previous:
        raise ValueError("evidence.unlinked")
    return value


def _parsed(raw: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as fault:
        raise ValueError("evidence.edited") from fault
    if not isinstance(value, dict):
        raise ValueError("evidence.edited")
    return value


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Log:
    """The log open for going on, held by one process at a time.

    `chain` is what lay there, None for a new file; a torn line after it was cut off when this opens.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as fault:
            raise self._unwritable(fault) from fault
        try:
            self.chain = self._take()
        except OSError as fault:
            self.close()
            raise self._unwritable(fault) from fault
        except BaseException:
            self.close()
            raise
        self.size = self.chain.whole if self.chain else 0
        self.count = len(self.chain.lines) + 1 if self.chain else 0
        self.head = self.chain.head if self.chain else None

    def _take(self) -> Chain | None:
        if not stat.S_ISREG(os.fstat(self.handle).st_mode):
            raise UsageError("usage.no_log", {"path": str(self.path)})
        try:
            fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise UsageError("usage.log_in_use", {"path": str(self.path)}) from fault
        if os.fstat(self.handle).st_size == 0:
            return None
        with os.fdopen(os.dup(self.handle), "rb") as stream:
            chain = verify(stream, str(self.path))
        if chain.torn:
            os.ftruncate(self.handle, chain.whole)
            os.fsync(self.handle)
        return chain

    def append(self, content: Mapping[str, Any]) -> None:
        """One more line, on the disk when this returns. Raises EngineError; the log stays whole then.

        What an interrupted call left behind is written over by the next: a line counts once it is on the disk.
        """
        line = {**content, "n": self.count} | ({} if self.head is None else {"previous": self.head})
        raw = canonical({**line, "sha256": _sha256(canonical(line))})
        try:
            self._write(raw + b"\n")
        except OSError as fault:
            os.ftruncate(self.handle, self.size)
            reason = fault.strerror or str(fault)
            raise EngineError("engine.log", {"path": str(self.path), "reason": reason}) from fault
        self.size, self.count, self.head = self.size + len(raw) + 1, self.count + 1, _sha256(raw)

    def _write(self, content: bytes) -> None:
        at = self.size
        os.ftruncate(self.handle, at)
        while content:
            done = os.pwrite(self.handle, content, at)
            content, at = content[done:], at + done
        os.fsync(self.handle)
        if self.count == 0:  # the name of a new file is on the disk only with its folder
            folder = os.open(self.path.resolve().parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def close(self) -> None:
        os.close(self.handle)

    def _unwritable(self, fault: OSError) -> UsageError:
        return UsageError("usage.cannot_write", {"path": str(self.path), "reason": fault.strerror or str(fault)})
