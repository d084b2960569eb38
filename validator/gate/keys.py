"""By what a finding is known again in another run: never by its line or record."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

Row = Mapping[str, Any]

_INDEX: Final = re.compile(r"/\d+(?=/|$)")
_POSITION: Final = re.compile(r"\[\d+\]")
_NUMBER: Final = re.compile(r"-?(0|[1-9]\d{0,40})(\.\d{1,40})?")
_OF_A_PLACE: Final = frozenset({"line", "column", "record", "pointer"})


class Key(NamedTuple):
    """Requirement and class, which message, the pattern of the place, and the values told."""

    requirement: str
    conformance_class: str
    message_id: str
    pointer: str
    value: str


def key_of(result: Row, finding: Row) -> Key:
    """The key of one finding. Its values are what was expected, what was found, and what the message is about."""
    params = {n: normal(v) for n, v in finding["params"].items() if n not in _OF_A_PLACE}
    values = {"expected": normal(finding["expected"]), "found": normal(finding["found"]), **params}
    value = json.dumps({n: v for n, v in values.items() if v is not None}, ensure_ascii=False, sort_keys=True)
    return Key(result["requirement"], result["class"], finding["message_id"], pattern(finding), value)


def pattern(finding: Row) -> str:
    """The pointer with `*` for each index; of a finding about a call, method and path before it."""
    place = finding["location"]
    pointer = _POSITION.sub("[*]", _INDEX.sub("/*", place["pointer"] or ""))
    if not finding["evidence"].get("exchanges"):
        return pointer
    method, _, target = str(place["file"] or "").partition(" ")
    try:
        path = urlsplit(target).path
    except ValueError:
        path = target
    return f"{method} {_INDEX.sub('/*', path)} {pointer}".strip()


def normal(value: Any) -> str | None:
    """Text in NFC with single spaces; numbers in their shortest form, so that 1.50 is 1.5 (and 007 stays a code)."""
    if value is None:
        return None
    text = " ".join(unicodedata.normalize("NFC", str(value)).split())
    if not _NUMBER.fullmatch(text):
        return text
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return f"{number.normalize():f}" if number else "0"
