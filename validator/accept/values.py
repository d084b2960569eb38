"""Scalars against their nodes: judged, and kept for their columns; compiled.

What a function returns is where the value ends, or REFUSED. The arrays of the program and of the
memory keep their one-letter names of `program.py` throughout.
"""

from __future__ import annotations

import numpy as np

from validator.accept import program as p
from validator.accept.compiled import compiled
from validator.accept.places import at_frame, at_node, copy, same
from validator.accept.scalars import (
    LOOK,
    MINUS,
    POINT,
    QUOTE,
    REFUSED,
    ZERO,
    civil_instant,
    code_points,
    day_number,
    is_digit,
    matches,
    matching_end,
    number,
    plain_end,
)  # fmt: skip
from validator.accept.suspects import suspicious


@compiled
def text_value(text, at, end, node, row, g, table, w, r, c, v):
    """A string, its opening quotation mark at `at`; the same one as last time is accepted by comparison."""
    start, memo = at + 1, w[p.W_MEMOS] + 2 * node
    size = w[memo + 1]
    if size >= 0 and start + size < end and text[start + size] == QUOTE and same(text, start, text, w[memo], size):
        keep_span(start, size, node, row, g, c, v)
        return start + size + 1
    return new_text(text, start, end, node, row, g, table, w, r, c, v)


@compiled
def new_text(text, start, end, node, row, g, table, w, r, c, v):
    n = at_node(node)
    state, form = g[n + p.N_STATE], g[n + p.N_FORM]
    mixed = 0
    if state >= 0:
        stop = matching_end(text, start, end, state, table)
    else:
        stop, mixed = plain_end(text, start, end)
    if stop < 0:
        return REFUSED
    size = stop - start
    if mixed > 127:
        size = code_points(text, start, stop)
        if size < 0 or form != p.NO_FORM:
            return REFUSED
        r[row] = LOOK
    if size < g[n + p.N_TEXT_MIN] or size > g[n + p.N_TEXT_MAX]:
        return REFUSED
    if not kept_text(text, start, stop, node, row, g, c, v):
        return REFUSED
    if mixed <= 127 and form == p.NO_FORM:
        if g[n + p.N_FREE] and suspicious(text, start, stop):
            r[row] = LOOK
        else:
            memo = w[p.W_MEMOS] + 2 * node
            w[memo] = start
            w[memo + 1] = size
    return stop + 1


@compiled
def keep_span(start, size, node, row, g, c, v):
    n = at_node(node)
    column = g[n + p.N_COLUMN]
    if column >= 0 and g[n + p.N_KEEP] == p.SPAN:
        c[2 * column * p.ROWS + row] = start
        c[(2 * column + 1) * p.ROWS + row] = size
        v[column * p.ROWS + row] = 1


@compiled
def kept_text(text, start, stop, node, row, g, c, v):
    """Puts a string into its column; False when it is not of the form that the node asks for."""
    n = at_node(node)
    form, column, keep = g[n + p.N_FORM], g[n + p.N_COLUMN], g[n + p.N_KEEP]
    if form == p.NO_FORM or keep == p.SPAN:
        keep_span(start, stop - start, node, row, g, c, v)
    if form == p.NO_FORM:
        return True
    if form == p.INSTANT_FORM:
        value = civil_instant(text, start, stop)
        good = value != -(1 << 62)
    else:
        value = day_number(text, start, stop)
        good = value != -(1 << 40) and stop - start == 10
    fits = (keep == p.INSTANT and form == p.INSTANT_FORM) or (keep == p.DAY and form == p.DAY_FORM)
    if good and column >= 0 and fits:
        c[2 * column * p.ROWS + row] = value
        v[column * p.ROWS + row] = 1
    return good


@compiled
def number_allowed(value, whole, node, g, limits):
    n = at_node(node)
    if not g[n + p.N_KINDS] & (p.INTEGER if whole else p.FRACTION):
        return False
    low, high = limits[2 * node], limits[2 * node + 1]
    if value < low or (value == low and g[n + p.N_LOW_OPEN]):
        return False
    return value < high or (value == high and not g[n + p.N_HIGH_OPEN])


