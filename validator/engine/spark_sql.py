"""DuckDB's SQL as Spark's: sqlglot knows the two languages, `spark_differences` what their values do differently.

A function or table that nobody vouches for is refused: a rule reaches the tables of its run and
nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlglot import exp, parse
from sqlglot.errors import SqlglotError

from validator.engine.spark_differences import change_all, refused
from validator.engine.spark_text import NFC, TEXT_OF_DOUBLE

FUNCTIONS: Final = frozenset({
    NFC, TEXT_OF_DOUBLE, "array_sort", "bit_count", "date_format", "format_number", "from_json", "get",
    "get_json_object", "json_array_length", "md5", "posexplode", "rint", "struct", "timestamp_micros", "to_json",
    "try_divide", "typeof", "unix_micros", "unix_seconds", "xxhash64",
})  # fmt: skip
"""Functions that statements may call besides those that sqlglot knows in both languages."""


def flat(schema: str, table: str) -> str:
    """The one name of a table: Spark's temporary views lie in no schema."""
    return f"{schema}__{table}"


def translate(sql: str, parameters: Mapping[str, Any] | None, tables: Iterable[str]) -> exp.Query:
    """One SELECT of DuckDB's as a tree for Spark, its `$parameters` filled in.

    `tables` are the flat names that it may read. Raises EngineError for what cannot be translated.
    """
    try:
        statements = parse(sql, read="duckdb")
    except SqlglotError as fault:
        raise refused(str(fault).splitlines()[0]) from fault
    tree = statements[0]
    if len(statements) != 1 or not isinstance(tree, exp.Query):
        raise refused("not one SELECT")
    root = exp.Paren(this=tree)  # so that every node that may be replaced has a parent
    _bind(root, parameters or {})
    change_all(root)
    _name_tables(root, frozenset(tables))
    _vouch(root)
    query = root.this
    assert isinstance(query, exp.Query)
    return query


def spark_text(tree: exp.Query) -> str:
    """The statement as Spark reads it."""
    return tree.sql("spark", comments=False)


def _bind(root: exp.Expr, parameters: Mapping[str, Any]) -> None:
    for placeholder in list(root.find_all(exp.Placeholder)):
        placeholder.replace(_literal(parameters[placeholder.name]))


def _literal(value: Any) -> exp.Expr:
    if isinstance(value, float):
        return exp.cast(exp.Literal.string(repr(value)), "double")
    return exp.convert(value)


def _name_tables(root: exp.Expr, known: frozenset[str]) -> None:
    """Every table by its flat name, still called by its own; a name that is neither known nor a CTE is refused."""
    local = {cte.alias for cte in root.find_all(exp.CTE)}
    for table in list(root.find_all(exp.Table)):
        if not table.db and table.name in local:
            continue
        name = flat(table.db, table.name)
        if name not in known or table.catalog or not isinstance(table.this, exp.Identifier):
            raise refused(f"no table {table.sql('duckdb')}")
        if not table.alias:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name, quoted=True)))
        table.set("this", exp.to_identifier(name, quoted=True))
        table.set("db", None)


def _vouch(root: exp.Expr) -> None:
    for join in root.find_all(exp.Join):
        if isinstance(join.this, exp.Unnest) and join.side:
            raise refused("an outer join of unnest")
    if any(not isinstance(part.this, exp.AggFunc) for part in root.find_all(exp.Filter)):
        raise refused("FILTER of what Spark has no function for")
    for call in root.find_all(exp.Anonymous):
        if call.name.lower() not in FUNCTIONS:
            raise refused(f"function {call.name}")
