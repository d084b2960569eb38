"""One JSON value after another against a program: judged, its columns kept, its canonical text written.

Compiled. A record is walked once, without objects and without recursion; a frame stands for each
level of nesting. What a function returns is where the value ends, or REFUSED. The arrays of the
program and of the memory keep their one-letter names of `program.py` throughout.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from validator.accept.compiled import compiled
from validator.accept import program as p
from validator.accept.scalars import (
    ACCEPTED, LOOK, MINUS, POINT, QUOTE, REFUSED, ZERO, civil_instant, code_points, day_number, is_digit, matches,
    matching_end, number, plain_end, suspicious,
)  # fmt: skip

COMMA: Final = 44
COLON: Final = 58
OPEN_LIST: Final = 91
CLOSE_LIST: Final = 93
OPEN_OBJECT: Final = 123
CLOSE_OBJECT: Final = 125
ALL_BITS: Final = (1 << 62) - 1


@compiled
def skip_space(text, at, end, w):
    """Past white space; a line feed counts as such where records may go over several lines."""
    while at < end and (text[at] == 32 or text[at] == 9 or text[at] == 13 or text[at] == w[p.W_FEED]):
        at += 1
    return at


@compiled
def copy(source, start, stop, target, at):
    for k in range(start, stop):
        target[at] = source[k]
        at += 1
    return at


@compiled
def at_node(node):
    """Where a node's numbers start in `g`."""
    return p.G_NODES + node * p.NODE


@compiled
def at_frame(depth):
    """Where a frame's numbers start in `w`."""
    return p.W_FRAMES + depth * p.FRAME


@compiled
def at_body(depth, g, w):
    """Where the numbers of the open object start in `g`."""
    node = at_node(w[at_frame(depth) + p.F_NODE])
    return g[p.G_OBJECTS] + g[node + p.N_BODY] * p.OBJECT_SIZE


@compiled
def at_member(member, g):
    """Where a member's numbers start in `g`."""
    return g[p.G_MEMBERS] + member * p.MEMBER


@compiled
def text_value(text, at, end, node, row, g, table, r, c, v):
    """A string, its opening quotation mark at `at`."""
    n = at_node(node)
    start = at + 1
    state = g[n + p.N_STATE]
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
        if size < 0 or g[n + p.N_FORM] != p.NO_FORM:
            return REFUSED
        r[row] = LOOK
    if size < g[n + p.N_TEXT_MIN] or size > g[n + p.N_TEXT_MAX]:
        return REFUSED
    if not kept_text(text, start, stop, node, row, g, c, v):
        return REFUSED
    if g[n + p.N_FREE] and r[row] != LOOK and suspicious(text, start, stop):
        r[row] = LOOK
    return stop + 1


@compiled
def kept_text(text, start, stop, node, row, g, c, v):
    """Puts a string into its column; False when it is not of the form that the node asks for."""
    n = at_node(node)
    form, column, keep = g[n + p.N_FORM], g[n + p.N_COLUMN], g[n + p.N_KEEP]
    value, size = start, stop - start
    if form == p.INSTANT_FORM:
        value = civil_instant(text, start, stop)
        if value == -(1 << 62):
            return False
    elif form == p.DAY_FORM:
        value = day_number(text, start, stop)
        if value == -(1 << 40) or size != 10:
            return False
    fits = (keep == p.INSTANT and form == p.INSTANT_FORM) or (keep == p.DAY and form == p.DAY_FORM)
    if keep == p.SPAN:
        value, fits = start, True
    if column >= 0 and fits:
        c[2 * column * p.ROWS + row] = value
        c[(2 * column + 1) * p.ROWS + row] = size
        v[column * p.ROWS + row] = 1
    return True


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
def scalar(text, at, end, node, row, g, limits, table, r, c, f, v):
    """A string, number or literal; (where it ends, where its canonical text ends)."""
    first = text[at]
    if first == QUOTE:
        stop = REFUSED
        if g[at_node(node) + p.N_KINDS] & p.TEXT:
            stop = text_value(text, at, end, node, row, g, table, r, c, v)
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
        if not whole and value == np.floor(value):
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


