"""From a place in an XML record to its source line and XPath."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from lxml import etree

from validator import xml_document
from validator.model.record import Frame
from validator.observe.mapping import mapped
from validator.observe.xml_items import items
from validator.xml_document import XmlRefusedError, line_of
from validator.xml_pieces import FIRST_LINE, MAX_LINES, pieces_of

_STEP = re.compile(r"(?:[^:/\[\]]+:)?([^:/\[\]]+)(?:\[([0-9]+)\])?")


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
    steps = [_unescaped(step) for step in pointer.split("/")[1:]]
    own = xml_document.step_of(root, numbered=False)
    if steps and steps[0] == own:
        matched = (_STEP.fullmatch(step) for step in steps[1:])
        named = [(m.group(1), int(m.group(2) or 1) - 1) for m in matched if m is not None]
        return line_of(_walk(root, named)[0]), pointer
    found, path = _walk(root, _pairs(steps))
    return line_of(found), f"/{own}{path}"


def _unescaped(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")


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


def locate_in_list(
    frame: Frame, raw: bytes, pointer: str, line: int, number: int, expected: int | None = None
) -> tuple[int, str]:
    """Line and XPath of a place in a record of a list, given the record's own line and number in the file.

    `pointer` is a JSON Pointer of the record or an XPath from the record on (`./p:value`), as a
    validator gives it; where that leads to another line than the one `expected`, the record is named.
    """
    try:
        pieces = pieces_of(frame, [raw])
    except XmlRefusedError:
        return line, pointer
    record = pieces.elements[0]
    if record is None:
        return line, pointer
    step = xml_document.step_of(record, numbered=False)
    whole = f"/{xml_document.step_of(pieces.root, numbered=False)}/{step}[{number}]"
    if not pointer.startswith("."):
        found, path = _walk(record, _pairs([_unescaped(step) for step in pointer.split("/")[1:]]))
        return _line_in(found, line), whole + path
    found = _found_from(record, pointer)
    if expected is not None and _line_in(found, line) != expected:
        return expected, whole
    return _line_in(found, line), whole + _below(found, record)


def _line_in(found: etree._Element, line: int) -> int:
    """The file's line of an element of a record that starts on `line`."""
    inside = (line_of(found) or FIRST_LINE) - FIRST_LINE
    return line + (inside if inside < MAX_LINES else 0)


def record_text(path: Path, offset: int) -> bytes:
    """The bytes of the element that starts at an offset of the file."""
    with mapped(path) as text:
        item = next(items(text, offset, offset + 1, b""))
        return text[item.start : item.end]


def _found_from(record: etree._Element, pointer: str) -> etree._Element:
    """The element at a relative XPath, or the one that bears the attribute there; else the record."""
    prefixes = {prefix: name for e in record.iter(etree.Element) for prefix, name in e.nsmap.items() if prefix}
    found: Any = record.xpath(pointer, namespaces=prefixes)
    first = found[0] if isinstance(found, list) and found else record
    element = first if isinstance(first, etree._Element) else first.getparent()
    return record if element is None else element


def _below(element: etree._Element, record: etree._Element) -> str:
    """The XPath from a record to an element inside it; steps are numbered where siblings share the name."""
    steps = []
    while element is not record:
        parent = element.getparent()
        if parent is None:
            break
        alone = sum(1 for _ in parent.iterchildren(element.tag)) == 1
        steps.append("/" + xml_document.step_of(element, not alone))
        element = parent
    return "".join(reversed(steps))
