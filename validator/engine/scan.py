"""One unit of work: read a file part once, run every record check on it, write its columns.

Runs in a worker process; what it returns is small: counts, samples and the names of the files
that hold the columns (Parquet) and the canonical text (for checksums).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from validator.accept.judged import Block, canonical_pieces
from validator.canonical import canonical
from validator.checks.record_checks import Other
from validator.engine.column_file import ColumnFile
from validator.engine.pool import Tell
from validator.engine.tally import Tally
from validator.engine.tools import How, Tools, make_tools
from validator.engine.units import Unit
from validator.model.finding import Finding, Location
from validator.model.record import UNREADABLE, Batch, Frame, ReadFault
from validator.model.scope import Scope
from validator.model.standard import Dataset
from validator.observe.locate import column_at, place
from validator.observe.mapping import count_lines, mapped
from validator.observe.read_csv import read_csv
from validator.observe.read_json import read_json, read_json_lines
from validator.observe.read_xml_list import read_xml_list
from validator.observe.xml import read_xml
from validator.observe.xml_places import locate_in_list, locate_xml
from validator.xml_pieces import list_names

if TYPE_CHECKING:
    from validator.accept.filter import AcceptFilter
    from validator.checks.second_opinion import SecondOpinion

FATAL: Final = frozenset({"encoding", "syntax", "size", "depth"})


@dataclass(frozen=True, slots=True)
class Part:
    """What one unit gave. `tallies` maps requirement ids to (count, samples); `errors` to our faults.

    `lost` says how the unit's worker process ended when it gave nothing; `checksum` is its whole file's,
    where the worker had all of it.
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
    checksum: str | None = None
    frame: Frame | None = None


def batches(unit: Unit, dataset: Dataset) -> Iterator[Batch]:
    """The unit's records as they stream from its file."""
    seen = unit.observation
    if seen.media == "jsonl":
        return read_json_lines(seen.path, seen.name, unit.start, unit.end)
    if seen.media == "csv":
        return read_csv(seen.path, seen.name, dataset.columns)
    if seen.media == "xml":
        names = list_names(dataset.schema)
        if names is not None:
            return read_xml_list(seen.path, seen.name, dataset.schema, names, unit.start, unit.end)
        return read_xml(seen.path, seen.name, dataset.schema)
    return read_json(seen.path, seen.name, seen.media)


def blocks(unit: Unit, dataset: Dataset, accept: AcceptFilter | None, canonical: bool = True) -> Iterator[Block]:
    """The unit's records; those that the accept filter accepts as columns, where there is one, and with
    their canonical text if wanted."""
    seen = unit.observation
    cut = unit.end - unit.start < seen.size
    if seen.media == "xml" or (accept is None and not (cut and seen.media != "jsonl")):
        return map(Block, batches(unit, dataset))
    from validator.accept import documents, lines, tables  # load compiled code

    what = (seen.path, seen.name)
    if seen.media == "jsonl":
        assert accept is not None
        return lines.filtered_lines(*what, unit.start, unit.end, accept, canonical)
    if seen.media == "csv":
        return tables.filtered_rows(*what, dataset.columns, unit.start, unit.end, accept, canonical)
    if unit.start:
        return documents.filtered_stretch(*what, seen.media, unit.start, unit.end, accept, canonical)
    return documents.filtered_document(*what, seen.media, unit.end, unit.tail, accept, canonical)


