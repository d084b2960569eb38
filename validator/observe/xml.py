"""XML documents as records: one document is one record, shaped by the JSON Schema of its dataset.

The schema's annotation `x-xml: {namespace, root}` says which document it is. Element names become
keys, elements that the schema calls an array become arrays however often they stand there, and
numbers and booleans are converted when they parse. What the schema does not know is kept, so that
a closed schema can refuse it. A signature is about the document and not part of the record.
Another root is a fault of aspect `root`, which the dataset's XML Schema check tells: the document
may well be good XML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from lxml import etree

from validator import xml_document
from validator.model.record import UNREADABLE, Batch, ReadFault
from validator.observe.parse import encoding_fault
from validator.xml_document import XmlRefusedError, line_of

SIGNATURE: Final = "{http://www.w3.org/2000/09/xmldsig#}"
UTF8_BOM: Final = b"\xef\xbb\xbf"
PLAIN_ENCODINGS: Final = frozenset({"UTF-8", "US-ASCII", "ASCII"})
XML_SPACE: Final = " \t\r\n"

_DECLARED = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding[ \t\r\n]*=[ \t\r\n]*[\"']([A-Za-z0-9._-]+)[\"']")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_BOOLEANS: Final = {"true": True, "1": True, "false": False, "0": False}
_STEP = re.compile(r"(?:[^:/\[\]]+:)?([^:/\[\]]+)(?:\[([0-9]+)\])?")


def read_xml(path: Path, file: str, schema: Mapping[str, Any]) -> Iterator[Batch]:
    """One batch with the document's record, or with UNREADABLE and the fault that says why.

    `file` is the name shown in findings; `schema` the dataset's bundled schema. `raws` holds the
    document's bytes (empty when it is too large), `lines` the line of its root element.
    """
    try:
        xml_document.refuse_large(path.stat().st_size)
        raw = path.read_bytes()
    except XmlRefusedError as refused:
        yield _unreadable(file, b"", [_fault(refused)])
        return
    if not raw:
        yield Batch(file, 1, [], [], [], [], (ReadFault("syntax", "read.empty_file", 1),))
        return
    faults = list(_encoding_faults(raw))
    try:
        root = xml_document.open_document(raw)
        _expect_root(root, schema)
        value = _record(root, schema, _braced(root), 1)
    except XmlRefusedError as refused:
        if not any(fault.message_id == "read.not_utf8" for fault in faults):
            faults.append(_fault(refused))
        yield _unreadable(file, raw, faults)
        return
    yield Batch(file, 1, [line_of(root) or 1], [0], [raw], [value], tuple(faults))


def _unreadable(file: str, raw: bytes, faults: list[ReadFault]) -> Batch:
    return Batch(file, 1, [1], [0], [raw], [UNREADABLE], tuple(faults))


def _fault(refused: XmlRefusedError) -> ReadFault:
    return ReadFault(refused.aspect, refused.message_id, refused.line, refused.column, 1, refused.params)


def _encoding_faults(raw: bytes) -> Iterator[ReadFault]:
    """What is wrong with the encoding: another one than UTF-8 declared, a BOM, bytes outside UTF-8."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield ReadFault("encoding", "xml.not_utf8", 1, None, 1, (("encoding", "UTF-16"),))
        return
    if raw[:3] == UTF8_BOM:
        yield ReadFault("bom", "read.bom", 1, 1, 1)
    declared = _DECLARED.match(raw)
    name = declared.group(1).decode("ascii") if declared else "UTF-8"
    if name.upper() not in PLAIN_ENCODINGS:
        yield ReadFault("encoding", "xml.not_utf8", 1, None, 1, (("encoding", name),))
        return
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as wrong:
        yield encoding_fault(raw, wrong, 1, 1)


def _expect_root(root: etree._Element, schema: Mapping[str, Any]) -> None:
    expected = schema.get("x-xml", {})
    wanted = f"{{{expected.get('namespace', '')}}}{expected.get('root', '')}"
    found = f"{{{xml_document.namespace_of(root)}}}{etree.QName(root).localname}"
    if found != wanted:
        line = line_of(root) or 1
        raise XmlRefusedError("root", "xml.wrong_root", line, expected=wanted, found=found[:200])


def _braced(root: etree._Element) -> str:
    namespace = xml_document.namespace_of(root)
    return f"{{{namespace}}}" if namespace else ""


