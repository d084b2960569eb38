"""The submission as SQL tables: one per dataset, views by role, and what the package says of itself.

All instants are TIMESTAMPs normalised to UTC+07:00 civil time, so rules compare instants and read
Vietnamese dates from them without a time-zone database. Once loaded, the connection is locked:
no file but the run's own columns, no network, no extension, no setting can be reached from a rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from weakref import WeakSet

import duckdb
import pyarrow as pa

from validator.engine.views import (
    code_list_table,
    every_record,
    older_records,
    repeated_keys,
    usable_records,
    values_of_role,
)
from validator.errors import EngineError
from validator.model.standard import CodeList, Column, Dataset

MEMORY_LIMIT_MB: Final = 900
LEAST_MEMORY_MB: Final = 250
BYTES_A_MEGABYTE: Final = 12_000_000
"""How many bytes of a submission ask for one more megabyte: what does not fit is spilled to disk."""
FILES_AT_ONCE: Final = 100
FILES_IN_A_VIEW: Final = 1000
IN_MEMORY_BYTES: Final = 64 * 1024 * 1024


@contextmanager
def full_disk_told(folder: Path) -> Iterator[None]:
    """What the database cannot write in the block is raised as an EngineError that says what to do."""
    try:
        yield
    except (duckdb.IOException, duckdb.TransactionException) as fault:
        reason = str(fault).splitlines()[0]
        raise EngineError("engine.scratch", {"folder": str(folder), "reason": reason}) from fault


def _memory_limit(size: int) -> int:
    """Megabytes for the tables of a submission of `size` bytes: as much as it may take for little data, whose
    rules are the harder ones to spill, and a share of much data."""
    if size < IN_MEMORY_BYTES:
        return MEMORY_LIMIT_MB
    return min(MEMORY_LIMIT_MB, LEAST_MEMORY_MB + size // BYTES_A_MEGABYTE)


class Tables:
    """One DuckDB database of a run. Every statement of rules goes through `rows`."""

    def __init__(self, scratch: Path, threads: int, size: int) -> None:
        """`size` is the submission's bytes: little data stay in memory, much goes to a file."""
        self.small = size < IN_MEMORY_BYTES
        self.shared = "TABLE" if self.small else "VIEW"
        """How what many rules read is kept: little data once, much data never twice."""
        self.connection = duckdb.connect(":memory:" if self.small else str(scratch / "tables_of_run.duckdb"))
        self.connection.execute(
            f"SET memory_limit='{_memory_limit(size)}MB'; SET threads={threads}; SET preserve_insertion_order=true; "
            f"SET temp_directory='{scratch / 'spill'}'; SET autoinstall_known_extensions=false; "
            f"SET autoload_known_extensions=false; SET allowed_directories=['{scratch}']"
        )
        self.roles: frozenset[str] = frozenset()
        self.cursors: WeakSet[duckdb.DuckDBPyConnection] = WeakSet()
        for schema in ("role", "codelist", "sub", "run"):
            self.connection.execute(f"CREATE SCHEMA {schema}")
        self.connection.execute("BEGIN")

    def lock(self) -> None:
        """No access to anything outside from here on (rules are data; data may be hostile)."""
        self.connection.execute("COMMIT")
        self.connection.execute("SET enable_external_access=false; SET lock_configuration=true")

    def close(self) -> None:
        self.connection.close()

    def interrupt(self) -> None:
        """Makes the statements that are running give up; for another thread to call."""
        for running in (self.connection, *self.cursors):
            running.interrupt()

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Iterator[tuple[Any, ...]]:
        """Rows of one SELECT, streamed."""
        cursor = self._cursor()
        cursor.execute(sql, dict(parameters) if parameters else None)
        while chunk := cursor.fetchmany(1000):
            yield from chunk

    def named_rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """Rows as dicts by column name, streamed."""
        cursor = self._cursor()
        cursor.execute(sql, dict(parameters) if parameters else None)
        names = [column[0] for column in cursor.description or ()]
        while chunk := cursor.fetchmany(1000):
            yield from (dict(zip(names, row, strict=True)) for row in chunk)

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        cursor = self.connection.cursor()
        self.cursors.add(cursor)
        return cursor

    def create(self, name: str, schema: pa.Schema, rows: Iterable[Mapping[str, Any]]) -> None:
        """A table from plain rows (package documents, code lists: small)."""
        self._keep(name, pa.Table.from_pylist([dict(row) for row in rows], schema=schema))

    def _keep(self, name: str, table: pa.Table) -> None:
        self.connection.register("_incoming", table)
        self.connection.execute(f"CREATE TABLE {name} AS SELECT * FROM _incoming")
        self.connection.unregister("_incoming")

    def create_schema(self, code: str) -> None:
        self.connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{code}"')

    def load(self, code: str, dataset: Dataset, pieces: Sequence[Path]) -> None:
        """The base table of a dataset from the columns of its units; much data are read where they lie."""
        name = f'"{code}"."{dataset.name}_all"'
        if not self.small and 0 < len(pieces) <= FILES_IN_A_VIEW:
            listed = ", ".join(f"'{piece}'" for piece in pieces)
            self.connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{listed}])")
            return
        places = "_at BIGINT, _line BIGINT, _off BIGINT, _ok BOOLEAN, _alt BOOLEAN"
        declared = ", ".join([places, *(f'"{c.name}" {_sql_type(c)}' for c in dataset.columns)])
        self.connection.execute(f"CREATE TABLE {name} ({declared})")
        for start in range(0, len(pieces), FILES_AT_ONCE):
            some = [str(piece) for piece in pieces[start : start + FILES_AT_ONCE]]
            self.connection.execute(f"INSERT INTO {name} SELECT * FROM read_parquet(?)", [some])

    def finish_dataset(self, code: str, dataset: Dataset, superseded: bool) -> None:
        """The view that rules read: usable records, the newest edition of each key."""
        if superseded:
            self.connection.execute(f'CREATE TABLE "{code}"."{dataset.name}_old" AS {older_records(code, dataset)}')
        self.connection.execute(f'CREATE VIEW "{code}"."{dataset.name}" AS {usable_records(code, dataset, superseded)}')

    def create_roles(self, datasets: Sequence[tuple[str, Dataset]], roles: Iterable[str]) -> None:
        """One view per role over all datasets' columns that bear it."""
        self.roles = frozenset(roles)
        for role in sorted(self.roles):
            self.connection.execute(f'CREATE {self.shared} role."{role}" AS {values_of_role(datasets, role)}')

    def create_records(self, datasets: Sequence[tuple[str, Dataset]]) -> None:
        """`sub.record`: every parsed record with its key text, and hashes of its key and of its content.

        Equal keys of a dataset have equal hashes; the other way round nearly always. `sub.repeated`
        holds the hashes that more than one usable record has.
        """
        self.connection.execute(f"CREATE {self.shared} sub.record AS {every_record(datasets)}")
        self.connection.execute(f"CREATE {self.shared} sub.repeated AS {repeated_keys(datasets)}")

    def load_code_list(self, editions: Sequence[CodeList]) -> None:
        """`codelist.<id>`: all editions together, every column as text, with their validity."""
        self._keep(f'codelist."{editions[0].id.replace("-", "_")}"', code_list_table(editions))


def _sql_type(column: Column) -> str:
    return "VARCHAR" if column.sql_type == "JSON" else column.sql_type
