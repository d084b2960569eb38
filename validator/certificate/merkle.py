"""RFC 6962 Merkle trees (section 2.1) with SHA-256: roots, inclusion and consistency proofs.

Provers get hashes of whole subtrees from a `Nodes`: `nodes(level, i)` is the hash over the leaves
[i * 2^level, (i + 1) * 2^level). Verifiers need nothing but the values that they compare.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Final

HASH_SIZE: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
LONGEST_PROOF: Final = 63

Nodes = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """The hash that stands for an entry in the tree."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(size: int, nodes: Nodes) -> bytes:
    """The hash of the tree over the first `size` leaves."""
    return _range(0, size, nodes) if size else EMPTY_ROOT


def inclusion(index: int, size: int, nodes: Nodes) -> tuple[bytes, ...]:
    """The path from leaf `index` to the root of the tree of `size` leaves, the leaf's sibling first."""
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range(middle, end, nodes))
            end = middle
        else:
            path.append(_range(start, middle, nodes))
            start = middle
    return tuple(reversed(path))


def consistency(old: int, new: int, nodes: Nodes) -> tuple[bytes, ...]:
    """What shows that the tree of `new` leaves begins with the tree of `old` ones; empty for old 0 and old = new."""
    if old in (0, new):
        return ()
    path: list[bytes] = []
    start, end, whole = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range(middle, end, nodes))
            end = middle
        else:
            path.append(_range(start, middle, nodes))
            start, whole = middle, False
    if not whole:
        path.append(_range(start, end, nodes))
    return tuple(reversed(path))


def included(entry_hash: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes) -> bool:
    """Whether the path binds a leaf's hash, at that index, to the root of the tree of `size` leaves."""
    if not 0 <= index < size or len(entry_hash) != HASH_SIZE:
        return False
    here, last, value = index, size - 1, entry_hash
    for step in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            value = node_hash(step, value)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            value = node_hash(value, step)
        here, last = here >> 1, last >> 1
    return last == 0 and value == expected


def extends(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the path shows that the new tree begins with the old one. The empty tree begins every tree."""
    if not 0 <= old <= new:
        return False
    if old == new:
        return not path and old_root == new_root and (old > 0 or old_root == EMPTY_ROOT)
    if old == 0:
        return not path and old_root == EMPTY_ROOT
    steps = list(path)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    if not steps:
        return False
    return _both(steps, here, last) == (old_root, new_root)


def _both(steps: Sequence[bytes], here: int, last: int) -> tuple[bytes, bytes] | None:
    """The old and the new root that the steps lead to, None when they are too many or too few."""
    older = newer = steps[0]
    for step in steps[1:]:
        if last == 0:
            return None
        if here & 1 or here == last:
            older, newer = node_hash(step, older), node_hash(step, newer)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            newer = node_hash(newer, step)
        here, last = here >> 1, last >> 1
    return (older, newer) if last == 0 else None


def of(hashes: Sequence[bytes]) -> bytes:
    """The hash over 2^n consecutive subtrees of equal height."""
    level = list(hashes)
    while len(level) > 1:
        level = [node_hash(level[i], level[i + 1]) for i in range(0, len(level), 2)]
    return level[0]


def _range(start: int, end: int, nodes: Nodes) -> bytes:
    """The hash over the leaves [start, end), where `start` is a multiple of the power of two that covers them."""
    width = end - start
    if width & (width - 1) == 0:
        level = width.bit_length() - 1
        return nodes(level, start >> level)
    middle = start + _split(width)
    return node_hash(_range(start, middle, nodes), _range(middle, end, nodes))


def _split(width: int) -> int:
    """The largest power of two below `width` (above 1)."""
    return 1 << (width - 1).bit_length() - 1
