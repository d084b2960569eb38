"""Records to typed Arrow columns; a value of the wrong type becomes null, never an exception.

Every row carries its place: `_at` (unit << 32 | number of the record in its unit, from 0), `_line`
(1-based, in the unit) and `_off` (byte offset in the file); `_ok` tells whether the schema accepts
it, `_alt` whether its file repeats another one in a second format.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

import orjson
import pyarrow as pa

from validator.accept.judged import Accepted
from validator.engine.units import Unit
from validator.model.record import UNREADABLE, Batch
from validator.model.standard import Column
from validator.observe.instants import civil_microseconds

_INT64 = range(-(2**63), 2**63)
UNIT_BITS: Final = 32
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
PLACES: Final = (
    ("_at", pa.int64()), ("_line", pa.int64()), ("_off", pa.int64()), ("_ok", pa.bool_()), ("_alt", pa.bool_()),
)  # fmt: skip
_ARROW: dict[str, pa.DataType] = {
    "BIGINT": pa.int64(), "DOUBLE": pa.float64(), "BOOLEAN": pa.bool_(), "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
}  # fmt: skip

Take = Callable[[Any], Any]


def arrow_type(sql_type: str) -> pa.DataType:
    if sql_type.endswith("[]"):
        return pa.list_(arrow_type(sql_type[:-2]))
    return _ARROW.get(sql_type, pa.string())


def arrow_schema(columns: Sequence[Column]) -> pa.Schema:
    return pa.schema([*PLACES, *((column.name, arrow_type(column.sql_type)) for column in columns)])


def first_at(unit: int) -> int:
    """The handle `_at` of the first record of a unit."""
    return unit << UNIT_BITS


def record_batch(
    batch: Batch, bad: set[int], columns: Sequence[Column], schema: pa.Schema, unit: Unit
) -> pa.RecordBatch:
    """The batch's readable records as one Arrow batch."""
    kept = [i for i, value in enumerate(batch.values) if value is not UNREADABLE]
    values = [batch.values[i] for i in kept]
    base = first_at(unit.number) - 1
    repeats = unit.observation.edition_of is not None
    arrays = [
        pa.array([base + batch.number(i) for i in kept], pa.int64()),
        pa.array([batch.lines[i] for i in kept], pa.int64()),
        pa.array([batch.offsets[i] for i in kept], pa.int64()),
        pa.array([i not in bad for i in kept], pa.bool_()),
        pa.array([repeats] * len(kept), pa.bool_()),
    ]
    arrays += [_array(values, column) for column in columns]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def accepted_batch(accepted: Accepted, columns: Sequence[Column], schema: pa.Schema, unit: Unit) -> pa.RecordBatch:
    """The records that the filter accepted as one Arrow batch."""
    count = len(accepted.numbers)
    arrays = [
        pa.array(accepted.numbers + (first_at(unit.number) - 1)),
        pa.array(accepted.lines),
        pa.array(accepted.offsets),
        pa.repeat(pa.scalar(True), count),
        pa.repeat(pa.scalar(unit.observation.edition_of is not None), count),
    ]
    for column, made in zip(columns, accepted.judged.columns, strict=True):
        kind = arrow_type(column.sql_type)
        arrays.append(made if isinstance(made, pa.Array) else pa.array(made or [None] * count, kind))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _array(values: Sequence[Any], column: Column) -> pa.Array:
    take = take_for(column.sql_type)
    return pa.array([take(v) for v in _extract(values, column.path)], arrow_type(column.sql_type))


def _extract(values: Sequence[Any], path: tuple[str, ...]) -> list[Any]:
    found = list(values)
    for step in path:
        found = [v.get(step) if type(v) is dict else None for v in found]
    return found


def take_for(sql_type: str) -> Take:
    """What a value becomes in a column of the type; None when it is of another one."""
    return _list_of(take_for(sql_type[:-2])) if sql_type.endswith("[]") else _TAKE.get(sql_type, _text)


def _list_of(take: Take) -> Take:
    def items(value: Any) -> list[Any] | None:
        taken = [take(item) for item in value] if type(value) is list else [None]
        return None if None in taken else taken

    return items


def _integer(value: Any) -> int | None:
    return value if type(value) is int and value in _INT64 else None


def _number(value: Any) -> float | None:
    """Integers beyond 2^53 become the nearest float, as in other readers."""
    if type(value) is float:
        return value
    return float(value) if type(value) is int and value in _INT64 else None


def _boolean(value: Any) -> bool | None:
    return value if type(value) is bool else None


def _text(value: Any) -> str | None:
    return value if type(value) is str else None


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if type(value) is str and _DAY.fullmatch(value) else None
    except ValueError:
        return None


def _instant(value: Any) -> int | None:
    return civil_microseconds(value) if type(value) is str else None


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


_TAKE: Final[dict[str, Take]] = {
    "BIGINT": _integer, "DOUBLE": _number, "BOOLEAN": _boolean, "DATE": _day, "TIMESTAMP": _instant, "JSON": _json,
}  # fmt: skip
