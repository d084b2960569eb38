"""What a verification came to: a word, and the line of each step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Word(StrEnum):
    """Three-valued: what could not be found out is never valid."""

    VALID = "valid"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Mark(StrEnum):
    """How a step ended; a note changes nothing, but must be read."""

    OK = "ok"
    NOTE = "note"
    UNKNOWN = "unknown"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Line:
    """One step; `message_id` names its text in the catalogue `certificate` or, of a fault, `errors`."""

    mark: Mark
    message_id: str
    params: Mapping[str, Any] = field(default_factory=dict)


def word_of(lines: Iterable[Line]) -> Word:
    """What these steps come to."""
    marks = {line.mark for line in lines}
    if Mark.PROBLEM in marks:
        return Word.REFUSED
    return Word.UNKNOWN if Mark.UNKNOWN in marks else Word.VALID


@dataclass(frozen=True, slots=True)
class Verification:
    """The whole; `certificate` is None unless its signature holds."""

    word: Word
    lines: tuple[Line, ...]
    certificate: Mapping[str, Any] | None = None

    def with_lines(self, more: Iterable[Line]) -> Verification:
        """The same with further steps."""
        lines = (*self.lines, *more)
        return Verification(word_of(lines), lines, self.certificate)
