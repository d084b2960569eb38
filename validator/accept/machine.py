"""One record after another against a program; compiled.

A record is walked once, without objects and without recursion; a frame stands for each level of
nesting.
"""

from __future__ import annotations

from validator.accept import program as p
from validator.accept.compiled import compiled
from validator.accept.containers import (
    CLOSE_LIST,
    CLOSE_OBJECT,
    COMMA,
    OPEN_LIST,
    OPEN_OBJECT,
    closes,
    next_value,
    opens,
    take_value,
)  # fmt: skip
from validator.accept.places import at_node, skip_space, write_mark
from validator.accept.scalars import ACCEPTED, REFUSED
from validator.accept.values import answered, scalar, write_compact


@compiled
def single(text, at, end, node, depth, row, g, limits, table, w, r, c, f, v, b):
    """A scalar inside the open object or list; where it ends."""
    stop, trimmed = scalar(text, at, end, node, row, g, limits, table, w, r, c, f, v)
    if stop < 0:
        return REFUSED
    if g[at_node(node) + p.N_QUESTIONS] and not answered(text, at, stop, node, depth, g, limits, table, w):
        return REFUSED
    if w[p.W_COMPACT] > 0:
        write_compact(text, at, stop, trimmed, w, b)
    take_value(text, at, trimmed, depth, g, w, b)
    return stop


@compiled
def after_comma(text, at, fresh, w, b):
    """Past the comma that must stand between two members or items; REFUSED where it does not."""
    if fresh:
        return at
    if text[at] != COMMA:
        return REFUSED
    write_mark(COMMA, w, b)
    return at + 1


@compiled
def is_open(byte):
    return byte in (OPEN_OBJECT, OPEN_LIST)


@compiled
def is_close(byte):
    return byte in (CLOSE_OBJECT, CLOSE_LIST)


@compiled
def start(text, at, end, row, g, w, r, v, b):
    """Opens the object at a place as record `row`; where its first member starts, or REFUSED."""
    w[p.W_NESTED], w[p.W_COMPACT] = w[p.W_NESTED_START], 0
    r[row] = ACCEPTED
    for column in range(w[p.W_COLUMNS]):
        v[column * p.ROWS + row] = 0
    if at >= end or text[at] != OPEN_OBJECT or not opens(text, at, 0, 0, g, w, b):
        return REFUSED
    return skip_space(text, at + 1, end, w)


@compiled
def one_value(text, at, end, fresh, depth, row, g, limits, table, keys, w, r, c, f, v, b):
    """The next member or item, an object or list only opened; (where it ends, whether it was opened)."""
    at = after_comma(text, at, fresh, w, b)
    if at < 0:
        return REFUSED, False
    at, node = next_value(text, at, end, depth, g, keys, w, b)
    if at < 0 or at >= end or node < 0:
        return REFUSED, False
    if is_open(text[at]):
        return (at + 1 if opens(text, at, node, depth + 1, g, w, b) else REFUSED), True
    return single(text, at, end, node, depth, row, g, limits, table, w, r, c, f, v, b), False


@compiled
def record(text, at, end, row, g, limits, table, keys, w, r, c, f, v, b):
    """The object at a place as record `row`: where it ends, or REFUSED."""
    at = start(text, at, end, row, g, w, r, v, b)
    depth, fresh = 0, True  # fresh: just after an opening bracket
    while 0 <= at < end:
        if is_close(text[at]):
            if not closes(text, at, depth, row, g, keys, w, c, v, b):
                return REFUSED
            if depth == 0:
                return at + 1
            at, depth, fresh = at + 1, depth - 1, False
        else:
            at, fresh = one_value(text, at, end, fresh, depth, row, g, limits, table, keys, w, r, c, f, v, b)
            if at < 0:
                return REFUSED
            depth += fresh
        at = skip_space(text, at, end, w)
    return REFUSED
