"""From an offset, or a JSON Pointer inside a record, to the line and column a person can go to.

Columns count characters, as editors do.
"""

from __future__ import annotations

from typing import Final

from validator.observe.json_text import STRING, BrokenTextError, name_of, skip_space, value_end
from validator.observe.mapping import Buffer

LOOK_BACK_BYTES: Final = 1024 * 1024


def position(raw: bytes, offset: int, line: int, column: int | None = 1) -> tuple[int, int | None]:
    """Line and column of an offset in `raw`, given those of its first byte (column None: not known)."""
    before = raw[:offset]
    newlines = before.count(b"\n")
    if newlines:
        return line + newlines, characters(before[before.rfind(b"\n") + 1 :]) + 1
    return line, None if column is None else column + characters(before)


def characters(raw: bytes) -> int:
    return len(raw.decode("utf-8", "replace"))


def column_at(text: Buffer, offset: int) -> int | None:
    """The column of an offset of a file; None when its line starts too far back to count."""
    low = max(0, offset - LOOK_BACK_BYTES)
    start = text.rfind(b"\n", low, offset) + 1
    if start == 0 and low > 0:
        return None
    return characters(text[start:offset].removeprefix(b"\xef\xbb\xbf" if start == 0 else b"")) + 1


def place(raw: bytes, pointer: str | None, line: int, column: int | None = 1) -> tuple[int, int | None]:
    """Line and column of the value at `pointer`, given where the record itself starts (1-based)."""
    at = offset_of(raw, pointer) if pointer else None
    return position(raw, at or 0, line, column)


def offset_of(raw: bytes, pointer: str) -> int | None:
    """Byte offset in `raw` where the value at `pointer` (RFC 6901) starts; None when not there."""
    at = skip_space(raw, 0)
    try:
        for step in pointer.split("/")[1:]:
            found = _step(raw, at, step.replace("~1", "/").replace("~0", "~"))
            if found is None:
                return None
            at = found
    except BrokenTextError:
        return None
    return at


def _step(raw: bytes, at: int, name: str) -> int | None:
    """Where the member or item called `name` starts; of members that repeat, the last, as parsers do."""
    opens = raw[at : at + 1]
    if opens not in (b"{", b"["):
        return None
    found = None
    at, number = skip_space(raw, at + 1), 0
    while raw[at : at + 1] not in (b"}", b"]", b""):
        if opens == b"{":
            key = STRING.match(raw, at)
            if key is None:
                return None
            at = skip_space(raw, skip_space(raw, key.end()) + 1)
            found = at if name_of(key.group()) == name else found
        elif str(number) == name:
            return at
        at = skip_space(raw, value_end(raw, at))
        at = skip_space(raw, at + 1) if raw[at : at + 1] == b"," else at
        number += 1
    return found
