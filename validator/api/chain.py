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
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, Generic, TypeVar

import orjson

from validator.canonical import canonical
from validator.errors import EngineError, EvidenceError, UsageError

SCHEMA: Final = "lienthong-watch/1.0"
LONGEST: Final = 4 * 1024**2
"""Bytes of a line; no line of ours comes near it, and a foreign file is not read into memory whole."""


_OWN: Final = re.compile(rb'"sha256":"([0-9a-f]{64})",|,"sha256":"([0-9a-f]{64})"')
T = TypeVar("T")
Line = Mapping[str, Any]
Take = Callable[[Line], T]
"""What is kept of a verified line after the header: months of lines do not fit into memory as they are."""


@dataclass(frozen=True, slots=True)
class Chain(Generic[T]):
    """A verified log: its header, what was kept of the lines after it, the digest of the last line, bytes that are
    whole and bytes of a torn line after them."""

    header: Line
    lines: tuple[T, ...]
    head: str
    whole: int
    torn: int


def read_chain(path: Path, take: Take[T]) -> Chain[T]:
    """The log at `path`, verified. Raises EvidenceError with the first broken line, UsageError when it cannot be
    read, and what `take` raises."""
    try:
        if not path.is_file():
            raise UsageError("usage.no_log", {"path": str(path)})
        with path.open("rb") as stream:
            return verify(stream, str(path), take)
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise UsageError("usage.unreadable_file", {"path": str(path), "reason": reason}) from fault


def verify(stream: BinaryIO, name: str, take: Take[T]) -> Chain[T]:
    """Reads a log from its beginning. Raises EvidenceError naming the first line that does not hold (from 1)."""
    header: Line | None = None
    kept: list[T] = []
    number, whole, torn, previous = 0, 0, 0, None
    while raw := stream.readline(LONGEST + 1):
        if not raw.endswith(b"\n") and len(raw) <= LONGEST and number:
            torn = len(raw)
            break
        try:
            line = _checked(raw, number, previous)
        except ValueError as fault:
            raise EvidenceError(str(fault), {"path": name, "line": number + 1}) from fault
        if header is None:
            header = line
        else:
            kept.append(take(line))
        number, whole, previous = number + 1, whole + len(raw), _sha256(raw[:-1])
    if header is None or previous is None:
        raise EvidenceError("evidence.no_header", {"path": name, "line": 1})
    return Chain(header, tuple(kept), previous, whole, torn)


def _checked(raw: bytes, expected: int, previous: str | None) -> Line:
    """One line of the chain; raises ValueError with the id of the text that says what is wrong.

    What its own digest covers is cut out of the bytes: the lines are canonical, so nothing is put in order again.
    """
    value = _parsed(raw)
    if expected == 0 and value.get("schema") != SCHEMA:
        raise ValueError("evidence.no_header")
    own = _OWN.search(raw)
    if own is None or (own[1] or own[2]).decode() != _sha256(raw[: own.start()] + raw[own.end() : -1]):
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
    if not isinstance(value, dict) or not raw.endswith(b"}\n"):
        raise ValueError("evidence.edited")
    return value


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Log(Generic[T]):
    """The log open for going on, held by one process at a time.

    `chain` is what lay there, None for a new file; a torn line after it was cut off when this opens.
    """

    def __init__(self, path: Path, take: Take[T]) -> None:
        self.path = path
        try:
            self.handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as fault:
            raise self._unwritable(fault) from fault
        try:
            self.chain = self._open(take)
        except OSError as fault:
            self.close()
            raise self._unwritable(fault) from fault
        except BaseException:
            self.close()
            raise
        self.size = self.chain.whole if self.chain else 0
        self.count = len(self.chain.lines) + 1 if self.chain else 0
        self.head: str | None = self.chain.head if self.chain else None

    def _open(self, take: Take[T]) -> Chain[T] | None:
        if not stat.S_ISREG(os.fstat(self.handle).st_mode):
            raise UsageError("usage.no_log", {"path": str(self.path)})
        try:
            fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise UsageError("usage.log_in_use", {"path": str(self.path)}) from fault
        if os.fstat(self.handle).st_size == 0:
            return None
        with os.fdopen(os.dup(self.handle), "rb") as stream:
            chain = verify(stream, str(self.path), take)
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
