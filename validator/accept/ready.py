"""Compiles the accept filter before worker processes are made from this one, so that none of them need do it."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from validator.accept import program as p
from validator.accept.arrays import gather_texts
from validator.accept.blocks import items, line_feeds, line_numbers, lines
from validator.accept.rows import rows


def make_ready(formats: Collection[str]) -> None:
    """Compiles, or reads from the cache, what units of these formats need."""
    program = (np.zeros(64, np.int64), np.zeros(2), np.zeros(p.BYTES + p.WIDTH, np.uint16), np.zeros(1, np.uint8))
    memory = (np.zeros(p.W_FOLLOWS, np.int64), np.zeros(p.R_ROWS * p.RECORDS, np.int64), np.zeros(1, np.int64))
    given = (*program, *memory, np.zeros(1), np.zeros(1, np.uint8), np.zeros(1, np.uint8))
    nothing, one = np.frombuffer(b" ", np.uint8), np.zeros(1, np.int64)
    line_feeds(nothing, 0, 0)
    gather_texts(nothing, np.zeros(0, np.int64), one, np.zeros(0, np.uint8))
    if "jsonl" in formats:
        lines(nothing, 0, 0, *given)
    if not {"json", "geojson", "csv"}.isdisjoint(formats):
        line_numbers(nothing, one, 1, np.zeros(1, np.int64))
    if not {"json", "geojson"}.isdisjoint(formats):
        items(nothing, 0, 0, *given)
    if "csv" in formats:
        rows(nothing, 0, 0, 44, one, one, *given)
