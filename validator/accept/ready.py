"""Compiles the accept filter before worker processes are made from this one, so that none of them need do it."""

from __future__ import annotations

import numpy as np

from validator.accept import program as p
from validator.accept.arrays import gather_texts
from validator.accept.blocks import items, line_feeds, line_numbers, lines
from validator.accept.rows import rows


def make_ready() -> None:
    """Compiles, or reads from the cache, every function that units may need."""
    program = (np.zeros(64, np.int64), np.zeros(2), np.zeros(p.BYTES + p.WIDTH, np.uint16), np.zeros(1, np.uint8))
    memory = (np.zeros(p.W_FOLLOWS, np.int64), np.zeros(p.R_ROWS * p.RECORDS, np.int64), np.zeros(1, np.int64))
    given = (*program, *memory, np.zeros(1), np.zeros(1, np.uint8), np.zeros(1, np.uint8))
    nothing = np.frombuffer(b" ", np.uint8)
    for judge in (lines, items):
        judge(nothing, 0, 0, *given)
    line_numbers(nothing, np.zeros(1, np.int64), 1, np.zeros(1, np.int64))
    line_feeds(nothing, 0, 0)
    rows(nothing, 0, 0, 44, np.zeros(1, np.int64), np.zeros(1, np.int64), *given)
    gather_texts(nothing, np.zeros(0, np.int64), np.zeros(1, np.int64), np.zeros(0, np.uint8))