def _shape(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The branch of a union that is not null, as for columns."""
    for union in ("anyOf", "oneOf"):
        branches = schema.get(union)
        if isinstance(branches, list) and branches and "type" not in schema:
            chosen: Mapping[str, Any] = next((b for b in branches if b.get("type") != "null"), branches[0])
            return chosen
    return schema


def _kinds(schema: Mapping[str, Any]) -> Sequence[str]:
    declared = schema.get("type", ())
    return (declared,) if isinstance(declared, str) else declared


def _value(element: etree._Element, schema: Mapping[str, Any], own: str, depth: int) -> Any:
    shape = _shape(schema)
    kinds = _kinds(shape)
    if "object" in kinds or (len(element) and any(xml_document.is_element(child) for child in element)):
        return _record(element, shape, own, depth)
    _bound(element, depth)
    return _scalar(_text(element), kinds)


def _bound(element: etree._Element, depth: int) -> None:
    if depth > xml_document.MAX_DEPTH:
        raise XmlRefusedError("depth", "xml.too_deep", line_of(element), limit=xml_document.MAX_DEPTH)
    if len(element.attrib) > xml_document.MAX_ATTRIBUTES:
        limit = xml_document.MAX_ATTRIBUTES
        raise XmlRefusedError("size", "xml.too_many_attributes", line_of(element), limit=limit)


def _record(element: etree._Element, schema: Mapping[str, Any], own: str, depth: int) -> dict[str, Any]:
    """The element's attributes and children by name, in document order; `own` is `{namespace}`."""
    _bound(element, depth)
    made: dict[str, Any] = {
        f"@{name}": value for name, value in map(_texts, element.attrib.items()) if not name.startswith("{")
    }
    members = schema.get("properties", {})
    for child in element:
        tag: Any = child.tag
        if not isinstance(tag, str) or tag.startswith(SIGNATURE):
            continue
        key = tag[len(own) :] if tag.startswith(own) else tag
        declared = _shape(members.get(key, {}))
        if "array" in _kinds(declared):
            made.setdefault(key, []).append(_value(child, declared.get("items", {}), own, depth + 1))
        else:
            _put(made, key, _value(child, declared, own, depth + 1))
    loose = _text(element)
    if loose:
        made["#text"] = loose
    return made


def _texts(pair: tuple[Any, Any]) -> tuple[str, str]:
    return str(pair[0]), str(pair[1])


def _put(made: dict[str, Any], key: str, value: Any) -> None:
    """A name that stands once is a value; one that repeats becomes the list that it is."""
    if key not in made:
        made[key] = value
    elif isinstance(made[key], list):
        made[key].append(value)
    else:
        made[key] = [made[key], value]


def _text(element: etree._Element) -> str:
    """The element's own text, around comments and children, without the white space at both ends."""
    text: Any = element.text or ""
    if len(element):
        text += "".join([child.tail or "" for child in element])
    return str(text).strip(XML_SPACE)


def _scalar(text: str, kinds: Sequence[str]) -> Any:
    if "integer" in kinds and _INTEGER.fullmatch(text):
        return int(text)
    if "number" in kinds and _NUMBER.fullmatch(text):
        return float(text)
    if "boolean" in kinds and text in _BOOLEANS:
        return _BOOLEANS[text]
    return text


def locate_xml(raw: bytes, pointer: str) -> tuple[int | None, str]:
    """Source line and XPath of a place in the document.

    `pointer` is a JSON Pointer of the record (`/info/0/area/1/polygon`) or already an XPath of the
    document (`/cap:alert/cap:info[1]`), which is kept. For a member that is not there, the line is
    that of the nearest element that is. An unreadable document gives (None, pointer).
    """
    try:
        root = xml_document.opened(raw)
    except XmlRefusedError:
        return None, pointer
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    own = xml_document.step_of(root, numbered=False)
    if steps and steps[0] == own:
        matched = (_STEP.fullmatch(step) for step in steps[1:])
        named = [(m.group(1), int(m.group(2) or 1) - 1) for m in matched if m is not None]
        return line_of(_walk(root, named)[0]), pointer
    found, path = _walk(root, _pairs(steps))
    return line_of(found), f"/{own}{path}"


def _pairs(steps: list[str]) -> list[tuple[str, int | None]]:
    """JSON Pointer steps as (name, index): an index belongs to the name before it."""
    pairs: list[tuple[str, int | None]] = []
    for step in steps:
        if step.isdecimal() and pairs and pairs[-1][1] is None:
            pairs[-1] = (pairs[-1][0], int(step))
        else:
            pairs.append((step, None))
    return pairs


def _walk(root: etree._Element, pairs: list[tuple[str, Any]]) -> tuple[etree._Element, str]:
    """The deepest element on the way, and the XPath of the whole way."""
    here, path, lost = root, "", False
    prefix = xml_document.step_of(root, numbered=False).rpartition(":")[0]
    for name, index in pairs:
        matching = [] if lost else [c for c in here if xml_document.is_element(c) and _named(c, name)]
        if len(matching) > (index or 0):
            here = matching[index or 0]
            path += "/" + xml_document.step_of(here, index is not None)
            continue
        lost = True
        shown = f"{prefix}:{name}" if prefix and name[:1] not in "@#{" else name
        path += f"/{shown}" + ("" if index is None else f"[{index + 1}]")
    return here, path


def _named(element: etree._Element, name: str) -> bool:
    return name in (etree.QName(element).localname, element.tag)
