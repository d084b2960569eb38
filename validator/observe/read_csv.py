"""CSV (RFC 4180) as batches of typed records: dotted headers nest, empty cells are absent members.

A cell that does not convert to its column's type stays text, so that the schema check names it.
"""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from validator.model.record import UNREADABLE, Batch, ReadFault
from validator.model.standard import Column
from validator.observe.csv_lines import Lines, Row
from validator.observe.limits import MAX_COLUMNS, MAX_RECORD_BYTES
from validator.observe.mapping import Buffer, mapped, release
from validator.observe.parse import parse
from validator.observe.read_json import BatchBuilder, start_faults

_INTEGER = re.compile(r"-?[0-9]{1,19}").fullmatch
_NUMBER = re.compile(r"-?[0-9]{1,400}(?:\.[0-9]{1,400})?(?:[eE][+-]?[0-9]{1,4})?").fullmatch
_INT64: Final = range(-(2**63), 2**63)
_QUOTED = re.compile(r'"[^"]*+"')
_OTHER_DELIMITERS: Final = (";", "\t", "|")
_HEAD_BYTES: Final = 65536

Convert = Callable[[str], Any]


def _integer(cell: str) -> Any:
    if _INTEGER(cell):
        number = int(cell)
        return number if number in _INT64 else cell
    return cell


def _number(cell: str) -> Any:
    if _INTEGER(cell):
        return _integer(cell)
    if _NUMBER(cell):
        number = float(cell)
        return number if math.isfinite(number) else cell
    return cell


def _boolean(cell: str) -> Any:
    return {"true": True, "false": False}.get(cell, cell)


_CONVERT: Mapping[str, Convert] = {"BIGINT": _integer, "DOUBLE": _number, "BOOLEAN": _boolean}


class Header:
    """The columns of one file: where each cell goes in the record and how its text becomes a value."""

    def __init__(self, names: list[str], columns: Sequence[Column]) -> None:
        self.names = names
        known = {".".join(column.path): column for column in columns}
        self.places = [_place(name, known.get(name)) for name in names]

    def record(self, row: Row, number: int) -> tuple[dict[str, Any], list[ReadFault]]:
        """The row as a record, with the faults of JSON text inside its cells."""
        made: dict[str, Any] = {}
        faults: list[ReadFault] = []
        for cell, (path, name, convert, null) in zip(row.cells or (), self.places, strict=True):
            if cell == "" and not null:
                continue
            target = _inside(made, path) if path else made
            if target is not None and cell == "":
                target[name] = None
            elif target is not None:
                target[name] = convert(cell) if convert else _json(cell, row.line, number, faults)
        return made, faults


def _inside(made: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any] | None:
    """The object at a path, made where it is absent; None when a column is called as the object is."""
    for step in path:
        made = made.setdefault(step, {})
        if type(made) is not dict:
            return None
    return made


def _place(name: str, column: Column | None) -> tuple[tuple[str, ...], str, Convert | None, bool]:
    """Where a column's cells go: path, member, conversion, and whether an empty cell is null."""
    if column is None:
        return (), name, str, False
    is_json = column.sql_type == "JSON" or column.sql_type.endswith("[]")
    convert = None if is_json else _CONVERT.get(column.sql_type, str)
    return column.path[:-1], column.path[-1], convert, column.null_when_empty


def _json(cell: str, line: int, number: int, faults: list[ReadFault]) -> Any:
    value, met = parse(cell.encode(), line, number)
    if value is UNREADABLE:
        return cell
    faults += [replace(fault, line=line, column=None) for fault in met]
    return value


def read_csv(path: Path, file: str, columns: Sequence[Column]) -> Iterator[Batch]:
    """Rows under a header line. Wrong delimiter is a fault but the rows are still read."""
    with mapped(path) as text:
        reader = RowReader(text, file, columns)
        while reader.header and reader.read():
            if reader.builder.full:
                yield reader.builder.take()
                release(text, reader.lines.at)
    yield reader.builder.take()


