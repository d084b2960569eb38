"""A schema and its columns as a few flat arrays that compiled code can follow.

`g` holds small records of integers one after another: nodes, objects, members, conditions' questions,
conditions, lists. Its first places say where each group starts. Flat, because compiled code counts
references to every array that it is handed.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

# JSON types that a node allows.
NULL: Final = 1
BOOLEAN: Final = 2
INTEGER: Final = 4
FRACTION: Final = 8
TEXT: Final = 16
OBJECT: Final = 32
LIST: Final = 64

# How a value is kept for its column.
NOT_KEPT: Final = 0
WHOLE: Final = 1
REAL: Final = 2
TRUTH: Final = 3
SPAN: Final = 4
INSTANT: Final = 5
DAY: Final = 6
COMPACT: Final = 7
RAW: Final = 8

# What a text must be besides its pattern.
NO_FORM: Final = 0
INSTANT_FORM: Final = 1
DAY_FORM: Final = 2

# Where the groups start: places in `g`. Nodes start at G_NODES itself.
G_OBJECTS: Final = 0
G_MEMBERS: Final = 1
G_QUESTIONS: Final = 2
G_CONDITIONS: Final = 3
G_LISTS: Final = 4
G_PREFIXES: Final = 5
G_NODES: Final = 6

# A node.
N_KINDS: Final = 0
N_TEXT_MIN: Final = 1
N_TEXT_MAX: Final = 2
N_STATE: Final = 3
N_FORM: Final = 4
N_FREE: Final = 5
N_LOW_OPEN: Final = 6
N_HIGH_OPEN: Final = 7
N_SENTINEL: Final = 8
N_BODY: Final = 9
N_COLUMN: Final = 10
N_KEEP: Final = 11
N_QUESTION: Final = 12
N_QUESTIONS: Final = 13
NODE: Final = 14

# An object; its members lie one after another.
O_MEMBER: Final = 0
O_MEMBERS: Final = 1
O_REQUIRED: Final = 2
O_CONDITION: Final = 3
O_CONDITIONS: Final = 4
OBJECT_SIZE: Final = 5

# A member: where `"name":` lies in the keys, its node, and which member comes at its place in canonical order.
M_KEY: Final = 0
M_KEY_SIZE: Final = 1
M_NODE: Final = 2
M_ORDER: Final = 3
MEMBER: Final = 4

# A question of a condition: the node that must hold, and its bit. A condition: six masks.
Q_NODE: Final = 0
Q_BIT: Final = 1
QUESTION: Final = 2
CONDITION: Final = 6

# A list.
L_ITEM: Final = 0
L_PREFIX: Final = 1
L_PREFIXES: Final = 2
L_MIN: Final = 3
L_MAX: Final = 4
LIST_SIZE: Final = 5

# The automata's table: first the class of each byte, then a row for each state: the next state for each class (as
# the place where its row starts, counted from the first row), and in the last column whether the state accepts.
BYTES: Final = 256
WIDTH: Final = 64
ACCEPTS: Final = WIDTH - 1
MAX_STATES: Final = 65_536 // WIDTH

MAX_DEPTH: Final = 16
MAX_MEMBERS: Final = 62
MAX_DIGITS: Final = 15


class Program(NamedTuple):
    """One dataset's record. `limits` are the low and high bound of each node's numbers, `table` all
    automata, `keys` the bytes `"name":` of all members."""

    g: npt.NDArray[np.int64]
    limits: npt.NDArray[np.float64]
    table: npt.NDArray[np.uint16]
    keys: npt.NDArray[np.uint8]
    members: int
    objects: int
    keeps: tuple[int, ...]


class Memory(NamedTuple):
    """What compiled code writes; made once and used for block after block.

    `w`: how full the regions of `b` are, frames, places of members, which member follows which.
    `r`: status, start, stop and start of the canonical text of each record. `c`: two rows a column,
    value (or start) and size. `f`: fractions. `v`: whether there is a value. `b`: canonical text,
    compact texts and inner texts, each in its own region.
    """

    w: npt.NDArray[np.int64]
    r: npt.NDArray[np.int64]
    c: npt.NDArray[np.int64]
    f: npt.NDArray[np.float64]
    v: npt.NDArray[np.uint8]
    b: npt.NDArray[np.uint8]


# Rows of `r`.
R_STATUS: Final = 0
R_START: Final = 1
R_STOP: Final = 2
R_CUT: Final = 3
R_ROWS: Final = 4

ROWS: Final = 16_384
RECORDS: Final = ROWS + 1
"""Places in a row of `r`: one more, for where the last canonical text ends."""
BLOCK_BYTES: Final = 4 * 1024 * 1024
SLACK_BYTES: Final = 4096

# Places in `w`.
W_CANON: Final = 0
W_NESTED: Final = 1
W_SIDE: Final = 2
W_COMPACT: Final = 3
W_WANTED: Final = 4
W_FEED: Final = 5
W_NESTED_START: Final = 6
W_MEMBERS: Final = 7
W_COLUMNS: Final = 8
W_MEMOS: Final = 9
W_FRAMES: Final = 10

# A frame: the open object or list on one level.
F_NODE: Final = 0
F_COUNT: Final = 1
F_LAST: Final = 2
F_START: Final = 3
F_NESTED: Final = 4
F_BEGIN: Final = 5
F_SEEN: Final = 6
F_HELD: Final = 7
FRAME: Final = 8

W_PLACES: Final = W_FRAMES + MAX_DEPTH * FRAME
W_FOLLOWS: Final = W_PLACES + MAX_DEPTH * 2 * (MAX_MEMBERS + 1)
"""From here on: which member followed each member, then which came first in each object, then for each node
the start and size of the last text that it accepted without a second look."""


def new_memory(program: Program, size: int = BLOCK_BYTES) -> Memory:
    """Memory for blocks of `size` bytes of text."""
    columns, members = len(program.keeps), program.members + program.objects
    w = np.zeros(W_FOLLOWS + members + len(program.limits), np.int64)
    w[W_MEMBERS], w[W_COLUMNS], w[W_MEMOS] = program.members, columns, W_FOLLOWS + members
    w[W_FOLLOWS : W_FOLLOWS + members] = np.arange(1, members + 1)
    return Memory(
        w=w,
        r=np.zeros((R_ROWS, RECORDS), np.int64),
        c=np.zeros((2 * columns, ROWS), np.int64),
        f=np.zeros((columns, ROWS)),
        v=np.zeros((columns, ROWS), np.uint8),
        b=np.zeros(4 * size + 2 * ROWS + 4 * SLACK_BYTES, np.uint8),
    )


def start_block(memory: Memory, canonical: bool) -> None:
    """Empties the regions of `b` for the next block."""
    size = (len(memory.b) - 2 * ROWS) // 4
    memory.w[W_CANON], memory.w[W_SIDE], memory.w[W_NESTED_START] = 0, size + ROWS, 2 * (size + ROWS)
    memory.w[W_WANTED] = canonical
    memory.w[memory.w[W_MEMOS] :] = -1
