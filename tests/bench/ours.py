"""Our schema check alone, in its own process: `python -m tests.bench.ours SCHEMA FILE MEDIA JOBS [FAILING]`.

Prints one JSON line as the peers do. The work is what a run does of it: the file is read with every
fault of its text, each record is checked with formats, each error is put into words and counted.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from validator.catalogue.schemas import columns
from validator.checks.schema import SchemaCheck
from validator.checks.xml import scanner
from validator.engine.units import plan_units
from validator.model.record import UNREADABLE, Batch
from validator.model.standard import Check, ConformanceClass, Dataset, Level, Requirement
from validator.model.submission import Observation
from validator.model.text import Text
from validator.observe.read_csv import read_csv
from validator.observe.read_json import read_json, read_json_lines
from validator.observe.xml import read_xml

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


def check(path: Path, schema: dict[str, Any], media: str, jobs: int) -> Outcome:
    """Every record of a JSON, JSON Lines, GeoJSON or CSV file against the schema, in `jobs` processes."""
    begin = time.monotonic()
    observed = Observation(path.name, path, media, path.stat().st_size, "", None)
    ranges = [(unit.start, unit.end) for unit in plan_units((observed,))]
    work = partial(_part, path, schema, media)
    if jobs > 1 and len(ranges) > 1:
        with multiprocessing.get_context("fork").Pool(jobs) as pool:
            parts = pool.map(work, ranges, chunksize=1)
    else:
        parts = [work(each) for each in ranges]
    numbers, base = [], 0
    for part in parts:
        numbers += [base + number for number in part.failing]
        base += part.records
    return Outcome(base, len(numbers), sum(part.errors for part in parts), time.monotonic() - begin, numbers)


def _part(path: Path, schema: dict[str, Any], media: str, given: tuple[int, int]) -> _Part:
    made = SchemaCheck(schema, OWNER, frozenset({OWNER}))
    records = errors = 0
    failing: set[int] = set()
    for batch in _batches(path, schema, media, given):
        for index, _ in made(batch):
            errors += 1
            failing.add(records + index)
        for fault in batch.faults:
            errors += 1
            if fault.record is not None:
                failing.add(fault.record - 1)
        records += len(batch.values)
    return _Part(records, errors, sorted(failing))


def _batches(path: Path, schema: dict[str, Any], media: str, given: tuple[int, int]) -> Iterator[Batch]:
    if media == "jsonl":
        return read_json_lines(path, path.name, *given)
    if media == "csv":
        return read_csv(path, path.name, columns(schema))
    return read_json(path, path.name, media)


def check_xml(path: Path, xsd: Path, namespace: str, root: str, record: str) -> Outcome:
    """A whole XML document against its XML Schema, as a run does it; `failing` counts lines with an error."""
    begin = time.monotonic()
    item = {"type": "object", "properties": {}, "additionalProperties": True}
    schema = {
        "type": "object", "x-xml": {"namespace": namespace, "root": root},
        "properties": {record: {"type": "array", "items": item}},
    }  # fmt: skip
    said = Text(OWNER, OWNER)
    asked = Check("xml", {"ask": "xsd", "file": xsd.name})
    dataset = Dataset(OWNER, record, said, ("xml",), schema, OWNER, columns(schema), (), None, None, False)
    requirement = Requirement(
        OWNER, OWNER, "1", Level.MUST, ConformanceClass.BASIC, said, said, "P", (), (record,), (), (asked,),
        None, {}, None, {},
    )  # fmt: skip
    judge = scanner(requirement, asked, dataset, xsd.parent)
    records = errors = 0
    places: set[int] = set()
    for batch in read_xml(path, path.name, schema):
        for finding in judge(batch):
            errors += 1
            places.add(finding.location.line or 0)
        for value in batch.values:
            records += 0 if value is UNREADABLE else len(value.get(record, ()))
    return Outcome(records, len(places), errors, time.monotonic() - begin, sorted(places))


def main(schema: str, file: str, media: str, jobs: str, failing_file: str | None = None) -> None:
    begin = time.monotonic()
    if media == "xml":
        from tests.bench import xml_data

        found = check_xml(Path(file), Path(schema), xml_data.NAMESPACE, xml_data.ROOT, xml_data.RECORD)
    else:
        found = check(Path(file), orjson.loads(Path(schema).read_bytes()), media, int(jobs))
    if failing_file:
        Path(failing_file).write_text("\n".join(map(str, found.numbers)))
    said = {"records": found.records, "failing": found.failing, "errors": found.errors}
    print(json.dumps({**said, "begin": begin, "end": begin + found.seconds}))


if __name__ == "__main__":
    main(*sys.argv[1:])
