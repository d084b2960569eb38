"""JSON that has one reading only: what two parsers could understand differently is refused.

Refused are: what is not UTF-8, members that stand twice, text that is not NFC, lone surrogates,
numbers that are no integers within 2^53, nesting and sizes beyond any certificate. A signed file is
moreover its own RFC 8785 form byte for byte, so that there is nothing in it that the proof does not cover.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any, Final, NoReturn

from validator.canonical import canonical
from validator.errors import EvidenceError

MOST_BYTES: Final = 1024 * 1024
MOST_DEPTH: Final = 32
LARGEST_INTEGER: Final = 2**53 - 1
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_BRACKETS = re.compile(rb"[\[\]{}]")
_LONGEST_INTEGER = len(str(LARGEST_INTEGER)) + 1


def parse(content: bytes, name: str, most: int = MOST_BYTES) -> Any:
    """The value of these bytes; `name` is what messages call them.

    Raises:
        EvidenceError: the bytes are no JSON, or JSON with more than one reading.
    """
    if len(content) > most:
        raise EvidenceError("json.too_large", {"name": name, "most": most})
    _check_depth(content, name)
    reader = _Reader(name)
    try:
        value = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=reader.members,
            parse_int=reader.integer,
            parse_float=reader.no_number,
            parse_constant=reader.no_number,
        )
    except (ValueError, RecursionError) as fault:
        raise EvidenceError("json.malformed", {"name": name, "reason": str(fault)}) from fault
    reader.check_text(value)
    return value


def parse_canonical(content: bytes, name: str, most: int = MOST_BYTES) -> dict[str, Any]:
    """The object of these bytes, which must be its RFC 8785 form exactly. Raises EvidenceError."""
    value = parse(content, name, most)
    if not isinstance(value, dict):
        raise EvidenceError("json.no_object", {"name": name})
    if canonical(value) != content:
        raise EvidenceError("json.not_canonical", {"name": name})
    return value


def _check_depth(content: bytes, name: str) -> None:
    """Before any parser recurses."""
    depth = 0
    for found in _BRACKETS.finditer(_STRING.sub(b"", content)):
        depth += 1 if found[0] in b"[{" else -1
        if depth > MOST_DEPTH:
            raise EvidenceError("json.too_deep", {"name": name, "most": MOST_DEPTH})


class _Reader:
    def __init__(self, name: str) -> None:
        self.name = name

    def members(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, value in pairs:
            if key in made:
                raise EvidenceError("json.duplicate_key", {"name": self.name, "key": ascii(key)})
            if not key.isascii():
                self.check_text(key)
            if isinstance(value, list) or (isinstance(value, str) and not value.isascii()):
                self.check_text(value)
            made[key] = value
        return made

    def integer(self, digits: str) -> int:
        if len(digits) > _LONGEST_INTEGER or abs(int(digits)) > LARGEST_INTEGER or digits == "-0":
            self.no_number(digits)
        return int(digits)

    def no_number(self, digits: str) -> NoReturn:
        raise EvidenceError("json.number", {"name": self.name, "number": digits[:40]})

    def check_text(self, value: Any) -> None:
        """Texts of a value and of the lists in it; those of objects were looked at when they were made."""
        if isinstance(value, list):
            for member in value:
                self.check_text(member)
        elif isinstance(value, str) and not value.isascii():
            if any("\ud800" <= char <= "\udfff" for char in value):
                raise EvidenceError("json.surrogate", {"name": self.name})
            if not unicodedata.is_normalized("NFC", value):
                raise EvidenceError("json.not_nfc", {"name": self.name, "text": ascii(value[:80])})
