"""SQL fragments that the operations on geometry share, made from a check's settings."""

from __future__ import annotations

from typing import Final

from validator.checks.ask import Ask, CannotTell
from validator.model.result import Cause

WHOLE: Final = 0
PART: Final = 1


def table(ask: Ask, setting: str, records: str = "") -> str:
    """The quoted table of the dataset that a setting names; `records` "_all" for unusable ones too."""
    return f'"{ask.standard.code}"."{ask.setting(setting)}{records}"'


def chosen(ask: Ask, setting: str, where: str = "where") -> str:
    """The records of a dataset that fulfil the SQL condition of the setting `where`; all without one."""
    return f"(SELECT * FROM {table(ask, setting)} WHERE {ask.setting(where) or 'true'})"


def percent(share: float) -> str:
    return f"{100 * share:.2f} %"


def unmeasured(count: int) -> CannotTell:
    """The answer for records whose geometry cannot be laid on a plane."""
    return CannotTell(Cause.SKIPPED, "engine.records_unusable", {"count": count})
