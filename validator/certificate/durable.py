"""Files that are either as before or wholly new, whatever happens meanwhile, and one writer at a time."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from validator.errors import EngineError, UsageError

PATIENCE: Final = 20.0
"""Seconds to wait for another writer."""
_PAUSE: Final = 0.02


@contextmanager
def held(lock: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Holds a lock file among processes; the system lets go of it when this process ends. Raises UsageError."""
    with telling(lock):
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        if not taken(handle, patience):
            raise UsageError("tlog.in_use", {"path": str(lock.parent)})
        yield
    finally:
        os.close(handle)


def taken(handle: int, patience: float) -> bool:
    """Whether this process got the lock of an open file within so many seconds."""
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(_PAUSE)
        else:
            return True


def write(path: Path, content: bytes, aside: Path) -> None:
    """Writes one file by way of `aside`, on the same disk; its content is on the disk when this returns.

    Its name is only with `settle`. Raises EngineError.
    """
    with telling(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
        filled(handle, content)
        aside.replace(path)


def filled(handle: int, content: bytes) -> None:
    """Writes all of an open file and closes it; its content is on the disk when this returns. Raises OSError."""
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def secret(path: Path, content: bytes) -> None:
    """Writes a new file that only its owner can read. Raises OSError, FileExistsError where there is one."""
    filled(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), content)


def settle(root: Path, paths: Iterable[Path]) -> None:
    """Puts the names of files on the disk: syncs their folders, up to `root`. Raises EngineError."""
    folders = {folder for path in paths for folder in path.parents if folder == root or root in folder.parents}
    for folder in sorted(folders, key=lambda folder: len(folder.parts), reverse=True):
        with telling(folder):
            synced(folder)


def synced(folder: Path) -> None:
    """Puts the names of a folder's files on the disk: a new file is there only with its name. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def telling(path: Path) -> Iterator[None]:
    """What the system refuses is a fault of ours, told with the path: EngineError."""
    try:
        yield
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise EngineError("tlog.cannot_write", {"path": str(path), "reason": reason}) from fault
