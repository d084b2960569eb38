"""What a check found: a fault of the subject, with the place a person can go to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Location:
    """Where: file within the submission, line and column (1-based), record (1-based), pointer.

    `pointer` is an RFC 6901 JSON Pointer inside the record, or an XPath when `file` is XML.
    """

    file: str | None = None
    line: int | None = None
    column: int | None = None
    record: int | None = None
    pointer: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault. Knows no severity: the requirement holds MUST, SHOULD or MAY.

    `message_id` names a text of the catalogues (`schema.type`) or of the requirement itself
    (`VSC-BUD-R05.default`); `params` fill its placeholders; `expected` and `found` are shown side
    by side; `personal` values are redacted before anything is written; `exchanges` are the requests and
    answers that it rests on, already redacted; `test` is the test of a live suite that made it.
    """

    requirement: str
    message_id: str
    location: Location = Location()
    params: Mapping[str, Any] = field(default_factory=dict)
    expected: str | None = None
    found: str | None = None
    personal: bool = False
    exchanges: tuple[Mapping[str, Any], ...] = ()
    test: str | None = None
