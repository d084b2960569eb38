"""A bundle as one file: the same members give the same bytes; what comes in is unpacked within bounds."""

from __future__ import annotations

import gzip
import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

from validator.errors import EvidenceError, UsageError
from validator.observe.intake import receive
from validator.observe.limits import MAX_ARCHIVE_ENTRIES, MIB

DESCRIPTION: Final = "bundle.json"
GZIP: Final = b"\x1f\x8b"
LEVEL: Final = 6
MODE: Final = 0o644


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def names(folder: Path) -> list[str]:
    """Paths of all files below a folder, the description first. Raises EvidenceError for links and special files."""
    found = []
    for home, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(home) / name
            if path.is_symlink() or not (path.is_dir() or path.is_file()):
                raise EvidenceError("bundle.not_regular", {"member": path.relative_to(folder).as_posix()})
        found += [(Path(home) / name).relative_to(folder).as_posix() for name in files]
    return sorted(found, key=lambda name: (name != DESCRIPTION, name))


def pack(folder: Path, archive: Path) -> None:
    """Writes the folder as .tar.gz: no times, no owners, in the order of names. Raises UsageError."""
    members = names(folder)
    if len(members) > MAX_ARCHIVE_ENTRIES:
        raise UsageError("usage.bundle_too_many", {"count": len(members), "most": MAX_ARCHIVE_ENTRIES})
    with (
        archive.open("wb") as raw,
        gzip.GzipFile("", "wb", LEVEL, raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as out,
    ):
        for name in members:
            head = tarfile.TarInfo(name)
            head.size, head.mode = (folder / name).stat().st_size, MODE
            with (folder / name).open("rb") as stream:
                out.addfile(head, stream)


def unpacked(given: Path, scratch: Path) -> Path:
    """The folder of a bundle. Raises UsageError when there is nothing, EvidenceError when it is no bundle of ours."""
    if given.is_dir():
        return given
    if not given.exists():
        raise UsageError("usage.no_bundle", {"path": str(given)})
    try:
        with given.open("rb") as stream:
            if stream.read(2) != GZIP:
                raise EvidenceError("bundle.not_a_bundle", {"path": given.name})
        return receive(given, scratch)
    except OSError as fault:
        raise UsageError("usage.unreadable_file", {"path": given.name, "reason": fault.strerror or fault}) from fault
    except UsageError as fault:
        raise EvidenceError(fault.message_id, fault.params) from fault


def check_packing(given: Path, folder: Path, scratch: Path, *, same_zlib: bool) -> None:
    """Whether an archive is, byte for byte, what its members make; another zlib may press them otherwise, then what is
    pressed must be the same. Raises EvidenceError."""
    again = scratch / "again.tar.gz"
    pack(folder, again)
    with given.open("rb") as old, again.open("rb") as new:
        same = _same(old, new)
    if not same and not same_zlib:
        with gzip.open(given) as older, gzip.open(again) as newer:
            same = _same(older, newer)
    again.unlink()
    if not same:
        raise EvidenceError("bundle.repacked", {"path": given.name})


def copy(source: Path, target: Path) -> None:
    """A file of the evidence into a bundle, where none of its content lies yet."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        shutil.copyfile(source, target)


def _same(one: _Readable, other: _Readable) -> bool:
    return all(a == b for a, b in _chunks(one, other))


def _chunks(one: _Readable, other: _Readable) -> Iterator[tuple[bytes, bytes]]:
    while True:
        pair = one.read(MIB), other.read(MIB)
        yield pair
        if not any(pair):
            return
