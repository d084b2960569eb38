"""JSON documents and JSON Lines as batches of records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from validator.model.record import UNREADABLE, Batch, ReadFault
from validator.observe.json_text import BrokenTextError, Elements, Span, name_of, skip_space, walk
from validator.observe.limits import BATCH_BYTES, BATCH_RECORDS, MAX_DOCUMENT_BYTES, MAX_RECORD_BYTES, WINDOW_BYTES
from validator.observe.locate import column_at, place
from validator.observe.mapping import Buffer, count_lines, line_end, mapped, release
from validator.observe.parse import SHOWN_CHARACTERS, parse

UTF8_BOM = b"\xef\xbb\xbf"
OTHER_BOMS = (b"\xff\xfe", b"\xfe\xff")
RECORD_MEMBER = {"geojson": "features"}
DEFAULT_MEMBER = "records"
MAX_MEMBERS = 100_000


def record_member(format_: str) -> str:
    """The member of a document that holds its records."""
    return RECORD_MEMBER.get(format_, DEFAULT_MEMBER)


_BLANK_LINES = re.compile(rb"(?:[ \t\r]*+\n)++")


class BatchBuilder:
    """Gathers records and faults until a batch is full; the one mutable thing of reading."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.count = 0
        self._start_new()

    def _start_new(self) -> None:
        self.first = self.count + 1
        self.lines: list[int] = []
        self.offsets: list[int] = []
        self.raws: list[bytes] = []
        self.values: list[Any] = []
        self.faults: list[ReadFault] = []
        self.size = 0
        self.numbers: list[int] = []

    def add(self, line: int, offset: int, raw: bytes, value: Any, faults: list[ReadFault]) -> None:
        self.count += 1
        self.numbers.append(self.count)
        self.lines.append(line)
        self.offsets.append(offset)
        self.raws.append(raw)
        self.values.append(value)
        self.faults += faults
        self.size += len(raw)

    @property
    def full(self) -> bool:
        return self.size >= BATCH_BYTES or len(self.values) >= BATCH_RECORDS or len(self.faults) >= BATCH_RECORDS

    def take(self, envelope: dict[str, Any] | None = None) -> Batch:
        batch = Batch(
            self.file, self.first, self.lines, self.offsets, self.raws, self.values, tuple(self.faults), envelope,
            self.numbers,
        )  # fmt: skip
        self._start_new()
        return batch


def start_faults(text: Buffer) -> tuple[int, list[ReadFault], bool]:
    """Where the text starts, what is wrong with its first bytes, and whether it can be read on."""
    if len(text) == 0:
        return 0, [ReadFault("syntax", "read.empty_file", 1)], False
    if text[:2] in OTHER_BOMS or text[:4].count(b"\0") >= 2:
        return 0, [ReadFault("encoding", "read.utf16", 1)], False
    start = 3 if text[:3] == UTF8_BOM else 0
    faults = [ReadFault("bom", "read.bom", 1, 1)] if start else []
    if skip_space(text, start) == len(text):
        return start, [*faults, ReadFault("syntax", "read.only_space", 1)], False
    return start, faults, True


def read_json(path: Path, file: str, format_: str) -> Iterator[Batch]:
    """Records of the document's `records` (or `features`) array, of a root array, or the root itself."""
    with mapped(path) as text:
        yield from DocumentReader(text, file, format_).batches()


