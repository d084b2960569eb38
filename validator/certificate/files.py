"""Static files that are whole at any moment, and a lock for who changes them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from validator.certificate.durable import filled, synced, taken
from validator.errors import UsageError

LOCK: Final = ".lock"
PATIENCE_SECONDS: Final = 10.0
READABLE: Final = 0o644


def write_whole(path: Path, content: bytes) -> None:
    """Replaces a file at once, on the disk when this returns. Raises UsageError; the old file stays then."""
    with _telling(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(prefix=".", dir=path.parent)
        try:
            os.fchmod(handle, READABLE)
            filled(handle, content)
            Path(aside).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(aside).unlink()
            raise
        synced(path.parent)


def unlinked(path: Path) -> None:
    """Takes a file away, gone from the disk when this returns. Raises UsageError."""
    with _telling(path):
        path.unlink(missing_ok=True)
        synced(path.parent)


@contextmanager
def locked(folder: Path, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Only one process at a time is in this block; waits a little for another. Raises UsageError."""
    with _telling(folder):
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, READABLE)
    try:
        if not taken(handle, patience):
            raise UsageError("register.in_use", {"path": str(folder)})
        yield
    finally:
        os.close(handle)


@contextmanager
def _telling(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise UsageError("usage.cannot_write", {"path": str(path), "reason": fault.strerror or str(fault)}) from fault
