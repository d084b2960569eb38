"""The nodes, objects and lists of a schema, numbered, and how they are laid out as a program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from validator.accept import program as p
from validator.accept.automaton import Automaton

NO_LIMIT: Final = 2**62


@dataclass(slots=True)
class Node:
    kinds: int = 0
    text_min: int = 0
    text_max: int = NO_LIMIT
    automaton: Automaton | None = None
    form: int = p.NO_FORM
    free: bool = True
    low: float = -np.inf
    high: float = np.inf
    low_open: bool = False
    high_open: bool = False
    sentinel: bool = False
    body: int = -1
    column: int = -1
    keep: int = p.NOT_KEPT
    extras: list[tuple[int, int]] = field(default_factory=list)
    """Nodes that conditions ask about, each with its bit."""


@dataclass(slots=True)
class Object:
    names: list[str]
    nodes: list[int]
    required: int = 0
    conditions: list[tuple[int, int, int, int, int, int]] = field(default_factory=list)


@dataclass(slots=True)
class List:
    item: int
    prefix: list[int]
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Shapes:
    """All of a schema; node 0 is the record."""

    nodes: list[Node]
    objects: list[Object]
    lists: list[List]
    columns: int

    def program(self) -> p.Program:
        """All of it as flat arrays."""
        table, states = _table(self.nodes)
        questions = [question for node in self.nodes for question in node.extras]
        conditions = [masks for body in self.objects for masks in body.conditions]
        prefixes = [node for list_ in self.lists for node in list_.prefix]
        keys = [f'"{name}":'.encode() for body in self.objects for name in body.names]
        groups = [self._objects(), self._members(keys), questions, conditions, self._lists(), [prefixes]]
        flat = [[number for item in group for number in item] for group in groups]
        nodes = self._nodes(states)
        starts = np.cumsum([p.G_NODES + len(nodes), *map(len, flat)])[:-1].tolist()
        kept = {node.column: node.keep for node in self.nodes if node.column >= 0}
        return p.Program(
            g=np.array([*starts, *nodes, *(number for group in flat for number in group)], np.int64),
            limits=np.array([limit for node in self.nodes for limit in (node.low, node.high)], np.float64),
            table=table,
            keys=np.frombuffer(b"".join(keys) or b" ", np.uint8).copy(),
            members=len(keys),
            objects=len(self.objects),
            keeps=tuple(kept.get(i, p.NOT_KEPT) for i in range(self.columns)),
        )

    def _nodes(self, states: Sequence[int]) -> list[int]:
        numbers: list[int] = []
        asked = 0
        for node, state in zip(self.nodes, states, strict=True):
            numbers += [
                node.kinds, node.text_min, node.text_max, state, node.form, node.free, node.low_open, node.high_open,
                node.sentinel, node.body, node.column, node.keep, asked, len(node.extras),
            ]  # fmt: skip
            asked += len(node.extras)
        return numbers

    def _objects(self) -> Iterator[tuple[int, ...]]:
        member = condition = 0
        for body in self.objects:
            yield member, len(body.names), body.required, condition, len(body.conditions)
            member, condition = member + len(body.names), condition + len(body.conditions)

    def _members(self, keys: Sequence[bytes]) -> Iterator[tuple[int, ...]]:
        at = number = 0
        for body in self.objects:
            order = sorted(range(len(body.names)), key=body.names.__getitem__)
            for node, place in zip(body.nodes, order, strict=True):
                yield at, len(keys[number]), node, place
                at, number = at + len(keys[number]), number + 1

    def _lists(self) -> Iterator[tuple[int, ...]]:
        prefix = 0
        for list_ in self.lists:
            yield list_.item, prefix, len(list_.prefix), list_.least, list_.most
            prefix += len(list_.prefix)


def _table(nodes: Sequence[Node]) -> tuple[npt.NDArray[np.uint16], list[int]]:
    """All automata in one table (see `Program.table`), and where each node's own starts in it (-1: none)."""
    rows, final, states = [np.zeros((1, 256), np.int64)], [np.zeros(1, np.bool_)], []
    done: dict[bytes, int] = {}
    total = 1
    for node in nodes:
        automaton = node.automaton
        if automaton is None:
            states.append(-1)
            continue
        own = automaton.table.tobytes() + automaton.final.tobytes()
        if own not in done:
            if total + len(automaton.table) > p.MAX_STATES:
                node.kinds &= ~p.TEXT
                states.append(-1)
                continue
            table = automaton.table[1:].astype(np.int64)
            rows.append(np.where(table == 0, 0, table + total - 1))
            final.append(automaton.final[1:])
            done[own] = total
            total += len(table)
        states.append(done[own])
    return _packed(np.concatenate(rows), np.concatenate(final), states)


def _packed(
    table: npt.NDArray[np.int64], final: npt.NDArray[np.bool_], states: list[int]
) -> tuple[npt.NDArray[np.uint16], list[int]]:
    """The table with a column for each class of bytes that no automaton tells apart."""
    columns, classes = np.unique(table, axis=1, return_inverse=True)
    if columns.shape[1] > p.ACCEPTS:
        return _refused(states)
    packed = np.zeros((len(table), p.WIDTH), np.int64)
    packed[:, : columns.shape[1]] = columns * p.WIDTH
    packed[:, p.ACCEPTS] = final
    head = np.array(classes, np.int64).ravel()
    flat = np.concatenate([head, packed.ravel()]).astype(np.uint16)
    return flat, [state if state < 0 else state * p.WIDTH for state in states]


def _refused(states: list[int]) -> tuple[npt.NDArray[np.uint16], list[int]]:
    """A table that refuses every text that has an automaton: too many kinds of bytes for a row."""
    return np.zeros(p.BYTES + p.WIDTH, np.uint16), [min(state, 0) for state in states]
