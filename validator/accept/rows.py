"""Rows of a CSV file (RFC 4180) against a program; compiled.

A header is a few numbers per column: the frame of the object that the cell belongs to, its member,
how its text becomes a value, and whether an empty cell is null. Objects are frames 0, 1, …; each but
the first lies in a member of an earlier one.
"""

from __future__ import annotations

from typing import Final

from validator.accept import program as p
from validator.accept.blocks import finish
from validator.accept.compiled import compiled
from validator.accept.containers import ALL_BITS, fulfilled, take_value, write_object
from validator.accept.places import at_frame, at_member, at_node, copy
from validator.accept.pointers import bytes_of, floats_of, integers_of, shorts_of
from validator.accept.scalars import (
    ACCEPTED,
    BACKSLASH,
    LOOK,
    QUOTE,
    REFUSED,
    code_points,
    matches,
    number,
)  # fmt: skip
from validator.accept.suspects import suspicious
from validator.accept.values import is_word, keep_number, kept_text, literal_value, number_allowed

LINE_FEED: Final = 10
CARRIAGE_RETURN: Final = 13

# A column of the header.
H_FRAME: Final = 0
H_MEMBER: Final = 1
H_CONVERT: Final = 2
H_NULL: Final = 3
COLUMN: Final = 4

# How a cell's text becomes a value.
AS_TEXT: Final = 0
AS_INTEGER: Final = 1
AS_NUMBER: Final = 2
AS_TRUTH: Final = 3
AS_JSON: Final = 4

# An object of the header: the frame and the member that it lies in (its own node for the first).
B_FRAME: Final = 0
B_MEMBER: Final = 1
B_NODE: Final = 2
BODY: Final = 3


@compiled
def ends_row(text, at, end):
    return text[at] == LINE_FEED or (text[at] == CARRIAGE_RETURN and at + 1 < end and text[at + 1] == LINE_FEED)


@compiled
def quoted_end(text, at, end, delimiter):
    """Where a cell in quotation marks ends, and 1, 2 when it needs more than copying, or REFUSED."""
    kind = 1
    at += 1
    while at < end:
        if text[at] == QUOTE:
            if at + 1 >= end or text[at + 1] != QUOTE:
                break
            kind = 2
            at += 1
        elif text[at] < 32:
            kind = 2
        at += 1
    at += 1
    closed = at <= end and (at == end or text[at] == delimiter or ends_row(text, at, end))
    return at, kind if closed else REFUSED


@compiled
def bare_end(text, at, end, delimiter):
    """Where a cell without quotation marks ends, and 0, 2 when a control character is in it, or REFUSED."""
    kind = 0
    while at < end and text[at] != delimiter and not ends_row(text, at, end):
        if text[at] in (QUOTE, CARRIAGE_RETURN):
            return at, REFUSED
        if text[at] < 32:
            kind = 2
        at += 1
    return at, kind


@compiled
def cell_end(text, at, end, delimiter):
    if at < end and text[at] == QUOTE:
        return quoted_end(text, at, end, delimiter)
    return bare_end(text, at, end, delimiter)


@compiled
def write_text(text, start, stop, w, b):
    """Writes a cell's text as a JSON string among the inner texts; where it starts."""
    begin = at = w[p.W_NESTED]
    b[at] = QUOTE
    at = copy(text, start, stop, b, at + 1)
    b[at] = QUOTE
    w[p.W_NESTED] = at + 1
    return begin


@compiled
def text_cell(text, start, stop, node, row, g, table, w, r, c, v, b):
    """A cell kept as text; where its canonical text starts in `b`, or REFUSED."""
    n = at_node(node)
    mixed = 0
    for k in range(start, stop):
        mixed |= text[k]
        if text[k] == BACKSLASH or text[k] == QUOTE:
            return REFUSED
    size = stop - start
    state = g[n + p.N_STATE]
    if mixed > 127:
        size = code_points(text, start, stop)
        if size < 0 or state >= 0 or g[n + p.N_FORM] != p.NO_FORM:
            return REFUSED
        r[row] = LOOK
    if not g[n + p.N_KINDS] & p.TEXT or size < g[n + p.N_TEXT_MIN] or size > g[n + p.N_TEXT_MAX]:
        return REFUSED
    if state >= 0 and not matches(text, start, stop, state, table):
        return REFUSED
    if not kept_text(text, start, stop, node, row, g, c, v):
        return REFUSED
    if g[n + p.N_FREE] and r[row] != LOOK and suspicious(text, start, stop):
        r[row] = LOOK
    return write_text(text, start, stop, w, b)


@compiled
def number_cell(text, start, stop, convert, node, row, g, limits, r, c, f, v):
    """A cell that is a number; where its canonical text ends, or REFUSED."""
    end, value, whole, trimmed = number(text, start, stop)
    if end != stop or (convert == AS_INTEGER and not whole) or not number_allowed(value, whole, node, g, limits):
        return REFUSED
    keep_number(value, whole, node, row, g, r, c, f, v)
    return trimmed


@compiled
def cell(text, start, stop, convert, node, row, frame, g, limits, table, w, r, c, f, v, b):
    """A cell that is not empty, as the value of the member last named in its frame; False refuses."""
    if convert == AS_TEXT:
        begin = text_cell(text, start, stop, node, row, g, table, w, r, c, v, b)
        if begin < 0:
            return False
        take_value(text, -begin, w[p.W_NESTED], frame, g, w, b)
        return True
    if convert in (AS_INTEGER, AS_NUMBER):
        end = number_cell(text, start, stop, convert, node, row, g, limits, r, c, f, v)
    elif convert == AS_TRUTH and not is_word(text, start, stop, 110, 117, 108, 108):
        end = literal_value(text, start, stop, node, row, g, c, v)
        end = end if end == stop else REFUSED
    else:
        end = REFUSED
    if end < 0:
        return False
    take_value(text, start, end, frame, g, w, b)
    return True


