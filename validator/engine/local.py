"""The engine of one machine: units scanned in processes, tables and rules in one DuckDB."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from validator.catalogue.codelists import code_lists
from validator.catalogue.load import standards
from validator.engine.columns import first_at
from validator.engine.meter import Meter, seldom
from validator.engine.package import (
    COLUMN,
    DELIVERY,
    DESCRIPTOR,
    ENVELOPE,
    FILE,
    EnvelopeSeen,
    column_rows,
    create_package_tables,
    delivery_rows,
    descriptor_rows,
    envelope_row,
    instant,
    split_id,
    table_schema,
)
from validator.engine.plan import Placed, Plan
from validator.engine.pool import Died, Pool, Tell
from validator.engine.scan import Part, prepare_worker, scan_unit
from validator.engine.store import Carrier, Prepare, Store, Work
from validator.engine.tables import Tables
from validator.engine.tools import How
from validator.engine.units import Unit, plan_units
from validator.model.progress import Phase
from validator.model.scope import Scope
from validator.model.submission import Observation, Submission
from validator.observe.limits import MIB
from validator.observe.mapping import count_lines, mapped
from validator.observe.remote import Source

FILTER_FROM_BYTES: Final = 16 * MIB
UNIT_TABLE = table_schema("unit:int base:int records:int file:text edition:int")


class OneMachine:
    """Units scanned in processes, tables and rules in one DuckDB."""

    def __init__(self, jobs: int) -> None:
        self.jobs = max(1, jobs)

    def scan(
        self, scope: Scope, submission: Submission, work: Path, plan: Plan, source: Source | None = None
    ) -> tuple[Submission, tuple[Placed, ...]]:
        """The submission and every known data file of it scanned, all of which are here."""
        assert source is None, "one machine has the data fetched first"
        return submission, scan(scope, submission, work, plan, self)

    def carry(self, units: Sequence[Unit], prepare: Prepare, work: Work) -> list[Part | Died]:
        """Every unit scanned, in this process where there is one job only."""
        jobs = min(self.jobs, len(units))
        if jobs <= 1:
            prepare()
            return [_scanned(unit, partial(work.meter.reached, i)) for i, unit in enumerate(units)]
        return Pool(jobs, prepare, _scanned).run(units, work.meter.reached)

    @contextmanager
    def tables(self, scratch: Path, size: int) -> Iterator[Store]:
        """A database of the run."""
        with closing(Tables(scratch, self.jobs, size)) as tables:
            yield tables


def scan(
    scope: Scope, submission: Submission, scratch: Path, plan: Plan, engine: Carrier | None = None
) -> tuple[Placed, ...]:
    """Every known data file scanned; results in file order whatever the number of jobs.

    A unit whose worker process died at every try gives a part that says so (`Part.lost`).
    """
    known = scope.datasets()
    files = readable_files(scope, submission)
    filtered = goes_through_filter(files, plan)
    units = plan_units(files, filtered, known)
    prepare = partial(prepare_worker, scope, scratch, How(plan.cap, plan.second_opinion, filtered))
    work = Work(scratch, Meter(units, plan.progress))
    outcomes = (engine or OneMachine(plan.jobs)).carry(units, prepare, work)
    parts = {unit.number: _part(unit, outcome) for unit, outcome in zip(units, outcomes, strict=True)}
    return placed_in_order(units, parts)


def readable_files(scope: Scope, submission: Submission) -> tuple[Observation, ...]:
    """The data files of datasets in scope, in a format that their dataset offers."""
    known = scope.datasets()
    of_scope = ((f, known[f.dataset]) for f in submission.files if f.dataset and f.dataset in known)
    return tuple(f for f, dataset in of_scope if f.media in dataset.formats)


def goes_through_filter(files: Sequence[Observation], plan: Plan) -> bool:
    """Whether there is enough for the accept filter to pay; it is compiled once, here, for all workers."""
    if plan.exact or sum(f.size for f in files if f.media != "xml") < FILTER_FROM_BYTES:
        return False
    from validator.accept.ready import make_ready

    plan.progress(Phase.PREPARING, 0, 0, 0)
    make_ready({f.media for f in files})
    return True


def _scanned(unit: Unit, tell: Tell) -> Part:
    part = scan_unit(unit, seldom(tell))
    tell(unit.end - unit.start, part.records)
    return part


def _part(unit: Unit, outcome: Part | Died) -> Part:
    """What a unit gave; a lost one gives its lines, so that places after it in its file stay right."""
    if not isinstance(outcome, Died):
        return outcome
    with mapped(unit.observation.path) as text:
        return Part(unit.number, lines=count_lines(text, unit.start, unit.end), lost=outcome.how)


def placed_in_order(units: Sequence[Unit], parts: Mapping[int, Part]) -> tuple[Placed, ...]:
    """Every unit with what it gave, and where its records and lines start."""
    return tuple(_place(units, parts))


def _place(units: Sequence[Unit], parts: Mapping[int, Part]) -> Iterator[Placed]:
    record_base = line_base = 0
    file = None
    for unit in units:
        part = parts[unit.number]
        if unit.observation.name != file:
            file, record_base, line_base = unit.observation.name, 0, 0
        yield Placed(unit, part, first_at(unit.number), record_base, line_base)
        record_base += part.records
        line_base += part.lines


def load_tables(
    tables: Store, scope: Scope, submission: Submission, placed: tuple[Placed, ...],
    envelopes: tuple[EnvelopeSeen, ...], descriptors: Mapping[str, Mapping[str, Any]], as_of: Any,
) -> None:  # fmt: skip
    """Fills every table that rules may read, then locks the connection."""
    create_package_tables(tables, submission, as_of)
    tables.create("sub.unit", UNIT_TABLE, _unit_rows(placed, envelopes))
    tables.create("sub.file", FILE, _file_rows(scope, submission, placed))
    tables.create("sub.envelope", ENVELOPE, [envelope_row(seen) for seen in envelopes])
    log = submission.delivery_log
    tables.create("sub.delivery", DELIVERY, delivery_rows(log) if log else ())
    fields = [row for f in submission.files if f.name in descriptors for row in descriptor_rows(f, descriptors[f.name])]
    tables.create("sub.descriptor", DESCRIPTOR, fields)
    tables.create("run.dataset_column", COLUMN, column_rows(scope.standards))
    for editions in code_lists().values():
        tables.load_code_list(editions)
    _load_datasets(tables, scope, placed, {e.observation.name for e in envelopes if e.document.get("supersedes")})
    tables.lock()


def _load_datasets(tables: Store, scope: Scope, placed: tuple[Placed, ...], superseding: set[str]) -> None:
    pairs = [(s.code, d) for s in scope.standards for d in s.datasets.values()]
    for code, dataset in pairs:
        tables.create_schema(code)
        mine = [p for p in placed if p.unit.observation.dataset == dataset.id]
        tables.load(code, dataset, [p.part.columns for p in mine if p.part.columns])
        tables.finish_dataset(code, dataset, any(p.unit.observation.name in superseding for p in mine))
    roles = {c.role for s in standards().values() for d in s.datasets.values() for c in d.columns if c.role}
    tables.create_roles(pairs, roles)
    tables.create_records(pairs)


def _unit_rows(placed: tuple[Placed, ...], envelopes: tuple[EnvelopeSeen, ...]) -> Iterator[dict[str, Any]]:
    """Units with `edition`: the rank of their file by the time its envelope was generated, oldest 0."""
    written = {e.observation.name: instant(e.document.get("generated_at")) or datetime.min for e in envelopes}
    names = sorted({p.unit.observation.name for p in placed}, key=lambda name: written.get(name, datetime.min))
    order = {name: rank for rank, name in enumerate(names)}
    for p in placed:
        name = p.unit.observation.name
        yield {
            "unit": p.unit.number, "base": p.base, "records": p.part.records, "file": name,
            "edition": order[name],
        }  # fmt: skip


def _file_rows(scope: Scope, submission: Submission, placed: tuple[Placed, ...]) -> Iterator[dict[str, Any]]:
    """One row per file of a dataset in scope; what a run does not read it says nothing of."""
    known = scope.datasets()
    parts: dict[str, list[Part]] = {}
    for p in placed:
        parts.setdefault(p.unit.observation.name, []).append(p.part)
    for seen in (f for f in submission.files if f.dataset in known):
        standard, name = split_id(seen.dataset)
        mine = parts.get(seen.name, [])
        yield {
            "file": seen.name, "standard": standard, "dataset": name, "format": seen.media, "bytes": seen.size,
            "sha256": seen.sha256, "stated_sha256": seen.stated_sha256, "edition_of": seen.edition_of,
            "records": sum(p.records for p in mine), "unusable": sum(p.unusable for p in mine),
        }  # fmt: skip


def checksum(parts: list[Part]) -> str | None:
    """The envelope checksum of a file from its units' canonical text; None if a record was unreadable."""
    if any(part.canonical is None for part in parts):
        return None
    digest = hashlib.sha256(b"[")
    last = b""
    for part in parts:
        assert part.canonical is not None
        with part.canonical.open("rb") as stream:
            while chunk := stream.read(1 << 20):
                digest.update(last)
                digest.update(memoryview(chunk)[:-1])
                last = chunk[-1:]
        part.canonical.unlink()
    digest.update(b"]")  # in place of the comma after the last record
    return "sha256:" + digest.hexdigest()
