"""Records as they stream past the checks: batches of columns-of-facts, never a whole dataset."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final


class Unreadable:
    """Stands for a record that could not be parsed; its syntax fault is in `Batch.faults`."""

    def __repr__(self) -> str:
        return "UNREADABLE"


UNREADABLE: Final = Unreadable()


@dataclass(frozen=True, slots=True)
class ReadFault:
    """A fault met while reading bytes: `aspect` is encoding, syntax, duplicate_key, depth, ..."""

    aspect: str
    message_id: str
    line: int | None
    column: int | None = None
    record: int | None = None
    params: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """Up to a few thousand records of one file, in file order.

    `first` is the 1-based number of the first record, `numbers` those of all where some between them
    are left out (a filter accepted them); `lines` and `offsets` are where each record
    starts (1-based line, 0-based byte); `raws` its own bytes (empty for CSV rows read as cells and
    for XML); `values` the parsed records or UNREADABLE; `faults` what reading itself met.
    """

    file: str
    first: int
    lines: list[int]
    offsets: list[int]
    raws: list[bytes]
    values: list[Any]
    faults: tuple[ReadFault, ...] = ()
    envelope: Mapping[str, Any] | None = None
    numbers: Sequence[int] = ()

    def number(self, index: int) -> int:
        """The 1-based number in its file part of the record at an index."""
        return self.numbers[index] if self.numbers else self.first + index

    def index(self, number: int) -> int:
        """The index of the record of a number."""
        return bisect_left(self.numbers, number) if self.numbers else number - self.first