@compiled
def null_cell(text, node, frame, g, w, b):
    """An empty cell that is null; False where the node allows none."""
    if not g[at_node(node) + p.N_KINDS] & p.NULL:
        return False
    at = w[p.W_NESTED]
    b[at] = 110
    b[at + 1] = 117
    b[at + 2] = b[at + 3] = 108
    w[p.W_NESTED] = at + 4
    take_value(text, -at, at + 4, frame, g, w, b)
    return True


@compiled
def name_member(frame, member, g, w):
    """Marks a member of the object of a frame as there and as the last one; its node."""
    k = at_frame(frame)
    body = g[p.G_OBJECTS] + g[at_node(w[k + p.F_NODE]) + p.N_BODY] * p.OBJECT_SIZE
    w[k + p.F_SEEN] |= 1 << (member - g[body + p.O_MEMBER])
    w[k + p.F_LAST] = member
    return g[at_member(member, g) + p.M_NODE]


@compiled
def open_bodies(bodies, count, row, w, r, v):
    w[p.W_NESTED] = w[p.W_NESTED_START]
    r[row] = ACCEPTED
    for column in range(w[p.W_COLUMNS]):
        v[column * p.ROWS + row] = 0
    for frame in range(count):
        k = at_frame(frame)
        w[k + p.F_NODE] = bodies[frame * BODY + B_NODE]
        w[k + p.F_SEEN] = 0
        w[k + p.F_HELD] = ALL_BITS


@compiled
def close_bodies(text, bodies, count, g, keys, w, b):
    """Closes inner objects before outer ones and writes the record; False refuses."""
    for frame in range(count - 1, 0, -1):
        if not w[at_frame(frame) + p.F_SEEN]:
            continue
        if not fulfilled(frame, g, w):
            return False
        start = w[p.W_NESTED]
        w[p.W_NESTED] = write_object(text, frame, start, g, keys, w, b)
        outer = bodies[frame * BODY + B_FRAME]
        name_member(outer, bodies[frame * BODY + B_MEMBER], g, w)
        take_value(text, -start, w[p.W_NESTED], outer, g, w, b)
    if not fulfilled(0, g, w):
        return False
    if w[p.W_WANTED]:
        w[p.W_CANON] = write_object(text, 0, w[p.W_CANON], g, keys, w, b)
    return True


@compiled
def one_cell(text, at, stop, kind, column, header, row, g, limits, table, w, r, c, f, v, b):
    """Takes the cell between two places; False refuses."""
    frame, convert = header[column * COLUMN + H_FRAME], header[column * COLUMN + H_CONVERT]
    start, end = (at + 1, stop - 1) if kind == 1 else (at, stop)
    if start == end and not header[column * COLUMN + H_NULL]:
        return True
    if kind == 2:
        return False
    node = name_member(frame, header[column * COLUMN + H_MEMBER], g, w)
    if start == end:
        return null_cell(text, node, frame, g, w, b)
    return cell(text, start, end, convert, node, row, frame, g, limits, table, w, r, c, f, v, b)


@compiled
def judge_row(text, at, end, delimiter, header, columns, bodies, count, row, g, limits, table, keys, w, r, c, f, v, b):
    """The row at a place: (where it ends, 1 accepted or 0 rejected, or REFUSED when it is not well formed)."""
    open_bodies(bodies, count, row, w, r, v)
    good, column = True, 0
    while True:
        stop, kind = cell_end(text, at, end, delimiter)
        if kind < 0:
            return stop, REFUSED
        good = good and column < columns
        good = good and one_cell(text, at, stop, kind, column, header, row, g, limits, table, w, r, c, f, v, b)
        column += 1
        if stop >= end or text[stop] != delimiter:
            break
        at = stop + 1
    good = good and column == columns and close_bodies(text, bodies, count, g, keys, w, b)
    while stop < end and text[stop] != LINE_FEED:
        stop += 1
    return stop, 1 if good else 0


@compiled
def judge_rows(text, at, end, delimiter, header, columns, bodies, count, g, limits, table, keys, w, r, c, f, v, b):
    """Judges rows from `at` on: (rows, where it stopped). Stops before a blank line and what is not well formed."""
    r[p.R_CUT * p.RECORDS] = w[p.W_CANON]
    row = 0
    while at < end and row < p.ROWS and text[at] != LINE_FEED and text[at] != CARRIAGE_RETURN:
        canon, side = w[p.W_CANON], w[p.W_SIDE]
        r[p.R_START * p.RECORDS + row] = at
        stop, good = judge_row(
            text, at, end, delimiter, header, columns, bodies, count, row, g, limits, table, keys, w, r, c, f, v, b
        )
        if good < 0:
            break
        finish(row, stop, canon, side, good == 1, w, r, b)
        row += 1
        at = stop + 1
    return row, min(at, end)


@compiled
def rows(text, at, end, delimiter, header, bodies, g, limits, table, keys, w, r, c, f, v, b):
    """`judge_rows` over arrays."""
    program = (integers_of(g), floats_of(limits), shorts_of(table), bytes_of(keys))
    memory = (integers_of(w), integers_of(r), integers_of(c), floats_of(f), bytes_of(v), bytes_of(b))
    columns, count = len(header) // COLUMN, len(bodies) // BODY
    return judge_rows(
        bytes_of(text), at, end, delimiter, integers_of(header), columns, integers_of(bodies), count, *program, *memory
    )
