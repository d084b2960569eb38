"""Where a big document or table can be cut so that each stretch starts at a record.

One pass over the bytes that looks only at strings, brackets and separators, compiled; a stretch at a
time, so that no more of the file is in memory. Whatever is not laid out plainly is not cut: then one
process reads it all.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from validator.accept.blocks import LINE_FEED, container_end
from validator.accept.compiled import compiled
from validator.accept.containers import CLOSE_LIST, COMMA, OPEN_LIST, OPEN_OBJECT
from validator.accept.judged import Cuts
from validator.accept.pointers import bytes_of
from validator.accept.rows import CARRIAGE_RETURN
from validator.accept.scalars import QUOTE, REFUSED
from validator.observe.json_text import BrokenTextError, Span, skip_space, walk
from validator.observe.limits import MAX_SKIPPED_BYTES
from validator.observe.mapping import Buffer, release

MOST_BESIDE: Final = 1000
"""A document with more members beside its records is left to one process."""
MORE: Final = 0
CLOSED: Final = 1


def document_cuts(text: Buffer, start: int, member: str, every: int) -> Cuts:
    """Cuts of a JSON document whose records lie in a root array, or in the one member of that name."""
    found: list[int] = []
    closes: list[int] = []

    def elements(text: Buffer, at: int) -> Iterator[Span]:
        last, at = at, skip_space(text, at + 1)
        state = CLOSED if text[at : at + 1] == b"]" else MORE
        while state == MORE:
            end = min(len(text), at + every + MAX_SKIPPED_BYTES)
            at, state = array_step(np.frombuffer(text, np.uint8), at, end, last + every)
            if state == MORE:
                found.append(at)
                last = at
                release(text, at)
        if state == REFUSED:
            raise BrokenTextError(at, "read.value_expected")
        closes.append(at)
        yield Span("close", at, at + 1)

    try:
        for number, _ in enumerate(walk(text, start, member, elements)):
            release(text, found[-1] if found else 0)
            if number > MOST_BESIDE:
                return Cuts(())
    except BrokenTextError:
        return Cuts(())
    return Cuts(found, closes[0]) if found and len(closes) == 1 else Cuts(())


def table_cuts(text: Buffer, start: int, delimiter: str, every: int) -> Cuts:
    """Cuts of a CSV file between rows."""
    found: list[int] = []
    at = start
    while at < len(text):
        end = min(len(text), at + every + MAX_SKIPPED_BYTES)
        at = table_step(np.frombuffer(text, np.uint8), at, end, at + every, ord(delimiter))
        if at == REFUSED or (at == end < len(text)):
            return Cuts(())
        if at < len(text):
            found.append(at)
        release(text, at)
    return Cuts(found)


@compiled
def space_end(text, at, end):
    while at < end and (text[at] == 32 or 9 <= text[at] <= LINE_FEED or text[at] == CARRIAGE_RETURN):
        at += 1
    return at


@compiled
def step_of_array(text, at, end, stop):
    """From an element on, (the first element at or after `stop`, MORE) or (the closing bracket, CLOSED)."""
    while at < end and (text[at] == OPEN_OBJECT or text[at] == OPEN_LIST):
        if at >= stop:
            return at, MORE
        after = container_end(text, at, end)
        if after < 0:
            break
        at = space_end(text, after, end)
        if at < end and text[at] == CLOSE_LIST:
            return at, CLOSED
        if at >= end or text[at] != COMMA:
            break
        at = space_end(text, at + 1, end)
    return at, REFUSED


@compiled
def quoted_stop(text, at, end, delimiter):
    """Just after the cell in quotation marks that opens at a place; REFUSED when it is not plain."""
    at += 1
    while at < end and (text[at] != QUOTE or (at + 1 < end and text[at + 1] == QUOTE)):
        at += 2 if text[at] == QUOTE else 1
    at += 1
    if at > end or (at < end and text[at] not in (delimiter, LINE_FEED, CARRIAGE_RETURN)):
        return REFUSED
    return at


@compiled
def step_of_table(text, at, end, stop, delimiter):
    """From a row on, the first row at or after `stop`, or `end`; REFUSED for a quotation mark inside a cell."""
    fresh = True  # at the start of a cell
    while at < end:
        byte = text[at]
        if byte == QUOTE:
            at = quoted_stop(text, at, end, delimiter) if fresh else REFUSED
            if at < 0:
                return REFUSED
            fresh = False
            continue
        at += 1
        fresh = byte in (delimiter, LINE_FEED)
        if byte == LINE_FEED and at >= stop:
            return at
    return end


@compiled
def array_step(text, at, end, stop):
    """`step_of_array` over an array."""
    return step_of_array(bytes_of(text), at, end, stop)


@compiled
def table_step(text, at, end, stop, delimiter):
    """`step_of_table` over an array."""
    return step_of_table(bytes_of(text), at, end, stop, delimiter)
