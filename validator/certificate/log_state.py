"""The folder of a log: its public files, and what the log itself remembers of how far it has come.

`.state` is the moment of decision: leaves count once it says so, whatever lies in tiles. It also says up
to which size a head may have been signed, and is written before a signature is made public.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from validator.canonical import canonical
from validator.certificate import durable
from validator.certificate.checkpoint import Trust
from validator.certificate.merkle import HASH_SIZE
from validator.certificate.note import parse_vkey, unbase64
from validator.errors import EvidenceError, LienthongError, UsageError

STATE: Final = ".state"
CHECKPOINT: Final = "checkpoint"
_LOCK: Final = ".lock"
_ASIDE: Final = ".aside"


@dataclass(frozen=True, slots=True)
class State:
    """How far a log has come: leaves and their root, the largest size that may have been signed, its keys (vkeys)."""

    origin: str
    keys: tuple[str, ...]
    size: int
    root: bytes
    signed: int

    def trust(self) -> Trust:
        return Trust(self.origin, tuple(map(parse_vkey, self.keys)))

    def encode(self) -> bytes:
        root = base64.b64encode(self.root).decode()
        value = {"origin": self.origin, "keys": list(self.keys), "size": self.size, "root": root, "signed": self.signed}
        return canonical(value)


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of one log by their path below it."""

    path: Path

    def read(self, name: str) -> bytes | None:
        """The bytes of a file, None when it is not there. Raises UsageError when the system refuses to read it."""
        try:
            return (self.path / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as fault:
            reason = fault.strerror or str(fault)
            raise UsageError("usage.unreadable_file", {"path": str(self.path / name), "reason": reason}) from fault

    def write(self, files: Mapping[str, bytes]) -> None:
        """Writes files, each whole; all are on the disk when this returns. Raises EngineError."""
        for name, content in files.items():
            durable.write(self.path / name, content, self.path / _ASIDE)
        durable.settle(self.path, [self.path / name for name in files])

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One writer at a time. Raises UsageError when another one does not come to an end."""
        with durable.held(self.path / _LOCK):
            yield

    def state(self) -> State:
        """Raises UsageError when this is no log, EvidenceError when its state cannot be read."""
        content = self.read(STATE)
        if content is None:
            if self.read(CHECKPOINT) is not None:
                raise EvidenceError("tlog.no_state", {"path": str(self.path)})
            raise UsageError("tlog.no_log", {"path": str(self.path)})
        try:
            state = _state(orjson.loads(content))
            state.trust()
        except (ValueError, KeyError, TypeError, LienthongError) as fault:
            raise EvidenceError("tlog.no_state", {"path": str(self.path)}) from fault
        return state

    def remember(self, state: State) -> None:
        self.write({STATE: state.encode()})


def _state(value: Any) -> State:
    state = State(value["origin"], tuple(value["keys"]), value["size"], unbase64(value["root"]), value["signed"])
    sizes = type(state.size) is int and type(state.signed) is int and 0 <= state.signed <= state.size
    if not sizes or len(state.root) != HASH_SIZE or not isinstance(state.origin, str):
        raise ValueError("state")
    return state
