"""CSV (RFC 4180) as batches of typed records: dotted headers nest, empty cells are absent members.

A cell that does not convert to its column's type stays text, so that the schema check names it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from validator.model.record import ReadFault
from validator.model.standard import Column
from validator.observe.limits import MAX_RECORD_BYTES
from validator.observe.parse import encoding_fault
from validator.observe.read_json import Batch, BatchBuilder, Buffer, mapped, start_faults

_INTEGER = re.compile(r"-?[0-9]+\Z")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?\Z")
_OTHER_DELIMITERS = (";", "\t", "|")
MAX_INTEGER_DIGITS = 19

Convert = Callable[[str], Any]


def _integer(cell: str) -> Any:
    return int(cell) if _INTEGER.match(cell) and len(cell) <= MAX_INTEGER_DIGITS else cell


def _number(cell: str) -> Any:
    if _INTEGER.match(cell):
        return _integer(cell)
    return float(cell) if _NUMBER.match(cell) else cell


def _boolean(cell: str) -> Any:
    return {"true": True, "false": False}.get(cell, cell)


def _json(cell: str) -> Any:
    try:
        return orjson.loads(cell)
    except orjson.JSONDecodeError:
        return cell


def _text(cell: str) -> Any:
    return cell


_CONVERT: Mapping[str, Convert] = {"BIGINT": _integer, "DOUBLE": _number, "BOOLEAN": _boolean, "JSON": _json}


def _converter(sql_type: str) -> Convert:
    return _json if sql_type.endswith("[]") else _CONVERT.get(sql_type, _text)


class _Lines:
    """Decoded lines of the file that remembers which were used since the last record."""

    def __init__(self, text: Buffer, start: int, faults: list[ReadFault]) -> None:
        self.text, self.at, self.line, self.faults = text, start, 0, faults
        self.used: list[bytes] = []
        self.start_line, self.start_offset = 1, start

    def begin(self) -> None:
        self.used, self.start_line, self.start_offset = [], self.line + 1, self.at

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.at >= len(self.text):
            raise StopIteration
        stop = self.text.find(b"\n", self.at)
        stop = len(self.text) if stop < 0 else stop + 1
        self.line += 1
        if stop - self.at > MAX_RECORD_BYTES or sum(map(len, self.used)) > MAX_RECORD_BYTES:
            self.faults.append(ReadFault("size", "read.record_too_large", self.line, params=(("limit_mib", 16),)))
            self.at = len(self.text)
            raise StopIteration
        raw = self.text[self.at : stop]
        self.at = stop
        self.used.append(raw)
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as wrong:
            self.faults.append(encoding_fault(raw, wrong, self.line, None))
            return raw.decode("utf-8", "replace")


def read_csv(path: Path, file: str, columns: Sequence[Column]) -> Iterator[Batch]:
    """Rows under a header line. Wrong delimiter is a fault but the rows are still read."""
    csv.field_size_limit(MAX_RECORD_BYTES)
    builder = BatchBuilder(file)
    with mapped(path) as text:
        start, builder.faults, readable = start_faults(text)
        if readable:
            yield from _rows(text, start, columns, builder)
    yield builder.take()


def _rows(text: Buffer, start: int, columns: Sequence[Column], builder: BatchBuilder) -> Iterator[Batch]:
    lines = _Lines(text, start, builder.faults)
    delimiter = _delimiter(text, start, builder.faults)
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    header = _next_row(rows, lines) or []
    repeated = sorted({name for name in header if header.count(name) > 1})
    builder.faults += [_dialect("read.csv_repeated_header", 1, name=name) for name in repeated]
    places = _places(header, columns)
    while True:
        lines.begin()
        lines.faults = builder.faults
        row = _next_row(rows, lines)
        if row is None:
            return
        _add_row(row, header, places, lines, builder)
        if builder.full:
            yield builder.take()


def _next_row(rows: Iterator[list[str]], lines: _Lines) -> list[str] | None:
    try:
        return next(rows, None)
    except csv.Error as fault:
        reason = (("reason", str(fault)),)
        lines.faults.append(ReadFault("syntax", "read.csv_broken", lines.start_line, params=reason))
        return []


def _add_row(
    row: list[str], header: list[str], places: list[tuple[tuple[str, ...], Convert]], lines: _Lines, builder: BatchBuilder
) -> None:
    raw = b"".join(lines.used).rstrip(b"\r\n")
    line = lines.start_line
    if not row:
        builder.faults.append(ReadFault("syntax", "read.blank_line", line))
        return
    faults = []
    if len(row) != len(header):
        counts = (("expected", len(header)), ("found", len(row)))
        faults.append(ReadFault("syntax", "read.csv_ragged", line, None, builder.count + 1, counts))
    builder.add(line, lines.start_offset, raw, _record(row, places), faults)


def _record(row: list[str], places: list[tuple[tuple[str, ...], Convert]]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for cell, (path, convert) in zip(row, places, strict=False):
        if cell == "":
            continue
        target = record
        for step in path[:-1]:
            target = target.setdefault(step, {})
        target[path[-1]] = convert(cell)
    return record


def _places(header: list[str], columns: Sequence[Column]) -> list[tuple[tuple[str, ...], Convert]]:
    known = {".".join(column.path): column for column in columns}
    places = []
    for name in header:
        column = known.get(name)
        places.append((column.path, _converter(column.sql_type)) if column else ((name,), _text))
    return places


def _delimiter(text: Buffer, start: int, faults: list[ReadFault]) -> str:
    stop = text.find(b"\n", start)
    head = text[start : min(stop if stop >= 0 else len(text), start + 65536)].decode("utf-8", "replace")
    if b"\r" in text[start : start + 65536].replace(b"\r\n", b""):
        faults.append(_dialect("read.csv_bare_cr", 1))
    if "," in head:
        return ","
    other = next((mark for mark in _OTHER_DELIMITERS if mark in head), None)
    if other is None:
        return ","
    faults.append(_dialect("read.csv_delimiter", 1, found=repr(other)))
    return other


def _dialect(message_id: str, line: int, **params: Any) -> ReadFault:
    return ReadFault("csv_dialect", message_id, line, params=tuple(params.items()))
