"""The SELECTs behind the tables that rules read, and the code lists' rows: the same for every engine.

They are written in DuckDB's SQL; another engine has them translated like the rules themselves.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from functools import cache

import pyarrow as pa

from validator.engine.columns import UNIT_BITS
from validator.model.standard import CodeList, Column, Dataset

_EMPTY_ROLE = (
    "SELECT NULL::BIGINT AS _at, '' AS standard, '' AS dataset, '' AS _pointer, '' AS parent, "
    "'' AS value, NULL::DATE AS on_date WHERE false"
)
_EMPTY_RECORD = (
    "SELECT '' AS standard, '' AS dataset, '' AS file, NULL::BIGINT AS _at, '' AS key, NULL::UBIGINT AS key_hash, "
    "'' AS content, NULL::TIMESTAMP AS subject_time, true AS usable, false AS alternative WHERE false"
)
_EMPTY_REPEATED = "SELECT NULL::UBIGINT AS key_hash WHERE false"


def usable_records(code: str, dataset: Dataset, superseded: bool) -> str:
    """Usable records of a dataset; where files supersede others, without the older ones of each key."""
    older = f'AND NOT EXISTS (SELECT 1 FROM "{code}"."{dataset.name}_old" o WHERE o._at = r._at)' if superseded else ""
    return (
        "SELECT r.* EXCLUDE (_line, _off, _ok, _alt) "
        f'FROM "{code}"."{dataset.name}_all" r WHERE _ok AND NOT _alt {older}'
    )


def older_records(code: str, dataset: Dataset) -> str:
    """The records of which a newer edition, or a later record of the same one, has the key.

    Few keys occur twice: those whose hash does are compared in full.
    """
    if not dataset.key:
        return "SELECT NULL::BIGINT AS _at WHERE false"
    key = ", ".join(f'"{name}"' for name in dataset.key)
    return (
        f"SELECT _at FROM (SELECT r._at, row_number() OVER (PARTITION BY {key} ORDER BY u.edition DESC, r._at DESC) "
        f'AS nth FROM ({_repeated(code, dataset)}) s JOIN "{code}"."{dataset.name}_all" r '
        f"ON {_key_hash(dataset)} = s.key_hash AND r._ok AND NOT r._alt "
        f"JOIN sub.unit u ON u.unit = r._at >> {UNIT_BITS}) ranked WHERE nth > 1"
    )


def values_of_role(datasets: Sequence[tuple[str, Dataset]], role: str) -> str:
    """Values of all datasets' columns that bear the role, with pointer, enclosing object and date."""
    parts = [
        _role_part(code, dataset, column)
        for code, dataset in datasets
        for column in dataset.columns
        if column.role == role
    ]
    return " UNION ALL ".join(parts) or _EMPTY_ROLE


def every_record(datasets: Sequence[tuple[str, Dataset]]) -> str:
    """Every parsed record with its key text, and hashes of its key and of its content."""
    return " UNION ALL ".join(_record_part(code, dataset) for code, dataset in datasets) or _EMPTY_RECORD


def repeated_keys(datasets: Sequence[tuple[str, Dataset]]) -> str:
    """The hashes of keys that more than one usable record of a dataset has."""
    parts = [_repeated(code, dataset) for code, dataset in datasets if dataset.key]
    return " UNION ALL ".join(parts) or _EMPTY_REPEATED


def code_list_table(editions: Sequence[CodeList]) -> pa.Table:
    """All editions of a code list together."""
    return pa.concat_tables([_edition(edition) for edition in editions], promote_options="default")


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
        f'unnest("{column.name}") AS item, {tail} AND array_length("{column.name}") > 0'
    )
    return (
        f"SELECT _at, standard, dataset, '{pointer}/' || i AS _pointer, '{pointer}' AS parent, "
        f"CAST(item AS VARCHAR) AS value, on_date FROM ({inner})"
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
