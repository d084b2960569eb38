"""Proofs as text: `.tlog-proof` (https://c2sp.org/tlog-proof) and what a witness is handed (tlog-witness).

Our `.tlog-proof` carries the leaf itself as extra data. That line is signed by nobody, but the leaf's hash
must lead to the signed root: a changed leaf does not verify.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from validator.certificate import checkpoint
from validator.certificate.checkpoint import Head, Trust, Verified, number
from validator.certificate.merkle import HASH_SIZE, LONGEST_PROOF, extends, included, leaf_hash
from validator.certificate.note import unbase64
from validator.errors import EvidenceError

HEADER: Final = "c2sp.org/tlog-proof@v1"
LARGEST: Final = 512 * 1024


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """A leaf's index, its path to the root, the checkpoint verbatim, and the leaf if it travels along."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    leaf: bytes | None = None

    def encode(self) -> bytes:
        extra = [] if self.leaf is None else [f"extra {_text(self.leaf)}"]
        return _encoded([HEADER, *extra, f"index {self.index}"], self.path, self.checkpoint)


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """That the checkpoint's tree begins with the tree of `old` leaves; the body of a witness's add-checkpoint."""

    old: int
    path: tuple[bytes, ...]
    checkpoint: bytes

    def encode(self) -> bytes:
        return _encoded([f"old {self.old}"], self.path, self.checkpoint)


@dataclass(frozen=True, slots=True)
class Logged:
    """What a proof shows: this leaf stands at this index under a verified checkpoint."""

    index: int
    leaf: bytes
    checkpoint: Verified


def parse_inclusion(content: bytes) -> InclusionProof:
    """A `.tlog-proof` taken apart; nothing is verified. Raises EvidenceError."""
    try:
        lines, rest = _split(content)
        if lines[0] != HEADER:
            raise ValueError("first line")
        leaf = unbase64(lines.pop(1).removeprefix("extra ")) if lines[1].startswith("extra ") else None
        return InclusionProof(_numbered(lines[1], "index"), _hashes(lines[2:]), rest, leaf)
    except (ValueError, IndexError) as fault:
        raise EvidenceError("tlog.no_proof", {"reason": str(fault)}) from fault


def parse_consistency(content: bytes) -> ConsistencyProof:
    """Raises EvidenceError."""
    try:
        lines, rest = _split(content)
        return ConsistencyProof(_numbered(lines[0], "old"), _hashes(lines[1:]), rest)
    except ValueError as fault:
        raise EvidenceError("tlog.no_proof", {"reason": str(fault)}) from fault


def verify_inclusion(content: bytes, trust: Trust, leaf: bytes | None = None) -> Logged:
    """What a `.tlog-proof` shows to one who holds these keys, about this leaf or the one in the proof.

    Raises EvidenceError when it shows nothing, or speaks of another leaf.
    """
    proof = parse_inclusion(content)
    if leaf is not None and proof.leaf not in (None, leaf):
        raise EvidenceError("tlog.other_leaf")
    entry = proof.leaf if leaf is None else leaf
    if entry is None:
        raise EvidenceError("tlog.no_leaf")
    verified = checkpoint.verify(proof.checkpoint, trust)
    head = verified.head
    if not included(leaf_hash(entry), proof.index, head.size, proof.path, head.root):
        raise EvidenceError("tlog.not_included", {"index": proof.index, "size": head.size})
    return Logged(proof.index, entry, verified)


def verify_consistency(content: bytes, old: Head, trust: Trust) -> Verified:
    """The newer checkpoint in the proof, shown to begin with the tree of `old`. Raises EvidenceError."""
    proof = parse_consistency(content)
    verified = checkpoint.verify(proof.checkpoint, trust)
    if old.origin != verified.head.origin:
        raise EvidenceError("tlog.other_origin", {"origin": verified.head.origin, "expected": old.origin})
    if proof.old != old.size:
        raise EvidenceError("tlog.other_size", {"size": proof.old, "expected": old.size})
    require_extension(old, verified.head, proof.path)
    return verified


def require_extension(old: Head, new: Head, path: Sequence[bytes]) -> None:
    """Raises EvidenceError unless the path shows that the new tree begins with the old one."""
    if not extends(old.size, old.root, new.size, new.root, path):
        raise EvidenceError("tlog.fork", {"old": old.size, "new": new.size})


def _encoded(lines: Sequence[str], path: Sequence[bytes], rest: bytes) -> bytes:
    return "".join(f"{line}\n" for line in [*lines, *map(_text, path), ""]).encode() + rest


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _split(content: bytes) -> tuple[list[str], bytes]:
    """The lines before the first empty one, and what comes after it."""
    if len(content) > LARGEST:
        raise ValueError("size")
    before, gap, rest = content.partition(b"\n\n")
    if not gap:
        raise ValueError("no checkpoint")
    return before.decode("ascii").split("\n"), rest


def _numbered(line: str, word: str) -> int:
    if not line.startswith(f"{word} "):
        raise ValueError(word)
    return number(line.removeprefix(f"{word} "))


def _hashes(lines: Sequence[str]) -> tuple[bytes, ...]:
    path = tuple(map(unbase64, lines))
    if len(path) > LONGEST_PROOF or any(len(step) != HASH_SIZE for step in path):
        raise ValueError("path")
    return path
