"""Checkpoints (https://c2sp.org/tlog-checkpoint): a log's origin, size and root hash as a signed note.

`Trust` says whose word is taken: the log's keys, the witnesses and how many of them must have signed.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from validator.certificate import note
from validator.certificate.cosign import WitnessKey, time_of
from validator.certificate.merkle import EMPTY_ROOT, HASH_SIZE
from validator.certificate.note import NoteKey, Signer
from validator.errors import EvidenceError, UsageError

LARGEST_SIZE: Final = 2**63 - 1
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Head:
    """What a checkpoint says: whose log, how many leaves, the root over them; opaque further lines."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> bytes:
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines).encode()


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose word is taken. `origin` is the name in the first line; `quorum` counts witnesses that must have signed."""

    origin: str
    keys: tuple[NoteKey, ...]
    witnesses: tuple[WitnessKey, ...] = ()
    quorum: int = 0

    def __post_init__(self) -> None:
        if not self.keys or not 0 <= self.quorum <= len({w.public for w in self.witnesses}):
            raise UsageError("tlog.bad_trust", {"quorum": self.quorum, "witnesses": len(self.witnesses)})


@dataclass(frozen=True, slots=True)
class Verified:
    """A head that was signed by the log, and who witnessed it when (POSIX seconds)."""

    head: Head
    content: bytes
    witnessed: tuple[tuple[WitnessKey, int], ...] = field(default=())


def verify(content: bytes, trust: Trust) -> Verified:
    """A checkpoint that the log signed and enough witnesses cosigned. Raises EvidenceError."""
    found = note.parse(content)
    head = parse_text(found.text)
    if head.origin != trust.origin:
        raise EvidenceError("tlog.other_origin", {"origin": head.origin, "expected": trust.origin})
    if not found.check(trust.keys):
        raise EvidenceError("tlog.unsigned", {"origin": head.origin})
    by_id = {(key.name, key.id): key for key in trust.witnesses}
    witnessed = tuple((by_id[s.name, s.id], time_of(s)) for s in found.check(trust.witnesses))
    distinct = {key.public for key, _ in witnessed}
    if len(distinct) < trust.quorum:
        raise EvidenceError("tlog.too_few_witnesses", {"count": len(distinct), "quorum": trust.quorum})
    return Verified(head, content, witnessed)


def sign(head: Head, signers: Sequence[Signer]) -> bytes:
    """The head as a note signed by each of the signers. Raises UsageError."""
    return note.sign(head.text(), signers)


def parse_text(text: bytes) -> Head:
    """The head in a note's text. Raises EvidenceError."""
    lines = text.decode().split("\n")
    try:
        origin, size, encoded, *rest = lines[:-1]
        head = Head(origin, number(size), note.unbase64(encoded), tuple(rest))
        if not origin or not all(rest) or len(head.root) != HASH_SIZE:
            raise ValueError("lines")
        if head.size == 0 and head.root != EMPTY_ROOT:
            raise ValueError("root of the empty tree")
    except ValueError as fault:
        raise EvidenceError("tlog.no_checkpoint", {"reason": str(fault)}) from fault
    return head


def number(text: str) -> int:
    """A size or an index in its one decimal form. Raises ValueError."""
    if not _NUMBER.fullmatch(text) or int(text) > LARGEST_SIZE:
        raise ValueError("number")
    return int(text)