class RowReader:
    """Reads a CSV file row by row, in file order or from a row's start anywhere."""

    def __init__(self, text: Buffer, file: str, columns: Sequence[Column]) -> None:
        """Reads the header; `header` is None when it cannot be read, and then nothing below it can."""
        csv.field_size_limit(MAX_RECORD_BYTES + 1)
        self.builder = BatchBuilder(file)
        start, self.builder.faults, readable = start_faults(text)
        self.lines = Lines(text, start)
        self.header: Header | None = None
        if readable:
            self.delimiter = _delimiter(text, start, self.builder.faults)
            self.well_quoted = _well_quoted(self.delimiter)
            self.reader = csv.reader(self.lines, delimiter=self.delimiter, strict=True)
            self.header = _header(self.lines, self.reader, columns, self.builder)

    def go_to(self, offset: int, line: int) -> None:
        """The next row is the one that starts at an offset, on a line counted from 1."""
        self.lines.at, self.lines.line = offset, line - 1

    def read(self) -> bool:
        """Takes the next row; False at the end of the file."""
        assert self.header is not None
        row = self.lines.row(self.reader)
        if self.lines.outside:
            self.builder.faults += self.lines.outside
            self.lines.outside = []
        if row is None:
            return False
        if row.cells and '"' in "".join(row.cells) and not self.well_quoted(row.raw):
            row.faults.append(ReadFault("csv_dialect", "read.csv_stray_quote", row.line))
        _add_row(row, self.header, self.builder)
        return True


def _header(
    lines: Lines, reader: Iterator[list[str]], columns: Sequence[Column], builder: BatchBuilder
) -> Header | None:
    """The header line; None when it cannot be read."""
    row = lines.row(reader)
    if row is None or not row.cells:
        if row is not None:
            _add(row, UNREADABLE, row.faults, builder)
        return None
    if len(row.cells) > MAX_COLUMNS:
        fault = ReadFault("size", "read.csv_too_many_columns", row.line, params=(("limit", MAX_COLUMNS),))
        _add(row, UNREADABLE, [fault], builder)
        return None
    for name, times in Counter(row.cells).items():
        if times > 1:
            params = (("name", name[:200]),)
            builder.faults.append(ReadFault("duplicate_key", "read.csv_repeated_header", row.line, params=params))
    return Header(row.cells, columns)


def _add_row(row: Row, header: Header, builder: BatchBuilder) -> None:
    if row.cells is None:
        _add(row, UNREADABLE, row.faults, builder)
    elif len(row.cells) != len(header.names):
        counts = (("expected", len(header.names)), ("found", len(row.cells)))
        _add(row, UNREADABLE, [ReadFault("syntax", "read.csv_ragged", row.line, params=counts)], builder)
    elif row.cells == header.names:
        _add(row, UNREADABLE, [ReadFault("syntax", "read.csv_header_again", row.line)], builder)
    else:
        record, faults = header.record(row, builder.count + 1)
        _add(row, record, row.faults + faults, builder)


def _add(row: Row, value: Any, faults: list[ReadFault], builder: BatchBuilder) -> None:
    if faults:
        faults = [replace(fault, record=builder.count + 1) for fault in faults]
    builder.add(row.line, row.offset, row.raw, value, faults)


def _delimiter(text: Buffer, start: int, faults: list[ReadFault]) -> str:
    stop = text.find(b"\n", start, start + _HEAD_BYTES)
    head = text[start : stop if stop >= 0 else start + _HEAD_BYTES].decode("utf-8", "replace")
    bare = _QUOTED.sub("", head)
    if "," in bare:
        return ","
    other = next((mark for mark in _OTHER_DELIMITERS if mark in bare), None)
    if other is None:
        return ","
    faults.append(ReadFault("csv_dialect", "read.csv_delimiter", 1, params=(("found", repr(other)),)))
    return other


def _well_quoted(delimiter: str) -> Callable[[bytes], object]:
    """Matches rows in which quotation marks stand only around cells, and doubled inside them (RFC 4180, 2.5–2.7)."""
    mark = re.escape(delimiter).encode()
    cell = rb'(?:"(?:[^"]++|"")*+"|[^"' + mark + rb"]*+)"
    return re.compile(cell + rb"(?:" + mark + cell + rb")*+", re.DOTALL).fullmatch
