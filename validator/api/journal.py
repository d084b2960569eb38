"""What a run has settled and written so far, a line of JSON each: an interrupted run goes on from it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
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

    `terms` are what must be the same for a run to go on: address, seed, standards, permissions. `written` are
    the (standard, path) of own records that may still lie in the system.
    """

    def __init__(self, path: Path | None, terms: Mapping[str, Any], resume: bool = False) -> None:
        self.path = path
        self.kept: tuple[Kept, ...] = ()
        self.written: dict[tuple[str, str], None] = {}
        if path is None:
            return
        if resume:
            self.kept, self.written = _read(path, terms)
        else:
            path.write_text(json.dumps({"terms": dict(terms)}, ensure_ascii=False) + "\n", encoding="utf-8")

    def add(self, kept: Kept) -> None:
        """Keeps a settled test."""
        self._append(asdict(kept))

    def writing(self, standard: str, path: str) -> None:
        """Notes, before it is written, that a record of the run's own may lie at a path from now on."""
        if (standard, path) not in self.written:
            self.written[standard, path] = None
            self._append({"writing": path, "standard": standard})

    def removed(self, standard: str, path: str) -> None:
        """Notes that nothing of the run's own lies there any more."""
        if (standard, path) in self.written:
            del self.written[standard, path]
            self._append({"removed": path, "standard": standard})

    def _append(self, entry: Mapping[str, Any]) -> None:
        if self.path is None:
            return
        line = json.dumps(entry, ensure_ascii=False) + "\n"
        with self.path.open("a", encoding="utf-8") as stream:
            stream.write(line)
            stream.flush()
            os.fsync(stream.fileno())


def _read(path: Path, terms: Mapping[str, Any]) -> tuple[tuple[Kept, ...], dict[tuple[str, str], None]]:
    """What a stopped run settled and left; a torn last line is cut off. Raises UsageError."""
    try:
        lines = path.read_bytes().splitlines(keepends=True)
        whole = [line for line in lines if line.endswith(b"\n")]
        first, *entries = [json.loads(line) for line in whole]
        before = dict(first["terms"])
        kept, written = _taken(entries)
        os.truncate(path, sum(map(len, whole)))
    except (OSError, ValueError, LookupError, TypeError) as fault:
        raise UsageError("usage.nothing_to_resume", {"path": str(path)}) from fault
    for name, value in terms.items():
        if before.get(name) != json.loads(json.dumps(value)):
            raise UsageError("usage.resume_differs", {"path": str(path), "name": name})
    return kept, written


def _taken(entries: Iterable[Mapping[str, Any]]) -> tuple[tuple[Kept, ...], dict[tuple[str, str], None]]:
    kept: list[Kept] = []
    written: dict[tuple[str, str], None] = {}
    for entry in entries:
        if "writing" in entry:
            written[entry["standard"], entry["writing"]] = None
        elif "removed" in entry:
            written.pop((entry["standard"], entry["removed"]), None)
        else:
            kept.append(_kept(entry))
    return tuple(kept), written


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
