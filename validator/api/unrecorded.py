"""A recorder that keeps nothing, for a watch: its log holds what it needs, and bodies of months would fill a disk."""

from __future__ import annotations

from validator.api.recorder import Recorder
from validator.api.redact import Redactor
from validator.model.exchange import Exchange


class Unrecorded(Recorder):
    """Counts exchanges and holds the redactor; nothing is written."""

    def __init__(self, redactor: Redactor) -> None:
        self.redactor = redactor
        self.numbers = 0

    def next_number(self) -> int:
        self.numbers += 1
        return self.numbers

    def add(self, exchange: Exchange, *, counted: bool = True) -> None:
        """Keeps nothing of it."""

    def close(self) -> None:
        """There is nothing to close."""
