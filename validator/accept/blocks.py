"""Blocks of records: lines, or items of a list, judged one after another, compiled."""

from __future__ import annotations

from typing import Final

from validator.accept import program as p
from validator.accept.compiled import compiled
from validator.accept.containers import COMMA, OPEN_LIST, OPEN_OBJECT
from validator.accept.machine import record
from validator.accept.places import skip_space
from validator.accept.pointers import bytes_of, floats_of, integers_of, shorts_of
from validator.accept.scalars import BACKSLASH, QUOTE, REFUSED

LINE_FEED: Final = 10
REJECTED: Final = 0
NEVER: Final = 256
DEAREST: Final = 300_000
"""A record of more bytes may cost more than is allowed: the exact reader counts."""


@compiled
def line_end(text, at, end):
    while at < end and text[at] != LINE_FEED:
        at += 1
    return at


@compiled
def is_blank(text, at, end):
    while at < end and (text[at] == 32 or text[at] == 9 or 11 <= text[at] <= 13):
        at += 1
    return at >= end or text[at] == LINE_FEED


@compiled
def finish(row, stop, canon, side, accepted, w, r, b):
    """Ends a record; of a rejected one nothing is left."""
    r[p.R_STOP * p.RECORDS + row] = stop
    if accepted and stop - r[p.R_START * p.RECORDS + row] <= DEAREST:
        b[w[p.W_CANON]] = COMMA
        w[p.W_CANON] += 1
    else:
        r[row] = REJECTED
        w[p.W_CANON], w[p.W_SIDE] = canon, side
    r[p.R_CUT * p.RECORDS + row + 1] = w[p.W_CANON]


@compiled
def judge_lines(text, at, end, g, limits, table, keys, w, r, c, f, v, b):
    """Judges lines from `at` on: (records, where it stopped). Stops at a blank line and when memory is full."""
    w[p.W_FEED] = NEVER
    r[p.R_CUT * p.RECORDS + 0] = w[p.W_CANON]
    row = 0
    while at < end and row < p.ROWS and not is_blank(text, at, end):
        canon, side = w[p.W_CANON], w[p.W_SIDE]
        r[p.R_START * p.RECORDS + row] = at
        stop = record(text, skip_space(text, at, end, w), end, row, g, limits, table, keys, w, r, c, f, v, b)
        if stop >= 0:
            stop = skip_space(text, stop, end, w)
        accepted = stop >= end or (stop >= 0 and text[stop] == LINE_FEED)
        if not accepted:
            stop = line_end(text, at, end)
        finish(row, stop, canon, side, accepted, w, r, b)
        row += 1
        at = stop + 1
    return row, min(at, end)


@compiled
def container_end(text, at, end):
    """Just after the object or list that starts at a place, told by its brackets; REFUSED when it never ends."""
    depth = 0
    while at < end:
        byte = text[at]
        if byte == QUOTE:
            at += 1
            while at < end and text[at] != QUOTE:
                at += 2 if text[at] == BACKSLASH else 1
        elif byte == 123 or byte == 91:
            depth += 1
        elif byte == 125 or byte == 93:
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    return REFUSED


@compiled
def judge_items(text, at, end, g, limits, table, keys, w, r, c, f, v, b):
    """Judges items of a list from the start of one on: (records, where it stopped, whether after a comma).

    Stops before an item that is no container, or never ends, at whatever follows the last item, and
    when memory is full.
    """
    w[p.W_FEED] = LINE_FEED
    r[p.R_CUT * p.RECORDS + 0] = w[p.W_CANON]
    row, between = 0, False
    while at < end and row < p.ROWS and (text[at] == OPEN_OBJECT or text[at] == OPEN_LIST):
        canon, side = w[p.W_CANON], w[p.W_SIDE]
        r[p.R_START * p.RECORDS + row] = at
        stop = record(text, at, end, row, g, limits, table, keys, w, r, c, f, v, b)
        accepted = stop >= 0
        if not accepted:
            stop = container_end(text, at, end)
            if stop < 0:
                break
        finish(row, stop, canon, side, accepted, w, r, b)
        row += 1
        at = skip_space(text, stop, end, w)
        between = True
        if at >= end or text[at] != COMMA:
            break
        at = skip_space(text, at + 1, end, w)
        between = False
    return row, at, between


@compiled
def lines(text, at, end, g, limits, table, keys, w, r, c, f, v, b):
    """`judge_lines` over arrays."""
    program = (integers_of(g), floats_of(limits), shorts_of(table), bytes_of(keys))
    memory = (integers_of(w), integers_of(r), integers_of(c), floats_of(f), bytes_of(v), bytes_of(b))
    return judge_lines(bytes_of(text), at, end, *program, *memory)


@compiled
def items(text, at, end, g, limits, table, keys, w, r, c, f, v, b):
    """`judge_items` over arrays."""
    program = (integers_of(g), floats_of(limits), shorts_of(table), bytes_of(keys))
    memory = (integers_of(w), integers_of(r), integers_of(c), floats_of(f), bytes_of(v), bytes_of(b))
    return judge_items(bytes_of(text), at, end, *program, *memory)


@compiled
def numbers_of_lines(text, starts, count, line, numbers):
    at = starts[0]
    for k in range(count):
        while at < starts[k]:
            line += text[at] == LINE_FEED
            at += 1
        numbers[k] = line
    return line


@compiled
def line_numbers(text, starts, line, numbers):
    """Writes the line of each start, given that of the first; returns the last one."""
    return numbers_of_lines(bytes_of(text), integers_of(starts), len(starts), line, integers_of(numbers))


@compiled
def count_feeds(text, at, end):
    count = 0
    for k in range(at, end):
        count += text[k] == LINE_FEED
    return count


@compiled
def line_feeds(text, at, end):
    """How many line feeds lie between two places."""
    return count_feeds(bytes_of(text), at, end)
