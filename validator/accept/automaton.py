"""Patterns of the schemas (a safe part of ECMA-262 regular expressions) as tables over bytes.

Only what a table can decide is taken: ASCII literals, classes, groups, alternatives, counted and
uncounted repetition, `^` first and `$` last. Everything else raises `NoAutomatonError`, and then the
exact validator decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

MAX_STATES: Final = 3000
MAX_REPEATS: Final = 1000
PRINTABLE: Final = frozenset(range(0x20, 0x80))
"""Bytes that a string without escapes may hold; text beyond ASCII is never judged by a table."""
_ESCAPED: Final = b'"\\'
"""What stands in JSON text only behind a backslash: text with one is never judged by a table."""
DIGITS: Final = frozenset(b"0123456789")
_WORD: Final = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")
_CLASSES: Final = {
    "d": DIGITS, "D": PRINTABLE - DIGITS, "w": _WORD, "W": PRINTABLE - _WORD,
    "t": frozenset(b"\t"), "r": frozenset(b"\r"), "n": frozenset(b"\n"),
}  # fmt: skip
_SPECIAL: Final = frozenset("^$\\.*+?()[]{}|")

Piece = tuple[int, int]
"""A part of the machine being built: its first and its last state."""


class NoAutomatonError(Exception):
    """The pattern uses something that a table cannot say, or needs too many states."""


@dataclass(frozen=True, slots=True)
class Automaton:
    """`table[state, byte]` is the next state; state 0 refuses for good, state 1 starts; `final` accepts."""

    table: npt.NDArray[np.uint16]
    final: npt.NDArray[np.bool_]


def of_pattern(pattern: str) -> Automaton:
    """The automaton of strings in which the pattern is found. Raises NoAutomatonError."""
    return _Builder().pattern(pattern)


def of_words(words: Sequence[str]) -> Automaton:
    """The automaton of exactly these strings. Raises NoAutomatonError for one beyond ASCII."""
    builder = _Builder()
    return builder.finish(builder.either([builder.literal(word) for word in words]))


@dataclass(slots=True)
class _Builder:
    """Builds states with edges on sets of bytes and edges on nothing, then makes the table."""

    edges: list[list[tuple[frozenset[int], int]]] = field(default_factory=list)
    silent: list[list[int]] = field(default_factory=list)
    text: str = ""
    at: int = 0

    def state(self) -> int:
        if len(self.edges) > 20 * MAX_STATES:
            raise NoAutomatonError("too many states")
        self.edges.append([])
        self.silent.append([])
        return len(self.edges) - 1

    def on(self, bytes_: frozenset[int]) -> Piece:
        first, last = self.state(), self.state()
        self.edges[first].append((bytes_, last))
        return first, last

    def literal(self, word: str) -> Piece:
        first = last = self.state()
        for letter in word:
            if ord(letter) not in PRINTABLE:
                raise NoAutomatonError(f"beyond ASCII: {letter!r}")
            start, end = self.on(frozenset((ord(letter),)))
            self.silent[last].append(start)
            last = end
        return first, last

    def either(self, pieces: Sequence[Piece]) -> Piece:
        first, last = self.state(), self.state()
        for start, end in pieces:
            self.silent[first].append(start)
            self.silent[end].append(last)
        return first, last

    def chain(self, pieces: Sequence[Piece]) -> Piece:
        first = last = self.state()
        for start, end in pieces:
            self.silent[last].append(start)
            last = end
        return first, last

    def any_number(self, piece: Piece) -> Piece:
        first, last = self.state(), self.state()
        self.silent[first] += [piece[0], last]
        self.silent[piece[1]] += [piece[0], last]
        return first, last

    # -- reading a pattern ------------------------------------------------------------------

    def pattern(self, pattern: str) -> Automaton:
        starts, ends = pattern.startswith("^"), pattern.endswith("$") and not pattern.endswith("\\$")
        self.text, self.at = pattern[int(starts) : len(pattern) - int(ends)], 0
        body = self._alternatives()
        if self.at < len(self.text):
            raise NoAutomatonError(f"not read: {self.text[self.at :]!r}")
        if (starts or ends) and self._branches_at_top():
            raise NoAutomatonError("an anchor that holds for one alternative only")
        pieces = [] if starts else [self.any_number(self.on(PRINTABLE))]
        pieces += [body] if ends else [body, self.any_number(self.on(PRINTABLE))]
        return self.finish(self.chain(pieces))

    def _branches_at_top(self) -> bool:
        depth, at = 0, 0
        inside = False
        while at < len(self.text):
            mark = self.text[at]
            at += 2 if mark == "\\" else 1
            inside = (inside or mark == "[") and mark != "]"
            depth += 0 if inside else (mark == "(") - (mark == ")")
            if mark == "|" and depth == 0 and not inside:
                return True
        return False

    def _alternatives(self) -> Piece:
        pieces = [self._sequence()]
        while self._take("|"):
            pieces.append(self._sequence())
        return pieces[0] if len(pieces) == 1 else self.either(pieces)

    def _sequence(self) -> Piece:
        pieces: list[Piece] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            pieces.append(self._repeated())
        return self.chain(pieces)

    def _repeated(self) -> Piece:
        start = self.at
        piece = self._atom()
        end = self.at
        bounds = self._bounds()
        if bounds is None:
            return piece
        low, high = bounds

        def again() -> Piece:
            here, self.at = self.at, start
            made = self._atom()
            assert self.at == end
            self.at = here
            return made

        pieces = [piece if n == 0 else again() for n in range(low)]
        if high is None:
            pieces.append(self.any_number(again()))
        else:
            pieces += [self.either([again(), self.chain([])]) for _ in range(high - low)]
        return self.chain(pieces)

    def _bounds(self) -> tuple[int, int | None] | None:
        for mark, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._take(mark):
                self._no_more_marks()
                return bounds
        if not self._take("{"):
            return None
        close = self.text.find("}", self.at)
        low, comma, high = self.text[self.at : close].partition(",")
        if close < 0 or not low.isdecimal() or (high and not high.isdecimal()):
            raise NoAutomatonError("a brace that counts nothing")
        self.at = close + 1
        self._no_more_marks()
        last = int(high) if high else None if comma else int(low)
        if max(int(low), last or 0) > MAX_REPEATS:
            raise NoAutomatonError("counts too far")
        return int(low), last

    def _no_more_marks(self) -> None:
        if self.text[self.at : self.at + 1] in ("?", "+", "*", "{"):
            raise NoAutomatonError("a repetition of a repetition, or one that is lazy")

    def _atom(self) -> Piece:
        if self._take("("):
            if self._take("?") and not self._take(":"):
                raise NoAutomatonError("a group that looks around")
            inner = self._alternatives()
            if not self._take(")"):
                raise NoAutomatonError("a group never ends")
            return inner
        if self._take("["):
            return self.on(self._class())
        if self._take("."):
            return self.on(PRINTABLE)
        return self.on(self._letter(_SPECIAL))

    def _class(self) -> frozenset[int]:
        negated = self._take("^")
        members: frozenset[int] = frozenset()
        while not self._take("]"):
            low = self._letter(frozenset("["))
            if self.text[self.at : self.at + 1] == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
                self.at += 1
                high = self._letter(frozenset("["))
                if len(low) != 1 or len(high) != 1 or min(low) > min(high):
                    raise NoAutomatonError("a range between classes")
                low = frozenset(range(min(low), min(high) + 1))
            members |= low
        return PRINTABLE - members if negated else members

    def _letter(self, special: frozenset[str]) -> frozenset[int]:
        letter = self.text[self.at : self.at + 1]
        self.at += 1
        if letter == "\\":
            escaped = self.text[self.at : self.at + 1]
            self.at += 1
            if escaped.isalnum() or not escaped:
                if escaped not in _CLASSES:
                    raise NoAutomatonError(f"escape \\{escaped}")
                return _CLASSES[escaped]
            letter = escaped
        elif letter in special or not letter:
            raise NoAutomatonError(f"not taken: {letter!r}")
        if not letter.isascii():
            raise NoAutomatonError(f"beyond ASCII: {letter!r}")
        return frozenset((ord(letter),))

    def _take(self, mark: str) -> bool:
        found = self.text[self.at : self.at + 1] == mark
        self.at += found
        return found

    # -- from states to a table ---------------------------------------------------------------

    def finish(self, piece: Piece) -> Automaton:
        """The deterministic table, by following all states at once."""
        start = self._closed((piece[0],))
        numbers: dict[frozenset[int], int] = {frozenset(): 0, start: 1}
        rows: list[npt.NDArray[np.uint16]] = [np.zeros(256, np.uint16)]
        queue = [start]
        for states in queue:  # grows while it is walked
            row = np.zeros(256, np.uint16)
            for bytes_, reached in self._steps(states):
                if reached not in numbers:
                    if len(numbers) > MAX_STATES:
                        raise NoAutomatonError("too many states")
                    numbers[reached] = len(numbers)
                    queue.append(reached)
                row[list(bytes_)] = numbers[reached]
            row[list(_ESCAPED)] = 0
            rows.append(row)
        final = np.array([False, *(piece[1] in states for states in queue)])
        return Automaton(np.array(rows), final)

    def _steps(self, states: frozenset[int]) -> Iterator[tuple[list[int], frozenset[int]]]:
        """Groups of bytes with the set of states that they lead to."""
        edges = [edge for state in states for edge in self.edges[state]]
        groups: dict[tuple[int, ...], list[int]] = {}
        for byte in sorted(frozenset().union(*(bytes_ for bytes_, _ in edges))):
            groups.setdefault(tuple(to for bytes_, to in edges if byte in bytes_), []).append(byte)
        yield from ((bytes_, self._closed(reached)) for reached, bytes_ in groups.items())

    def _closed(self, states: Sequence[int]) -> frozenset[int]:
        closed = set(states)
        todo = list(states)
        while todo:
            for state in self.silent[todo.pop()]:
                if state not in closed:
                    closed.add(state)
                    todo.append(state)
        return frozenset(closed)


Reader = Callable[[str], Automaton]
