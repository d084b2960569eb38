"""XML documents opened safely, and the way to name a place in them.

Shared by reading and by the checks of documents, so that both open a hostile document with the
same care: no DTD, no entities, no network, no XInclude, bounded size.
Sources: XML 1.0 (Fifth Edition), Namespaces in XML 1.0, XPath 1.0.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

from lxml import etree

MAX_BYTES: Final = 200 * 1024 * 1024
MAX_TAGS: Final = 4_000_000
MAX_DEPTH: Final = 100
MAX_ATTRIBUTES: Final = 256

_DOCTYPE = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t\r\n]++|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL)
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_LINE_SAID = re.compile(r",? line [0-9]+")
_DEPTH_REASON: Final = "Excessive depth"


class XmlRefusedError(Exception):
    """The document is not opened; the fields are those of a reading fault."""

    def __init__(
        self, aspect: str, message_id: str, line: int | None = None, column: int | None = None, **params: Any
    ) -> None:
        super().__init__(message_id)
        self.aspect = aspect
        self.message_id = message_id
        self.line = line
        self.column = column
        self.params = tuple(params.items())

    def on_line(self, line: int, column: int | None = None) -> XmlRefusedError:
        """The same refusal told of another line; lines in the parser's own words are left out."""
        params = {name: _LINE_SAID.sub("", value) if name == "reason" else value for name, value in self.params}
        return XmlRefusedError(self.aspect, self.message_id, line, column, **params)


def parser() -> etree.XMLParser:
    """A parser that loads nothing but the bytes it is given."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )


def open_document(raw: bytes) -> etree._Element:
    """The root element. Raises XmlRefusedError for a DOCTYPE, for too much of it, or when not well-formed."""
    refuse_large(len(raw))
    if raw.count(b"<") > MAX_TAGS:
        raise XmlRefusedError("size", "xml.too_many_tags", 1, limit=MAX_TAGS)
    refuse_doctype(raw)
    root = parsed(raw)
    if root.getroottree().docinfo.internalDTD is not None:
        raise XmlRefusedError("syntax", "xml.doctype", 1)
    return root


def refuse_doctype(raw: bytes) -> None:
    """Raises XmlRefusedError when the document begins with a DOCTYPE declaration."""
    doctype = _DOCTYPE.match(raw)
    if doctype:
        raise XmlRefusedError("syntax", "xml.doctype", raw.count(b"\n", 0, doctype.end()) + 1)


def parsed(raw: bytes) -> etree._Element:
    """The root element of bytes whose size was looked at. Raises XmlRefusedError when not well-formed."""
    try:
        return etree.fromstring(raw, parser())
    except etree.XMLSyntaxError as fault:
        raise _refused(fault) from fault
    except ValueError as fault:
        raise XmlRefusedError("syntax", "xml.malformed", 1, None, reason=str(fault)) from fault


@lru_cache(maxsize=1)
def opened(raw: bytes) -> etree._Element:
    """As `open_document`, remembering the last document: several checks look at one. Not to be changed."""
    return open_document(raw)


def refuse_large(size: int) -> None:
    """Raises XmlRefusedError for a document beyond the size limit."""
    if size > MAX_BYTES:
        raise XmlRefusedError("size", "xml.too_large", 1, limit_mib=MAX_BYTES // (1024 * 1024))


def _refused(fault: etree.XMLSyntaxError) -> XmlRefusedError:
    line, column = fault.position if fault.position else (1, 1)
    reason = str(fault.msg or "").removesuffix(f", line {line}, column {column}")
    if _DEPTH_REASON in reason:
        return XmlRefusedError("depth", "xml.too_deep", line, column, limit=MAX_DEPTH)
    shown = reason or "no element found"
    return XmlRefusedError("syntax", "xml.malformed", line or 1, column or None, reason=shown)


def line_of(element: etree._Element) -> int | None:
    """The line on which the element's start tag ends in the source."""
    line: Any = element.sourceline
    return line if isinstance(line, int) else None


def namespace_of(element: etree._Element) -> str:
    return etree.QName(element).namespace or ""


def is_element(node: Any) -> bool:
    """Whether the node is an element: comments and processing instructions are not."""
    return isinstance(node.tag, str)


def step_of(element: etree._Element, numbered: bool) -> str:
    """One XPath step, with the document's own prefix or the one that its namespace suggests."""
    name = etree.QName(element).localname
    prefix = element.prefix or suggested_prefix(namespace_of(element))
    shown = f"{prefix}:{name}" if prefix else name
    if not numbered:
        return shown
    before = sum(1 for _ in element.itersiblings(element.tag, preceding=True))
    return f"{shown}[{before + 1}]"


def suggested_prefix(namespace: str) -> str:
    """The last word of a namespace name: `cap` for `urn:oasis:names:tc:emergency:cap:1.2`."""
    words = [part for part in re.split(r"[:/#]", namespace) if _WORD.fullmatch(part)]
    return words[-1].lower() if words else ""


def xpath_of(element: etree._Element) -> str:
    """An XPath to the element; steps are numbered where siblings share the name."""
    steps = []
    node: etree._Element | None = element
    while node is not None:
        parent = node.getparent()
        alone = parent is None or sum(1 for _ in parent.iterchildren(node.tag)) == 1
        steps.append(step_of(node, not alone))
        node = parent
    return "/" + "/".join(reversed(steps))
