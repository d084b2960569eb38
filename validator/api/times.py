"""Instants as a system's data write them, and as the run writes them at an offset of its choice."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Final

from validator.api.records import Record, at_path, column_path, first_instant
from validator.model.standard import Dataset

CIVIL: Final = datetime(1970, 1, 1, tzinfo=timezone(timedelta(hours=7)))


class Times:
    """Texts of instants; microseconds are those of Vietnamese civil time (UTC+07:00) since 1970."""

    def text(self, record: Record, dataset: Dataset) -> str:
        """The subject time of a record as it stands there; of a date, its first instant at UTC+07:00."""
        return first_instant(str(at_path(record, column_path(dataset, dataset.subject_time or "") or ())))

    def at_offset(self, civil: int, hours: int) -> str:
        """The instant as text at a whole-hour offset from UTC; `Z` at none."""
        moment = (CIVIL + timedelta(microseconds=civil)).astimezone(timezone(timedelta(hours=hours)))
        shown = moment.isoformat(timespec="microseconds" if moment.microsecond else "seconds")
        return shown.replace("+00:00", "Z") if hours == 0 else shown
