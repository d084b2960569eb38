"""How far a run has come: its phases, and how whoever watches is told."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Phase(StrEnum):
    """The phases of a run, in their order."""

    RECEIVING = "receiving"
    READING = "reading"
    PREPARING = "preparing"
    SCANNING = "scanning"
    LOADING = "loading"
    RULES = "rules"
    WRITING = "writing"


Progress = Callable[[Phase, int, int, int], None]
"""Told (phase, done, in all, records so far): bytes while reading and scanning, else pieces of work."""


def no_progress(_phase: Phase, _done: int, _total: int, _records: int) -> None:
    """Shows nothing: for pipes and tests."""
