"""Finds the records of one JSON document without building the whole of it.

The file is mapped into memory; a regular expression with possessive quantifiers finds each
element's end (no backtracking, so hostile text costs linear time), and only one record at a time
becomes an object.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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
NESTING_IN_ONE_MATCH: Final = 5


def _nested(depth: int) -> bytes:
    inner = STRING_TEXT if depth == 0 else STRING_TEXT + b"|" + _nested(depth - 1)
    return rb"[{\[](?:[^\"{}\[\]]++|" + inner + rb")*+[}\]]"


_CONTAINER = re.compile(_nested(NESTING_IN_ONE_MATCH), re.DOTALL)


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the document: `record`, `records` (the array opens), `member`, `root` or `close`."""

    kind: str
    start: int
    end: int
    key: bytes = b""


class BrokenText(Exception):
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

    Raises BrokenText when there is no value, when it never ends, or when it goes on beyond what
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
            raise BrokenText(at, "read.value_expected")
    if found is None or (found.end() == stop < len(text) and first not in (b'"', b"{", b"[")):
        raise _unended(text, at, stop)
    return found.end()


def _unended(text: Buffer, at: int, stop: int) -> BrokenText:
    return BrokenText(at, "read.ends_early" if stop == len(text) else "read.value_too_long")


def _container_end(text: Buffer, at: int, stop: int) -> int:
    depth = 0
    for token in _STRUCTURE.finditer(text, at, stop):
        first = token.group()[:1]
        if first in b"{[":
            depth += 1
        elif first in b"}]":
            depth -= 1
            if depth == 0:
                return token.end()
    raise _unended(text, at, stop)


def walk(text: Buffer, at: int, record_member: str) -> Iterator[Span]:
    """Spans of the root's members and of the elements of its record array, in file order.

    A root array is the record array. Ends with one span of kind `root`. Raises BrokenText.
    """
    start = at = skip_space(text, at)
    first = text[at : at + 1]
    if first == b"[":
        for span in _elements(text, at):
            at = span.end
            if span.kind == "record":
                yield span
    elif first == b"{":
        for span in _members(text, at, record_member):
            at = span.end
            if span.kind != "close":
                yield span
    else:
        at = value_end(text, at)
    if skip_space(text, at) != len(text):
        raise BrokenText(skip_space(text, at), "read.trailing_text")
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
        at = _after_comma(text, at, mark)


def _members(text: Buffer, at: int, record_member: str) -> Iterator[Span]:
    at = skip_space(text, at + 1)
    if text[at : at + 1] == b"}":
        yield Span("close", at, at + 1)
        return
    while True:
        key, at = _key(text, at)
        if text[at : at + 1] == b"[" and name_of(key) == record_member:
            yield Span("records", at, at, key)
            end = at
            for span in _elements(text, at):
                end = span.end
                if span.kind == "record":
                    yield span
        else:
            end = value_end(text, at)
            yield Span("member", at, end, key)
        at = skip_space(text, end)
        mark = text[at : at + 1]
        if mark == b"}":
            yield Span("close", at, at + 1)
            return
        at = _after_comma(text, at, mark)


def _key(text: Buffer, at: int) -> tuple[bytes, int]:
    stop = min(len(text), at + MAX_SKIPPED_BYTES)
    key = STRING.match(text, at, stop)
    if key is None:
        if text[at : at + 1] in (b'"', b""):
            raise _unended(text, at, stop)
        raise BrokenText(at, "read.key_expected")
    colon = skip_space(text, key.end())
    if text[colon : colon + 1] != b":":
        raise BrokenText(colon, "read.colon_expected")
    return key.group(), skip_space(text, colon + 1)


def name_of(key: bytes) -> str:
    """The member name that a quoted JSON string spells."""
    if b"\\" in key:
        try:
            return str(orjson.loads(key))
        except orjson.JSONDecodeError:
            pass
    return key[1:-1].decode("utf-8", "replace")


def _after_comma(text: Buffer, at: int, mark: bytes) -> int:
    if mark != b",":
        raise BrokenText(at, "read.comma_expected" if mark else "read.ends_early")
    return skip_space(text, at + 1)
