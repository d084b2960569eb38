"""XML documents as records: one document is one record, shaped by the JSON Schema of its dataset.

The schema's annotation `x-xml: {namespace, root}` says which document it is.
Another root is a fault of aspect `root`, which the dataset's XML Schema check tells: the document
may well be good XML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from lxml import etree

from validator import xml_document
from validator.model.record import UNREADABLE, Batch, ReadFault
from validator.observe.parse import encoding_fault
from validator.observe.xml_shape import Shape
from validator.xml_document import XmlRefusedError, line_of

UTF8_BOM: Final = b"\xef\xbb\xbf"
PLAIN_ENCODINGS: Final = frozenset({"UTF-8", "US-ASCII", "ASCII"})

_DECLARED = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding[ \t\r\n]*=[ \t\r\n]*[\"']([A-Za-z0-9._-]+)[\"']")


def read_xml(path: Path, file: str, schema: Mapping[str, Any]) -> Iterator[Batch]:
    """One batch with the document's record, or with UNREADABLE and the fault that says why.

    `file` is the name shown in findings; `schema` the dataset's bundled schema. `raws` holds the
    document's bytes (empty when it is too large), `lines` the line of its root element.
    """
    try:
        xml_document.refuse_large(path.stat().st_size)
        raw = path.read_bytes()
    except XmlRefusedError as refused:
        yield _unreadable(file, b"", [fault_of(refused)])
        return
    if not raw:
        yield Batch(file, 1, [], [], [], [], (ReadFault("syntax", "read.empty_file", 1),))
        return
    faults = list(_encoding_faults(raw))
    try:
        root = xml_document.open_document(raw)
        expect_root(root, schema)
        value = shape_of(schema).record(root)
    except XmlRefusedError as refused:
        if not any(fault.message_id == "read.not_utf8" for fault in faults):
            faults.append(fault_of(refused))
        yield _unreadable(file, raw, faults)
        return
    yield Batch(file, 1, [line_of(root) or 1], [0], [raw], [value], tuple(faults))


def _unreadable(file: str, raw: bytes, faults: list[ReadFault]) -> Batch:
    return Batch(file, 1, [1], [0], [raw], [UNREADABLE], tuple(faults))


def fault_of(refused: XmlRefusedError) -> ReadFault:
    """The refusal as a fault of the document's first record."""
    return ReadFault(refused.aspect, refused.message_id, refused.line, refused.column, 1, refused.params)


def declared_encoding(raw: bytes) -> str:
    """The encoding that the document's first bytes tell."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "UTF-16"
    declared = _DECLARED.match(raw)
    return declared.group(1).decode("ascii") if declared else "UTF-8"


def start_faults(raw: bytes) -> Iterator[ReadFault]:
    """What the first bytes tell of the encoding: another one than UTF-8, a BOM."""
    if raw[:3] == UTF8_BOM:
        yield ReadFault("bom", "read.bom", 1, 1, 1)
    name = declared_encoding(raw)
    if name.upper() not in PLAIN_ENCODINGS:
        yield ReadFault("encoding", "xml.not_utf8", 1, None, 1, (("encoding", name),))


def _encoding_faults(raw: bytes) -> Iterator[ReadFault]:
    """What is wrong with the encoding: another one than UTF-8 declared, a BOM, bytes outside UTF-8."""
    yield from start_faults(raw)
    if declared_encoding(raw).upper() not in PLAIN_ENCODINGS:
        return
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as wrong:
        yield encoding_fault(raw, wrong, 1, 1)


def expect_root(root: etree._Element, schema: Mapping[str, Any]) -> None:
    """Raises XmlRefusedError of aspect `root` for another document than the dataset's."""
    expected = schema.get("x-xml", {})
    wanted = f"{{{expected.get('namespace', '')}}}{expected.get('root', '')}"
    found = f"{{{xml_document.namespace_of(root)}}}{etree.QName(root).localname}"
    if found != wanted:
        line = line_of(root) or 1
        raise XmlRefusedError("root", "xml.wrong_root", line, expected=wanted, found=found[:200])


def shape_of(schema: Mapping[str, Any]) -> Shape:
    """How elements become records of the schema, by the namespace that its `x-xml` declares."""
    namespace = schema.get("x-xml", {}).get("namespace", "")
    return Shape(schema, f"{{{namespace}}}" if namespace else "")