@compiled
def keep_number(value, whole, node, row, g, r, c, f, v):
    n = at_node(node)
    if g[n + p.N_SENTINEL] and (abs(value) == 9999 or abs(value) == 99999 or value == -999):
        r[row] = LOOK
    column = g[n + p.N_COLUMN]
    if column >= 0:
        if g[n + p.N_KEEP] == p.REAL:
            f[column * p.ROWS + row] = value
            v[column * p.ROWS + row] = 1
        elif g[n + p.N_KEEP] == p.WHOLE and whole:
            c[2 * column * p.ROWS + row] = np.int64(value)
            v[column * p.ROWS + row] = 1


@compiled
def is_word(text, at, end, first, second, third, fourth):
    return at + 4 <= end and (
        text[at] == first and text[at + 1] == second and text[at + 2] == third and text[at + 3] == fourth
    )


@compiled
def literal_value(text, at, end, node, row, g, c, v):
    """null, true or false."""
    n = at_node(node)
    kinds, column = g[n + p.N_KINDS], g[n + p.N_COLUMN]
    if is_word(text, at, end, 110, 117, 108, 108):
        return at + 4 if kinds & p.NULL else REFUSED
    stop, truth = REFUSED, 0
    if is_word(text, at, end, 116, 114, 117, 101):
        stop, truth = at + 4, 1
    elif at + 5 <= end and text[at + 4] == 101 and is_word(text, at, end, 102, 97, 108, 115):
        stop = at + 5
    if not kinds & p.BOOLEAN:
        return REFUSED
    if stop >= 0 and column >= 0 and g[n + p.N_KEEP] == p.TRUTH:
        c[2 * column * p.ROWS + row] = truth
        v[column * p.ROWS + row] = 1
    return stop


@compiled
def scalar(text, at, end, node, row, g, limits, table, w, r, c, f, v):
    """A string, number or literal; (where it ends, where its canonical text ends)."""
    first = text[at]
    if first == QUOTE:
        stop = REFUSED
        if g[at_node(node) + p.N_KINDS] & p.TEXT:
            stop = text_value(text, at, end, node, row, g, table, w, r, c, v)
        return stop, stop
    if first == MINUS or is_digit(first):
        stop, value, whole, trimmed = number(text, at, end)
        if stop < 0 or not number_allowed(value, whole, node, g, limits):
            return REFUSED, REFUSED
        keep_number(value, whole, node, row, g, r, c, f, v)
        return stop, trimmed
    stop = literal_value(text, at, end, node, row, g, c, v)
    return stop, stop


@compiled
def holds(text, at, stop, node, g, limits, table):
    """1 or 0: whether a scalar that was accepted fulfils a further node; REFUSED when it is not certain."""
    n = at_node(node)
    first, kinds = text[at], g[n + p.N_KINDS]
    if first == QUOTE:
        if not kinds & p.TEXT:
            return 0
        size = code_points(text, at + 1, stop - 1)
        state = g[n + p.N_STATE]
        if size < g[n + p.N_TEXT_MIN] or size > g[n + p.N_TEXT_MAX]:
            return 0
        return 1 if state < 0 or matches(text, at + 1, stop - 1, state, table) else 0
    if first == MINUS or is_digit(first):
        _, value, whole, _ = number(text, at, stop)
        if not whole and value == np.floor(value) and not kinds & p.FRACTION:
            return REFUSED
        return 1 if number_allowed(value, whole, node, g, limits) else 0
    return 1 if kinds & (p.NULL if first == 110 else p.BOOLEAN) else 0


@compiled
def answered(text, at, stop, node, depth, g, limits, table, w):
    """Clears the bits of the questions that the value answers with no; False when that is not certain."""
    n = at_node(node)
    question = g[p.G_QUESTIONS] + g[n + p.N_QUESTION] * p.QUESTION
    for _ in range(g[n + p.N_QUESTIONS]):
        answer = holds(text, at, stop, g[question + p.Q_NODE], g, limits, table)
        if answer < 0:
            return False
        if answer == 0:
            w[at_frame(depth) + p.F_HELD] &= ~(1 << g[question + p.Q_BIT])
        question += p.QUESTION
    return True


@compiled
def write_compact(text, at, stop, trimmed, w, b):
    """Writes a scalar as writers of compact JSON do: a fraction keeps one decimal."""
    side = copy(text, at, trimmed, b, w[p.W_SIDE])
    if trimmed < stop and text[at] != QUOTE:
        fraction = False
        for k in range(at, trimmed):
            fraction = fraction or text[k] == POINT
        if not fraction:
            b[side] = POINT
            b[side + 1] = ZERO
            side += 2
    w[p.W_SIDE] = side
