"""Moments in certificates: RFC 3339 to the second, always with an offset."""

from __future__ import annotations

import calendar
import re
from datetime import datetime, timedelta, timezone
from typing import Final

VIETNAM: Final = timezone(timedelta(hours=7))
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:Z|[+-][0-9]{2}:[0-5][0-9])")


def stamp(moment: datetime) -> str:
    """The moment in Vietnamese civil time, such as `2026-11-23T08:00:00+07:00`."""
    return moment.astimezone(VIETNAM).isoformat(timespec="seconds")


def read_stamp(text: str) -> datetime:
    """The moment of a text. Raises ValueError."""
    if not _MOMENT.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text)


def months_later(moment: datetime, months: int) -> datetime:
    """The same day of a later month, or its last day where that month is shorter."""
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))
