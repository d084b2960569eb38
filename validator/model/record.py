"""Records as they stream past the checks: batches of columns-of-facts, never a whole dataset."""

from __future__ import annotations

from collections.abc import Mapping
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

    `first` is the 1-based number of the first record; `lines` and `offsets` are where each record
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
