"""Cuts the submission's files into units of work whose borders do not depend on the number of jobs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from validator.accept.judged import Cuts
from validator.model.standard import Dataset
from validator.model.submission import Observation
from validator.observe.limits import UNIT_BYTES
from validator.observe.mapping import line_end, mapped
from validator.observe.read_json import record_member, start_faults
from validator.observe.read_xml_list import list_ranges


@dataclass(frozen=True, slots=True)
class Unit:
    """A byte range of one file; `number` orders all units of the run.

    The first unit of a JSON document that was cut has a `tail`: the offset where the document goes on
    after its records. `records_before` is known for XML lists, whose places name the number of their record.
    """

    number: int
    observation: Observation
    start: int
    end: int
    tail: int = 0
    records_before: int = 0


def plan_units(
    files: tuple[Observation, ...], everything: bool = False, datasets: Mapping[str, Dataset] | None = None
) -> tuple[Unit, ...]:
    """Units in file order. JSON Lines files are cut at line starts, XML lists of these datasets at the start of
    an element; with `everything` documents and tables are cut too, which only the accept filter can read."""
    units: list[Unit] = []
    for observation in files:
        dataset = (datasets or {}).get(observation.dataset or "")
        if dataset and observation.media == "xml" and observation.size > UNIT_BYTES:
            for start, end, records in list_ranges(observation.path, dataset.schema, UNIT_BYTES):
                units.append(Unit(len(units), observation, start, end, records_before=records))
            continue
        for start, end, tail in _ranges(observation, everything):
            units.append(Unit(len(units), observation, start, end, tail))
    return tuple(units)


def _ranges(observation: Observation, everything: bool) -> Iterator[tuple[int, int, int]]:
    size = observation.size
    if size > UNIT_BYTES and observation.media == "jsonl":
        yield from ((start, end, 0) for start, end in _lines(observation))
    elif size > UNIT_BYTES and everything and observation.media != "xml":
        yield from _stretches(observation)
    else:
        yield 0, size, 0


def _lines(observation: Observation) -> Iterator[tuple[int, int]]:
    size = observation.size
    with mapped(observation.path) as text:
        if not start_faults(text)[2]:
            yield 0, size
            return
        start = 0
        while start < size:
            end = min(line_end(text, min(start + UNIT_BYTES, size - 1), size) + 1, size)
            yield start, end
            start = end


def _stretches(observation: Observation) -> Iterator[tuple[int, int, int]]:
    cuts = _cuts(observation)
    last = cuts.close or observation.size
    if not cuts.starts:
        yield 0, observation.size, 0
        return
    for start, end in pairwise([0, *cuts.starts, last]):
        yield start, end, 0 if start else cuts.close


def _cuts(observation: Observation) -> Cuts:
    from validator.accept.cuts import document_cuts, table_cuts  # loads compiled code

    with mapped(observation.path) as text:
        first, _, readable = start_faults(text)
        if not readable:
            return Cuts(())
        if observation.media == "csv":
            return table_cuts(text, first, ",", UNIT_BYTES)
        return document_cuts(text, first, record_member(observation.media), UNIT_BYTES)
