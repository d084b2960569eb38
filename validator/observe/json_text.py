"""Finds the records of one JSON document without building the whole of it.

The file is mapped into memory; a regular expression with possessive quantifiers finds each
element's end (no backtracking, so hostile text costs linear time), and only one record at a time
becomes an object.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from mmap import mmap
from typing import Final

_SPACE = re.compile(rb"[ \t\r\n]*+")
_STRING_TEXT: Final = rb'"(?:[^"\\]++|\\.)*+"'
_STRING = re.compile(_STRING_TEXT, re.DOTALL)
_SCALAR = re.compile(rb"[^,\]}\[{\" \t\r\n]++")
_STRUCTURE = re.compile(_STRING_TEXT + rb"|[{}\[\]]", re.DOTALL)
NESTING_IN_ONE_MATCH: Final = 5

Buffer = bytes | mmap


def _nested(depth: int) -> bytes:
    inner = _STRING_TEXT if depth == 0 else _STRING_TEXT + b"|" + _nested(depth - 1)
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
    found = _SPACE.match(text, at)
    return found.end() if found else at


def value_end(text: Buffer, at: int) -> int:
    """The offset just after the value that starts at `at`. Raises BrokenText when it never ends."""
    first = text[at : at + 1]
    if first == b'"':
        found = _STRING.match(text, at)
    elif first in (b"{", b"["):
        found = _CONTAINER.match(text, at)
        if found is None:
            return _container_end(text, at)
    else:
        found = _SCALAR.match(text, at)
    if found is None:
        raise BrokenText(at, "read.value_expected" if first else "read.ends_early")
    return found.end()


def _container_end(text: Buffer, at: int) -> int:
    depth = 0
    for token in _STRUCTURE.finditer(text, at):
        first = token.group()[:1]
        if first in b"{[":
            depth += 1
        elif first in b"}]":
            depth -= 1
            if depth == 0:
                return token.end()
    raise BrokenText(at, "read.ends_early")


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
    wanted = b'"' + record_member.encode() + b'"'
    at = skip_space(text, at + 1)
    if text[at : at + 1] == b"}":
        yield Span("close", at, at + 1)
        return
    while True:
        key, at = _key(text, at)
        if key == wanted and text[at : at + 1] == b"[":
            yield Span("records", at, at)
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
    key = _STRING.match(text, at)
    if key is None:
        raise BrokenText(at, "read.key_expected" if text[at : at + 1] else "read.ends_early")
    colon = skip_space(text, key.end())
    if text[colon : colon + 1] != b":":
        raise BrokenText(colon, "read.colon_expected")
    return key.group(), skip_space(text, colon + 1)


def _after_comma(text: Buffer, at: int, mark: bytes) -> int:
    if mark != b",":
        raise BrokenText(at, "read.comma_expected" if mark else "read.ends_early")
    return skip_space(text, at + 1)
