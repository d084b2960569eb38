"""How much of the scanning is done, whichever units are under way and in whatever order they end."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from validator.engine.pool import Tell
from validator.engine.units import Unit
from validator.model.progress import Phase, Progress

SECONDS_BETWEEN: Final = 0.1


class Meter:
    """Adds up bytes and records of all units for whoever watches."""

    def __init__(self, units: Sequence[Unit], progress: Progress) -> None:
        self.progress = progress
        self.total = sum(unit.end - unit.start for unit in units)
        self.size = self.records = 0
        self.under_way: dict[int, tuple[int, int]] = {}

    def reached(self, index: int, size: int, records: int) -> None:
        """A unit has come so far, counted from its start; a unit that starts anew goes back to 0."""
        had_size, had_records = self.under_way.get(index, (0, 0))
        self.under_way[index] = size, records
        self.size += size - had_size
        self.records += records - had_records
        self.progress(Phase.SCANNING, self.size, self.total, self.records)


def seldom(tell: Tell) -> Tell:
    """Passes on at most ten calls a second."""
    last = time.monotonic()

    def told(size: int, records: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= SECONDS_BETWEEN:
            last = now
            tell(size, records)

    return told
