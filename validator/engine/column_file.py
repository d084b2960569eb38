"""The columns of one unit as a Parquet file, written in groups of many rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import pyarrow as pa
import pyarrow.parquet as pq

from validator.accept.judged import Block
from validator.engine.columns import accepted_batch, arrow_schema, record_batch
from validator.engine.units import Unit
from validator.model.standard import Column

GROUP_ROWS: Final = 128 * 1024


class ColumnFile:
    """Gathers what blocks hold and writes a group when there is enough of it."""

    def __init__(self, path: Path, columns: Sequence[Column], unit: Unit) -> None:
        self.columns, self.unit = columns, unit
        self.schema = arrow_schema(columns)
        self.writer = pq.ParquetWriter(
            path, self.schema, compression="none", use_dictionary=[c.name for c in columns if c.sql_type == "VARCHAR"],
            write_statistics=["_at"],
        )  # fmt: skip
        self.waiting: list[pa.RecordBatch] = []

    def write(self, block: Block, bad: set[int]) -> None:
        """`bad` are the indices of the block's exact records that the schema refuses."""
        if block.accepted is not None and len(block.accepted.numbers):
            self.waiting.append(accepted_batch(block.accepted, self.columns, self.schema, self.unit))
        if block.batch.values:
            self.waiting.append(record_batch(block.batch, bad, self.columns, self.schema, self.unit))
        if sum(batch.num_rows for batch in self.waiting) >= GROUP_ROWS:
            self._flush()

    def _flush(self) -> None:
        self.writer.write_table(pa.Table.from_batches(self.waiting, self.schema))
        self.waiting = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _fault: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._flush()
        self.writer.close()
