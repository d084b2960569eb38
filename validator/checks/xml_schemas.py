"""XML Schemas and Schematrons of the standards, compiled once a process, and what they say.

Sources: W3C XML Schema 1.0, ISO/IEC 19757-3 (Schematron, XSLT 1 binding).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from lxml import etree, isoschematron  # type: ignore[attr-defined]  # the stubs do not know it

from validator import xml_document
from validator.errors import EngineError

SVRL: Final = {"svrl": "http://purl.oclc.org/dsdl/svrl"}
SCHEMATRON_DIAGNOSTIC: Final = "{http://purl.oclc.org/dsdl/schematron}diagnostic"
XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"

_NO_ACCESS: Final = etree.XSLTAccessControl.DENY_ALL  # type: ignore[attr-defined]  # nor this
_BRACED_NAMESPACE = re.compile(r"\{[^{}]*\}")


def _parsed(path: Path) -> etree._ElementTree:
    return etree.parse(path, xml_document.parser())


@cache
def schema_at(path: Path) -> etree.XMLSchema:
    """The compiled XML Schema. Raises EngineError when it does not compile."""
    try:
        return etree.XMLSchema(_parsed(path))
    except (OSError, etree.LxmlError) as fault:
        raise EngineError("xml.schema_unusable", {"path": path.name, "reason": str(fault)}) from fault


def reason_of(message: str) -> str:
    """What the validator says, without the namespaces that no person would read."""
    return _BRACED_NAMESPACE.sub("", message)


def element_at(root: etree._Element, path: str | None, prefixes: dict[str, str] | None = None) -> etree._Element | None:
    """The element that a validator names by a path with the document's own prefixes (looked up when not given)."""
    if not path:
        return None
    if prefixes is None:
        prefixes = prefixes_of(root) if ":" in path else {}
    try:
        found = root.getroottree().xpath(path, namespaces=prefixes)
    except etree.XPathError:
        return None
    first = found[0] if isinstance(found, list) and found else None
    if isinstance(first, etree._Element):
        return first
    parent = getattr(first, "getparent", lambda: None)()
    return parent if isinstance(parent, etree._Element) else None


def prefixes_of(root: etree._Element) -> dict[str, str]:
    """Every prefix that the document declares anywhere."""
    found: dict[str, str] = {}
    for element in root.iter(etree.Element):
        found.update((prefix, name) for prefix, name in element.nsmap.items() if prefix)
    return found


@cache
def schematron_at(path: Path) -> tuple[etree.XSLT, dict[str, str]]:
    """The compiled Schematron, denied every file and address, and its diagnostics' languages."""
    try:
        rules = _parsed(path)
        expanded = isoschematron.iso_abstract_expand(rules)
        stylesheet = isoschematron.iso_svrl_for_xslt1(expanded)
        compiled = etree.XSLT(stylesheet, access_control=_NO_ACCESS)
    except (OSError, etree.LxmlError) as fault:
        raise EngineError("xml.schema_unusable", {"path": path.name, "reason": str(fault)}) from fault
    languages = {d.get("id", ""): d.get(XML_LANG, "") for d in rules.iter(SCHEMATRON_DIAGNOSTIC)}
    return compiled, languages


def said(failure: etree._Element, languages: dict[str, str]) -> dict[str, str]:
    """The assertion's own sentences by language; the assertion's text where a language is missing."""
    plain = _joined(failure.find("svrl:text", SVRL))
    said = {"rule": failure.get("id", ""), "text_vi": plain, "text_en": plain}
    for diagnostic in failure.iterfind("svrl:diagnostic-reference", SVRL):
        language = languages.get(diagnostic.get("diagnostic", ""), "")
        if language in ("vi", "en"):
            said[f"text_{language}"] = _joined(diagnostic)
    return said


def _joined(element: etree._Element | None) -> str:
    return "" if element is None else " ".join("".join(map(str, element.itertext())).split())
