"""A JSON document, or a stretch of its record array, read through the accept filter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from validator.accept.blocks import line_numbers
from validator.accept.filter import AcceptFilter, Text
from validator.accept.judged import Accepted, Block, Judged
from validator.accept.program import BLOCK_BYTES
from validator.observe.json_text import Span, after_comma, skip_space, value_end
from validator.observe.mapping import Buffer, mapped, release
from validator.observe.read_json import DocumentReader


def filtered_document(
    path: Path, file: str, format_: str, end: int, tail: int, accept: AcceptFilter | None, canonical: bool
) -> Iterator[Block]:
    """A document from its start; where `tail` is not 0, without the records between `end` and `tail`."""
    with mapped(path) as text:
        bytes_ = np.frombuffer(text, np.uint8)
        try:
            yield from _Filtered(text, bytes_, file, format_, end, tail, accept, canonical).blocks()
        finally:
            del bytes_


def filtered_stretch(
    path: Path, file: str, format_: str, start: int, end: int, accept: AcceptFilter | None, canonical: bool
) -> Iterator[Block]:
    """Records of a document from the start of one to the start, or the close, of another; lines count from 1."""
    with mapped(path) as text:
        bytes_ = np.frombuffer(text, np.uint8)
        try:
            yield from _Filtered(text, bytes_, file, format_, end, 0, accept, canonical).stretch(start)
        finally:
            del bytes_


class _Filtered:
    """One document, or a stretch of it, on its way through the filter."""

    def __init__(
        self, text: Buffer, bytes_: Text, file: str, format_: str, end: int, tail: int,
        accept: AcceptFilter | None, canonical: bool,
    ) -> None:  # fmt: skip
        self.text, self.bytes, self.end, self.tail = text, bytes_, end, tail
        self.accept, self.canonical = accept, canonical
        self.reader = DocumentReader(text, file, format_)
        self.judged: Judged | None = None
        self.partial = end < len(text)

    def blocks(self) -> Iterator[Block]:
        for span in self.reader.spans(self._elements):
            if span.kind == "block":
                yield self._block()
            elif self.reader.builder.full:
                yield Block(self.reader.builder.take())
            else:
                continue
            release(self.text, span.end)
        yield Block(self.reader.last())

    def stretch(self, start: int) -> Iterator[Block]:
        """The cut was made where records are well separated; so nothing else can come up here."""
        self.reader.has_records = True
        self.reader.counted = start
        for span in self._items(start):
            if span.kind == "block":
                yield self._block()
            elif span.kind == "record":
                self.reader.take_record(span.start, span.end, self.reader.count_to(span.start))
                if self.reader.builder.full:
                    yield Block(self.reader.builder.take())
                    release(self.text, span.end)
        yield Block(self.reader.builder.take())

    def _elements(self, text: Buffer, at: int) -> Iterator[Span]:
        at = skip_space(text, at + 1)
        if text[at : at + 1] == b"]":
            yield Span("close", at, at + 1)
        else:
            yield from self._items(at)

    def _items(self, at: int) -> Iterator[Span]:
        """Blocks of items that the filter saw, single ones that it could not, and the close of the array."""
        while at < self.end:
            judged, between = None, False
            if self.accept:
                stop = min(self.end, at + BLOCK_BYTES)
                judged, reached, between = self.accept.items(self.bytes, at, stop, self.canonical)
            if judged and judged.rows:
                self.judged = judged
                yield Span("block", at, reached)
                at = reached
            else:
                reached = value_end(self.text, at)
                yield Span("record", at, reached)
                at, between = skip_space(self.text, reached), True
            if between and not (self.partial and at >= self.end):
                mark = self.text[at : at + 1]
                if mark == b"]":
                    yield Span("close", at, at + 1)
                    return
                at = after_comma(self.text, at, mark)
        if self.tail:
            yield Span("close", self.tail, self.tail + 1)
        elif not self.partial:
            value_end(self.text, at)  # raises: the text ends inside the array

    def _block(self) -> Block:
        judged, reader = self.judged, self.reader
        assert judged is not None
        builder, first = reader.builder, reader.builder.count + 1
        line = reader.count_to(int(judged.starts[0]))
        lines = np.empty(judged.rows, np.int64)
        reader.line = int(line_numbers(self.bytes, judged.starts, line, lines))
        reader.counted = int(judged.starts[-1])
        for i in judged.others:
            builder.count = first + i - 1
            reader.take_record(int(judged.starts[i]), int(judged.stops[i]), int(lines[i]))
        builder.count = first + judged.rows - 1
        kept = judged.kept
        return Block(
            builder.take(), Accepted(kept + first, lines[kept], judged.starts[kept], judged, first, reader.line)
        )