@compiled
def write_mark(byte, w, b):
    """Writes one byte of a compact text, where one is being written."""
    if w[p.W_COMPACT] > 0:
        b[w[p.W_SIDE]] = byte
        w[p.W_SIDE] += 1


@compiled
def same_key(text, at, end, member, g, keys):
    """Whether the member's own `"name"` stands at a place."""
    k = at_member(member, g)
    first, size = g[k + p.M_KEY], g[k + p.M_KEY_SIZE] - 1
    if at + size > end:
        return False
    for i in range(size):
        if text[at + i] != keys[first + i]:
            return False
    return True


@compiled
def find_member(text, at, end, depth, g, keys, w):
    """Which member of the open object the key at a place names; -1 when none does."""
    body = at_body(depth, g, w)
    first, count = g[body + p.O_MEMBER], g[body + p.O_MEMBERS]
    last = w[at_frame(depth) + p.F_LAST]
    memo = p.W_FOLLOWS + last if last >= 0 else p.W_FOLLOWS + w[p.W_MEMBERS] + (body - g[p.G_OBJECTS]) // p.OBJECT_SIZE
    guess = w[memo]
    if first <= guess < first + count and same_key(text, at, end, guess, g, keys):
        return guess
    for member in range(first, first + count):
        if same_key(text, at, end, member, g, keys):
            w[memo] = member
            return member
    return -1


@compiled
def open_member(text, at, end, depth, g, keys, w, b):
    """Reads `"name":` at a place; (where its value starts, its node)."""
    at = skip_space(text, at, end, w)
    member = find_member(text, at, end, depth, g, keys, w)
    if member < 0:
        return REFUSED, -1
    frame, k = at_frame(depth), at_member(member, g)
    bit = 1 << (member - g[at_body(depth, g, w) + p.O_MEMBER])
    if w[frame + p.F_SEEN] & bit:
        return REFUSED, -1
    w[frame + p.F_SEEN] |= bit
    w[frame + p.F_LAST] = member
    first, size = g[k + p.M_KEY], g[k + p.M_KEY_SIZE]
    if w[p.W_COMPACT] > 0:
        w[p.W_SIDE] = copy(keys, first, first + size, b, w[p.W_SIDE])
    at = skip_space(text, at + size - 1, end, w)
    if at >= end or text[at] != COLON:
        return REFUSED, -1
    return skip_space(text, at + 1, end, w), g[k + p.M_NODE]


@compiled
def open_item(depth, g, w):
    """The node of the next item of the open list; -1 when there may be none."""
    frame = at_frame(depth)
    body = g[p.G_LISTS] + g[at_node(w[frame + p.F_NODE]) + p.N_BODY] * p.LIST_SIZE
    count = w[frame + p.F_COUNT]
    w[frame + p.F_COUNT] = count + 1
    if count < g[body + p.L_PREFIXES]:
        return g[g[p.G_PREFIXES] + g[body + p.L_PREFIX] + count]
    return g[body + p.L_ITEM]


@compiled
def in_object(depth, g, w):
    return g[at_node(w[at_frame(depth) + p.F_NODE]) + p.N_KINDS] & p.OBJECT != 0


@compiled
def next_value(text, at, end, depth, g, keys, w, b):
    """From the start of a member or item to (where its value starts, its node)."""
    if in_object(depth, g, w):
        return open_member(text, at, end, depth, g, keys, w, b)
    return skip_space(text, at, end, w), open_item(depth, g, w)


