"""From a JSON Pointer inside a record to the line and column a person can go to."""

from __future__ import annotations

import re

from validator.observe.json_text import BrokenText, skip_space, value_end

_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)


def offset_of(raw: bytes, pointer: str) -> int | None:
    """Byte offset in `raw` where the value at `pointer` (RFC 6901) starts; None when not there."""
    at = skip_space(raw, 0)
    try:
        for step in pointer.split("/")[1:]:
            found = _step(raw, at, step.replace("~1", "/").replace("~0", "~"))
            if found is None:
                return None
            at = found
    except BrokenText:
        return None
    return at


def _step(raw: bytes, at: int, name: str) -> int | None:
    opens = raw[at : at + 1]
    if opens not in (b"{", b"["):
        return None
    at, number = skip_space(raw, at + 1), 0
    while raw[at : at + 1] not in (b"}", b"]", b""):
        matches = str(number) == name
        if opens == b"{":
            key = _STRING.match(raw, at)
            if key is None:
                return None
            matches = key.group()[1:-1].decode("utf-8", "replace") == name
            at = skip_space(raw, skip_space(raw, key.end()) + 1)
        if matches:
            return at
        at = skip_space(raw, value_end(raw, at))
        at = skip_space(raw, at + 1) if raw[at : at + 1] == b"," else at
        number += 1
    return None


def place(raw: bytes, pointer: str | None, line: int, column: int = 1) -> tuple[int, int]:
    """Line and column of the value at `pointer`, given where the record itself starts (1-based)."""
    at = offset_of(raw, pointer) if pointer else 0
    before = raw[: at or 0]
    newlines = before.count(b"\n")
    if newlines:
        return line + newlines, len(before) - before.rfind(b"\n")
    return line, column + len(before)
