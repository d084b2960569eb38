"""Records as they stream past the checks: batches of columns-of-facts, never a whole dataset."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from sys import maxsize
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
class Outline:
    """An XML document that is a list, with every run of records cut to at most two empty ones.

    `lines` are pairs (line in `text`, line in the file as the batch counts it), ascending: where a
    piece of the file starts.
    """

    text: bytes
    lines: tuple[tuple[int, int], ...]

    def line_of(self, line: int) -> int:
        """The line of the file for a line of `text`."""
        here, there = self.lines[bisect_right(self.lines, (line, maxsize)) - 1]
        return there + line - here

    def moved(self, lines: int) -> Outline:
        """The same outline where the file's lines are counted from another place."""
        return Outline(self.text, tuple((here, there + lines) for here, there in self.lines))


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the records of an XML document that is a list of them.

    `before + records + after` is a small document of the same root: `before` runs from the root's
    start tag to the first record and has no line feed. The last batch of a document also brings its
    `outline`, and `whole`, its bytes, when it is small enough to be looked at in one piece.
    """

    before: bytes
    after: bytes
    outline: Outline | None = None
    whole: bytes | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Up to a few thousand records of one file, in file order.

    `first` is the 1-based number of the first record, `numbers` those of all where some between them
    are left out (a filter accepted them); `lines` and `offsets` are where each record
    starts (1-based line, 0-based byte); `raws` its own bytes (empty for CSV rows read as cells and
    for what is too much to keep); `values` the parsed records or UNREADABLE; `faults` what reading
    itself met; `frame` what stands around the records of an XML list.
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
    frame: Frame | None = None

    def number(self, index: int) -> int:
        """The 1-based number in its file part of the record at an index."""
        return self.numbers[index] if self.numbers else self.first + index

    def index(self, number: int) -> int:
        """The index of the record of a number."""
        return bisect_left(self.numbers, number) if self.numbers else number - self.first
