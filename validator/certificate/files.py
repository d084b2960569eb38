"""Static files that are whole at any moment, and a lock for who changes them."""

from __future__ import annotations

import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from validator.errors import UsageError

LOCK: Final = ".lock"
PATIENCE_SECONDS: Final = 10.0
STEP_SECONDS: Final = 0.05
READABLE: Final = 0o644


def write_whole(path: Path, content: bytes) -> None:
    """Replaces a file at once, on the disk when this returns. Raises UsageError; the old file stays then."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(prefix=".", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fchmod(stream.fileno(), READABLE)
                os.fsync(stream.fileno())
            Path(aside).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(aside).unlink()
            raise
        _sync_folder(path.parent)
    except OSError as fault:
        raise UsageError("usage.cannot_write", {"path": str(path), "reason": fault.strerror or str(fault)}) from fault


def unlinked(path: Path) -> None:
    """Takes a file away, gone from the disk when this returns. Raises UsageError."""
    try:
        path.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except OSError as fault:
        raise UsageError("usage.cannot_write", {"path": str(path), "reason": fault.strerror or str(fault)}) from fault


def _sync_folder(folder: Path) -> None:
    """The name of a new file is on the disk only with its folder."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(folder: Path, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Only one process at a time is in this block; waits a little for another. Raises UsageError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, READABLE)
    except OSError as fault:
        raise UsageError("usage.cannot_write", {"path": str(folder), "reason": fault.strerror or str(fault)}) from fault
    try:
        _wait(handle, folder, time.monotonic() + patience)
        yield
    finally:
        os.close(handle)


def _wait(handle: int, folder: Path, until: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as fault:
            if time.monotonic() > until:
                raise UsageError("register.in_use", {"path": str(folder)}) from fault
        time.sleep(STEP_SECONDS)
