"""The files that a tree needs when leaves are added to it."""

from __future__ import annotations

from collections.abc import Sequence

from validator.certificate import merkle
from validator.certificate.merkle import leaf_hash
from validator.certificate.tiles import HEIGHT, WIDTH, Read, Tile, Tree, encode_entries, tiles_of
from validator.errors import EvidenceError


def grown(read: Read, size: int, leaves: Sequence[bytes]) -> tuple[dict[str, bytes], bytes]:
    """The new files by path when leaves come to a tree of `size` ones, and the new root. Raises EvidenceError."""
    files: dict[str, bytes] = {}
    old = Tree(read, size)
    new = Tree(lambda path: files[path] if path in files else read(path), size + len(leaves))
    for tile in tiles_of(new.size, size):
        if tile.level is None:
            files[tile.path] = _bundle(tile, old, leaves)
        else:
            files[tile.path] = b"".join(_hashes(tile, tile.level, old, new, leaves))
    return files, new.root()


def _bundle(tile: Tile, old: Tree, leaves: Sequence[bytes]) -> bytes:
    """Entries that are there already must be those that the tree was made of."""
    first = tile.index * WIDTH
    there: tuple[bytes, ...] = ()
    if first < old.size:
        there = old.entries(tile.index)
        if [leaf_hash(entry) for entry in there] != old.tile(0, tile.index):
            raise EvidenceError("tlog.rewritten", {"size": old.size})
    start = first + len(there) - old.size
    return encode_entries([*there, *leaves[start : start + tile.width - len(there)]])


def _hashes(tile: Tile, level: int, old: Tree, new: Tree, leaves: Sequence[bytes]) -> list[bytes]:
    first = tile.index * WIDTH
    there = old.tile(level, tile.index) if first < old.size >> (HEIGHT * level) else []
    more = range(first + len(there), first + tile.width)
    if level == 0:
        return there + [leaf_hash(leaves[i - old.size]) for i in more]
    return there + [merkle.of(new.tile(level - 1, i)) for i in more]
