"""Looks at every byte of a published log: entries, tiles and root must be one, and be what was signed."""

from __future__ import annotations

from validator.certificate import checkpoint, merkle
from validator.certificate.checkpoint import Trust, Verified
from validator.certificate.log_state import CHECKPOINT
from validator.certificate.merkle import HASH_SIZE, leaf_hash
from validator.certificate.tiles import WIDTH, Read, Tile, Tree, encode_entries, tiles_of
from validator.errors import EvidenceError


def audit(read: Read, trust: Trust) -> Verified:
    """The published checkpoint, after all that it covers was recomputed from the entries. Raises EvidenceError."""
    content = read(CHECKPOINT)
    if content is None:
        raise EvidenceError("tlog.no_checkpoint_yet")
    shown = checkpoint.verify(content, trust)
    tree = Tree(read, shown.head.size)
    for tile in tiles_of(tree.size):
        if not _holds(tile, tree):
            raise EvidenceError("tlog.bad_tile", {"path": tile.path})
    if tree.root() != shown.head.root:
        raise EvidenceError("tlog.rewritten", {"size": tree.size})
    return shown


def _holds(tile: Tile, tree: Tree) -> bool:
    """Whether a file says what the one below it makes it say, and nothing more."""
    content = tree.read(tile.path)
    if tile.level is None:
        entries = tree.entries(tile.index)
        same = content is None or content == encode_entries(entries)
        return same and [leaf_hash(entry) for entry in entries] == tree.tile(0, tile.index)
    if content is not None and len(content) != tile.width * HASH_SIZE:
        return False
    if tile.level == 0:
        return True  # compared with the entries
    first = tile.index * WIDTH
    below = [merkle.of(tree.tile(tile.level - 1, i)) for i in range(first, first + tile.width)]
    return below == tree.tile(tile.level, tile.index)