@compiled
def opens(text, at, node, depth, g, w, b):
    """Opens the object or list at a place, where its node allows one; False refuses."""
    n, frame = at_node(node), at_frame(depth)
    if depth >= p.MAX_DEPTH or not g[n + p.N_KINDS] & (p.OBJECT if text[at] == OPEN_OBJECT else p.LIST):
        return False
    w[frame + p.F_NODE] = node
    w[frame + p.F_COUNT] = 0
    w[frame + p.F_LAST] = -1
    w[frame + p.F_START] = at
    w[frame + p.F_NESTED] = w[p.W_NESTED]
    w[frame + p.F_BEGIN] = w[p.W_SIDE]
    w[frame + p.F_SEEN] = 0
    w[frame + p.F_HELD] = ALL_BITS
    if g[n + p.N_COLUMN] >= 0 and g[n + p.N_KEEP] == p.COMPACT:
        w[p.W_COMPACT] += 1
    write_mark(text[at], w, b)
    if text[at] == OPEN_LIST:
        b[w[p.W_NESTED]] = OPEN_LIST
        w[p.W_NESTED] += 1
    return True


@compiled
def fulfilled(depth, g, w):
    """Whether the closing object has what must be there, and what its conditions ask for."""
    body, frame = at_body(depth, g, w), at_frame(depth)
    seen, held = w[frame + p.F_SEEN], w[frame + p.F_HELD]
    if seen & g[body + p.O_REQUIRED] != g[body + p.O_REQUIRED]:
        return False
    k = g[p.G_CONDITIONS] + g[body + p.O_CONDITION] * p.CONDITION
    for _ in range(g[body + p.O_CONDITIONS]):
        applies = seen & g[k] == g[k] and held & g[k + 1] == g[k + 1]
        branch = k + 2 if applies else k + 4
        if seen & g[branch] != g[branch] or held & g[branch + 1] != g[branch + 1]:
            return False
        k += p.CONDITION
    return True


@compiled
def write_object(text, depth, at, g, keys, w, b):
    """The closing object in canonical order: members sorted by name (RFC 8785, 3.2.3). Where it ends."""
    body, frame = at_body(depth, g, w), at_frame(depth)
    first, seen = g[body + p.O_MEMBER], w[frame + p.F_SEEN]
    b[at] = OPEN_OBJECT
    start = at
    at += 1
    for k in range(first, first + g[body + p.O_MEMBERS]):
        order = g[at_member(k, g) + p.M_ORDER]
        if not seen & (1 << order):
            continue
        if at > start + 1:
            b[at] = COMMA
            at += 1
        member = at_member(first + order, g)
        key = g[member + p.M_KEY]
        at = copy(keys, key, key + g[member + p.M_KEY_SIZE], b, at)
        place = p.W_PLACES + 2 * (depth * (p.MAX_MEMBERS + 1) + order)
        begin, stop = w[place], w[place + 1]
        at = copy(text, begin, stop, b, at) if begin >= 0 else copy(b, -begin, stop, b, at)
    b[at] = CLOSE_OBJECT
    return at + 1


@compiled
def take_value(text, start, stop, depth, g, w, b):
    """Notes where the canonical text of the value just read lies: in the text, or (negative) in `b`."""
    if in_object(depth, g, w):
        order = w[at_frame(depth) + p.F_LAST] - g[at_body(depth, g, w) + p.O_MEMBER]
        place = p.W_PLACES + 2 * (depth * (p.MAX_MEMBERS + 1) + order)
        w[place] = start
        w[place + 1] = stop
        return
    at = w[p.W_NESTED]
    if start >= 0:  # inner values of lists lie one after another
        at = copy(text, start, stop, b, at)
    b[at] = COMMA
    w[p.W_NESTED] = at + 1


@compiled
def keep_container(at, depth, row, g, w, c, v):
    """The column of an object or list: its compact text, or where it lies."""
    frame = at_frame(depth)
    n = at_node(w[frame + p.F_NODE])
    column, keep = g[n + p.N_COLUMN], g[n + p.N_KEEP]
    if column < 0:
        return
    start = w[frame + p.F_START] if keep == p.RAW else w[frame + p.F_BEGIN]
    stop = at + 1 if keep == p.RAW else w[p.W_SIDE]
    if keep == p.COMPACT:
        w[p.W_COMPACT] -= 1
    if keep == p.RAW or keep == p.COMPACT:
        c[2 * column * p.ROWS + row] = start
        c[(2 * column + 1) * p.ROWS + row] = stop - start
        v[column * p.ROWS + row] = 1


