"""The submission as SQL tables: one per dataset, views by role, and what the package says of itself.

All instants are TIMESTAMPs normalised to UTC+07:00 civil time, so rules compare instants and read
Vietnamese dates from them without a time-zone database. Once loaded, the connection is locked:
no file but the run's own columns, no network, no extension, no setting can be reached from a rule.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final
from weakref import WeakSet

import duckdb
import pyarrow as pa

from validator.engine.columns import UNIT_BITS
from validator.errors import EngineError
from validator.model.standard import CodeList, Column, Dataset

MEMORY_LIMIT_MB: Final = 900
LEAST_MEMORY_MB: Final = 300
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
        table = pa.Table.from_pylist([dict(row) for row in rows], schema=schema)
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
        name, newest = f'"{code}"."{dataset.name}', ""
        if superseded and dataset.key:
            self.connection.execute(f'CREATE TABLE {name}_old" AS {_superseded(code, dataset)}')
            newest = f'AND NOT EXISTS (SELECT 1 FROM {name}_old" o WHERE o._at = r._at)'
        self.connection.execute(
            f'CREATE VIEW {name}" AS SELECT r.* EXCLUDE (_line, _off, _ok, _alt) '
            f'FROM {name}_all" r WHERE _ok AND NOT _alt {newest}'
        )

    def create_roles(self, datasets: Sequence[tuple[str, Dataset]], roles: Iterable[str]) -> None:
        """One view per role over all datasets' columns that bear it."""
        self.roles = frozenset(roles)
        for role in sorted(self.roles):
            parts = [
                _role_part(code, dataset, column)
                for code, dataset in datasets
                for column in dataset.columns
                if column.role == role
            ]
            body = " UNION ALL ".join(parts) or _EMPTY_ROLE
            self.connection.execute(f'CREATE {self.shared} role."{role}" AS {body}')

    def create_records(self, datasets: Sequence[tuple[str, Dataset]]) -> None:
        """`sub.record`: every parsed record with its key text, and hashes of its key and of its content.

        Equal keys of a dataset have equal hashes; the other way round nearly always. `sub.repeated`
        holds the hashes that more than one usable record has.
        """
        parts = [_record_part(code, dataset) for code, dataset in datasets]
        self.connection.execute(f"CREATE {self.shared} sub.record AS {' UNION ALL '.join(parts) or _EMPTY_RECORD}")
        parts = [_repeated(code, dataset) for code, dataset in datasets if dataset.key]
        self.connection.execute(f"CREATE {self.shared} sub.repeated AS {' UNION ALL '.join(parts) or _EMPTY_REPEATED}")

    def load_code_list(self, editions: Sequence[CodeList]) -> None:
        """`codelist.<id>`: all editions together, every column as text, with their validity."""
        table = pa.concat_tables([_edition(edition) for edition in editions], promote_options="default")
        self.connection.register("_incoming", table)
        self.connection.execute(
            f'CREATE TABLE codelist."{editions[0].id.replace("-", "_")}" AS SELECT * FROM _incoming'
        )
        self.connection.unregister("_incoming")


_EMPTY_ROLE = (
    "SELECT NULL::BIGINT AS _at, '' AS standard, '' AS dataset, '' AS _pointer, '' AS parent, "
    "'' AS value, NULL::DATE AS on_date WHERE false"
)
_EMPTY_RECORD = (
    "SELECT '' AS standard, '' AS dataset, '' AS file, NULL::BIGINT AS _at, '' AS key, NULL::UBIGINT AS key_hash, "
    "'' AS content, NULL::TIMESTAMP AS subject_time, true AS usable, false AS alternative WHERE false"
)
_EMPTY_REPEATED = "SELECT NULL::UBIGINT AS key_hash WHERE false"


@cache
def _edition(edition: CodeList) -> pa.Table:
    """The rows of one edition, every column as text, with its name and validity."""
    with edition.path.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    columns = {name: pa.array([row[i] or None for row in rows], pa.string()) for i, name in enumerate(header)}
    day = {name: date.fromisoformat(text) if text else None
           for name, text in (("valid_from", edition.valid_from), ("valid_to", edition.valid_to))}  # fmt: skip
    return pa.table({
        **columns,
        "edition": pa.array([edition.edition] * len(rows), pa.string()),
        **{name: pa.array([value] * len(rows), pa.date32()) for name, value in day.items()},
    })  # fmt: skip


