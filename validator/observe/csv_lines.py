"""Lines of a CSV file for Python's csv reader, and where the row being read began."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from validator.model.record import ReadFault
from validator.observe.limits import MAX_RECORD_BYTES, MIB, WINDOW_BYTES
from validator.observe.mapping import Buffer, line_end, release
from validator.observe.parse import encoding_fault

MAX_REWINDS: Final = 100

_LINE_ENDS: Final = frozenset(b"\r\n")
_BLANK_LINES = re.compile(rb"(?:\r?+\n)++")

# What the csv reader says: a part of its message, our aspect and message id.
_REASONS: Final = (
    ("new-line character", "syntax", "read.csv_bare_cr"),
    ("unexpected end", "syntax", "read.csv_unclosed_quote"),
    ("expected after", "syntax", "read.csv_after_quote"),
)


@dataclass(slots=True)
class Row:
    """One row: its cells (None when it cannot be read), where it began, its bytes and its faults."""

    cells: list[str] | None
    line: int
    offset: int
    raw: bytes
    faults: list[ReadFault]


class Lines:
    """Hands decoded lines to the csv reader. A row that cannot be read costs its first line only."""

    def __init__(self, text: Buffer, start: int) -> None:
        self.text, self.end = text, len(text)
        self.at, self.line, self.rewinds = start, 0, 0
        self.start, self.start_line = start, 1
        self.faults: list[ReadFault] = []
        self.too_large = False
        self.outside: list[ReadFault] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        at, limit = self.at, self.start + MAX_RECORD_BYTES
        if at >= self.end:
            raise StopIteration
        stop = self.text.find(b"\n", at, limit) + 1
        if not stop:
            if limit < self.end:
                self.too_large = True
                raise StopIteration
            stop = self.end
        raw = self.text[at:stop]
        self.at = stop
        self.line += 1
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as wrong:
            self.faults.append(encoding_fault(raw, wrong, self.line, None))
            return raw.decode("utf-8", "replace")

    def row(self, reader: Iterator[list[str]]) -> Row | None:
        """The next row; None at the end of the file. Blank lines before it are told in `outside`."""
        if self.at < self.end and self.text[self.at] in _LINE_ENDS:
            self._skip_blank()
        self.start, self.start_line = self.at, self.line + 1
        self.faults, self.too_large = [], False
        cells: list[str] | None = None
        broken: csv.Error | None = None
        try:
            cells = next(reader, None)
        except csv.Error as fault:
            broken = fault
        if self.too_large or broken:
            return self._given_up(broken)
        if cells is None:
            return None
        raw = self.text[self.start : self.at].rstrip(b"\r\n")
        return Row(None if self.faults else cells, self.start_line, self.start, raw, self.faults)

    def _given_up(self, broken: csv.Error | None) -> Row:
        """A row that cannot be read; reading goes on after its first line, as long as that is cheap."""
        if self.too_large:
            limit = (("limit_mib", MAX_RECORD_BYTES // MIB),)
            fault = ReadFault("size", "read.record_too_large", self.start_line, params=limit)
        else:
            fault = _explained(broken, self.start_line)
        faults = [*(f for f in self.faults if f.line == self.start_line), fault]
        if self.rewinds < MAX_REWINDS or self.at == self.start:
            self.rewinds += 1
            self.at, self.line = line_end(self.text, self.start, self.end) + 1, self.start_line
        stop = min(self.at, self.start + MAX_RECORD_BYTES)
        return Row(None, self.start_line, self.start, self.text[self.start : stop].rstrip(b"\r\n"), faults)

    def _skip_blank(self) -> None:
        """Past blank lines; one fault for a run of them, however long it is."""
        first = self.line
        while found := _BLANK_LINES.match(self.text, self.at, self.at + WINDOW_BYTES):
            self.line += found.group().count(b"\n")
            self.at = found.end()
            release(self.text, self.at)
        if self.line > first:
            params = (("count", self.line - first),)
            self.outside.append(ReadFault("syntax", "read.blank_line", first + 1, params=params))


def _explained(broken: csv.Error | None, line: int) -> ReadFault:
    said = str(broken)
    for theirs, aspect, message_id in _REASONS:
        if theirs in said:
            return ReadFault(aspect, message_id, line)
    return ReadFault("syntax", "read.csv_broken", line, params=(("reason", said),))
