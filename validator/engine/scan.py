"""One unit of work: read a file part once, run every record check on it, write its columns.

Runs in a worker process; what it returns is small: counts, samples and the names of the files
that hold the columns (Parquet) and the canonical text (for checksums).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pyarrow.parquet as pq

from validator.checks.record_checks import RecordChecks, record_checks
from validator.engine.columns import arrow_schema, record_batch
from validator.engine.pool import Tell
from validator.engine.tally import Tally
from validator.engine.units import Unit
from validator.model.finding import Finding, Location
from validator.model.record import UNREADABLE, Batch, ReadFault
from validator.model.scope import Scope
from validator.model.standard import Dataset
from validator.observe.canonical import canonical
from validator.observe.locate import column_at, place
from validator.observe.mapping import count_lines, mapped
from validator.observe.read_csv import read_csv
from validator.observe.read_json import read_json, read_json_lines
from validator.observe.xml import locate_xml, read_xml

if TYPE_CHECKING:
    from validator.checks.second_opinion import SecondOpinion


FATAL = frozenset({"encoding", "syntax", "size", "depth"})


@dataclass(frozen=True, slots=True)
class Part:
    """What one unit gave. `tallies` maps requirement ids to (count, samples); `errors` to our faults.

    `lost` says how the unit's worker process ended when it gave nothing.
    """

    unit: int
    records: int = 0
    unusable: int = 0
    unreadable: int = 0
    lines: int = 0
    tallies: Mapping[str, tuple[int, tuple[Finding, ...]]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    columns: Path | None = None
    canonical: Path | None = None
    envelope: Mapping[str, Any] | None = None
    lost: str | None = None


def batches(unit: Unit, dataset: Dataset) -> Iterator[Batch]:
    """The unit's records as they stream from its file."""
    seen = unit.observation
    if seen.media == "jsonl":
        return read_json_lines(seen.path, seen.name, unit.start, unit.end)
    if seen.media == "csv":
        return read_csv(seen.path, seen.name, dataset.columns)
    if seen.media == "xml":
        return read_xml(seen.path, seen.name, dataset.schema)
    return read_json(seen.path, seen.name, seen.media)


