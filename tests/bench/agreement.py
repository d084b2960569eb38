"""Whether the engines refuse the same records, and the reasons where they do not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.data import Data
from tests.bench.process import run
from tests.bench.programs import ROOT, Programs
from tests.bench.reference import SCHEMA
from tests.bench.results import OURS

RECORDS = 100_000
RATE = 0.02
UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class Difference:
    """A kind of record on which engines differ, and why; `seen` recognises its line."""

    name: str
    reason: str
    seen: Callable[[bytes], bool]


DIFFERENCES: Sequence[Difference] = (
    Difference(
        "duplicate key",
        "We refuse a member name that stands twice; the parsers keep the last one in silence (RFC 8259, section 4).",
        lambda line: line.count(b'"validMinutes":') > 1,
    ),
    Difference(
        "leap second",
        "RFC 3339 allows second 60; Python's datetime, which python-jsonschema asks, does not know it.",
        lambda line: b"T23:59:60" in line,
    ),
    Difference(
        "space for T",
        "ajv-formats lets a space stand for T in a date-time, which JSON Schema's format does not.",
        lambda line: re.search(rb"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:", line) is not None,
    ),
    Difference(
        "final newline",
        "In Python's re `$` also matches before a final newline, in ECMA-262 it does not.",
        lambda line: b"\\n" in line,
    ),
)


def compare(data: Data, programs: Programs, work: Path) -> None:
    """Runs every engine once on data with edges; counts of each difference go into the table."""
    path = data.reference(RECORDS, RATE, edges=True)
    lines = path.read_bytes().split(b"\n")
    ours = refused(programs.ours_command(SCHEMA, path, "jsonl", 1), work)
    found: dict[str, dict[str, int]] = {OURS: {"refused": len(ours)}}
    for name, command in programs.refusing_commands(SCHEMA, path).items():
        theirs = refused(command, work)
        kinds = Counter(_kind(lines[number]) for number in ours ^ theirs)
        found[name] = {"refused": len(theirs), **dict(sorted(kinds.items()))}
    programs.table.agreement = found


def refused(command: Sequence[str], work: Path) -> frozenset[int]:
    """The numbers of the records that an engine refuses."""
    target = work / "failing.txt"
    run([[*command, str(target)]], cwd=ROOT)
    return frozenset(map(int, target.read_text().split()))


def _kind(line: bytes) -> str:
    return next((difference.name for difference in DIFFERENCES if difference.seen(line)), UNEXPLAINED)
