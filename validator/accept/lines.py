"""A part of a JSON Lines file read through the accept filter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from validator.accept.filter import AcceptFilter
from validator.accept.judged import Accepted, Block, Judged
from validator.accept.program import BLOCK_BYTES
from validator.observe.mapping import Buffer, line_end, mapped, release
from validator.observe.read_json import BatchBuilder, skip_blank_lines, start_faults, take_line


def filtered_lines(
    path: Path, file: str, start: int, end: int, accept: AcceptFilter, canonical: bool
) -> Iterator[Block]:
    """JSON Lines between two offsets at line starts, as `read_json_lines` would number and place them."""
    builder = BatchBuilder(file)
    with mapped(path) as text:
        at, line = start, 1
        if start == 0:
            at, builder.faults, readable = start_faults(text)
            if not readable:
                yield Block(builder.take())
                return
        bytes_ = np.frombuffer(text, np.uint8)
        try:
            while at < end:
                at, line = skip_blank_lines(text, at, end, line, builder)
                stop = _block_end(text, at, end)
                judged, reached = accept.lines(bytes_, at, stop, canonical)
                accepted = _accepted(judged, builder.count + 1, line)
                _take_others(text, judged, line, builder)
                at, line = reached, line + judged.rows
                if judged.rows == 0 and at < end:  # a line of white space, or one too long for a block
                    stop = line_end(text, at, end)
                    take_line(text, at, stop, line, builder)
                    at, line = stop + 1, line + 1
                yield Block(builder.take(), accepted)
                release(text, at)
        finally:
            del bytes_
    yield Block(builder.take())


def _block_end(text: Buffer, at: int, end: int) -> int:
    """The end of a line at most a block away; `at` itself when there is none."""
    if end - at <= BLOCK_BYTES:
        return end
    return max(at, text.rfind(b"\n", at, at + BLOCK_BYTES) + 1)


def _accepted(judged: Judged, first: int, line: int) -> Accepted:
    kept = judged.kept
    return Accepted(kept + first, kept + line, judged.starts[kept], judged, first, line + judged.rows - 1)


def _take_others(text: Buffer, judged: Judged, line: int, builder: BatchBuilder) -> None:
    """The records that the filter did not accept, read exactly."""
    first = builder.count
    for i in judged.others:
        builder.count = first + i
        take_line(text, int(judged.starts[i]), int(judged.stops[i]), line + i, builder)
    builder.count = first + judged.rows
