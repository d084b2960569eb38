"""The submission as tables of Spark: the same names and rules as `Tables`, on as many machines as there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from validator.engine.columns import arrow_schema
from validator.engine.spark_recursion import without_recursion
from validator.engine.spark_sql import flat, spark_text, translate
from validator.engine.spark_text import OF_TEXT
from validator.engine.views import (
    code_list_table,
    every_record,
    older_records,
    repeated_keys,
    usable_records,
    values_of_role,
)
from validator.model.standard import CodeList, Dataset

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

SMALL_BYTES: Final = 64 * 1024 * 1024
LITTLE: Final = {
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
"""For little data: what would take longer to compile than to do is interpreted."""
_DDL: Final = {
    pa.int64(): "BIGINT", pa.float64(): "DOUBLE", pa.bool_(): "BOOLEAN", pa.date32(): "DATE",
    pa.string(): "STRING", pa.timestamp("us"): "TIMESTAMP_NTZ",
}  # fmt: skip


class SparkTables:
    """One session's views of a run. `scratch` is a folder that driver and workers share."""

    def __init__(self, session: SparkSession, scratch: Path, size: int) -> None:
        """`size` is the submission's bytes: little data is not shuffled into many parts."""
        self.session = session
        self.scratch = scratch
        self.small = size < SMALL_BYTES
        if self.small:
            for name, value in LITTLE.items():
                session.conf.set(name, value)
        self.roles: frozenset[str] = frozenset()
        self.known: set[str] = set()
        self.numbers = count()
        self.passing: list[str] = []
        for name, function in OF_TEXT.items():
            session.udf.register(name, function, "string")

    def lock(self) -> None:
        """Nothing to do: statements are refused at translation when they name any other table or function."""

    def interrupt(self) -> None:
        """Makes the statements that are running give up; for another thread to call."""
        self.session.sparkContext.cancelAllJobs()

    def close(self) -> None:
        """Lets go of the views; a Spark that is gone has let go already."""
        for name in (*self.known, *self.passing):
            self.session.catalog.dropTempView(name)

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Iterator[tuple[Any, ...]]:
        """Rows of one SELECT, one part of the answer after the other."""
        frame = self.frame(sql, parameters)
        yield from (tuple(map(_plain, row)) for row in frame.toLocalIterator())

    def named_rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """Rows as dicts by column name."""
        frame = self.frame(sql, parameters)
        names = frame.columns
        for row in frame.toLocalIterator():
            yield dict(zip(names, map(_plain, row), strict=True))

    def frame(self, sql: str, parameters: Mapping[str, Any] | None = None) -> DataFrame:
        """The rows of one SELECT, not yet asked for."""
        query = translate(sql, parameters, self.known)
        return self._run(without_recursion(query, self._run, self._passing))

    def _run(self, query: exp.Query) -> DataFrame:
        return self.session.sql(spark_text(query))

    def _passing(self, frame: DataFrame) -> str:
        """A name for rows on the way to an answer; no rule can say it."""
        name = f"passing_{next(self.numbers)}"
        path = (self.scratch / name).as_uri()
        frame.write.parquet(path)
        self.session.read.schema(frame.schema).parquet(path).createOrReplaceTempView(name)
        self.passing.append(name)
        return name

    def create(self, name: str, schema: pa.Schema, rows: Iterable[Mapping[str, Any]]) -> None:
        """A table from plain rows (package documents, code lists: small)."""
        self._keep(name, pa.Table.from_pylist([dict(row) for row in rows], schema=schema))

    def _keep(self, name: str, table: pa.Table) -> None:
        schema, _, own = name.partition(".")
        self._view(flat(schema, own), self._given(table))

    def _given(self, table: pa.Table) -> DataFrame:
        """Rows that travel inside the plans that read them; none at all are planned away."""
        if not table.num_rows:
            empty = ", ".join(f"CAST(NULL AS {_ddl(field.type)}) AS `{field.name}`" for field in table.schema)
            return self.session.sql(f"SELECT {empty} WHERE false")
        return self.session.createDataFrame(table, _columns(table.schema))

    def _view(self, name: str, frame: DataFrame) -> None:
        frame.createOrReplaceTempView(name)
        self.known.add(name)

    def _select(self, name: str, sql: str) -> None:
        self._view(name, self.frame(sql))

    def create_schema(self, code: str) -> None:
        """Nothing to do: names are flat."""

    def load(self, code: str, dataset: Dataset, pieces: Sequence[Path]) -> None:
        """The base table of a dataset: the columns of its units where they lie; little data travel with the plans."""
        schema = arrow_schema(dataset.columns)
        if self.small or not pieces:
            read = [pq.read_table(piece, schema=schema) for piece in pieces]
            frame = self._given(pa.concat_tables([schema.empty_table(), *read]))
        else:
            frame = self.session.read.schema(_columns(schema)).parquet(*(piece.as_uri() for piece in pieces))
        self._view(flat(code, f"{dataset.name}_all"), frame)

    def finish_dataset(self, code: str, dataset: Dataset, superseded: bool) -> None:
        """The view that rules read: usable records, the newest edition of each key."""
        if superseded:
            self._select(flat(code, f"{dataset.name}_old"), older_records(code, dataset))
        self._select(flat(code, dataset.name), usable_records(code, dataset, superseded))

    def create_roles(self, datasets: Sequence[tuple[str, Dataset]], roles: Iterable[str]) -> None:
        """One view per role over all datasets' columns that bear it."""
        self.roles = frozenset(roles)
        for role in sorted(self.roles):
            self._select(flat("role", role), values_of_role(datasets, role))

    def create_records(self, datasets: Sequence[tuple[str, Dataset]]) -> None:
        """`sub.record` and `sub.repeated`; of little data they are worked out once."""
        for name, sql in (("record", every_record(datasets)), ("repeated", repeated_keys(datasets))):
            frame = self.frame(sql)
            self._view(flat("sub", name), self._given(frame.toArrow()) if self.small else frame)

    def load_code_list(self, editions: Sequence[CodeList]) -> None:
        self._keep(f"codelist.{editions[0].id.replace('-', '_')}", code_list_table(editions))


def _columns(schema: pa.Schema) -> str:
    return ", ".join(f"`{field.name}` {_ddl(field.type)}" for field in schema)


def _ddl(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"ARRAY<{_ddl(kind.value_type)}>"
    return _DDL[kind]


def _plain(value: Any) -> Any:
    """Whole decimals are integers, as DuckDB's wide integers are in Python."""
    return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value
