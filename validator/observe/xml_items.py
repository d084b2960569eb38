"""The elements directly inside the root of an XML document, found in its bytes without parsing them.

In a well-formed document `<` opens markup and nothing else, outside comments, CDATA sections and
processing instructions, so that tags can be matched by name. Where a document is not well-formed
the borders may be wrong: then at least one piece is refused by the parser that opens them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from validator.observe.limits import MAX_DOCUMENT_BYTES, MAX_RECORD_BYTES, MIB, WINDOW_BYTES
from validator.observe.mapping import Buffer, release

PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t\r\n]++|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
RELEASE_BYTES: Final = 4 * MIB
_ATTRIBUTES: Final = rb"(?![^\s/>])(?:[^<>\"'/]++|\"[^\"<]*+\"|'[^'<]*+'|/(?!>))*+"
TAG = re.compile(rb"<([^\s<>/\"'=!?]++)" + _ATTRIBUTES + rb"(/?)>")
_CLOSED_BY: Final = ((b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>"))


class Item(NamedTuple):
    """Offsets of one element: where the text before it, the element, its content and what follows start.

    The root's own end tag closes the list, as an item without a name.
    """

    gap: int
    start: int
    content: int
    end: int
    name: bytes


class BrokenItemsError(Exception):
    """Markup that cannot be followed at `offset`; `unclosed` names an element that never ends."""

    def __init__(self, offset: int, unclosed: bytes = b"") -> None:
        super().__init__(offset)
        self.offset = offset
        self.unclosed = unclosed


def root_tag(text: Buffer) -> Item:
    """The root's start tag (`content` and `end` both after it). Raises BrokenItemsError."""
    window = text[:MAX_DOCUMENT_BYTES]
    prolog = PROLOG.match(window)
    start = prolog.end() if prolog else 0
    found = TAG.match(window, start)
    if found is None:
        raise BrokenItemsError(start)
    return Item(0, start, found.end(), found.end(), found.group(1))


def items(text: Buffer, at: int, end: int, root: bytes) -> Iterator[Item]:
    """Elements that start from `at` on and before `end`; the root's end tag when it comes before `end`.

    `at` is right after an element or the root's start tag, or at an element. Raises
    BrokenItemsError when the text ends early or cannot be followed.
    """
    released = at
    while (item := _item(text, at, end, root)) is not None:
        yield item
        at = item.end
        if not item.name:
            return
        plain = _plain_element(item.name)
        while (found := plain.match(text, at, at + MAX_RECORD_BYTES)) and found.start(1) < end:
            yield Item(at, found.start(1), found.end(1), found.end(), item.name)
            at = found.end()
            if at - released > RELEASE_BYTES:
                released = at
                release(text, at)
        if at - released > RELEASE_BYTES:
            released = at
            release(text, at)


def _item(text: Buffer, at: int, end: int, root: bytes) -> Item | None:
    """The next element, or the root's end tag; None when it starts at `end` or later."""
    gap = at
    while True:
        at = seek(text, b"<", at)
        if at < 0:
            raise BrokenItemsError(gap, root)
        if at >= end:
            return None
        mark = text[at : at + 9]
        if mark[1:2] not in b"!?":
            break
        at = _skipped(text, at, mark)
    if mark[1:2] == b"/":
        close = text.find(b">", at, at + MAX_DOCUMENT_BYTES)
        if close < 0:
            raise BrokenItemsError(at)
        return Item(gap, at, at, close + 1, b"")
    tag = TAG.match(text, at, at + MAX_RECORD_BYTES)
    if tag is None:
        raise BrokenItemsError(at)
    name, content = tag.group(1), tag.end()
    return Item(gap, at, content, content if tag.group(2) else _element_end(text, name, at, content), name)


@lru_cache(maxsize=8)
def _plain_element(name: bytes) -> re.Pattern[bytes]:
    """Space and then an element of the name (its start tag is group 1) in which nothing hides or repeats its tags."""
    tag = rb"<" + re.escape(name) + _ATTRIBUTES + rb">"
    inside = rb"(?:[^<]++|<(?![!?]|/?" + re.escape(name) + rb"[\s/>]))*+"
    return re.compile(rb"[ \t\r\n]*+(" + tag + rb")" + inside + rb"</" + re.escape(name) + rb"[ \t\r\n]*+>")


def seek(text: Buffer, wanted: bytes, at: int) -> int:
    """Where `wanted` stands from `at` on, or -1; a text of any length costs one window."""
    size, overlap = len(text), len(wanted) - 1
    while at < size:
        stop = min(at + WINDOW_BYTES, size)
        found = text.find(wanted, at, stop)
        if found >= 0:
            return found
        if stop < size:
            release(text, stop - overlap)
        at = stop if stop == size else stop - overlap
    return -1


def _skipped(text: Buffer, at: int, mark: bytes) -> int:
    """Past the comment, CDATA section or instruction at `at`."""
    for opens, closes in _CLOSED_BY:
        if mark.startswith(opens):
            found = seek(text, closes, at + len(opens))
            if found >= 0:
                return found + len(closes)
    raise BrokenItemsError(at)


def _element_end(text: Buffer, name: bytes, start: int, content: int) -> int:
    """The offset after the end tag that belongs to the start tag before `content`."""
    close, at = b"</" + name, content
    while True:
        at = seek(text, close, at)
        if at < 0:
            raise BrokenItemsError(start, name)
        after = at + len(close)
        if text[after : after + 1] in (b">", b" ", b"\t", b"\r", b"\n"):
            break
        at = after
    if at - content > MAX_RECORD_BYTES or not _plain(text[content:at], name):
        return _matching_end(text, name, start, content)
    end = text.find(b">", after, after + MAX_DOCUMENT_BYTES)
    if end < 0:
        raise BrokenItemsError(at)
    return end + 1


def _plain(inside: bytes, name: bytes) -> bool:
    """Whether nothing inside could hide or hold another tag of the name."""
    return b"<!" not in inside and b"<?" not in inside and b"<" + name not in inside


def _matching_end(text: Buffer, name: bytes, start: int, at: int) -> int:
    """As `_element_end`, where comments may hide tags and elements of the name may nest."""
    marks = re.compile(rb"<!--|<!\[CDATA\[|<\?|<(/?)" + re.escape(name) + rb"(?=[\s/>])")
    depth, size, overlap = 1, len(text), len(name) + 9
    while at < size:
        stop = min(at + WINDOW_BYTES, size)
        found = marks.search(text, at, stop)
        if found is None:
            release(text, stop - overlap)
            at = stop if stop == size else stop - overlap
            continue
        at = found.start()
        if found.group(1) is None:
            at = _skipped(text, at, found.group())
            continue
        tag = TAG.match(text, at, at + MAX_RECORD_BYTES)
        if found.group(1):
            depth -= 1
            at = text.find(b">", at, at + MAX_DOCUMENT_BYTES) + 1
        else:
            if tag is None:
                raise BrokenItemsError(at)
            depth += 0 if tag.group(2) else 1
            at = tag.end()
        if depth == 0 or at == 0:
            break
    if depth or at == 0:
        raise BrokenItemsError(start, name)
    return at
