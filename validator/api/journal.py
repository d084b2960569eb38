"""What a run has settled so far, one line of JSON a test: an interrupted run goes on from it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from validator.errors import UsageError
from validator.model.finding import Finding, Location
from validator.model.result import Assertion, Cause, Outcome
from validator.model.text import Text

FILE: Final = "run.ndjson"


@dataclass(frozen=True, slots=True)
class Kept:
    """One settled test: its requirement, what came of it, its exact count and samples of findings."""

    requirement: str
    assertion: Assertion
    count: int
    findings: tuple[Finding, ...]


class Journal:
    """Appends settled tests to a file; without a file it only remembers nothing.

    `terms` are what must be the same for a run to go on: address, seed, standards, permissions.
    """

    def __init__(self, path: Path | None, terms: Mapping[str, Any], resume: bool = False) -> None:
        self.path = path
        self.kept: tuple[Kept, ...] = ()
        if path is None:
            return
        if resume:
            self.kept = _read(path, terms)
        else:
            path.write_text(json.dumps({"terms": dict(terms)}, ensure_ascii=False) + "\n", encoding="utf-8")

    def add(self, kept: Kept) -> None:
        if self.path is None:
            return
        line = json.dumps(asdict(kept), ensure_ascii=False) + "\n"
        with self.path.open("a", encoding="utf-8") as stream:
            stream.write(line)
            stream.flush()
            os.fsync(stream.fileno())


def _read(path: Path, terms: Mapping[str, Any]) -> tuple[Kept, ...]:
    """The settled tests of a stopped run; a torn last line is left out. Raises UsageError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        before = json.loads(lines[0])["terms"]
    except (OSError, ValueError, LookupError) as fault:
        raise UsageError("usage.nothing_to_resume", {"path": str(path)}) from fault
    for name, value in terms.items():
        if before.get(name) != json.loads(json.dumps(value)):
            raise UsageError("usage.resume_differs", {"path": str(path), "name": name})
    whole = [line for line in lines[1:] if line.endswith("\n")]
    path.write_text(lines[0] + "".join(whole), encoding="utf-8")
    return tuple(_kept(json.loads(line)) for line in whole)


def _kept(raw: Mapping[str, Any]) -> Kept:
    a = raw["assertion"]
    assertion = Assertion(
        a["name"], Outcome(a["outcome"]), Cause(a["cause"]) if a["cause"] else None,
        Text(**a["reason"]) if a["reason"] else None, a["examined"], a["requests"],
    )  # fmt: skip
    findings = tuple(
        Finding(**{**f, "location": Location(**f["location"]), "exchanges": tuple(f["exchanges"])})
        for f in raw["findings"]
    )
    return Kept(raw["requirement"], assertion, raw["count"], findings)
