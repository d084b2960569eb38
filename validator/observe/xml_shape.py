"""XML elements as records: shaped by a JSON Schema that is looked at once, not for every element.

Element names become keys, elements that the schema calls an array become arrays however often they
stand there, and numbers and booleans are converted when they parse. What the schema does not know
is kept, so that a closed schema can refuse it. A signature is about the document and not part of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from lxml import etree

from validator import xml_document
from validator.xml_document import XmlRefusedError, line_of

SIGNATURE: Final = "{http://www.w3.org/2000/09/xmldsig#}"
XML_SPACE: Final = " \t\r\n"

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_BOOLEANS: Final = {"true": True, "1": True, "false": False, "0": False}


class Shape:
    """What the schema says of one element; `own` is the `{namespace}` whose elements go by local name."""

    __slots__ = ("converts", "is_array", "is_object", "items", "kinds", "members", "own")

    def __init__(self, schema: Mapping[str, Any], own: str) -> None:
        branch = _branch(schema)
        self.own = own
        self.kinds = _kinds(branch)
        self.is_object = "object" in self.kinds
        self.is_array = "array" in self.kinds
        self.converts = any(kind in self.kinds for kind in ("integer", "number", "boolean"))
        self.items = Shape(branch.get("items", {}), own) if self.is_array else self
        self.members: dict[str, tuple[str, Shape]] = {}
        for key, member in branch.get("properties", {}).items():
            self.members[key if key.startswith("{") else own + key] = (key, Shape(member, own))

    def record(self, element: etree._Element) -> dict[str, Any]:
        """The element as a record. Raises XmlRefusedError when it nests too deep or has too many attributes."""
        return self._record(element, 1)

    def _record(self, element: etree._Element, depth: int) -> dict[str, Any]:
        """The element's attributes and children by name, in document order."""
        made: dict[str, Any] = {}
        if _attributes(element, depth):
            made = {f"@{name}": value for name, value in map(_texts, element.items()) if name[:1] != "{"}
        loose: Any = element.text or ""
        for child in element:
            tag: Any = child.tag
            loose += child.tail or ""
            if tag.__class__ is not str:
                continue
            key, shape = self.members.get(tag) or self._unknown(tag)
            if shape.is_array:
                made.setdefault(key, []).append(shape.items._value(child, depth + 1))
            elif key in made:
                _put(made, key, shape._value(child, depth + 1))
            elif key:
                made[key] = shape._value(child, depth + 1)
        loose = loose.strip(XML_SPACE)
        if loose:
            made["#text"] = loose
        return made

    def _value(self, element: etree._Element, depth: int) -> Any:
        if self.is_object or (len(element) and any(map(xml_document.is_element, element))):
            return self._record(element, depth)
        _attributes(element, depth)
        text: Any = element.text or ""
        if len(element):
            text += "".join([child.tail or "" for child in element])
        text = text.strip(XML_SPACE)
        return _scalar(text, self.kinds) if self.converts else text

    def _unknown(self, tag: str) -> tuple[str, Shape]:
        """Key and shape of an element that the schema does not name; no key for a signature."""
        if tag.startswith(SIGNATURE):
            return "", _ANY
        return (tag[len(self.own) :] if tag.startswith(self.own) else tag), Shape({}, self.own)


def _attributes(element: etree._Element, depth: int) -> bool:
    """Whether it has attributes. Raises XmlRefusedError before too many are looked at or depth is too great."""
    if depth > xml_document.MAX_DEPTH:
        raise XmlRefusedError("depth", "xml.too_deep", line_of(element), limit=xml_document.MAX_DEPTH)
    names = element.keys()
    if len(names) > xml_document.MAX_ATTRIBUTES:
        limit = xml_document.MAX_ATTRIBUTES
        raise XmlRefusedError("size", "xml.too_many_attributes", line_of(element), limit=limit)
    return bool(names)


def _branch(schema: Mapping[str, Any]) -> Mapping[str, Any]:
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


def _texts(pair: tuple[Any, Any]) -> tuple[str, str]:
    return str(pair[0]), str(pair[1])


def _put(made: dict[str, Any], key: str, value: Any) -> None:
    """A name that stands again becomes the list that it is."""
    if isinstance(made[key], list):
        made[key].append(value)
    else:
        made[key] = [made[key], value]


def _scalar(text: str, kinds: Sequence[str]) -> Any:
    if "integer" in kinds and _INTEGER.fullmatch(text):
        return int(text)
    if "number" in kinds and _NUMBER.fullmatch(text):
        return float(text)
    if "boolean" in kinds and text in _BOOLEANS:
        return _BOOLEANS[text]
    return text


_ANY: Final = Shape({}, "")
