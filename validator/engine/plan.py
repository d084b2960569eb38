"""How a run is carried out, and what its units gave."""

from __future__ import annotations

from dataclasses import dataclass

from validator.engine.scan import Part
from validator.engine.units import Unit
from validator.model.progress import Progress, no_progress


@dataclass(frozen=True, slots=True)
class Placed:
    """A unit with what it gave and where its records and lines start in the whole run."""

    unit: Unit
    part: Part
    base: int
    record_base: int
    line_base: int


@dataclass(frozen=True, slots=True)
class Plan:
    """How a submission is scanned: processes, what its units are given, and who is told of progress.

    `exact` leaves the accept filter out; without it, much data go through it.
    """

    jobs: int
    cap: int
    second_opinion: bool = False
    exact: bool = False
    progress: Progress = no_progress