class Scanner:
    """Carries one unit through all record checks of its dataset."""

    def __init__(
        self, checks: RecordChecks, unit: Unit, dataset: Dataset, scratch: Path, cap: int, second_opinion: bool
    ) -> None:
        self.unit, self.dataset, self.cap = unit, dataset, cap
        self.checks = checks
        self.second = _second_engine(dataset) if second_opinion else None
        self.tallies: dict[str, Tally] = {}
        self.errors: dict[str, str] = {}
        self.schema = arrow_schema(dataset.columns)
        self.columns = scratch / f"{unit.number}.parquet"
        self.canonical = scratch / f"{unit.number}.jcs"
        self.wants_canonical = unit.observation.media != "xml"

    def run(self, tell: Tell) -> Part:
        records = unusable = unreadable = 0
        envelope: Mapping[str, Any] | None = None
        with pq.ParquetWriter(self.columns, self.schema) as columns, self.canonical.open("wb") as text:
            for batch in batches(self.unit, self.dataset):
                bad = self._examine(batch)
                broken = sum(value is UNREADABLE for value in batch.values)
                broken += sum(map(_loses_records, batch.faults))
                unreadable += broken
                unusable += len(bad) + broken
                columns.write_batch(record_batch(batch, bad, self.dataset.columns, self.schema, self.unit))
                self._write_canonical(text, batch, records == 0)
                records += len(batch.values)
                envelope = batch.envelope if batch.envelope is not None else envelope
                if batch.offsets:
                    tell(batch.offsets[-1] - self.unit.start, records)
        return Part(
            self.unit.number, records, unusable, unreadable, self._lines_before_next(),
            {name: (tally.count, tuple(tally.samples)) for name, tally in self.tallies.items()},
            self.errors, self.columns, None if unreadable else self.canonical, envelope,
        )  # fmt: skip

    def _lines_before_next(self) -> int:
        """How many lines the unit takes of its file; of no interest when nothing follows it."""
        if self.unit.end >= self.unit.observation.size:
            return 0
        with mapped(self.unit.observation.path) as text:
            return count_lines(text, self.unit.start, self.unit.end)

    def _examine(self, batch: Batch) -> set[int]:
        bad: set[int] = set()
        for index, finding in self.checks.schema(batch):
            bad.add(index)
            self._keep(batch, index, finding)
        for index, finding in self.checks.bytes(batch):
            self._keep(batch, index, finding)
        for requirement, check in self.checks.others:
            for finding in self._guarded(requirement, check, batch):
                record = finding.location.record
                self._keep(batch, -1 if record is None else batch.index(record), finding)
        if self.second:
            self._compare(self.second, batch)
        return bad

    def _compare(self, second: SecondOpinion, batch: Batch) -> None:
        differing = second.differences(batch.values)
        if differing:
            where = f"{batch.file}:{batch.lines[differing[0]]}"
            said = f"the two JSON Schema engines disagree on {len(differing)} records, first at {where}"
            self.errors[self.dataset.schema_requirement] = said

    def _guarded(
        self, requirement: str, check: Callable[[Batch], Iterable[Finding]], batch: Batch
    ) -> Iterator[Finding]:
        try:
            yield from check(batch)
        except Exception as fault:  # noqa: BLE001 - a fault of a check is ours: the others go on
            self.errors[requirement] = f"{type(fault).__name__}: {fault}"

    def _keep(self, batch: Batch, index: int, finding: Finding) -> None:
        tally = self.tallies.setdefault(finding.requirement, Tally(self.cap))
        if tally.wants_sample():
            finding = replace(finding, location=self._exact(batch, index, finding.location))
        tally.add(finding)

    def _exact(self, batch: Batch, index: int, location: Location) -> Location:
        if index < 0 or location.pointer is None or not batch.raws[index]:
            return location
        if self.unit.observation.media == "xml":
            line, xpath = locate_xml(batch.raws[index], location.pointer)
            return replace(location, line=line, pointer=xpath) if location.pointer.startswith("/") else location
        if self.unit.observation.media == "csv":
            return location
        with mapped(self.unit.observation.path) as text:
            start = column_at(text, batch.offsets[index])
        line, column = place(batch.raws[index], location.pointer, batch.lines[index], start)
        return replace(location, line=line, column=column)

    def _write_canonical(self, text: IO[bytes], batch: Batch, first: bool) -> None:
        if not self.wants_canonical or not batch.values:
            return
        readable = [value for value in batch.values if value is not UNREADABLE]
        text.write(b"" if first else b",")
        text.write(b",".join(canonical(value) for value in readable))


def _second_engine(dataset: Dataset) -> SecondOpinion:
    from validator.checks.second_opinion import SecondOpinion  # slow to import, seldom asked for

    return SecondOpinion(dataset.schema)


_context: dict[str, Any] = {}


def prepare_worker(scope: Scope, scratch: Path, cap: int, second_opinion: bool) -> None:
    """Gives a worker process what every unit needs."""
    _context.update(scope=scope, datasets=scope.datasets(), checks={})
    _context.update(scratch=scratch, cap=cap, second_opinion=second_opinion)


def _loses_records(fault: ReadFault) -> bool:
    """Whether a fault outside any record means that records were not read."""
    return fault.record is None and fault.aspect in FATAL and fault.message_id != "read.blank_line"


def scan_unit(unit: Unit, tell: Tell) -> Part:
    """The worker's entry point; `tell` hears how far the unit is, (bytes, records), after each batch."""
    dataset, media = _context["datasets"][unit.observation.dataset or ""], unit.observation.media
    made = _context["checks"]
    if (dataset.id, media) not in made:
        made[dataset.id, media] = record_checks(_context["scope"], dataset, media)
    given = (_context["scratch"], _context["cap"], _context["second_opinion"])
    return Scanner(made[dataset.id, media], unit, dataset, *given).run(tell)
