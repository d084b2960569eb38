"""Records to typed Arrow columns; a value of the wrong type becomes null, never an exception."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import orjson
import pyarrow as pa

from validator.model.record import UNREADABLE, Batch
from validator.model.standard import Column

_INT64 = range(-(2**63), 2**63)
# What the SQL engine may be given: dates and instants whose arithmetic stays within year 1 to 9999.
_FORMS = {
    "DATE": re.compile(r"(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "TIMESTAMP": re.compile(
        r"(?!0000|0001|9999)[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9:.]{5,18}(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
    ),
}
_ARROW: dict[str, pa.DataType] = {"BIGINT": pa.int64(), "DOUBLE": pa.float64(), "BOOLEAN": pa.bool_()}


def arrow_type(sql_type: str) -> pa.DataType:
    """Times and dates travel as text and are cast by the engine, in bulk."""
    if sql_type.endswith("[]"):
        return pa.list_(arrow_type(sql_type[:-2]))
    return _ARROW.get(sql_type, pa.string())


def arrow_schema(columns: Sequence[Column]) -> pa.Schema:
    places = [("_n", pa.int64()), ("_line", pa.int64()), ("_off", pa.int64()), ("_ok", pa.bool_())]
    return pa.schema(places + [(f"c{i}", arrow_type(c.sql_type)) for i, c in enumerate(columns)])


def record_batch(batch: Batch, bad: set[int], columns: Sequence[Column], schema: pa.Schema) -> pa.RecordBatch:
    """The batch's readable records as one Arrow batch; `_n` counts records from 0 within the file part."""
    kept = [i for i, value in enumerate(batch.values) if value is not UNREADABLE]
    values = [batch.values[i] for i in kept]
    arrays = [
        pa.array([batch.first - 1 + i for i in kept], pa.int64()),
        pa.array([batch.lines[i] for i in kept], pa.int64()),
        pa.array([batch.offsets[i] for i in kept], pa.int64()),
        pa.array([i not in bad for i in kept], pa.bool_()),
    ]
    arrays += [_array(values, column) for column in columns]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _array(values: Sequence[Any], column: Column) -> pa.Array:
    found = _extract(values, column.path)
    kind = arrow_type(column.sql_type)
    if column.sql_type == "JSON":
        return pa.array([None if v is None else orjson.dumps(v).decode() for v in found], kind)
    accept = _accept(column.sql_type)
    kept = [v if accept(v) else None for v in found]
    if column.sql_type.startswith("DOUBLE"):
        kept = list(map(_floats, kept))
    return pa.array(kept, kind)


def _floats(value: Any) -> Any:
    """Integers beyond 2^53 become the nearest float, as in other readers."""
    if isinstance(value, list):
        return list(map(_floats, value))
    return None if value is None else float(value)


def _extract(values: Sequence[Any], path: tuple[str, ...]) -> list[Any]:
    found = list(values)
    for step in path:
        found = [v.get(step) if type(v) is dict else None for v in found]
    return found


def _accept(sql_type: str) -> Callable[[Any], bool]:
    if sql_type.endswith("[]"):
        inner = _accept(sql_type[:-2])
        return lambda v: type(v) is list and all(inner(item) for item in v)
    if sql_type == "BIGINT":
        return lambda v: type(v) is int and v in _INT64
    if sql_type == "DOUBLE":
        return lambda v: type(v) is float or (type(v) is int and v in _INT64)
    if sql_type == "BOOLEAN":
        return lambda v: type(v) is bool
    if sql_type in _FORMS:
        form = _FORMS[sql_type].fullmatch
        return lambda v: type(v) is str and form(v) is not None
    return lambda v: type(v) is str
