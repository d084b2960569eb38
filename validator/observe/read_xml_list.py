"""XML documents that are lists: each record element is a record, read in small batches.

The schema's annotation `x-xml: {namespace, root, record}` says so; the schema itself describes one
record. Memory follows the size of a batch, never that of the document. A record that cannot be
opened is UNREADABLE and the next one is read; an element that never ends, ends the reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from validator.model.record import UNREADABLE, Batch, Frame, ReadFault
from validator.observe.limits import MAX_RECORD_BYTES, MIB
from validator.observe.locate import column_at
from validator.observe.mapping import count_lines, mapped, release
from validator.observe.parse import encoding_fault
from validator.observe.read_json import BatchBuilder
from validator.observe.xml import fault_of, shape_of
from validator.observe.xml_head import ListHead
from validator.observe.xml_items import BrokenItemsError, Item
from validator.observe.xml_outline import OutlineBuilder
from validator.xml_document import XmlRefusedError
from validator.xml_pieces import FIRST_LINE, MAX_LINES, MAX_RECORD_TAGS, WHOLE_BYTES, ListNames, list_names, pieces_of

BATCH_BYTES: Final = MIB
BATCH_RECORDS: Final = 1000


def read_xml_list(
    path: Path, file: str, schema: Mapping[str, Any], names: ListNames, start: int, end: int
) -> Iterator[Batch]:
    """The records that start between two offsets; lines and records count from 1 at `start`.

    The range that ends with the file also brings the document's outline in its last batch.
    """
    with mapped(path) as text:
        if not text:
            yield Batch(file, 1, [], [], [], [], (ReadFault("syntax", "read.empty_file", 1),))
            return
        try:
            head = ListHead(text, schema, names)
            frame = head.frame()
        except XmlRefusedError as refused:
            yield Batch(file, 1, [1], [0], [b""], [UNREADABLE], (fault_of(refused),))
            return
        yield from _Reading(head, frame, schema, file).batches(start, end)


def list_ranges(path: Path, schema: Mapping[str, Any], size: int) -> Iterator[tuple[int, int, int]]:
    """Ranges of about `size` bytes that start at elements of the root, each with the count of records before it.

    One range for a document that is no list, or that cannot be followed.
    """
    names = list_names(schema)
    start = before = records = 0
    with mapped(path) as text:
        if names is not None:
            with suppress(XmlRefusedError, BrokenItemsError):
                head = ListHead(text, schema, names)
                head.frame()
                for item in head.items(0, len(text)):
                    if item.name and item.start - start >= size:
                        yield start, item.start, before
                        start, before = item.start, records
                    records += bool(item.name) and head.is_record(item)
        yield start, len(text), before


class _Reading:
    """One range of a list on its way through: the line reached and the records of the open batch."""

    def __init__(self, head: ListHead, frame: Frame, schema: Mapping[str, Any], file: str) -> None:
        self.head, self.frame, self.shape = head, frame, shape_of(schema)
        self.text = head.text
        self.builder = BatchBuilder(file)
        self.counted, self.line, self.lines = 0, 1, 0
        self.outlining = OutlineBuilder(head.text, head.root, head.names)
        self.refused: XmlRefusedError | None = None

    def batches(self, start: int, end: int) -> Iterator[Batch]:
        self.counted = start
        if start == 0:
            self.builder.faults += self.head.faults
        whole = start == 0 and end == len(self.text)
        try:
            for item in self.head.items(start, end):
                is_record = bool(item.name) and self.head.is_record(item)
                if is_record:
                    self._add(item)
                if whole:
                    self._outline(item, is_record)
                if self._full:
                    yield self._take()
                    release(self.text, item.end)
        except BrokenItemsError as broken:
            yield self._take(more=(self._local(self.head.explained(broken), start),))
            return
        yield self._take() if end < len(self.text) else self._last(start)

    @property
    def _full(self) -> bool:
        built = self.builder
        return built.size >= BATCH_BYTES or len(built.raws) >= BATCH_RECORDS or self.lines >= MAX_LINES // 2

    def _add(self, item: Item) -> None:
        self.line += count_lines(self.text, self.counted, item.start)
        self.counted = item.start
        number = self.builder.count + 1
        if item.end - item.start > MAX_RECORD_BYTES:
            limit = (("limit_mib", MAX_RECORD_BYTES // MIB),)
            fault = ReadFault("size", "read.record_too_large", self.line, None, number, limit)
            self.builder.add(self.line, item.start, b"", UNREADABLE, [fault])
            return
        raw = self.text[item.start : item.end]
        self.lines += raw.count(b"\n") + 1
        self.builder.add(self.line, item.start, raw, None, [])

    def _take(self, frame: Frame | None = None, more: tuple[ReadFault, ...] = ()) -> Batch:
        """The open batch with its records opened and shaped; what is refused has no bytes any more."""
        self.lines = 0
        batch = self.builder.take()
        raws = list(batch.raws)
        faults = list(batch.faults)
        try:
            values = self._values(raws)
        except XmlRefusedError:
            values = [self._alone(batch, index, raws, faults) for index in range(len(raws))]
        return replace(batch, raws=raws, values=values, faults=(*faults, *more), frame=frame or self.frame)

    def _values(self, raws: list[bytes]) -> list[Any]:
        if any(len(raw) > MAX_RECORD_TAGS and _marks(raw) > MAX_RECORD_TAGS for raw in raws):
            raise XmlRefusedError("size", "xml.record_too_many", FIRST_LINE, limit=MAX_RECORD_TAGS)
        elements = pieces_of(self.frame, raws).elements
        record = self.shape.record
        return [UNREADABLE if element is None else record(element) for element in elements]

    def _alone(self, batch: Batch, index: int, raws: list[bytes], faults: list[ReadFault]) -> Any:
        """The value of one record of a batch that could not be opened together."""
        raw = raws[index]
        try:
            return self._values([raw])[0]
        except XmlRefusedError as refused:
            raws[index] = b""
            faults.append(self._placed(refused, raw, batch, index))
            return UNREADABLE

    def _placed(self, refused: XmlRefusedError, raw: bytes, batch: Batch, index: int) -> ReadFault:
        """The fault with its place in the file."""
        line, record = batch.lines[index], batch.first + index
        fault = fault_of(refused.on_line(line + (refused.line or FIRST_LINE) - FIRST_LINE, refused.column))
        if self.head.is_utf8:
            try:
                raw.decode("utf-8")
            except UnicodeDecodeError as wrong:
                fault = encoding_fault(raw, wrong, line, record)
        column = fault.column
        if column is not None and fault.line == line:
            before = column_at(self.text, batch.offsets[index])
            column = None if before is None else before + column - 1
        return replace(fault, column=column, record=record)

    def _outline(self, item: Item, is_record: bool) -> None:
        """Adds an item to the outline, or keeps why there will be none."""
        if self.refused is None:
            try:
                self.outlining.add(item, is_record)
            except XmlRefusedError as refused:
                self.refused = refused

    def _last(self, start: int) -> Batch:
        """The last batch of the document, with its outline or with what is wrong around the records."""
        if start > 0:
            for item in self.head.items(0, len(self.text)):
                self._outline(item, bool(item.name) and self.head.is_record(item))
        try:
            if self.refused is not None:
                raise self.refused
            outline = self.outlining.finish().moved(-count_lines(self.text, 0, start))
        except XmlRefusedError as refused:
            return self._take(more=(self._local(refused, start),))
        size = len(self.text)
        return self._take(replace(self.frame, outline=outline, whole=self.text[:size] if size <= WHOLE_BYTES else None))

    def _local(self, refused: XmlRefusedError, start: int) -> ReadFault:
        """What is wrong outside any record, with its line counted from the start of the range."""
        fault = fault_of(refused)
        return replace(fault, line=(fault.line or 1) - count_lines(self.text, 0, start), record=None)


def _marks(raw: bytes) -> int:
    """At least as many as there are tags, and as there are attributes: each takes memory once opened."""
    return max(raw.count(b"<"), raw.count(b"="))
