"""Cuts the submission's files into units of work whose borders do not depend on the number of jobs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from validator.model.submission import Observation
from validator.observe.limits import UNIT_BYTES
from validator.observe.read_json import mapped


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
    if observation.media != "jsonl" or observation.size <= UNIT_BYTES:
        yield 0, observation.size
        return
    with mapped(observation.path) as text:
        start = 0
        while start < observation.size:
            end = text.find(b"\n", min(start + UNIT_BYTES, observation.size - 1))
            end = observation.size if end < 0 else end + 1
            yield start, end
            start = end
