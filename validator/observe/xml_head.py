"""The beginning of an XML list: its encoding, root and header, and which of the root's elements are records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from lxml import etree

from validator import xml_document
from validator.model.record import Frame, ReadFault
from validator.observe.limits import MAX_DOCUMENT_BYTES, MAX_RECORD_BYTES, MIB
from validator.observe.mapping import Buffer, count_lines
from validator.observe.xml import declared_encoding, expect_root, start_faults
from validator.observe.xml_items import BrokenItemsError, Item, items, root_tag
from validator.xml_document import XmlRefusedError
from validator.xml_pieces import ListNames, header_size

#: Encodings in which the bytes of markup mean markup only, so that tags can be found before decoding.
_FOLLOWED: Final = re.compile(r"UTF-8|(US-)?ASCII|ISO-8859-[0-9]{1,2}|WINDOWS-125[0-8]", re.IGNORECASE)


class ListHead:
    """What must be known of a document before any part of it can be read.

    Raises XmlRefusedError when it cannot be read as a list at all.
    """

    def __init__(self, text: Buffer, schema: Mapping[str, Any], names: ListNames) -> None:
        self.text, self.names = text, names
        beginning = text[: 2 * MAX_DOCUMENT_BYTES]
        self.faults: list[ReadFault] = list(start_faults(beginning))
        encoding = declared_encoding(beginning)
        if beginning[:2] in (b"\xff\xfe", b"\xfe\xff") or not _FOLLOWED.fullmatch(encoding):
            raise XmlRefusedError("encoding", "xml.not_utf8", 1, encoding=encoding)
        self.is_utf8 = encoding.upper() == "UTF-8"
        xml_document.refuse_doctype(beginning)
        self.declaration = f'<?xml version="1.0" encoding="{encoding}"?>'.encode()
        try:
            self.root = root_tag(text)
        except BrokenItemsError as broken:
            raise self.explained(broken) from broken
        self.end_tag = b"</" + self.root.name + b">"
        self.empty = text[self.root.end - 2 : self.root.end] == b"/>"
        shown = self._opened_root()
        expect_root(shown, schema)
        self.plain = frozenset(self._record_names(shown))

    def _opened_root(self) -> etree._Element:
        tag = self.text[: self.root.end]
        root = xml_document.parsed(tag if self.empty else tag + self.end_tag)
        if len(root.attrib) > xml_document.MAX_ATTRIBUTES:
            limit = xml_document.MAX_ATTRIBUTES
            raise XmlRefusedError("size", "xml.too_many_attributes", xml_document.line_of(root), limit=limit)
        return root

    def _record_names(self, root: etree._Element) -> Iterator[bytes]:
        """How a record's tag reads while its own start tag declares no namespace."""
        for prefix, namespace in {None: "", **root.nsmap}.items():
            if (namespace or "") == self.names.namespace:
                yield (f"{prefix}:{self.names.local}" if prefix else self.names.local).encode()

    def is_record(self, item: Item) -> bool:
        """Whether an element inside the root is a record, whatever its prefix."""
        redeclares = self.text.find(b"xmlns", item.start, item.content) >= 0
        if not redeclares:
            return item.name in self.plain
        if item.name.rpartition(b":")[2] != self.names.local.encode() or item.content - item.start > MAX_RECORD_BYTES:
            return False
        tag = self.text[item.start : item.content]
        closing = b"" if tag.endswith(b"/>") else b"</" + item.name + b">"
        try:
            root = xml_document.parsed(self.text[self.root.start : self.root.end] + tag + closing + self.end_tag)
        except XmlRefusedError:
            return True  # it is meant to be one: reading it tells what is wrong
        return bool(root[0].tag == self.names.record)

    def items(self, at: int, end: int) -> Iterator[Item]:
        """The root's elements that start between two offsets, as `xml_items.items`."""
        if self.empty:
            after = self.root.end
            yield Item(after, after, after, after, b"")
            return
        yield from items(self.text, max(at, self.root.end), end, self.root.name)

    def frame(self) -> Frame:
        """Everything before the first record, on one line, and the root's end tag. Raises XmlRefusedError."""
        stop = self.root.end
        try:
            for item in self.items(0, len(self.text)):
                stop = item.start
                if not item.name or self.is_record(item):
                    break
                if item.end > self.root.end + MAX_DOCUMENT_BYTES:
                    raise self.too_large(item.start)
        except BrokenItemsError as broken:
            raise self.explained(broken) from broken
        if stop - self.root.start > MAX_DOCUMENT_BYTES:
            raise self.too_large(self.root.start)
        before = self.text[self.root.start : stop]
        if self.empty:
            before = before[:-2] + b">"
        frame = Frame(self.declaration + before.translate(_ONE_LINE), self.end_tag)
        try:
            header_size(frame.before, frame.after)
        except XmlRefusedError:
            raise self._as_it_stands(before) from None
        return frame

    def _as_it_stands(self, before: bytes) -> XmlRefusedError:
        """What is wrong with the header, with the lines of the file."""
        try:
            xml_document.parsed(self.declaration + before + self.end_tag)
        except XmlRefusedError as refused:
            return refused.on_line((refused.line or 1) + count_lines(self.text, 0, self.root.start), refused.column)
        return XmlRefusedError("syntax", "xml.malformed", 1, reason="header")

    def too_large(self, offset: int) -> XmlRefusedError:
        limit = MAX_DOCUMENT_BYTES // MIB
        return XmlRefusedError("size", "xml.outline_too_large", 1 + count_lines(self.text, 0, offset), limit_mib=limit)

    def explained(self, broken: BrokenItemsError) -> XmlRefusedError:
        """Why the text cannot be followed any further: in the parser's words where it has some."""
        line = 1 + count_lines(self.text, 0, broken.offset)
        if broken.unclosed:
            return XmlRefusedError(
                "syntax", "xml.unclosed", line, name=broken.unclosed[:200].decode("utf-8", "replace")
            )
        rest = self.text[broken.offset : broken.offset + MAX_DOCUMENT_BYTES]
        try:
            xml_document.parsed(b"<r>" + rest if broken.offset else rest)
        except XmlRefusedError as refused:
            return refused.on_line(line + (refused.line or 1) - 1)
        return XmlRefusedError("syntax", "xml.malformed", line, reason="markup")


_ONE_LINE: Final = bytes.maketrans(b"\n\r", b"  ")