class DocumentReader:
    """One JSON document on its way through: the line reached and what stands beside the records."""

    def __init__(self, text: Buffer, file: str, format_: str) -> None:
        self.text, self.record_member = text, record_member(format_)
        self.builder = BatchBuilder(file)
        self.line, self.counted = 1, 0
        self.has_records = False
        self.envelope: dict[str, Any] = {}
        self.names: set[str] = set()
        self.beside = self.members = 0
        self.aside: list[ReadFault] = []

    def batches(self) -> Iterator[Batch]:
        for _ in self.spans():
            if self.builder.full:
                yield self.builder.take()
                release(self.text, self.counted)
        yield self.last()

    def spans(self, elements: Elements | None = None) -> Iterator[Span]:
        """Every span of the document, taken; what breaks it off is a fault."""
        start, self.builder.faults, readable = start_faults(self.text)
        if not readable:
            return
        self.has_records = self.text[skip_space(self.text, start)] == ord("[")
        try:
            for span in walk(self.text, start, self.record_member, elements):
                self._take(span)
                yield span
        except BrokenTextError as broken:
            self.builder.faults += [*self.aside, self._broken(broken)]

    def last(self) -> Batch:
        """What is left at the end, with the envelope."""
        return self.builder.take(self.envelope if self.has_records else None)

    def count_to(self, offset: int) -> int:
        """The line of an offset at or after the last one asked for."""
        if offset > self.counted:
            self.line += count_lines(self.text, self.counted, offset)
            self.counted = offset
        return self.line

    def _take(self, span: Span) -> None:
        self.count_to(span.start)
        if span.kind == "record":
            self.take_record(span.start, span.end, self.line)
        elif span.kind == "member":
            self._member(span)
        elif span.kind == "records":
            self._name(name_of(span.key))
            self.has_records = True
        elif span.kind == "root" and not self.has_records:
            self.aside = []  # the root itself is the record, and its own faults say it all
            self.take_record(span.start, span.end, 1 + count_lines(self.text, 0, span.start))
        if self.has_records:
            self.builder.faults += self.aside
            self.aside = []

    def take_record(self, start: int, end: int, line: int) -> None:
        """The record between two offsets, read exactly."""
        raw = self.text[start : min(end, start + MAX_RECORD_BYTES + 1)]
        value, faults = parse(raw, line, self.builder.count + 1)
        readable = raw if len(raw) <= MAX_RECORD_BYTES else b""
        self.builder.add(line, start, readable, value, self._placed(faults, start, line))

    def _member(self, span: Span) -> None:
        """A member beside the records: a part of the envelope, as far as all of them are small."""
        size = span.end - span.start
        self.beside += size + len(span.key)
        self.members += 1
        if self.beside > MAX_RECORD_BYTES or self.members > MAX_MEMBERS:
            raise BrokenTextError(span.start, "read.members_too_large")
        if self.beside > MAX_DOCUMENT_BYTES:
            if self.beside - size - len(span.key) <= MAX_DOCUMENT_BYTES:
                self.aside.append(ReadFault("size", "read.member_too_large", self.line))
            return
        name = name_of(span.key)
        self._name(name)
        value, faults = parse(self.text[span.start : span.end], self.line, None)
        self.aside += self._placed(faults, span.start, self.line)
        if value is not UNREADABLE:
            self.envelope[name] = value

    def _name(self, name: str) -> None:
        if name in self.names:
            key = (("key", name[:SHOWN_CHARACTERS]),)
            self.aside.append(ReadFault("duplicate_key", "read.duplicate_key", self.line, params=key))
        self.names.add(name)

    def _placed(self, faults: list[ReadFault], start: int, line: int) -> list[ReadFault]:
        """The faults with columns of the file, where those of the piece count from its own start."""
        return [_shifted(fault, column_at(self.text, start)) if fault.line == line else fault for fault in faults]

    def _broken(self, broken: BrokenTextError) -> ReadFault:
        line = 1 + count_lines(self.text, 0, broken.offset)
        return ReadFault("syntax", broken.reason, line, column_at(self.text, broken.offset))


def place_beside(text: Buffer, pointer: str, record_member: str = DEFAULT_MEMBER) -> tuple[int, int | None]:
    """Line and column of a value beside the document's records."""
    first, _, rest = pointer[1:].partition("/")
    name = first.replace("~1", "/").replace("~0", "~")
    released = 0
    with suppress(BrokenTextError):
        for span in walk(text, len(UTF8_BOM) if text[:3] == UTF8_BOM else 0, record_member):
            if span.kind == "member" and name_of(span.key) == name:
                raw = text[span.start : min(span.end, span.start + MAX_DOCUMENT_BYTES)]
                line = 1 + count_lines(text, 0, span.start)
                return place(raw, f"/{rest}" if rest else None, line, column_at(text, span.start))
            if span.start - released > WINDOW_BYTES:
                released = span.start
                release(text, released)
    return 1, 1


def _shifted(fault: ReadFault, column: int | None) -> ReadFault:
    if fault.column is None or column is None:
        return replace(fault, column=None)
    return replace(fault, column=fault.column + column - 1)


def read_json_lines(path: Path, file: str, start: int, end: int) -> Iterator[Batch]:
    """One record a line between two byte offsets that lie at line starts; lines count from 1."""
    builder = BatchBuilder(file)
    with mapped(path) as text:
        at, line = start, 1
        if start == 0:
            at, builder.faults, readable = start_faults(text)
            if not readable:
                yield builder.take()
                return
        while at < end:
            at, line = skip_blank_lines(text, at, end, line, builder)
            stop = line_end(text, at, end)
            if at < end:
                take_line(text, at, stop, line, builder)
            at, line = stop + 1, line + 1
            if builder.full:
                yield builder.take()
                release(text, at)
    yield builder.take()


def skip_blank_lines(text: Buffer, at: int, end: int, line: int, builder: BatchBuilder) -> tuple[int, int]:
    """Past the blank lines from `at` on: one fault for a run of them, however long it is."""
    first, count = line, 0
    while found := _BLANK_LINES.match(text, at, min(end, at + WINDOW_BYTES)):
        count += found.group().count(b"\n")
        at = found.end()
        release(text, at)
    if count:
        builder.faults.append(ReadFault("syntax", "read.blank_line", first, params=(("count", count),)))
    return at, line + count


def take_line(text: Buffer, start: int, stop: int, line: int, builder: BatchBuilder) -> None:
    """One line as one record, or as a fault when it is blank."""
    if stop - start > MAX_RECORD_BYTES:
        builder.add(line, start, b"", *parse(text[start : start + MAX_RECORD_BYTES + 1], line, builder.count + 1))
        return
    raw = text[start:stop]
    if raw.strip():
        builder.add(line, start, raw, *parse(raw, line, builder.count + 1))
    else:
        builder.faults.append(ReadFault("syntax", "read.blank_line", line, params=(("count", 1),)))
