"""What DuckDB's SQL says is what Spark says: each difference between the two languages by itself."""

from __future__ import annotations

import random
import re
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from validator.engine.spark_sql import translate
from validator.engine.spark_tables import SparkTables
from validator.errors import EngineError

COLUMNS = pa.schema([
    ("n", pa.int64()), ("x", pa.float64()), ("t", pa.timestamp("us")), ("d", pa.date32()), ("s", pa.string()),
    ("items", pa.list_(pa.string())), ("info", pa.string()),
])  # fmt: skip
ROWS: list[dict[str, Any]] = [
    {"n": 1, "x": 0.1, "t": datetime(2026, 1, 31, 23, 59, 59, 500_000), "d": datetime(2026, 1, 31).date(),
     "s": "Xã Hoà Vang", "items": ["b", "a"], "info": '[{"a": "x", "b": [1, 2]}, {"a": null}]'},
    {"n": 2, "x": 2.675, "t": datetime(2026, 2, 1), "d": datetime(2026, 2, 1).date(), "s": "a.b.c", "items": [],
     "info": "[]"},
    {"n": 3, "x": 1e16, "t": datetime(1999, 12, 31, 7, 0, 0, 1), "d": datetime(2026, 2, 2).date(), "s": "",
     "items": ["c"], "info": '[{"a": "y\\n"}]'},
    {"n": 4, "x": 1e-5, "t": None, "d": None, "s": None, "items": None, "info": None},
    {"n": 5, "x": -0.5, "t": datetime(2026, 2, 1, 8), "d": datetime(2026, 2, 8).date(), "s": "$5 \\\\ 'q'",
     "items": ["d"], "info": "[{}]"},
    {"n": 9_007_199_254_740_993, "x": 123456789.125, "t": datetime(2026, 2, 1, 8, 0, 1), "d": None, "s": "Hoa\\u0300",
     "items": ["e"], "info": "{}"},
]  # fmt: skip
SAME = dict(re.findall(r"-- (.+)\n((?s:.+?))\n\n", Path(__file__).with_name("differences.sql").read_text("utf-8")))
PARAMETERS = {"text": "it's \\\\1 $x", "share": 0.1, "count": 3}
REFUSED = {
    "a file": "SELECT * FROM 'rows.parquet'",
    "a file by its reader": "SELECT * FROM read_csv('rows.csv')",
    "a file by its format": 'SELECT * FROM parquet."rows.parquet"',
    "a table of another run": "SELECT * FROM other.row",
    "a function that reaches out": "SELECT reflect('java.lang.System', 'exit', 0)",
    "a second statement": "SELECT 1; SELECT 2",
    "a statement that changes something": "DROP TABLE sub.row",
    "a join that would lose rows": "SELECT * FROM sub.row r LEFT JOIN UNNEST(r.items) AS i(k) ON true",
    "an unordered string of texts": "SELECT string_agg(s, ',') FROM sub.row",
    "a filter of what is put together": "SELECT string_agg(s, ',' ORDER BY s) FILTER (WHERE n > 1) FROM sub.row",
    "what is no SQL": "SELECT FROM WHERE",
}


@pytest.fixture(scope="module")
def tables(session: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    with closing(SparkTables(session, tmp_path_factory.mktemp("scratch"), 1)) as made:
        made.create("sub.row", COLUMNS, ROWS)
        yield made


@pytest.fixture(scope="module")
def duck() -> Any:
    with closing(duckdb.connect()) as connection:
        connection.execute("CREATE SCHEMA sub")
        given = pa.Table.from_pylist(ROWS, schema=COLUMNS)  # noqa: F841 - DuckDB finds it by its name
        connection.execute("CREATE TABLE sub.row AS SELECT * FROM given")
        yield connection


@pytest.mark.parametrize("sql", SAME.values(), ids=SAME)
def test_both_engines_say(sql: str, tables: SparkTables, duck: Any) -> None:
    given = PARAMETERS if "$count" in sql else None
    expected = duck.execute(sql, given).fetchall()

    found = list(tables.rows(sql, given))

    assert [list(map(repr, row)) for row in found] == [list(map(repr, row)) for row in expected]


@pytest.mark.parametrize("sql", REFUSED.values(), ids=REFUSED)
def test_a_rule_may_not_reach(sql: str) -> None:
    with pytest.raises(EngineError, match=r"engine\.untranslatable"):
        translate(sql, None, ["sub__row"])


def test_rounding_is_that_of_the_double_as_it_is(session: Any, duck: Any, tmp_path: Path) -> None:
    """Numbers that look like halves and are not, true halves, and others."""
    draw = random.Random(20261126)
    doubles = [draw.randint(-(10**7), 10**7) / 10**4 + 0.5 / 10 ** draw.randint(1, 6) for _ in range(3000)]
    doubles += [draw.randint(-(10**6), 10**6) / 64 for _ in range(1000)]
    doubles += [draw.uniform(-1e6, 1e6) for _ in range(1000)]
    schema = pa.schema([("v", pa.float64())])
    sql = "SELECT v, round(v, 1), round(v, 2), round(v, 4), round(v, 6), round(v) FROM {} ORDER BY v"
    given = pa.Table.from_pylist([{"v": v} for v in doubles], schema=schema)  # noqa: F841 - found by its name
    expected = duck.execute(sql.format("given")).fetchall()

    with closing(SparkTables(session, tmp_path, 1)) as tables:
        tables.create("sub.number", schema, [{"v": v} for v in doubles])
        found = list(tables.rows(sql.format("sub.number")))

    assert found == expected
