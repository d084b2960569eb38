"""The closed list of kinds that look at tables, and how each is called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from validator.checks import codelist, declared, geometry, rule, timeliness
from validator.checks.ask import Answer, Ask, TableCheck

RECORD_KINDS: Final = frozenset({"schema", "bytes", "xml"})


def _small_cells(ask: Ask) -> Iterator[Answer]:
    """`personal_data` asked for small cells is a rule; identifiers are looked for in the stream."""
    if "sql" in ask.check.settings:
        yield from rule.check(ask)


CHECK_FOR_KIND: Final[Mapping[str, TableCheck]] = {
    "codelist": codelist.check,
    "rule": rule.check,
    "timeliness": timeliness.check,
    "geometry": geometry.check,
    "personal_data": _small_cells,
    "declared": declared.check,
}
LIVE: Final = "api"
"""The kind that a running system is asked for; files tell nothing of it."""
KINDS: Final = RECORD_KINDS | frozenset(CHECK_FOR_KIND) | {LIVE}
