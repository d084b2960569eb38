"""Where things lie in the arrays of the program and of the memory, and the smallest steps over text, compiled."""

from __future__ import annotations

from validator.accept import program as p
from validator.accept.compiled import compiled


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
    for k in range(start, stop):
        target[at] = source[k]
        at += 1
    return at


@compiled
def write_mark(byte, w, b):
    """Writes one byte of a compact text, where one is being written."""
    if w[p.W_COMPACT] > 0:
        b[w[p.W_SIDE]] = byte
        w[p.W_SIDE] += 1
