"""The tlog-tiles layout (https://c2sp.org/tlog-tiles): where hashes and entries lie, and how they are written.

A tile holds up to 256 hashes of one level; the n-th hash of a tile at level l is over a whole tile
at level l - 1. A bundle holds the entries of a tile at level 0. What is not full lies under `.p/<width>`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from validator.certificate import merkle
from validator.certificate.merkle import HASH_SIZE
from validator.errors import EvidenceError

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
LONGEST_ENTRY: Final = 0xFFFF

Read = Callable[[str], bytes | None]
"""The bytes of a file of the log by its path below the log's address, None when there is no such file."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A place in the layout: `level` None stands for entries, `width` counts hashes or entries (1 to 256)."""

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Such as `tile/0/x001/x234/067` or `tile/entries/000.p/5`."""
        return self.full_path if self.width == WIDTH else f"{self.full_path}.p/{self.width}"

    @property
    def full_path(self) -> str:
        digits = f"{self.index:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        parts = [digits[i : i + 3] for i in range(0, len(digits), 3)]
        number = "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
        return f"tile/{'entries' if self.level is None else self.level}/{number}"


def tiles_of(size: int, start: int = 0) -> Iterator[Tile]:
    """Every tile and bundle of a tree of `size` leaves that one of `start` leaves does not have alike."""
    for level in (None, *range(64)):
        below = HEIGHT * (level or 0)
        have, had = size >> below, start >> below
        if have == 0:
            return
        for index in range(had // WIDTH, -(-have // WIDTH)):
            width = min(WIDTH, have - index * WIDTH)
            if index * WIDTH + width > had:
                yield Tile(level, index, width)


def encode_entries(entries: Sequence[bytes]) -> bytes:
    """A bundle: each entry after its length, 16 bits big-endian."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def decode_entries(content: bytes, count: int) -> tuple[bytes, ...]:
    """The first `count` entries of a bundle. Raises ValueError when there are fewer, or one is cut off."""
    entries: list[bytes] = []
    at = 0
    while len(entries) < count:
        end = at + 2 + int.from_bytes(content[at : at + 2], "big")
        if at + 2 > len(content) or end > len(content):
            raise ValueError("cut off")
        entries.append(content[at + 2 : end])
        at = end
    return tuple(entries)


@dataclass(frozen=True, slots=True)
class Tree:
    """The tree of the first `size` leaves, read from tiles as they are needed."""

    read: Read
    size: int

    def root(self) -> bytes:
        return merkle.root(self.size, self.node)

    def node(self, level: int, index: int) -> bytes:
        """The hash over the leaves [index * 2^level, (index + 1) * 2^level). Raises EvidenceError."""
        height, within = divmod(level, HEIGHT)
        first = index << within
        tile = self.tile(height, first // WIDTH)
        return merkle.of(tile[first % WIDTH : first % WIDTH + (1 << within)])

    def tile(self, level: int, index: int) -> list[bytes]:
        """The hashes of one tile of this tree. Raises EvidenceError when they are not there."""
        have = self.size >> (HEIGHT * level)
        width = min(WIDTH, have - index * WIDTH)
        tile = Tile(level, index, width)
        content = self._content(tile)
        if content is None or len(content) < width * HASH_SIZE or len(content) % HASH_SIZE:
            raise EvidenceError("tlog.no_tile", {"path": tile.path})
        return [content[i * HASH_SIZE : (i + 1) * HASH_SIZE] for i in range(width)]

    def entries(self, index: int) -> tuple[bytes, ...]:
        """The entries of one bundle of this tree. Raises EvidenceError when they are not there."""
        tile = Tile(None, index, min(WIDTH, self.size - index * WIDTH))
        content = self._content(tile)
        try:
            return decode_entries(content or b"", tile.width)
        except ValueError as fault:
            raise EvidenceError("tlog.no_tile", {"path": tile.path}) from fault

    def _content(self, tile: Tile) -> bytes | None:
        """A partial tile may be gone once the full one is there, which begins with the same hashes."""
        content = self.read(tile.path)
        return content if content is not None or tile.width == WIDTH else self.read(tile.full_path)
