"""Opens zip and tar archives without letting their own headers cost memory."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, cast

from validator.errors import UsageError
from validator.observe import limits

ZIP_FAULTS: Final = (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError)
TAR_FAULTS: Final = (tarfile.TarError,)

_ZIP_STARTS: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_DIRECTORY_ENTRY: Final = b"PK\x01\x02"
_COMPRESSED: Final = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
_TAR_MARK: Final = slice(257, 262)


def is_zip(given: Path) -> bool:
    """By its first bytes, or by its end where something stands before the archive."""
    return _head(given).startswith(_ZIP_STARTS) or zipfile.is_zipfile(given)


def is_tar(given: Path) -> bool:
    """By its first bytes; whatever is compressed counts, since a lone data file is not handed in so."""
    head = _head(given)
    return head[_TAR_MARK] == b"ustar" or head.startswith(_COMPRESSED)


def _head(given: Path) -> bytes:
    with given.open("rb") as stream:
        return stream.read(512)


@contextmanager
def open_zip(given: Path) -> Iterator[zipfile.ZipFile]:
    """The archive, once its directory is known to be of bounded length. Raises UsageError."""
    with given.open("rb") as stream:
        entries, rest = 0, b""
        while chunk := stream.read(limits.MIB):
            entries += (rest + chunk).count(_DIRECTORY_ENTRY)
            rest = chunk[-3:]
            if entries > limits.MAX_ARCHIVE_ENTRIES * 2:
                raise UsageError("usage.archive_entries", {"limit": limits.MAX_ARCHIVE_ENTRIES})
    with zipfile.ZipFile(given) as archive:
        yield archive


class _Bounded:
    """A tar stream that refuses to be read in large pieces: a header never needs them."""

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self.stream = stream
        self.seek, self.tell = stream.seek, stream.tell

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= limits.MAX_ARCHIVE_HEADER:
            raise tarfile.ReadError("a header of the archive is too large")
        return self.stream.read(size)


@contextmanager
def open_tar(given: Path) -> Iterator[tarfile.TarFile]:
    """The archive, decompressed as it is read."""
    with _decompressed(given) as stream, tarfile.open(fileobj=cast(IO[bytes], _Bounded(stream)), mode="r:") as archive:
        yield archive


def _decompressed(given: Path) -> io.BufferedIOBase:
    head = _head(given)
    if head.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(given)
    if head.startswith(b"BZh"):
        return bz2.BZ2File(given)
    return lzma.LZMAFile(given) if head.startswith(b"\xfd7zXZ\x00") else given.open("rb")
