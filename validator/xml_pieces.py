"""Records of an XML list opened as one small document of the same root.

What holds for the pieces holds for the list: content that is well-formed in pieces, each cut
between elements, is well-formed as a whole, and every record sees the root's namespaces.
Sources: XML 1.0 (Fifth Edition) production 43, Namespaces in XML 1.0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from lxml import etree

from validator import xml_document
from validator.model.record import Frame
from validator.xml_document import XmlRefusedError

#: A document up to this size may be looked at in one piece by checks that cannot go record by record.
WHOLE_BYTES: Final = 8 * 1024 * 1024
MAX_RECORD_TAGS: Final = 100_000
#: Beyond it libxml2 no longer knows the line of every element.
MAX_LINES: Final = 60_000
FIRST_LINE: Final = 2


@dataclass(frozen=True, slots=True)
class ListNames:
    """The names that a dataset's `x-xml` declares; in tags as `{namespace}name`."""

    root: str
    record: str
    namespace: str

    @property
    def local(self) -> str:
        return self.record.rpartition("}")[2]


def list_names(schema: Mapping[str, Any]) -> ListNames | None:
    """The names of a dataset whose documents are lists of records; None where one document is one record."""
    declared = schema.get("x-xml", {})
    if "record" not in declared:
        return None
    namespace = declared.get("namespace", "")
    braced = f"{{{namespace}}}" if namespace else ""
    return ListNames(braced + declared["root"], braced + declared["record"], namespace)


@dataclass(frozen=True, slots=True)
class Pieces:
    """The small document: `elements` by record (None for an empty text), `starts` their lines in it."""

    root: etree._Element
    elements: Sequence[etree._Element | None]
    starts: Sequence[int]


@lru_cache(maxsize=1)
def opened(before: bytes, after: bytes, raws: tuple[bytes, ...]) -> Pieces:
    """The records as a document, each on lines of its own, remembering the last. Not to be changed.

    Raises XmlRefusedError when they are not well-formed or a text is not exactly one element.
    """
    header = header_size(before, after)
    root = xml_document.parsed(b"\n".join((before, *raws, after)))
    children = [child for child in root if xml_document.is_element(child)][header:]
    if len(children) != sum(map(bool, raws)):
        raise XmlRefusedError("syntax", "xml.malformed", FIRST_LINE, reason="not one element")
    following = iter(children)
    elements = [next(following) if raw else None for raw in raws]
    starts, line = [], FIRST_LINE
    for raw in raws:
        starts.append(line)
        line += raw.count(b"\n") + 1
    return Pieces(root, elements, starts)


@lru_cache(maxsize=1)
def header_size(before: bytes, after: bytes) -> int:
    """How many elements stand before the first record. Raises XmlRefusedError when not well-formed."""
    return sum(map(xml_document.is_element, xml_document.parsed(before + after)))


def pieces_of(frame: Frame, raws: Sequence[bytes]) -> Pieces:
    """The records of a batch as one small document."""
    return opened(frame.before, frame.after, tuple(raws))