class Scanner:
    """Carries one unit through all record checks of its dataset."""

    def __init__(self, tools: Tools, unit: Unit, dataset: Dataset, scratch: Path, cap: int) -> None:
        self.unit, self.dataset, self.cap = unit, dataset, cap
        self.tools, self.checks = tools, tools.checks
        self.tallies: dict[str, Tally] = {}
        self.errors: dict[str, str] = {}
        self.columns = scratch / f"{unit.number}.parquet"
        self.canonical = scratch / f"{unit.number}.jcs"
        self.wants_canonical = unit.observation.media != "xml"

    def run(self, tell: Tell) -> Part:
        records = unusable = unreadable = 0
        envelope: Mapping[str, Any] | None = None
        frame: Frame | None = None
        with ColumnFile(self.columns, self.dataset.columns, self.unit) as columns, self.canonical.open("wb") as text:
            for block in blocks(self.unit, self.dataset, self.tools.accept):
                batch = block.batch
                bad = self._examine(batch)
                broken = sum(value is UNREADABLE for value in batch.values)
                broken += sum(map(_loses_records, batch.faults))
                unreadable += broken
                unusable += len(bad) + broken
                columns.write(block, bad)
                self._write_canonical(text, block)
                records += block.records
                envelope = batch.envelope if batch.envelope is not None else envelope
                tell(block.reached - self.unit.start, records)
                frame = frame or batch.frame
        return Part(
            self.unit.number, records, unusable, unreadable, self._lines_before_next(),
            {name: (tally.count, tuple(tally.samples)) for name, tally in self.tallies.items()},
            self.errors, self.columns, None if unreadable else self.canonical, envelope, frame=frame,
        )  # fmt: skip

    def _lines_before_next(self) -> int:
        """How many lines the unit takes of its file; of no interest when nothing follows it."""
        if self.unit.end >= self.unit.observation.size:
            return 0
        with mapped(self.unit.observation.path) as text:
            if self.tools.accept:
                return self.tools.accept.lines_between(text, self.unit.start, self.unit.end)
            return count_lines(text, self.unit.start, self.unit.end)

    def _examine(self, batch: Batch) -> set[int]:
        """Keeps the findings of a batch in the order of its records, however records are batched."""
        found = [(index, finding) for index, finding in self.checks.schema(batch)]
        bad = {index for index, _ in found}
        found += self.checks.bytes(batch)
        for other in self.checks.others:
            for finding in self._guarded(other, batch):
                record = finding.location.record
                found.append((-1 if record is None else batch.index(record), finding))
        for index, finding in sorted(found, key=_in_file_order):
            self._keep(batch, index, finding)
        if self.tools.second:
            self._compare(self.tools.second, batch)
        return bad

    def _compare(self, second: SecondOpinion, batch: Batch) -> None:
        differing = second.differences(batch.values)
        if differing:
            where = f"{batch.file}:{batch.lines[differing[0]]}"
            said = f"the two JSON Schema engines disagree on {len(differing)} records, first at {where}"
            self.errors[self.dataset.schema_requirement] = said

    def _guarded(self, other: Other, batch: Batch) -> Iterator[Finding]:
        try:
            yield from other.check(batch)
        except Exception as fault:  # noqa: BLE001 - a fault of a check is ours: the others go on
            self.errors[other.requirement] = f"{type(fault).__name__}: {fault}"

    def _keep(self, batch: Batch, index: int, finding: Finding) -> None:
        tally = self.tallies.setdefault(finding.requirement, Tally(self.cap))
        if tally.wants_sample():
            finding = replace(finding, location=self._exact(batch, index, finding.location))
        tally.add(finding)

    def _exact(self, batch: Batch, index: int, location: Location) -> Location:
        if index < 0 or location.pointer is None or not batch.raws[index]:
            return location
        if batch.frame is not None:
            number = self.unit.records_before + batch.number(index)
            given = (batch.frame, batch.raws[index], location.pointer, batch.lines[index], number)
            found, xpath = locate_in_list(*given, expected=location.line)
            return replace(location, line=found, pointer=xpath)
        if self.unit.observation.media == "xml":
            line, xpath = locate_xml(batch.raws[index], location.pointer)
            return replace(location, line=line, pointer=xpath) if location.pointer.startswith("/") else location
        if self.unit.observation.media == "csv":
            return location
        with mapped(self.unit.observation.path) as text:
            start = column_at(text, batch.offsets[index])
        line, column = place(batch.raws[index], location.pointer, batch.lines[index], start)
        return replace(location, line=line, column=column)

    def _write_canonical(self, text: IO[bytes], block: Block) -> None:
        if self.wants_canonical:
            batch = block.batch
            exact = {batch.number(i): canonical(v) for i, v in enumerate(batch.values) if v is not UNREADABLE}
            text.writelines(canonical_pieces(block, exact))


def _in_file_order(found: tuple[int, Finding]) -> tuple[int, int]:
    place = found[1].location
    return place.line or 0, place.record or 0


def _loses_records(fault: ReadFault) -> bool:
    """Whether a fault outside any record means that records were not read."""
    return fault.record is None and fault.aspect in FATAL and fault.message_id != "read.blank_line"


_context: dict[str, Any] = {}


def prepare_worker(scope: Scope, scratch: Path, how: How) -> None:
    """Gives a worker process what every unit needs."""
    _context.update(scope=scope, datasets=scope.datasets(), tools={}, scratch=scratch, how=how)


def scan_unit(unit: Unit, tell: Tell) -> Part:
    """The worker's entry point; `tell` hears how far the unit is, (bytes, records), after each block."""
    dataset, media = _context["datasets"][unit.observation.dataset or ""], unit.observation.media
    made, how = _context["tools"], _context["how"]
    if (dataset.id, media) not in made:
        made[dataset.id, media] = make_tools(_context["scope"], dataset, media, how)
    return Scanner(made[dataset.id, media], unit, dataset, _context["scratch"], how.cap).run(tell)
