"""JSON documents and JSON Lines as batches of records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import orjson

from validator.model.record import UNREADABLE, Batch, ReadFault
from validator.observe.json_text import BrokenText, Buffer, walk
from validator.observe.limits import BATCH_BYTES, BATCH_RECORDS, MAX_DOCUMENT_BYTES, MAX_RECORD_BYTES
from validator.observe.parse import parse

UTF8_BOM = b"\xef\xbb\xbf"
OTHER_BOMS = (b"\xff\xfe", b"\xfe\xff")
RECORD_MEMBER = {"geojson": "features"}


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

    def add(self, line: int, offset: int, raw: bytes, value: Any, faults: list[ReadFault]) -> None:
        self.count += 1
        self.lines.append(line)
        self.offsets.append(offset)
        self.raws.append(raw)
        self.values.append(value)
        self.faults += faults
        self.size += len(raw)

    @property
    def full(self) -> bool:
        return len(self.values) >= BATCH_RECORDS or self.size >= BATCH_BYTES

    def take(self, envelope: dict[str, Any] | None = None) -> Batch:
        batch = Batch(
            self.file, self.first, self.lines, self.offsets, self.raws, self.values, tuple(self.faults), envelope
        )
        self._start_new()
        return batch


@contextmanager
def mapped(path: Path) -> Iterator[Buffer]:
    """The file's bytes, mapped; empty bytes for an empty file (which cannot be mapped)."""
    with path.open("rb") as stream:
        if path.stat().st_size == 0:
            yield b""
            return
        with mmap(stream.fileno(), 0, access=ACCESS_READ) as text:
            yield text


def start_faults(text: Buffer) -> tuple[int, list[ReadFault], bool]:
    """Where the text starts, what is wrong with its first bytes, and whether it can be read on."""
    if len(text) == 0:
        return 0, [ReadFault("syntax", "read.empty_file", 1)], False
    if text[:2] in OTHER_BOMS or text[:4].count(b"\0") >= 2:
        return 0, [ReadFault("encoding", "read.utf16", 1)], False
    if text[:3] == UTF8_BOM:
        return 3, [ReadFault("bom", "read.bom", 1, 1)], True
    return 0, [], True


def read_json(path: Path, file: str, format_: str) -> Iterator[Batch]:
    """Records of the document's `records` (or `features`) array, of a root array, or the root itself."""
    builder = BatchBuilder(file)
    with mapped(path) as text:
        start, builder.faults, readable = start_faults(text)
        if not readable:
            yield builder.take()
            return
        yield from _document(text, start, builder, RECORD_MEMBER.get(format_, "records"))


def _document(text: Buffer, start: int, builder: BatchBuilder, record_member: str) -> Iterator[Batch]:
    line, counted, has_records = 1, 0, text[start : start + 1] == b"["
    envelope: dict[str, Any] = {}
    try:
        for span in walk(text, start, record_member):
            line += text[counted : span.start].count(b"\n") if span.start > counted else 0
            counted = max(counted, span.start)
            if span.kind == "records":
                has_records = True
            elif span.kind == "member":
                _member(text[span.start : span.end], span.key, line, builder, envelope)
            elif span.kind == "record" or (span.kind == "root" and not has_records):
                at = line if span.kind == "record" else 1 + text[: span.start].count(b"\n")
                _record(text, span.start, span.end, at, builder)
                if span.kind == "root":
                    envelope = {}
            if builder.full:
                yield builder.take()
    except BrokenText as broken:
        builder.faults.append(_broken(text, broken))
    yield builder.take(envelope if has_records else None)


def _record(text: Buffer, start: int, end: int, line: int, builder: BatchBuilder) -> None:
    raw = text[start : min(end, start + MAX_RECORD_BYTES + 1)]
    value, faults = parse(raw, line, builder.count + 1)
    builder.add(line, start, raw if len(raw) <= MAX_RECORD_BYTES else b"", value, faults)


def _member(raw: bytes, key: bytes, line: int, builder: BatchBuilder, envelope: dict[str, Any]) -> None:
    if len(raw) > MAX_DOCUMENT_BYTES:
        builder.faults.append(ReadFault("size", "read.member_too_large", line))
        return
    name = orjson.loads(key) if _is_text(key) else key.decode("utf-8", "replace")
    if name in envelope:
        builder.faults.append(ReadFault("duplicate_key", "read.duplicate_key", line, params=(("key", name),)))
    value, faults = parse(raw, line, None)
    builder.faults += faults
    if value is not UNREADABLE:
        envelope[name] = value


def _is_text(key: bytes) -> bool:
    try:
        orjson.loads(key)
    except orjson.JSONDecodeError:
        return False
    return True


def _broken(text: Buffer, broken: BrokenText) -> ReadFault:
    before = text[: broken.offset]
    column = broken.offset - (before.rfind(b"\n") + 1) + 1
    return ReadFault("syntax", broken.reason, 1 + before.count(b"\n"), column)


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
            stop = text.find(b"\n", at, end)
            stop = end if stop < 0 else stop
            _line(text, at, stop, line, builder)
            at, line = stop + 1, line + 1
            if builder.full:
                yield builder.take()
    yield builder.take()


def _line(text: Buffer, start: int, stop: int, line: int, builder: BatchBuilder) -> None:
    if stop - start > MAX_RECORD_BYTES:
        builder.add(line, start, b"", *parse(text[start : start + MAX_RECORD_BYTES + 1], line, builder.count + 1))
        return
    raw = text[start:stop]
    if raw.strip():
        builder.add(line, start, raw, *parse(raw, line, builder.count + 1))
    else:
        builder.faults.append(ReadFault("syntax", "read.blank_line", line))
