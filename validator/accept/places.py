"""Where things lie in the arrays of the program and of the memory, and the smallest steps over text, compiled."""

from __future__ import annotations

from validator.accept import program as p
from validator.accept.compiled import compiled
from validator.accept.pointers import load_eight, store_eight


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
def in_object(depth, g, w):
    return g[at_node(w[at_frame(depth) + p.F_NODE]) + p.N_KINDS] & p.OBJECT != 0


@compiled
def skip_space(text, at, end, w):
    """Past white space; a line feed counts as such where records may go over several lines."""
    while at < end and (text[at] == 32 or text[at] == 9 or text[at] == 13 or text[at] == w[p.W_FEED]):
        at += 1
    return at


@compiled
def copy(source, start, stop, target, at):
    """Copies the bytes between two places, eight at a time; where the copy ends."""
    size = stop - start
    k = 0
    while k + 8 <= size:
        store_eight(target, at + k, load_eight(source, start + k))
        k += 8
    if k < size and size >= 8:
        store_eight(target, at + size - 8, load_eight(source, stop - 8))
    else:
        while k < size:
            target[at + k] = source[start + k]
            k += 1
    return at + size


@compiled
def same(one, at, other, there, size):
    """Whether the same bytes stand at two places."""
    k = 0
    while k + 8 <= size:
        if load_eight(one, at + k) != load_eight(other, there + k):
            return False
        k += 8
    if k < size and size >= 8:
        return load_eight(one, at + size - 8) == load_eight(other, there + size - 8)
    while k < size:
        if one[at + k] != other[there + k]:
            return False
        k += 1
    return True


@compiled
def write_mark(byte, w, b):
    """Writes one byte of a compact text, where one is being written."""
    if w[p.W_COMPACT] > 0:
        b[w[p.W_SIDE]] = byte
        w[p.W_SIDE] += 1
