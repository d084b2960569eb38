"""Blocks of records as the accept filter leaves them: most as columns, some for the exact checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from validator.model.record import Batch

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Judged:
    """A block of records: `rows` in all, `kept` the indices of the accepted ones, `others` of the rest.

    `starts` and `stops` are where each lies in the text; `columns` hold the accepted ones' values;
    `canon` and `cuts` their canonical texts, a comma after each. Good until the next block.
    """

    rows: int
    kept: npt.NDArray[np.int64]
    others: Sequence[int]
    starts: npt.NDArray[np.int64]
    stops: npt.NDArray[np.int64]
    columns: Sequence[Any]
    canon: memoryview
    cuts: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Accepted:
    """The accepted records of a block: their numbers (from 1), lines (from 1), offsets, and all else of them.

    `first` is the number of the block's first record, `last_line` the line of its last one.

    Good until the next block is asked for.
    """

    numbers: Numbers
    lines: Numbers
    offsets: Numbers
    judged: Judged
    first: int
    last_line: int


@dataclass(frozen=True, slots=True)
class Block:
    """Records in file order: those for the exact checks, and those that need none."""

    batch: Batch
    accepted: Accepted | None = None

    @property
    def records(self) -> int:
        return len(self.batch.values) + (len(self.accepted.numbers) if self.accepted else 0)

    @property
    def reached(self) -> int:
        """The offset of the last record."""
        last = int(self.accepted.offsets[-1]) if self.accepted and len(self.accepted.offsets) else 0
        return max(last, *self.batch.offsets[-1:], 0)


@dataclass(frozen=True, slots=True)
class Cuts:
    """Where a file is cut: `starts` of the stretches after the first; `close` of a document's record array."""

    starts: Sequence[int]
    close: int = 0


def canonical_pieces(block: Block, texts: Mapping[int, bytes]) -> Iterator[Any]:
    """Canonical texts of a block in file order, a comma after each; `texts` are those of exact records by number."""
    if block.accepted is None:
        yield from (text + b"," for text in texts.values())
        return
    judged, first = block.accepted.judged, block.accepted.first
    done = 0
    for i in judged.others:
        yield judged.canon[judged.cuts[done] : judged.cuts[i]]
        done = i + 1
        if first + i in texts:
            yield texts[first + i] + b","
    yield judged.canon[judged.cuts[done] : judged.cuts[judged.rows]]
