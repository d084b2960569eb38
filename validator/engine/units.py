"""Cuts the submission's files into units of work whose borders do not depend on the number of jobs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from validator.model.submission import Observation
from validator.observe.limits import UNIT_BYTES
from validator.observe.mapping import line_end, mapped
from validator.observe.read_json import start_faults


@dataclass(frozen=True, slots=True)
class Unit:
    """A byte range of one file; `number` orders all units of the run."""

    number: int
    observation: Observation
    start: int
    end: int


def plan_units(files: tuple[Observation, ...]) -> tuple[Unit, ...]:
    """Units in file order; only JSON Lines files are cut, at line starts."""
    units: list[Unit] = []
    for observation in files:
        for start, end in _ranges(observation):
            units.append(Unit(len(units), observation, start, end))
    return tuple(units)


def _ranges(observation: Observation) -> Iterator[tuple[int, int]]:
    size = observation.size
    if observation.media != "jsonl" or size <= UNIT_BYTES:
        yield 0, size
        return
    with mapped(observation.path) as text:
        if not start_faults(text)[2]:
            yield 0, size
            return
        start = 0
        while start < size:
            end = min(line_end(text, min(start + UNIT_BYTES, size - 1), size) + 1, size)
            yield start, end
            start = end
