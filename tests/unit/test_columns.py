"""Records become typed columns; what does not fit its type is null, and nothing raises."""

from typing import Any

import pytest

from validator.engine.columns import arrow_schema, record_batch
from validator.model.record import UNREADABLE, Batch
from validator.model.standard import Column


def column(values: list[Any], sql_type: str) -> list[Any]:
    """The values of one member `a.b`, through the batch that the engine is given."""
    columns = (Column("a_b", ("a", "b"), sql_type),)
    records = [{"a": {"b": value}} for value in values]
    batch = Batch("f", 1, [1] * len(values), [0] * len(values), [b""] * len(values), records)
    made: list[Any] = record_batch(batch, set(), columns, arrow_schema(columns)).column("c0").to_pylist()
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
         ["2026-11-23", "9999-12-31"] + [None] * 6),
        ("TIMESTAMP", ["2026-11-23T08:00:00+07:00", "2026-11-23T08:00:00.123456789Z", "2026-11-23T08:00:00", "infinity",
                       "294247-01-10T04:00:54Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "now"],
         ["2026-11-23T08:00:00+07:00", "2026-11-23T08:00:00.123456789Z"] + [None] * 6),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_null(sql_type: str, values: list[Any], kept: list[Any]) -> None:
    assert column(values, sql_type) == kept


def test_unreadable_records_leave_no_row_and_bad_ones_are_marked() -> None:
    columns = (Column("a", ("a",), "BIGINT"),)
    batch = Batch("f", 11, [1, 2, 3], [0, 5, 9], [b""] * 3, [{"a": 1}, UNREADABLE, {"a": 3}])
    made = record_batch(batch, {2}, columns, arrow_schema(columns)).to_pydict()

    assert made == {"_n": [10, 12], "_line": [1, 3], "_off": [0, 9], "_ok": [True, False], "c0": [1, 3]}


@pytest.mark.parametrize("record", [[], "x", 5, None, {"a": 5}, {"a": [{"b": 1}]}, {"b": 1}])
def test_a_record_of_another_shape_has_nulls(record: Any) -> None:
    columns = (Column("a_b", ("a", "b"), "BIGINT"),)
    batch = Batch("f", 1, [1], [0], [b""], [record])

    assert record_batch(batch, set(), columns, arrow_schema(columns)).column("c0").to_pylist() == [None]
