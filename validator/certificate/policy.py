"""Whose word about a log is taken: a C2SP tlog-policy (https://c2sp.org/tlog-policy), or keys alone, one a line.

    log <vkey> [<url>]
    witness <name> <vkey> [<url>]
    group <name> <least | any | all> <member> …
    quorum <name | none>

Of keys alone, every witness among them must have signed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from validator.certificate.checkpoint import Trust, number
from validator.certificate.cosign import COSIGNATURE, WitnessKey, parse_witness
from validator.certificate.note import NoteKey, parse_vkey, split_vkey, vkey
from validator.errors import EvidenceError, LienthongError, UsageError

NONE: Final = "none"
DEEPEST: Final = 8
LARGEST: Final = 64 * 1024
_BLANKS: Final = re.compile(r"[ \t]+")
_ALL: Final = ""  # no group of a file can have this name


@dataclass(frozen=True, slots=True)
class Group:
    """Members of which so many must have signed; each is a witness or a group."""

    least: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Keys of logs and witnesses, and which of these must have signed a checkpoint."""

    logs: Sequence[NoteKey]
    witnesses: Mapping[str, WitnessKey]
    groups: Mapping[str, Group]
    quorum: str

    def trust(self, origin: str) -> Trust | None:
        """Trust in the log of this name; None when the policy does not know it."""
        keys = tuple(key for key in self.logs if key.name == origin)
        return Trust(origin, keys, tuple(self.witnesses.values())) if keys else None

    @property
    def asks_witnesses(self) -> bool:
        return self.quorum != NONE

    def enough(self, signed: Sequence[WitnessKey]) -> bool:
        """Whether these witnesses make up the quorum."""
        return not self.asks_witnesses or self._reached(self.quorum, {key.public for key in signed})

    def _reached(self, name: str, signed: set[bytes]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name].public in signed
        group = self.groups[name]
        return sum(self._reached(member, signed) for member in group.members) >= group.least


def parse_policy(content: bytes, name: str) -> Policy:
    """The policy of a file. Raises EvidenceError."""
    try:
        if len(content) > LARGEST:
            raise ValueError(LARGEST)
        return _Draft().read(content.decode("utf-8"))
    except (ValueError, IndexError, LienthongError) as fault:
        raise EvidenceError("tlog.bad_policy", {"name": name}) from fault


def policy_text(logs: Sequence[NoteKey], witnesses: Sequence[WitnessKey] = (), least: int = 0) -> str:
    """The file of a policy that asks for `least` of these witnesses. Raises UsageError when there are fewer."""
    if not 0 <= least <= len({key.public for key in witnesses}):
        raise UsageError("tlog.bad_trust", {"quorum": least, "witnesses": len(witnesses)})
    names = [f"witness-{at}" for at in range(1, len(witnesses) + 1)]
    lines = [f"log {vkey(key)}" for key in logs]
    lines += [f"witness {name} {vkey(key)}" for name, key in zip(names, witnesses, strict=True)]
    asked = [f"group witnesses {least} {' '.join(names)}", "quorum witnesses"]
    return "".join(f"{line}\n" for line in (*lines, *(asked if least else [f"quorum {NONE}"])))


@dataclass(slots=True)
class _Draft:
    logs: list[NoteKey] = field(default_factory=list)
    witnesses: dict[str, WitnessKey] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str = NONE
    bare: list[str] = field(default_factory=list)

    def read(self, text: str) -> Policy:
        """Raises ValueError, IndexError, UsageError."""
        for line in text.split("\n"):
            if (stated := line.strip(" \t\r")) and not stated.startswith("#"):
                self.take(_BLANKS.split(stated))
        if self.bare:
            self.groups[_ALL], self.quorum = Group(len(self.bare), tuple(self.bare)), _ALL
        if self.quorum != NONE:
            self.check(self.quorum, 0)
        return Policy(tuple(self.logs), self.witnesses, self.groups, self.quorum)

    def take(self, words: list[str]) -> None:
        """One line."""
        if words[0] == "log":
            self.logs.append(parse_vkey(words[1]))
        elif words[0] == "witness":
            self.witness(words[1], words[2])
        elif words[0] == "group":
            members = tuple(words[3:])
            least = {"any": 1, "all": len(members)}.get(words[2]) or number(words[2])
            self.groups[self.new(words[1])] = Group(least, members)
        elif words[0] == "quorum":
            self.quorum = words[1]
        elif split_vkey(words[0])[1] == COSIGNATURE:
            self.witness(words[0], words[0])
            self.bare.append(words[0])
        else:
            self.logs.append(parse_vkey(words[0]))

    def witness(self, name: str, text: str) -> None:
        """One key is one witness, whatever it is called."""
        key = parse_witness(text)
        if key.public in {known.public for known in self.witnesses.values()}:
            raise ValueError(name)
        self.witnesses[self.new(name)] = key

    def new(self, name: str) -> str:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise ValueError(name)
        return name

    def check(self, name: str, depth: int) -> None:
        """Every name leads to witnesses, and every group can be reached."""
        if name in self.witnesses:
            return
        group = self.groups.get(name)
        if group is None or depth > DEEPEST or not 1 <= group.least <= len(set(group.members)) == len(group.members):
            raise ValueError(name)
        for member in group.members:
            self.check(member, depth + 1)
