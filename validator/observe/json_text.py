"""Finds the records of one JSON document without building the whole of it.

The file is mapped into memory; a regular expression with possessive quantifiers finds each
element's end (no backtracking, so hostile text costs linear time), and only one record at a time
becomes an object.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import orjson

from validator.observe.limits import MAX_SKIPPED_BYTES, WINDOW_BYTES
from validator.observe.mapping import Buffer, release

_SPACE = re.compile(rb"[ \t\r\n]*+")
STRING_TEXT: Final = rb'"(?:[^"\\]++|\\.)*+"'
STRING: Final = re.compile(STRING_TEXT, re.DOTALL)
_SCALAR = re.compile(rb"[^,\]}\[{\" \t\r\n]++")
_STRUCTURE = re.compile(STRING_TEXT + rb"|[{}\[\]]", re.DOTALL)
_WHOLE_STRINGS = re.compile(rb'(?:[^"]++|' + STRING_TEXT + rb")++", re.DOTALL)
_ALL_SQUARE: Final = bytes.maketrans(b"{}", b"[]")
_NOT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_OPENS: Final = ord("[")
NESTING_IN_ONE_MATCH: Final = 5
PIECE_BYTES: Final = 64 * 1024


def _nested(depth: int) -> bytes:
    inner = STRING_TEXT if depth == 0 else STRING_TEXT + b"|" + _nested(depth - 1)
    return rb"[{\[](?:[^\"{}\[\]]++|" + inner + rb")*+[}\]]"


_CONTAINER = re.compile(_nested(NESTING_IN_ONE_MATCH), re.DOTALL)


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the document: `record`, `block` (several), `records` (the array opens), `member`, `root`, `close`."""

    kind: str
    start: int
    end: int
    key: bytes = b""


class BrokenTextError(Exception):
    """The document cannot be split further; `offset` is where and `reason` a message id."""

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(reason)
        self.offset = offset
        self.reason = reason


def skip_space(text: Buffer, at: int) -> int:
    """The offset of the next byte that is no white space, or the end of the text."""
    while True:
        found = _SPACE.match(text, at, at + WINDOW_BYTES)
        end = found.end() if found else at
        if end < at + WINDOW_BYTES:
            return end
        at = end
        release(text, at)


def value_end(text: Buffer, at: int) -> int:
    """The offset just after the value that starts at `at`.

    Raises BrokenTextError when there is no value, when it never ends, or when it goes on beyond what
    is worth skipping.
    """
    stop = min(len(text), at + MAX_SKIPPED_BYTES)
    first = text[at : at + 1]
    if first == b'"':
        found = STRING.match(text, at, stop)
    elif first in (b"{", b"["):
        found = _CONTAINER.match(text, at, stop)
        if found is None:
            return _container_end(text, at, stop)
    else:
        found = _SCALAR.match(text, at, stop)
        if found is None and first:
            raise BrokenTextError(at, "read.value_expected")
    if found is None or (found.end() == stop < len(text) and first not in (b'"', b"{", b"[")):
        raise _unended(text, at, stop)
    return found.end()


def _unended(text: Buffer, at: int, stop: int) -> BrokenTextError:
    return BrokenTextError(at, "read.ends_early" if stop == len(text) else "read.value_too_long")


def brackets(piece: bytes) -> bytes:
    """The brackets of a text outside its strings, all written as square ones."""
    return STRING.sub(b"", piece).translate(_ALL_SQUARE, _NOT_BRACKETS)


def _container_end(text: Buffer, at: int, stop: int) -> int:
    """The end of a container nested too deeply for one match; piece by piece, without recursion."""
    depth, here = 0, at
    while here < stop:
        piece = _WHOLE_STRINGS.match(text, here, min(stop, here + PIECE_BYTES))
        if piece is None:
            long = STRING.match(text, here, stop)
            if long is None:
                break
            here = long.end()
            continue
        marks = brackets(piece.group())
        depth, closes = _depth_after(marks, depth)
        if closes:
            return _closing(text, here, piece.end(), depth)
        here = piece.end()
    raise _unended(text, at, stop)


