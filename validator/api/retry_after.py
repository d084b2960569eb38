"""Retry-After (RFC 9110, 10.2.3): seconds, or the date from which to ask again."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from validator.model.exchange import Answer

STATUSES = frozenset({429, 503})


def retry_after(answer: Answer, now: datetime) -> float | None:
    """Seconds to wait, not below 0; None when nothing usable is said or the status asks for no wait.

    A date counts from the server's own Date where there is one: its clock may differ from ours.
    """
    if answer.status not in STATUSES:
        return None
    value = (answer.header("retry-after") or "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:10])
    moment = http_date(value)
    if moment is None:
        return None
    return max((moment - (http_date(answer.header("date") or "") or now)).total_seconds(), 0.0)


def http_date(value: str) -> datetime | None:
    """An HTTP-date (RFC 9110, 5.6.7) as an instant in UTC; None when it is none."""
    try:
        found = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
