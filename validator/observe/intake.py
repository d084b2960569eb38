"""Receives a submission: a folder, a .zip or .tar(.gz), or one data file; archives within bounds.

Nothing is written outside the scratch folder, no link is followed, and an archive that would cost
more than the limits is refused before it does.
"""

from __future__ import annotations

import lzma
import stat
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Final

from validator.errors import UsageError
from validator.observe import limits
from validator.observe.archives import TAR_FAULTS, ZIP_FAULTS, is_tar, is_zip, open_tar, open_zip

COPY_BYTES: Final = 1024 * 1024
FAULTS: Final = (*ZIP_FAULTS, *TAR_FAULTS, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError)

Entry = tuple[str, int, IO[bytes] | None]


def receive(given: Path, scratch: Path) -> Path:
    """The folder to read from: `given` itself, or where its archive was unpacked. Raises UsageError."""
    if not given.exists():
        raise UsageError("usage.no_such_submission", {"path": str(given)})
    if given.is_dir():
        return given
    if not given.is_file():
        raise UsageError("usage.not_a_submission", {"path": str(given)})
    try:
        if is_zip(given):
            return _unpack(_zip_entries(given), given, scratch)
        if is_tar(given):
            return _unpack(_tar_entries(given), given, scratch)
    except FAULTS as fault:
        reason = str(fault) or type(fault).__name__
        raise UsageError("usage.archive_broken", {"path": given.name, "reason": reason}) from fault
    raise UsageError("usage.not_a_submission", {"path": str(given)})


def is_archive(given: Path) -> bool:
    """Whether a file announces itself as an archive, be it whole or broken. Raises UsageError."""
    try:
        return given.is_file() and (is_zip(given) or is_tar(given))
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise UsageError("usage.unreadable_file", {"path": str(given), "reason": reason}) from fault


def _zip_entries(given: Path) -> Iterator[Entry]:
    with open_zip(given) as archive:
        for info in archive.infolist():
            if stat.S_ISLNK(info.external_attr >> 16):
                raise UsageError("usage.archive_link", {"name": info.filename})
            if info.flag_bits & 0x1:
                raise UsageError("usage.archive_encrypted", {"name": info.filename})
            if not info.is_dir():
                with archive.open(info) as stream:
                    yield info.filename, info.file_size, stream


def _tar_entries(given: Path) -> Iterator[Entry]:
    with open_tar(given) as archive:
        for info in archive:
            if info.isdir():
                continue
            if not info.isreg():
                raise UsageError("usage.archive_link", {"name": info.name})
            yield info.name, info.size, archive.extractfile(info)


def _unpack(entries: Iterator[Entry], given: Path, scratch: Path) -> Path:
    root = scratch / "received"
    root.mkdir()
    allowed = max(given.stat().st_size * limits.MAX_ARCHIVE_RATIO, limits.RATIO_GRACE_BYTES)
    budget = min(allowed, limits.MAX_ARCHIVE_BYTES)
    seen: set[str] = set()
    for name, size, stream in entries:
        relative = _safe(name)
        if str(relative).casefold() in seen:
            raise UsageError("usage.archive_repeated", {"name": name})
        if len(seen) >= limits.MAX_ARCHIVE_ENTRIES:
            raise UsageError("usage.archive_entries", {"limit": limits.MAX_ARCHIVE_ENTRIES})
        seen.add(str(relative).casefold())
        if size > budget or stream is None:
            raise UsageError("usage.archive_bomb", {"name": name, "ratio": limits.MAX_ARCHIVE_RATIO})
        budget -= _copy(stream, root / relative, budget, name)
    return _single_folder(root)


def _safe(name: str) -> PurePosixPath:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or not path.parts or ":" in path.parts[0] or "\0" in name:
        raise UsageError("usage.archive_escape", {"name": name})
    return path


def _copy(stream: IO[bytes], target: Path, budget: int, name: str) -> int:
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with target.open("xb") as out:
        while chunk := stream.read(COPY_BYTES):
            written += len(chunk)
            if written > budget:
                raise UsageError("usage.archive_bomb", {"name": name, "ratio": limits.MAX_ARCHIVE_RATIO})
            out.write(chunk)
    return written


def _single_folder(root: Path) -> Path:
    """Archives often wrap everything in one folder; the manifest may lie one level down."""
    inside = list(root.iterdir())
    if not (root / "manifest.json").exists() and len(inside) == 1 and inside[0].is_dir():
        return inside[0]
    return root
