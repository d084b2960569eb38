"""Can a list be judged record by record against its XML Schema?

It can when records may repeat without end wherever one may stand, and nothing in the schema looks
from one record to another: no identity constraint of the root, no ID or IDREF. What is not plainly
so is answered with no. Sources: W3C XML Schema 1.0 Part 1 sections 3.8, 3.9, 3.11.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lxml import etree

from validator import xml_document
from validator.xml_pieces import ListNames

XS: Final = "{http://www.w3.org/2001/XMLSchema}"
_REFERENCES: Final = (f"{XS}include", f"{XS}import", f"{XS}redefine", f"{XS}override")
_IDENTITY: Final = (f"{XS}key", f"{XS}unique", f"{XS}keyref")
_WHOLE_TYPES: Final = frozenset({"ID", "IDREF", "IDREFS", "ENTITY", "ENTITIES", "NOTATION"})
_TYPE_NAMES: Final = ("type", "base", "itemType", "memberTypes")
_DERIVATIONS: Final = (f"{XS}extension", f"{XS}restriction")
_GROUPS: Final = (f"{XS}sequence", f"{XS}choice")
_BESIDE_THE_MODEL: Final = (f"{XS}attribute", f"{XS}attributeGroup", f"{XS}anyAttribute", f"{XS}annotation")


def record_wise(path: Path, names: ListNames) -> bool:
    """Whether a document is valid exactly when its outline and each of its records are."""
    schema = etree.parse(path, xml_document.parser()).getroot()
    if (schema.get("targetNamespace") or "") != names.namespace or any(True for _ in schema.iter(*_REFERENCES)):
        return False
    if any(_whole_types(element) for element in schema.iter(etree.Element)):
        return False
    root = _global(schema, "element", names.root.rpartition("}")[2])
    if root is None or any(True for _ in root.iterchildren(*_IDENTITY)):
        return False
    model = _model(schema, root)
    return model is not None and _repeats(schema, model, names.local)


def _whole_types(element: etree._Element) -> bool:
    """Whether it uses a type whose values must agree over the whole document."""
    named = (word for name in _TYPE_NAMES for word in (element.get(name) or "").split())
    return any(_local(word) in _WHOLE_TYPES for word in named)


def _local(name: str | None) -> str:
    return (name or "").rpartition(":")[2]


def _global(schema: etree._Element, kind: str, name: str) -> etree._Element | None:
    return next((found for found in schema.iterchildren(XS + kind) if found.get("name") == name), None)


def _model(schema: etree._Element, root: etree._Element) -> etree._Element | None:
    """The one group that is the root's content, when its type is plain and written in place or by name."""
    if root.get("substitutionGroup") or root.get("abstract"):
        return None
    named = root.get("type")
    type_ = _global(schema, "complexType", _local(named)) if named else root.find(f"{XS}complexType")
    if named and any(_local(part.get("base")) == _local(named) for part in schema.iter(*_DERIVATIONS)):
        return None  # a document may then choose a narrower type for its root
    if type_ is None or type_.get("abstract") or type_.get("mixed"):
        return None
    parts = [part for part in type_.iterchildren(etree.Element) if part.tag not in _BESIDE_THE_MODEL]
    return parts[0] if len(parts) == 1 and parts[0].tag in _GROUPS else None


def _repeats(schema: etree._Element, model: etree._Element, record: str) -> bool:
    """Whether one particle of the model alone takes records, and takes any number of them."""
    particles = list(_particles(model))
    if any(particle.tag != f"{XS}element" for particle in particles):
        return False
    mine = [p for p in particles if (p.get("name") or _local(p.get("ref"))) == record]
    if len(mine) != 1 or mine[0].get("maxOccurs") != "unbounded" or not _in_namespace(schema, mine[0]):
        return False
    declared = _global(schema, "element", record)
    if declared is not None and declared.get("substitutionGroup"):
        return False
    above = [mine[0], *mine[0].iterancestors(*_GROUPS)]
    return all(group.get("minOccurs", "1") in ("0", "1") for group in above)


def _particles(group: etree._Element) -> Iterator[etree._Element]:
    """The particles of a group and of those inside it; annotations are none."""
    for part in group.iterchildren(etree.Element):
        if part.tag in _GROUPS:
            yield from _particles(part)
        elif part.tag != f"{XS}annotation":
            yield part


def _in_namespace(schema: etree._Element, particle: etree._Element) -> bool:
    """Whether the element's name lies in the target namespace, as a record's does."""
    if particle.get("ref"):
        return True
    return not schema.get("targetNamespace") or particle.get("form", schema.get("elementFormDefault")) == "qualified"
