"""Where a big document or table can be cut so that each stretch starts at a record; compiled.

One pass over the bytes that looks only at strings, brackets and separators. Whatever is not laid
out plainly is not cut: then one process reads it all.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from validator.accept.blocks import container_end
from validator.accept.compiled import compiled
from validator.accept.containers import CLOSE_LIST, CLOSE_OBJECT, COLON, COMMA, OPEN_LIST, OPEN_OBJECT
from validator.accept.judged import Cuts
from validator.accept.pointers import bytes_of, integers_of
from validator.accept.scalars import BACKSLASH, QUOTE, REFUSED

MOST_CUTS: Final = 100_000
LINE_FEED: Final = 10
CARRIAGE_RETURN: Final = 13


def document_cuts(text: npt.NDArray[np.uint8], start: int, member: str, every: int) -> Cuts:
    """Cuts of a JSON document whose records lie in a root array, or in the one member of that name."""
    found = np.zeros(MOST_CUTS, np.int64)
    key = np.frombuffer(f'"{member}"'.encode(), np.uint8)
    count, close = _document(text, start, len(text), key, every, found)
    return Cuts(found[:count].tolist(), close) if count > 0 else Cuts(())


def table_cuts(text: npt.NDArray[np.uint8], start: int, delimiter: str, every: int) -> Cuts:
    """Cuts of a CSV file between rows."""
    found = np.zeros(MOST_CUTS, np.int64)
    count = _table(text, start, len(text), ord(delimiter), every, found)
    return Cuts(found[: max(count, 0)].tolist())


@compiled
def space_end(text, at, end):
    while at < end and (text[at] == 32 or 9 <= text[at] <= 10 or text[at] == CARRIAGE_RETURN):
        at += 1
    return at


@compiled
def string_end(text, at, end):
    """Just after the string that opens at a place; REFUSED when it never ends."""
    at += 1
    while at < end and text[at] != QUOTE:
        at += 2 if text[at] == BACKSLASH else 1
    return at + 1 if at < end else REFUSED


@compiled
def value_stop(text, at, end):
    """Just after any value, told by brackets and quotation marks; REFUSED when it never ends."""
    if at >= end:
        return REFUSED
    if text[at] == QUOTE:
        return string_end(text, at, end)
    if text[at] in (OPEN_OBJECT, OPEN_LIST):
        return container_end(text, at, end)
    while at < end and text[at] not in (COMMA, CLOSE_OBJECT, CLOSE_LIST):
        at += 1
    return at


@compiled
def array_cuts(text, at, end, every, found, most):
    """Cuts of the array that opens at a place: (count, its closing bracket), count -1 when it is not plain."""
    count, last = 0, at
    at = space_end(text, at + 1, end)
    if at < end and text[at] == CLOSE_LIST:
        return 0, at
    while at < end and text[at] in (OPEN_OBJECT, OPEN_LIST):
        if at - last >= every and count < most:
            found[count] = last = at
            count += 1
        at = container_end(text, at, end)
        if at < 0:
            break
        at = space_end(text, at, end)
        if at < end and text[at] == CLOSE_LIST:
            return count, at
        if at >= end or text[at] != COMMA:
            break
        at = space_end(text, at + 1, end)
    return REFUSED, 0


@compiled
def same_bytes(text, at, stop, key, size):
    if stop - at != size:
        return False
    for k in range(size):
        if text[at + k] != key[k]:
            return False
    return True


@compiled
def member_value(text, at, end):
    """Where the value of the member at a place starts; REFUSED when that is not plain."""
    stop = string_end(text, at, end)
    if stop < 0:
        return REFUSED, REFUSED
    value = space_end(text, stop, end)
    if value >= end or text[value] != COLON:
        return REFUSED, REFUSED
    return stop, space_end(text, value + 1, end)


@compiled
def members_cuts(text, at, end, key, size, every, found, most):
    """Cuts of the object that opens at a place: (count, where its record array closes, where it ends itself)."""
    count, close = REFUSED, 0
    at = space_end(text, at + 1, end)
    while at < end and text[at] == QUOTE:
        stop, value = member_value(text, at, end)
        if stop < 0:
            break
        if same_bytes(text, at, stop, key, size):
            if count >= 0 or value >= end or text[value] != OPEN_LIST:
                break
            count, close = array_cuts(text, value, end, every, found, most)
            at = close + 1 if count >= 0 else REFUSED
        else:
            at = value_stop(text, value, end)
        if at < 0:
            break
        at = space_end(text, at, end)
        if at < end and text[at] == CLOSE_OBJECT:
            return count, close, at + 1
        if at >= end or text[at] != COMMA:
            break
        at = space_end(text, at + 1, end)
    return REFUSED, 0, at


@compiled
def document(text, at, end, key, size, every, found, most):
    """Cuts of a document: (count, where its record array closes); count -1 when it is not plain."""
    at = space_end(text, at, end)
    count, close, stop = REFUSED, 0, at
    if at < end and text[at] == OPEN_LIST:
        count, close = array_cuts(text, at, end, every, found, most)
        stop = close + 1
    elif at < end and text[at] == OPEN_OBJECT:
        count, close, stop = members_cuts(text, at, end, key, size, every, found, most)
    return (count if space_end(text, stop, end) == end else REFUSED), close


@compiled
def table(text, at, end, delimiter, every, found, most):
    """Cuts of a table between rows; -1 where a quotation mark stands inside a cell."""
    count, last = 0, at
    fresh = True  # at the start of a cell
    while at < end:
        byte = text[at]
        if byte == QUOTE:
            if not fresh:
                return REFUSED
            at += 1
            while at < end and (text[at] != QUOTE or (at + 1 < end and text[at + 1] == QUOTE)):
                at += 2 if text[at] == QUOTE else 1
            at += 1
            if at < end and text[at] != delimiter and text[at] != LINE_FEED and text[at] != CARRIAGE_RETURN:
                return REFUSED
            fresh = False
            continue
        at += 1
        fresh = byte in (delimiter, LINE_FEED)
        if byte == LINE_FEED and at - last >= every and count < most and at < end:
            found[count] = last = at
            count += 1
    return count


@compiled
def _document(text, at, end, key, every, found):
    return document(bytes_of(text), at, end, bytes_of(key), len(key), every, integers_of(found), len(found))


@compiled
def _table(text, at, end, delimiter, every, found):
    return table(bytes_of(text), at, end, delimiter, every, integers_of(found), len(found))
