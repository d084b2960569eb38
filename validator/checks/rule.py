"""Kind `rule`: a SELECT of the standard that returns one row per violation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from validator.checks.ask import Answer, Ask

_PARAMETER = re.compile(r"\$([a-z][a-z0-9_]*)")
_ORDERED = re.compile(r"\bORDER BY\b(?:(?!\bLIMIT\b)[^();])*\Z", re.IGNORECASE)
_COMMENT = re.compile(r"--[^\n]*")


@cache
def read_rule(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def ends_in_order(sql: str) -> bool:
    """Whether the statement ends in its ORDER BY: then the first rows can be asked for, and those alone."""
    return _ORDERED.search(_COMMENT.sub("", sql).rstrip()) is not None


def used_parameters(sql: str) -> frozenset[str]:
    """Names of the `$parameters` that the statement uses, comments left out."""
    return frozenset(_PARAMETER.findall(_COMMENT.sub("", sql)))


def bound(sql: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The values that the statement asks for. Raises KeyError for one that the standard lacks."""
    return {name: parameters[name] for name in used_parameters(sql)}


def check(ask: Ask) -> Iterator[Answer]:
    """The first rows of the rule's SELECT and how many more there are."""
    sql = read_rule(ask.standard.folder / ask.check.settings["sql"])
    yield from ask.violations(sql, bound(sql, ask.parameters))
