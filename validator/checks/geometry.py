"""Kind `geometry`: what coordinates must fulfil, asked over the SQL tables of the submission.

The setting `ask` names the operation; its other settings name datasets, columns and limits, so
that no operation knows a standard. An operation yields one row per fault in the form of a rule's
rows: `_at`, `_pointer`, `_message`, `expected`, `found` and the placeholders of the message.
"""

from __future__ import annotations

from collections.abc import Iterator

from validator.checks.ask import Answer, Ask
from validator.errors import EngineError


def check(ask: Ask) -> Iterator[Answer]:
    """Answers of the check's operation. Raises EngineError on one that does not exist."""
    # GEOS and PROJ are loaded only by a run that asks about geometry.
    from validator.checks.geometry_operations import OPERATIONS

    name = str(ask.setting("ask"))
    if name not in OPERATIONS:
        raise EngineError("engine.unknown_operation", {"kind": ask.check.kind, "ask": name})
    yield from OPERATIONS[name](ask)
