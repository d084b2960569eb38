"""Recursion with UNION, which Spark's SQL does not carry: rounds of joins until nothing new comes.

A chain of references is a handful of rounds long; rows that were seen are not followed again, so
that references in a circle end.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.transforms import move_ctes_to_top_level

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

Run = Callable[[exp.Query], "DataFrame"]
Keep = Callable[["DataFrame"], str]


def without_recursion(query: exp.Query, run: Run, keep: Keep) -> exp.Query:
    """The query with each recursive CTE worked out beforehand, however deep it stands (a count wraps its rule).

    `run` carries out a SELECT; `keep` stores its rows as a table of their own and gives its name.
    """
    if not any(inner.recursive for inner in query.find_all(exp.With)):
        return query
    around = move_ctes_to_top_level(query).args["with_"]  # each after those that it may read
    before: list[exp.CTE] = []
    for cte in around.expressions:
        if any(table.name == cte.alias for table in cte.this.find_all(exp.Table)):
            cte.set("this", _closure(cte, before, run, keep))
            cte.args["alias"].set("columns", [])
        before.append(cte)
    around.set("recursive", False)
    return query


def _closure(cte: exp.CTE, before: list[exp.CTE], run: Run, keep: Keep) -> exp.Query:
    union = cte.this
    start = run(_within(union.left, before))
    columns = [column.name for column in cte.args["alias"].columns] or start.columns
    newest = keep(start.toDF(*columns).distinct())
    rounds = [newest]
    while not run(_all(newest)).isEmpty():
        step = union.right.copy()
        for table in [t for t in step.find_all(exp.Table) if t.name == cte.alias]:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(table.alias_or_name)))
            table.set("this", exp.to_identifier(newest))
        seen = reduce(lambda one, other: one.union(other), (run(_all(name)) for name in rounds))
        newest = keep(run(_within(step, before)).toDF(*columns).subtract(seen))
        rounds.append(newest)
    return reduce(lambda one, other: exp.union(one, other, distinct=False), map(_all, rounds))


def _all(name: str) -> exp.Query:
    return exp.select("*").from_(name)


def _within(select: exp.Query, ctes: list[exp.CTE]) -> exp.Query:
    """A SELECT with copies of the CTEs that it may read."""
    own = select.copy()
    if ctes:
        own.set("with_", exp.With(expressions=[cte.copy() for cte in ctes]))
    return own
