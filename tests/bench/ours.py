"""Our schema check alone, in its own process: `python -m tests.bench.ours SCHEMA FILE MEDIA JOBS [FAILING]`.

Prints one JSON line as the peers do. The work is what a run does of it: the file is read with every
fault of its text, through the accept filter where a run uses one; each record is checked with
formats, each error is put into words and counted.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from validator.accept.compile import Watch
from validator.accept.filter import AcceptFilter, make_filter
from validator.accept.ready import make_ready
from validator.catalogue.schemas import columns
from validator.checks.schema import SchemaCheck
from validator.checks.xml import scanner
from validator.engine.columns import take_for
from validator.engine.scan import batches, blocks
from validator.engine.units import Unit, plan_units
from validator.model.standard import Check, Column, ConformanceClass, Dataset, Level, Requirement
from validator.model.submission import Observation
from validator.model.text import Text

OWNER = "bench"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Counts of a whole file and the seconds from opening it; `numbers` are the failing records, from 0."""

    records: int
    failing: int
    errors: int
    seconds: float
    numbers: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Part:
    records: int
    errors: int
    failing: list[int]


def check(path: Path, schema: dict[str, Any], media: str, jobs: int, exact: bool = False) -> Outcome:
    """Every record of a JSON, JSON Lines, GeoJSON or CSV file against the schema, in `jobs` processes.

    `exact` leaves the accept filter out. As for the peers, what is made once for a schema is made
    before the clock starts; the worker processes start under it.
    """
    tools = _make_tools(schema, media, exact)
    begin = time.monotonic()
    observed = Observation(path.name, path, media, path.stat().st_size, "", None)
    units = plan_units((observed,), everything=tools.accept is not None)
    if jobs > 1 and len(units) > 1:
        with multiprocessing.get_context("fork").Pool(jobs, _given.update, ({"tools": tools},)) as pool:
            parts = pool.map(_part, units, chunksize=1)
    else:
        _given.update(tools=tools)
        parts = list(map(_part, units))
    numbers, base = [], 0
    for part in parts:
        numbers += [base + number for number in part.failing]
        base += part.records
    return Outcome(base, len(numbers), sum(part.errors for part in parts), time.monotonic() - begin, numbers)


@dataclass(frozen=True, slots=True)
class _Tools:
    """What is made once for a schema; a forked worker finds it in its own memory."""

    check: SchemaCheck
    dataset: Dataset
    accept: AcceptFilter | None


_given: dict[str, _Tools] = {}


def _make_tools(schema: dict[str, Any], media: str, exact: bool) -> _Tools:
    made = SchemaCheck(schema, OWNER, frozenset({OWNER}))
    dataset = _dataset(schema, media, columns(schema) if media == "csv" else ())
    if exact:
        return _Tools(made, dataset, None)
    make_ready({media})
    takes = [take_for(column.sql_type) for column in dataset.columns]
    nothing_watched = Watch(frozenset(), lambda _name: False)
    return _Tools(made, dataset, make_filter(schema, dataset.columns, nothing_watched, takes, None))


def _dataset(schema: dict[str, Any], media: str, declared: Sequence[Column]) -> Dataset:
    said = Text(OWNER, OWNER)
    return Dataset(OWNER, OWNER, said, (media,), schema, OWNER, tuple(declared), (), None, None, False)


def _part(unit: Unit) -> _Part:
    tools = _given["tools"]
    records = errors = 0
    failing: set[int] = set()
    for block in blocks(unit, tools.dataset, tools.accept, canonical=False):
        batch = block.batch
        for index, _ in tools.check(batch):
            errors += 1
            failing.add(batch.number(index) - 1)
        for fault in batch.faults:
            errors += 1
            if fault.record is not None:
                failing.add(fault.record - 1)
        records += block.records
    return _Part(records, errors, sorted(failing))


def check_xml(path: Path, xsd: Path, namespace: str, root: str, record: str, jobs: int) -> Outcome:
    """A list of records in XML against its XML Schema, as a run does it; `failing` counts records with an error."""
    schema = {
        "type": "object", "properties": {}, "additionalProperties": True,
        "x-xml": {"namespace": namespace, "root": root, "record": record},
    }  # fmt: skip
    said = Text(OWNER, OWNER)
    asked = Check("xml", {"ask": "xsd", "file": xsd.name})
    dataset = _dataset(schema, "xml", ())
    requirement = Requirement(
        OWNER, OWNER, "1", Level.MUST, ConformanceClass.BASIC, said, said, "P", (), (OWNER,), (), (asked,),
        None, {}, None, {},
    )  # fmt: skip
    begin = time.monotonic()
    observed = Observation(path.name, path, "xml", path.stat().st_size, "", dataset.id)
    units = plan_units((observed,), datasets={dataset.id: dataset})
    _given_xml.update(judge=scanner(requirement, asked, dataset, xsd.parent), dataset=dataset)
    if jobs > 1:
        with multiprocessing.get_context("fork").Pool(jobs) as pool:
            parts = pool.map(_xml_part, units, chunksize=1)
    else:
        parts = list(map(_xml_part, units))
    numbers = [unit.records_before + n for unit, part in zip(units, parts, strict=True) for n in part.failing]
    errors = sum(part.errors for part in parts)
    return Outcome(sum(part.records for part in parts), len(numbers), errors, time.monotonic() - begin, numbers)


_given_xml: dict[str, Any] = {}


def _xml_part(unit: Unit) -> _Part:
    records = errors = 0
    failing: set[int] = set()
    for batch in batches(unit, _given_xml["dataset"]):
        for finding in _given_xml["judge"](batch):
            errors += 1
            failing.add(finding.location.record or 0)
        records += len(batch.values)
    return _Part(records, errors, sorted(failing))


def main(schema: str, file: str, media: str, jobs: str, failing_file: str | None = None) -> None:
    begin = time.monotonic()
    if media == "xml":
        from tests.bench import xml_data

        found = check_xml(Path(file), Path(schema), xml_data.NAMESPACE, xml_data.ROOT, xml_data.RECORD, int(jobs))
    else:
        found = check(Path(file), orjson.loads(Path(schema).read_bytes()), media, int(jobs))
    if failing_file:
        Path(failing_file).write_text("\n".join(map(str, found.numbers)))
    said = {"records": found.records, "failing": found.failing, "errors": found.errors}
    print(json.dumps({**said, "begin": begin, "end": begin + found.seconds}))


if __name__ == "__main__":
    main(*sys.argv[1:])
