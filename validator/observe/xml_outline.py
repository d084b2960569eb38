"""What stands around the records of an XML list: its prolog, header, stray parts and end, as one small document.

Every run of records becomes at most two empty ones. Where a schema lets records repeat without
end, the document's own order, attributes and text are right exactly when the outline's are.
"""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import quoteattr

from validator import xml_document
from validator.model.record import Outline
from validator.observe.limits import MAX_DOCUMENT_BYTES
from validator.observe.mapping import Buffer, count_lines
from validator.observe.xml_items import Item
from validator.xml_document import XmlRefusedError
from validator.xml_pieces import ListNames

KEPT_OF_A_RUN: Final = 2
_SPACE: Final = b" \t\r\n"


class OutlineBuilder:
    """Gathers the outline from the items of a document, in order."""

    def __init__(self, text: Buffer, head: Item, names: ListNames) -> None:
        self.text, self.head = text, head
        self.stub = f"<{names.local} xmlns={quoteattr(names.namespace)}/>".encode()
        self.end_tag = b"</" + head.name + b">"
        self.pieces: list[bytes] = []
        self.lines: list[tuple[int, int]] = []
        self.size = self.run = 0
        self.counted, self.line, self.here = 0, 1, 1
        self._keep(3 if text[:3] == b"\xef\xbb\xbf" else 0, head.end)

    def add(self, item: Item, is_record: bool) -> None:
        """The next element; raises XmlRefusedError when more stands around the records than can be kept."""
        if item.start > item.gap:
            self._gap(item.gap, item.start)
        self.run = self.run + 1 if is_record else 0
        if not item.name:
            self._keep(item.start, min(len(self.text), item.end + MAX_DOCUMENT_BYTES))
        elif not is_record:
            self._keep(item.start, item.end)
        elif self.run <= KEPT_OF_A_RUN:
            self._keep(item.start, item.start, self.stub)

    def finish(self) -> Outline:
        """The outline, well-formed, once the root's end was added. Raises XmlRefusedError with lines of the file."""
        made = Outline(b"\n".join(self.pieces), tuple(self.lines))
        try:
            xml_document.parsed(made.text)
        except XmlRefusedError as refused:
            raise refused.on_line(made.line_of(refused.line or 1)) from refused
        return made

    def _gap(self, start: int, end: int) -> None:
        """Text between elements: kept when it is more than space and comments."""
        if end - start > MAX_DOCUMENT_BYTES:
            raise self._too_large(start)
        gap = self.text[start:end]
        if gap.strip(_SPACE) and not self._says_nothing(gap):
            self.run = 0
            self._keep(start, end)

    def _says_nothing(self, gap: bytes) -> bool:
        """Whether it is well-formed and holds comments and instructions only."""
        try:
            root = xml_document.parsed(self.text[self.head.start : self.head.end] + gap + self.end_tag)
        except XmlRefusedError:
            return False
        return not "".join([root.text or "", *(child.tail or "" for child in root)]).strip()

    def _keep(self, start: int, end: int, instead: bytes | None = None) -> None:
        size = end - start if instead is None else len(instead)
        self.size += size + 1
        if self.size > 2 * MAX_DOCUMENT_BYTES:
            raise self._too_large(start)
        self.line += count_lines(self.text, self.counted, start)
        self.counted = start
        piece = self.text[start:end] if instead is None else instead
        self.lines.append((self.here, self.line))
        self.here += piece.count(b"\n") + 1
        self.pieces.append(piece)

    def _too_large(self, offset: int) -> XmlRefusedError:
        line = self.line + count_lines(self.text, self.counted, offset)
        return XmlRefusedError("size", "xml.outline_too_large", line, limit_mib=MAX_DOCUMENT_BYTES // (1024 * 1024))
