"""Records become typed columns; what does not fit its type is null, and nothing raises."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from validator.engine.columns import arrow_schema, record_batch
from validator.engine.units import Unit
from validator.model.record import UNREADABLE, Batch
from validator.model.standard import Column
from validator.model.submission import Observation

UNIT = Unit(3, Observation("f", Path("f"), "jsonl", 0, "", None), 0, 0)


def column(values: list[Any], sql_type: str) -> list[Any]:
    """The values of one member `a.b`, through the batch that the engine is given."""
    columns = (Column("a_b", ("a", "b"), sql_type),)
    records = [{"a": {"b": value}} for value in values]
    batch = Batch("f", 1, [1] * len(values), [0] * len(values), [b""] * len(values), records)
    made: list[Any] = record_batch(batch, set(), columns, arrow_schema(columns), UNIT).column("a_b").to_pylist()
    return made


@pytest.mark.parametrize(
    ("sql_type", "values", "kept"),
    [
        ("BIGINT", [1, 2**63 - 1, -(2**63), 2**63, 1.0, "1", True, None, [1]], [1, 2**63 - 1, -(2**63)] + [None] * 6),
        ("DOUBLE", [1, 1.5, 2**62, 2**53 + 1, 2**64, "1", False], [1.0, 1.5, 2.0**62, 2.0**53, None, None, None]),
        ("BOOLEAN", [True, False, 1, "true"], [True, False, None, None]),
        ("VARCHAR", ["x", "", "a\0b", "😀", 1, None, {}], ["x", "", "a\0b", "😀", None, None, None]),
        ("VARCHAR[]", [["x"], [], ["x", 1], "x", [None], {}], [["x"], [], None, None, None, None]),
        ("DOUBLE[]", [[1, 2.5], [2**62]], [[1.0, 2.5], [2.0**62]]),
        ("JSON", [{"x": [1]}, "s", None, 2**63], ['{"x":[1]}', '"s"', None, "9223372036854775808"]),
        ("DATE", ["2026-11-23", "9999-12-31", "0000-01-01", "infinity", "epoch", "2026-11-23 ", "12026-11-23", 5],
         [date(2026, 11, 23), date(9999, 12, 31)] + [None] * 6),
        ("TIMESTAMP", ["2026-11-23T08:00:00+07:00", "2026-11-23T08:00:00.123456789Z", "2026-11-23T08:00:00", "infinity",
                       "294247-01-10T04:00:54Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "now",
                       "2026-02-30T08:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23t23:59:60.5z"],
         [datetime(2026, 11, 23, 8), datetime(2026, 11, 23, 15, 0, 0, 123456)] + [None] * 8
         + [datetime(2026, 11, 24, 7, 0, 0, 500000)]),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_null(sql_type: str, values: list[Any], kept: list[Any]) -> None:
    assert column(values, sql_type) == kept


def test_unreadable_records_leave_no_row_and_bad_ones_are_marked() -> None:
    columns = (Column("a", ("a",), "BIGINT"),)
    batch = Batch("f", 11, [1, 2, 3], [0, 5, 9], [b""] * 3, [{"a": 1}, UNREADABLE, {"a": 3}])
    made = record_batch(batch, {2}, columns, arrow_schema(columns), UNIT).to_pydict()

    at = [(3 << 32) + 10, (3 << 32) + 12]
    assert made == {
        "_at": at, "_line": [1, 3], "_off": [0, 9], "_ok": [True, False], "_alt": [False, False], "a": [1, 3],
    }  # fmt: skip


@pytest.mark.parametrize("record", [[], "x", 5, None, {"a": 5}, {"a": [{"b": 1}]}, {"b": 1}])
def test_a_record_of_another_shape_has_nulls(record: Any) -> None:
    columns = (Column("a_b", ("a", "b"), "BIGINT"),)
    batch = Batch("f", 1, [1], [0], [b""], [record])

    assert record_batch(batch, set(), columns, arrow_schema(columns), UNIT).column("a_b").to_pylist() == [None]