def _sql_type(column: Column) -> str:
    return "VARCHAR" if column.sql_type == "JSON" else column.sql_type


def _subject_date(dataset: Dataset) -> str:
    if dataset.subject_time:
        return f'CAST("{dataset.subject_time}" AS DATE)'
    return "(SELECT CAST(as_of AS DATE) FROM run.info)"


def _subject_moment(dataset: Dataset) -> str:
    return f'CAST(r."{dataset.subject_time}" AS TIMESTAMP)' if dataset.subject_time else "NULL::TIMESTAMP"


def _role_part(code: str, dataset: Dataset, column: Column) -> str:
    pointer = "/" + "/".join(column.path)
    parent = "/" + "/".join(column.path[:-1]) if len(column.path) > 1 else ""
    table = f'"{code}"."{dataset.name}_all"'
    head = f"SELECT _at, '{dataset.standard}' AS standard, '{dataset.name}' AS dataset"
    tail = f'{_subject_date(dataset)} AS on_date FROM {table} WHERE NOT _alt AND "{column.name}" IS NOT NULL'
    if not column.sql_type.endswith("[]"):
        return (
            f"{head}, '{pointer}' AS _pointer, '{parent}' AS parent, "
            f'CAST("{column.name}" AS VARCHAR) AS value, {tail}'
        )
    inner = (
        f'{head}, generate_subscripts("{column.name}", 1) - 1 AS i, '
        f'unnest("{column.name}") AS item, {tail} AND len("{column.name}") > 0'
    )
    return (
        f"SELECT _at, standard, dataset, '{pointer}/' || i AS _pointer, '{pointer}' AS parent, "
        f"CAST(item AS VARCHAR) AS value, on_date FROM ({inner})"
    )


def _superseded(code: str, dataset: Dataset) -> str:
    """The records of which a newer edition, or a later record of the same one, has the key.

    Few keys occur twice: those whose hash does are compared in full.
    """
    key = ", ".join(f'"{name}"' for name in dataset.key)
    return (
        f"SELECT _at FROM (SELECT r._at, row_number() OVER (PARTITION BY {key} ORDER BY u.edition DESC, r._at DESC) "
        f'AS nth FROM ({_repeated(code, dataset)}) s JOIN "{code}"."{dataset.name}_all" r '
        f"ON {_key_hash(dataset)} = s.key_hash AND r._ok AND NOT r._alt "
        f"JOIN sub.unit u ON u.unit = r._at >> {UNIT_BITS}) ranked WHERE nth > 1"
    )


def _repeated(code: str, dataset: Dataset) -> str:
    return (
        f'SELECT {_key_hash(dataset)} AS key_hash FROM "{code}"."{dataset.name}_all" WHERE _ok AND NOT _alt '
        "GROUP BY key_hash HAVING count(*) > 1"
    )


def _key_hash(dataset: Dataset) -> str:
    """The hash of a record's key; an absent text is an empty one, as it is in the key text."""
    kinds = {column.name: column.sql_type for column in dataset.columns}
    texts = [f"coalesce(\"{n}\", '')" if kinds[n] in ("VARCHAR", "JSON") else f'"{n}"' for n in dataset.key]
    return f"hash('{dataset.id}', {', '.join(texts)})"


def _record_part(code: str, dataset: Dataset) -> str:
    names = [f'r."{column.name}"' for column in dataset.columns]
    key = ", ".join(f"coalesce(CAST(r.\"{name}\" AS VARCHAR), '')" for name in dataset.key)
    key_text = f"concat_ws('|', {key})" if key else "NULL::VARCHAR"
    key_hash = _key_hash(dataset) if key else "NULL::UBIGINT"
    content = f"CAST(hash(row({', '.join(names)})) AS VARCHAR)"
    return (
        f"SELECT '{dataset.standard}' AS standard, '{dataset.name}' AS dataset, u.file AS file, r._at, "
        f"{key_text} AS key, {key_hash} AS key_hash, {content} AS content, "
        f"{_subject_moment(dataset)} AS subject_time, r._ok AS usable, r._alt AS alternative "
        f'FROM "{code}"."{dataset.name}_all" r '
        f"JOIN sub.unit u ON u.unit = r._at >> {UNIT_BITS}"
    )
