"""The accept filter of one dataset: runs the compiled program over text and keeps what it accepts.

Sound: a record that it accepts is one that the reader, the schema check and the text checks let
pass without a finding. What it refuses, or what a check's own sieve takes a second look at, is
handed on as it lies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from validator.accept import program as p
from validator.accept.arrays import Take, column_array
from validator.accept.blocks import REJECTED, items, line_feeds, lines
from validator.accept.compile import Watch, compile_schema
from validator.accept.judged import Judged
from validator.accept.layout import Layout, layout_of
from validator.accept.rows import rows
from validator.accept.scalars import LOOK
from validator.model.standard import Column
from validator.observe.limits import WINDOW_BYTES
from validator.observe.mapping import Buffer, release

Text = npt.NDArray[np.uint8]
Sieve = Callable[[bytes], bool]


class AcceptFilter:
    """One per dataset and process; its memory is used again for every block."""

    def __init__(self, program: p.Program, takes: Sequence[Take], sieve: Sieve | None) -> None:
        """`takes` turn a list's value into a column's; `sieve` tells whether a record's bytes need a second look,
        None that nobody looks."""
        self.program, self.takes, self.sieve = program, takes, sieve
        self.given = (program.g, program.limits, program.table, program.keys)
        self.memory = p.new_memory(program)

    def lines(self, text: Text, at: int, end: int, canonical: bool) -> tuple[Judged, int]:
        """Lines from `at` on, up to `end`, a blank line or a full block; and where it stopped."""
        p.start_block(self.memory, canonical)
        rows, reached = lines(text, at, end, *self.given, *self.memory)
        return self._judged(text, rows), reached

    def items(self, text: Text, at: int, end: int, canonical: bool) -> tuple[Judged, int, bool]:
        """Items of a list from the start of one on; where it stopped, and whether after an item.

        It stops before an item that is no object or list, or does not end before `end`; after one that
        no comma follows; and when a block is full.
        """
        p.start_block(self.memory, canonical)
        rows, reached, between = items(text, at, end, *self.given, *self.memory)
        return self._judged(text, rows), reached, between

    def layout(self, names: Sequence[str], delimiter: str, columns: Sequence[Column]) -> Layout | None:
        """Where the cells of a CSV file go; None where its rows are for the exact reader alone."""
        made = layout_of(names, delimiter, columns, self.program)
        if made is None:
            return None
        self.memory = p.new_memory(self.program, p.BLOCK_BYTES + p.ROWS * made.growth)
        header = np.frombuffer(delimiter.join(names).encode() + b"\n", np.uint8)
        judged, _ = self.rows(header, 0, len(header), made, False)
        return None if len(judged.kept) else made  # the header again would pass for a record

    def rows(self, text: Text, at: int, end: int, layout: Layout, canonical: bool) -> tuple[Judged, int]:
        """Rows from `at` on, up to `end`, a blank line, a row that is not well formed, or a full block."""
        p.start_block(self.memory, canonical)
        given = (layout.delimiter, layout.header, layout.bodies)
        count, reached = rows(text, at, end, *given, *self.given, *self.memory)
        return self._judged(text, count), reached

    def lines_between(self, text: Buffer, start: int, end: int) -> int:
        """How many line feeds lie between two offsets."""
        count = 0
        for at in range(start, end, WINDOW_BYTES):
            stop = min(at + WINDOW_BYTES, end)
            count += int(line_feeds(np.frombuffer(text, np.uint8), at, stop))
            release(text, stop)
        return count

    def _judged(self, text: Text, rows: int) -> Judged:
        memory = self.memory
        status, starts, stops = memory.r[: p.R_CUT, :rows]
        self._look(text, rows)
        accepted = status != REJECTED
        kept = np.flatnonzero(accepted)
        columns = [
            column_array(i, keep, kept, text, memory, self.takes[i]) for i, keep in enumerate(self.program.keeps)
        ]
        canon = memory.b[: memory.w[p.W_CANON]].data
        others = np.flatnonzero(~accepted).tolist()
        return Judged(rows, kept, others, starts, stops, columns, canon, memory.r[p.R_CUT, : rows + 1])

    def _look(self, text: Text, rows: int) -> None:
        """Rejects the records that another check may have something to say of."""
        status, starts, stops = self.memory.r[: p.R_CUT, :rows]
        looked = np.flatnonzero(status == LOOK)
        if self.sieve is None or not len(looked):
            return
        first, last = looked[0], looked[-1]
        if not self.sieve(text[starts[first] : stops[last]].tobytes()):
            return
        for i in looked:
            if self.sieve(text[starts[i] : stops[i]].tobytes()):
                status[i] = REJECTED


def make_filter(
    schema: Mapping[str, Any], columns: Sequence[Column], watch: Watch, takes: Sequence[Take], sieve: Sieve | None
) -> AcceptFilter | None:
    """The filter of a dataset's records; None where the schema leaves it nothing to accept."""
    program = compile_schema(schema, columns, watch)
    return AcceptFilter(program, takes, sieve) if program else None
