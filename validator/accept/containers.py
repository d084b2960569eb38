"""Objects and lists: opened, their members found, closed, their canonical text put together; compiled."""

from __future__ import annotations

from typing import Final

from validator.accept import program as p
from validator.accept.compiled import compiled
from validator.accept.places import at_body, at_frame, at_member, at_node, copy, in_object, same, skip_space, write_mark
from validator.accept.scalars import REFUSED

COMMA: Final = 44
COLON: Final = 58
OPEN_LIST: Final = 91
CLOSE_LIST: Final = 93
OPEN_OBJECT: Final = 123
CLOSE_OBJECT: Final = 125
ALL_BITS: Final = (1 << 62) - 1


@compiled
def same_key(text, at, end, member, g, keys):
    """Whether the member's own `"name"` stands at a place."""
    k = at_member(member, g)
    size = g[k + p.M_KEY_SIZE] - 1
    return at + size <= end and same(text, at, keys, g[k + p.M_KEY], size)


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
    for k in range(stop - start):  # byte by byte: the two places may overlap
        b[first + k] = b[start + k]
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