@compiled
def close_object(text, depth, g, keys, w, b):
    """Writes the object that closes in place of its members' inner texts; (start, stop) in `b`, or REFUSED."""
    if not fulfilled(depth, g, w):
        return REFUSED, REFUSED
    if depth == 0:
        if w[p.W_WANTED]:
            w[p.W_CANON] = write_object(text, depth, w[p.W_CANON], g, keys, w, b)
        return 0, 0
    first, start = w[at_frame(depth) + p.F_NESTED], w[p.W_NESTED]
    stop = write_object(text, depth, start, g, keys, w, b)
    copy(b, start, stop, b, first)
    w[p.W_NESTED] = first + stop - start
    return first, w[p.W_NESTED]


@compiled
def close_list(depth, g, w, b):
    """Ends the list that closes; (start, stop) of its canonical text in `b`, or REFUSED."""
    frame = at_frame(depth)
    body = g[p.G_LISTS] + g[at_node(w[frame + p.F_NODE]) + p.N_BODY] * p.LIST_SIZE
    count = w[frame + p.F_COUNT]
    if count < g[body + p.L_MIN] or count > g[body + p.L_MAX]:
        return REFUSED, REFUSED
    stop = w[p.W_NESTED] + (1 if count == 0 else 0)
    b[stop - 1] = CLOSE_LIST
    w[p.W_NESTED] = stop
    return w[frame + p.F_NESTED], stop


@compiled
def closes(text, at, depth, row, g, keys, w, c, v, b):
    """Closes the open object or list with the bracket at a place; False refuses."""
    is_object = in_object(depth, g, w)
    if text[at] != (CLOSE_OBJECT if is_object else CLOSE_LIST):
        return False
    write_mark(text[at], w, b)
    start, stop = close_object(text, depth, g, keys, w, b) if is_object else close_list(depth, g, w, b)
    if start < 0:
        return False
    if depth > 0:
        keep_container(at, depth, row, g, w, c, v)
        take_value(text, -start, stop, depth - 1, g, w, b)
    return True


@compiled
def single(text, at, end, node, depth, row, g, limits, table, w, r, c, f, v, b):
    """A scalar inside the open object or list; where it ends."""
    stop, trimmed = scalar(text, at, end, node, row, g, limits, table, r, c, f, v)
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
def record(text, at, end, row, g, limits, table, keys, w, r, c, f, v, b):
    """The object at a place as record `row`: where it ends, or REFUSED."""
    w[p.W_NESTED], w[p.W_COMPACT] = w[p.W_NESTED_START], 0
    r[row] = ACCEPTED
    for column in range(w[p.W_COLUMNS]):
        v[column * p.ROWS + row] = 0
    if at >= end or text[at] != OPEN_OBJECT or not opens(text, at, 0, 0, g, w, b):
        return REFUSED
    depth, fresh = 0, True  # fresh: just after an opening bracket
    at = skip_space(text, at + 1, end, w)
    while at < end:
        if text[at] == CLOSE_OBJECT or text[at] == CLOSE_LIST:
            if not closes(text, at, depth, row, g, keys, w, c, v, b):
                return REFUSED
            at += 1
            depth -= 1
            if depth < 0:
                return at
            fresh = False
        else:
            at = after_comma(text, at, fresh, w, b)
            if at < 0:
                return REFUSED
            at, node = next_value(text, at, end, depth, g, keys, w, b)
            if at < 0 or at >= end or node < 0:
                return REFUSED
            fresh = text[at] == OPEN_OBJECT or text[at] == OPEN_LIST
            if fresh:
                depth += 1
                if not opens(text, at, node, depth, g, w, b):
                    return REFUSED
                at += 1
            else:
                at = single(text, at, end, node, depth, row, g, limits, table, w, r, c, f, v, b)
                if at < 0:
                    return REFUSED
        at = skip_space(text, at, end, w)
    return REFUSED
