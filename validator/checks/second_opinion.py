"""The second JSON Schema engine: python-jsonschema must accept and refuse the same records.

Independent code catches a fault of the first engine, which would be ours and not the subject's: a
disagreement is an error of the run (the requirement cannot be told), never a finding. Differences
that are known, and which engine is right, are listed in `KNOWN_DIFFERENCES` with their reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import jsonschema
from jsonschema import FormatChecker

from validator.checks.bytes import strings
from validator.checks.schema import SchemaCheck
from validator.model.record import UNREADABLE

CHECKED_FORMATS: Final = ("date", "date-time", "uuid", "uri")


@dataclass(frozen=True, slots=True)
class KnownDifference:
    """A kind of value on which the engines differ; `seen` recognises it in a string."""

    name: str
    reason: str
    seen: Callable[[str], bool]


_LEAP_SECOND = re.compile(r"T23:59:60|T[0-2][0-9]:[0-5][0-9]:60")
_YEAR_ZERO = re.compile(r"\A0000-")
_TRAILING_NEWLINE = re.compile(r"\n\Z")

KNOWN_DIFFERENCES: Final[Sequence[KnownDifference]] = (
    KnownDifference(
        "leap_second",
        "RFC 3339 §5.6 allows second 60; jsonschema-rs accepts it, python-jsonschema's checker does not.",
        lambda text: bool(_LEAP_SECOND.search(text)),
    ),
    KnownDifference(
        "year_zero",
        "RFC 3339 allows year 0000; Python's datetime, which the second engine asks, starts at year 1.",
        lambda text: bool(_YEAR_ZERO.search(text)),
    ),
    KnownDifference(
        "trailing_newline",
        "Python's `$` also matches before a final newline, ECMA-262's does not; jsonschema-rs is right to refuse.",
        lambda text: bool(_TRAILING_NEWLINE.search(text)),
    ),
)


def format_checker() -> FormatChecker:
    """Formats that both engines assert."""
    return FormatChecker([name for name in CHECKED_FORMATS if name in FormatChecker.checkers])


class SecondOpinion:
    """Compares the two engines on the records of one schema."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.first = SchemaCheck(schema, "", frozenset())
        self.second = jsonschema.Draft202012Validator(dict(schema), format_checker=format_checker())

    def differences(self, values: Sequence[Any]) -> list[int]:
        """Indices of the records that one engine accepts and the other refuses, known ones left out."""
        refused = set(self.first.failing(values))
        return [
            index
            for index, value in enumerate(values)
            if value is not UNREADABLE
            and self.second.is_valid(value) == (index in refused)
            and known_difference(value) is None
        ]


def known_difference(value: Any) -> KnownDifference | None:
    """The first known difference that some string of the value shows."""
    for _, text in strings(value):
        for difference in KNOWN_DIFFERENCES:
            if difference.seen(text):
                return difference
    return None