def _depth_after(marks: bytes, depth: int) -> tuple[int, bool]:
    """The depth after a piece and False; the depth before it and True when it comes down to nothing."""
    if marks.count(b"]") < depth:
        return depth + 2 * marks.count(b"[") - len(marks), False
    here = depth
    for mark in marks:
        here += 1 if mark == _OPENS else -1
        if here == 0:
            return depth, True
    return here, False


def _closing(text: Buffer, start: int, stop: int, depth: int) -> int:
    """Where the depth comes down to nothing between two offsets outside strings."""
    for token in _STRUCTURE.finditer(text, start, stop):
        mark = token.group()
        if mark in (b"[", b"{"):
            depth += 1
        elif mark in (b"]", b"}"):
            depth -= 1
            if depth == 0:
                return token.end()
    raise BrokenTextError(start, "read.ends_early")


Elements = Callable[[Buffer, int], Iterator[Span]]
"""Spans of the elements of the array that opens at an offset, and one of kind `close` at its end."""


def walk(text: Buffer, at: int, record_member: str, elements: Elements | None = None) -> Iterator[Span]:
    """Spans of the root's members and of the elements of its record array, in file order.

    A root array is the record array. Ends with one span of kind `root`. `elements` finds the spans
    inside the record array another way. Raises BrokenTextError.
    """
    elements = elements or _elements
    start = at = skip_space(text, at)
    first = text[at : at + 1]
    if first == b"[":
        for span in elements(text, at):
            at = span.end
            if span.kind != "close":
                yield span
    elif first == b"{":
        for span in _members(text, at, record_member, elements):
            at = span.end
            if span.kind != "close":
                yield span
    else:
        at = value_end(text, at)
    if skip_space(text, at) != len(text):
        raise BrokenTextError(skip_space(text, at), "read.trailing_text")
    yield Span("root", start, at)


def _elements(text: Buffer, at: int) -> Iterator[Span]:
    at = skip_space(text, at + 1)
    if text[at : at + 1] == b"]":
        yield Span("close", at, at + 1)
        return
    while True:
        end = value_end(text, at)
        yield Span("record", at, end)
        at = skip_space(text, end)
        mark = text[at : at + 1]
        if mark == b"]":
            yield Span("close", at, at + 1)
            return
        at = after_comma(text, at, mark)


def _members(text: Buffer, at: int, record_member: str, elements: Elements) -> Iterator[Span]:
    at = skip_space(text, at + 1)
    if text[at : at + 1] == b"}":
        yield Span("close", at, at + 1)
        return
    while True:
        key, at = _key(text, at)
        if text[at : at + 1] == b"[" and name_of(key) == record_member:
            yield Span("records", at, at, key)
            end = at
            for span in elements(text, at):
                end = span.end
                if span.kind != "close":
                    yield span
        else:
            end = value_end(text, at)
            yield Span("member", at, end, key)
        at = skip_space(text, end)
        mark = text[at : at + 1]
        if mark == b"}":
            yield Span("close", at, at + 1)
            return
        at = after_comma(text, at, mark)


def _key(text: Buffer, at: int) -> tuple[bytes, int]:
    stop = min(len(text), at + MAX_SKIPPED_BYTES)
    key = STRING.match(text, at, stop)
    if key is None:
        if text[at : at + 1] in (b'"', b""):
            raise _unended(text, at, stop)
        raise BrokenTextError(at, "read.key_expected")
    colon = skip_space(text, key.end())
    if text[colon : colon + 1] != b":":
        raise BrokenTextError(colon, "read.colon_expected")
    return key.group(), skip_space(text, colon + 1)


def name_of(key: bytes) -> str:
    """The member name that a quoted JSON string spells."""
    if b"\\" in key:
        try:
            return str(orjson.loads(key))
        except orjson.JSONDecodeError:
            pass
    return key[1:-1].decode("utf-8", "replace")


def after_comma(text: Buffer, at: int, mark: bytes) -> int:
    """Past the comma that must stand at an offset, where `mark` does. Raises BrokenTextError."""
    if mark != b",":
        raise BrokenTextError(at, "read.comma_expected" if mark else "read.ends_early")
    return skip_space(text, at + 1)
