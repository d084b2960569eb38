"""Violations are counted where the data lie; only those that are shown are fetched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from validator.checks.ask import Ask, Further, Row
from validator.checks.rule import ends_in_order
from validator.model.standard import Check, ConformanceClass, Level, Requirement, Standard
from validator.model.text import Text

SHOWN = 3
REQUIREMENT = Requirement(
    "VSC-DEMO-R01", "VSC-DEMO", "5.1", Level.MUST, ConformanceClass.BASIC, Text("a", "a"), Text("a", "a"),
    "P", (), (), (), (), None, {}, None, {},
)  # fmt: skip
STANDARD = Standard(
    "VSC-DEMO", "1.0", Text("a", "a"), Text("a", "a"), "2026-11-23", (), (), {}, {}, {}, (REQUIREMENT,), Path(), ""
)


class Asking:
    """A database that notes how many rows were fetched from it."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.fetched = 0

    def query(self, sql: str, parameters: Mapping[str, Any] | None) -> Iterator[Row]:
        cursor = self.connection.cursor()
        cursor.execute(sql, parameters)
        names = [column[0] for column in cursor.description or ()]
        for row in cursor.fetchall():
            self.fetched += 1
            yield dict(zip(names, row, strict=True))

    def violations(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Row | Further]:
        check = Check("rule", {})
        ask = Ask(REQUIREMENT, check, STANDARD, ConformanceClass.BASIC, {}, {}, {}, self.query, SHOWN)
        return list(ask.violations(sql, parameters))


@pytest.mark.parametrize("found", [0, 1, 2])
def test_fewer_violations_than_are_shown_are_all_rows(found: int) -> None:
    answers = Asking().violations(f"SELECT i AS _at FROM range({found}) r (i) ORDER BY i")

    assert answers == [{"_at": i} for i in range(found)]


@pytest.mark.parametrize("found", [3, 4, 100_000])
def test_violations_beyond_those_shown_are_counted_and_not_fetched(found: int) -> None:
    asking = Asking()
    rule = "WITH r AS (SELECT i AS _at FROM range($found) r (i))\nSELECT _at FROM r ORDER BY _at DESC -- newest first"

    *rows, further = asking.violations(rule, {"found": found})

    assert rows == [{"_at": found - 1 - i} for i in range(SHOWN)]
    assert further == Further(found - SHOWN)
    assert asking.fetched == SHOWN + 1


@pytest.mark.parametrize(
    "sql",
    ["SELECT 1 AS _at ORDER BY _at", "SELECT 1 AS _at\nORDER BY 1, _at -- a last word\n", "select 1 as a order by a"],
)
def test_a_rule_may_end_in_its_order(sql: str) -> None:
    assert ends_in_order(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 AS _at",
        "SELECT 1 AS _at -- ORDER BY _at",
        "SELECT 1 AS _at ORDER BY _at LIMIT 5",
        "SELECT 1 AS _at ORDER BY _at;",
        "SELECT row_number() OVER (ORDER BY a) AS _at FROM t",
        "SELECT * FROM (SELECT 1 AS _at ORDER BY _at)",
    ],
)
def test_a_rule_that_ends_otherwise_is_noticed(sql: str) -> None:
    assert not ends_in_order(sql)
