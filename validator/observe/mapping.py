"""A file's bytes mapped into memory: as long as the file, yet costing only what was just looked at."""

from __future__ import annotations

import mmap as os_mmap
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from mmap import ACCESS_READ, ALLOCATIONGRANULARITY, mmap
from pathlib import Path
from typing import Final

from validator.observe.limits import MIB, WINDOW_BYTES

Buffer = bytes | mmap

_LET_GO: Final = getattr(os_mmap, "MADV_DONTNEED", None)


@contextmanager
def mapped(path: Path) -> Iterator[Buffer]:
    """The file's bytes, mapped; empty bytes for an empty file (which cannot be mapped)."""
    with path.open("rb") as stream:
        if path.stat().st_size == 0:
            yield b""
            return
        text = mmap(stream.fileno(), 0, access=ACCESS_READ)
        try:
            yield text
        finally:
            with suppress(BufferError):  # an array over it lives in the frame of a fault, and goes with that
                text.close()


def release(text: Buffer, upto: int) -> None:
    """Lets go of the memory of what lies before `upto`; looking there again is allowed."""
    pages = upto - upto % ALLOCATIONGRANULARITY
    if _LET_GO is not None and pages and isinstance(text, mmap):
        text.madvise(_LET_GO, 0, pages)


def line_end(text: Buffer, at: int, end: int) -> int:
    """The offset of the next line feed before `end`, or `end`; a line of any length costs one window."""
    while at < end:
        stop = min(at + WINDOW_BYTES, end)
        found = text.find(b"\n", at, stop)
        if found >= 0:
            return found
        if stop < end:
            release(text, stop)
        at = stop
    return end


def count_lines(text: Buffer, start: int, end: int) -> int:
    """How many line feeds lie between two offsets."""
    if end - start <= MIB:
        return text[start:end].count(b"\n")
    total = 0
    for at in range(start, end, MIB):
        total += text[at : min(at + MIB, end)].count(b"\n")
        if (at - start) % WINDOW_BYTES == 0:
            release(text, at)
    return total
