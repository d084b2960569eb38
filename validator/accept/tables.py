"""A CSV file, or a stretch of its rows, read through the accept filter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from validator.accept.blocks import line_numbers
from validator.accept.filter import AcceptFilter, Text
from validator.accept.judged import Accepted, Block, Judged
from validator.accept.layout import Layout
from validator.accept.program import BLOCK_BYTES
from validator.model.standard import Column
from validator.observe.mapping import Buffer, count_lines, mapped, release
from validator.observe.read_csv import RowReader
from validator.observe.read_json import BatchBuilder


def filtered_rows(
    path: Path, file: str, columns: Sequence[Column], start: int, end: int, accept: AcceptFilter | None, canonical: bool
) -> Iterator[Block]:
    """Rows between two offsets at row starts (0: from the header on); in a later stretch lines count from 1."""
    with mapped(path) as text:
        reader = RowReader(text, file, columns)
        if start:
            reader.builder = BatchBuilder(file)
            reader.go_to(start, 1)
        if reader.header is not None:
            layout = accept.layout(reader.header.names, reader.delimiter, columns) if accept else None
            bytes_ = np.frombuffer(text, np.uint8)
            try:
                yield from _blocks(text, bytes_, reader, end, accept, layout, canonical)
            finally:
                del bytes_
    yield Block(reader.builder.take())


def _blocks(
    text: Buffer, bytes_: Text, reader: RowReader, end: int, accept: AcceptFilter | None, layout: Layout | None,
    canonical: bool,
) -> Iterator[Block]:  # fmt: skip
    lines = reader.lines
    while lines.at < end:
        at, line = lines.at, lines.line + 1
        accepted = None
        if accept and layout is not None:
            judged, reached = accept.rows(bytes_, at, _block_end(text, at, end), layout, canonical)
            if judged.rows:
                accepted = _taken(bytes_, judged, line, reader)
                line = int(accepted.last_line) + count_lines(text, int(judged.starts[-1]), reached)
                reader.go_to(reached, line)
        if accepted is None and not reader.read():
            return
        if accepted is not None or reader.builder.full:
            yield Block(reader.builder.take(), accepted)
            release(text, lines.at)


def _block_end(text: Buffer, at: int, end: int) -> int:
    if end - at <= BLOCK_BYTES:
        return end
    return max(text.rfind(b"\n", at, at + BLOCK_BYTES) + 1, at)


def _taken(bytes_: Text, judged: Judged, line: int, reader: RowReader) -> Accepted:
    """The accepted rows of a block, with the others read exactly."""
    lines = np.empty(judged.rows, np.int64)
    last = int(line_numbers(bytes_, judged.starts, line, lines))
    first = reader.builder.count + 1
    for i in judged.others:
        reader.builder.count = first + i - 1
        reader.go_to(int(judged.starts[i]), int(lines[i]))
        reader.read()
    reader.builder.count = first + judged.rows - 1
    kept = judged.kept
    return Accepted(kept + first, lines[kept], judged.starts[kept], judged, first, last)
