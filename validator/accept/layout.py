"""A CSV header against a program: where each cell goes, and how its text becomes a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from validator.accept import program as p
from validator.accept.rows import AS_INTEGER, AS_JSON, AS_NUMBER, AS_TEXT, AS_TRUTH
from validator.model.standard import Column

_CONVERT: Final = {"BIGINT": AS_INTEGER, "DOUBLE": AS_NUMBER, "BOOLEAN": AS_TRUTH, "JSON": AS_JSON}
CELL_OVERHEAD: Final = 8


@dataclass(frozen=True, slots=True)
class Layout:
    """`header` and `bodies` as `rows.py` reads them; `growth` bounds how many bytes a row's record has more."""

    delimiter: int
    header: npt.NDArray[np.int64]
    bodies: npt.NDArray[np.int64]
    growth: int


def layout_of(names: Sequence[str], delimiter: str, columns: Sequence[Column], program: p.Program) -> Layout | None:
    """The layout of a file's header; None where its rows are for the exact reader alone."""
    known = {".".join(column.path): column for column in columns}
    if len(set(names)) < len(names) or not all(name in known for name in names):
        return None
    frames: dict[tuple[str, ...], int] = {(): 0}
    bodies = [[0, 0, 0]]
    header: list[int] = []
    for name in names:
        column = known[name]
        frame = _frame(column.path[:-1], frames, bodies, program)
        member = _member(program, bodies[frame][2], column.path[-1])
        node = p.G_NODES + _node(program, member) * p.NODE
        if program.g[node + p.N_QUESTIONS]:
            return None
        convert = AS_JSON if column.sql_type.endswith("[]") else _CONVERT.get(column.sql_type, AS_TEXT)
        header += [frame, member, convert, column.null_when_empty]
    if len(bodies) > p.MAX_DEPTH:
        return None
    growth = len(program.keys) + CELL_OVERHEAD * (len(names) + len(bodies))
    return Layout(ord(delimiter), np.array(header, np.int64), np.array(bodies, np.int64).ravel(), growth)


def _frame(
    path: tuple[str, ...], frames: dict[tuple[str, ...], int], bodies: list[list[int]], program: p.Program
) -> int:
    """The frame of the object at a path, made together with those around it."""
    if path not in frames:
        outer = _frame(path[:-1], frames, bodies, program)
        member = _member(program, bodies[outer][2], path[-1])
        frames[path] = len(bodies)
        bodies.append([outer, member, _node(program, member)])
    return frames[path]


def _member(program: p.Program, node: int, name: str) -> int:
    """The number of an object's member; columns come from the same schema, so it is there."""
    g = program.g
    body = g[p.G_OBJECTS] + g[p.G_NODES + node * p.NODE + p.N_BODY] * p.OBJECT_SIZE
    first = int(g[body + p.O_MEMBER])
    keys = [_key(program, member) for member in range(first, first + int(g[body + p.O_MEMBERS]))]
    return first + keys.index(f'"{name}":'.encode())


def _key(program: p.Program, member: int) -> bytes:
    at = program.g[p.G_MEMBERS] + member * p.MEMBER
    first, size = program.g[at + p.M_KEY], program.g[at + p.M_KEY_SIZE]
    return program.keys[first : first + size].tobytes()


def _node(program: p.Program, member: int) -> int:
    return int(program.g[program.g[p.G_MEMBERS] + member * p.MEMBER + p.M_NODE])
