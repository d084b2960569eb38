"""Kind `xml`: documents against an XML Schema, a Schematron, and the rules of XML signatures.

Settings: `ask` is xsd, schematron or signature; `file` is the schema's path inside the standard's
folder (xsd, schematron); `dataset` the dataset it speaks of. Schemas are compiled once a process.
What reading refused to open is not judged again here, as its fault is told by who owns it; only
another document than the dataset's is told by the XML Schema's requirement.
Sources: W3C XML Schema 1.0, ISO/IEC 19757-3 (Schematron, XSLT 1 binding), W3C XML Signature.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

from lxml import etree, isoschematron  # type: ignore[attr-defined]  # the stubs do not know it

from validator import xml_document
from validator.checks.xml_signature import signature_findings
from validator.errors import EngineError
from validator.model.finding import Finding, Location
from validator.model.record import UNREADABLE, Batch
from validator.model.standard import Check, Dataset, Requirement

RecordCheck = Callable[[Batch], Iterable[Finding]]
DocumentCheck = Callable[[etree._Element, bytes, Location], Iterator[Finding]]

SVRL: Final = {"svrl": "http://purl.oclc.org/dsdl/svrl"}
SCHEMATRON_DIAGNOSTIC: Final = "{http://purl.oclc.org/dsdl/schematron}diagnostic"
XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
WRONG_ROOT: Final = "xml.wrong_root"
#: Finding an XPath costs a walk over siblings: beyond so many errors only the line is told.
PLACED_ERRORS: Final = 1000

_NO_ACCESS: Final = etree.XSLTAccessControl.DENY_ALL  # type: ignore[attr-defined]  # nor this
_BRACED_NAMESPACE = re.compile(r"\{[^{}]*\}")


def scanner(requirement: Requirement, check: Check, dataset: Dataset, folder: Path) -> RecordCheck:
    """The check for batches of the dataset's XML files; `folder` is the standard's own.

    Findings carry file, line, record and an XPath as pointer. Raises EngineError for an unknown
    `ask` or a schema that does not compile: our fault.
    """
    ask = check.settings["ask"]
    if ask == "xsd":
        judge = _xsd_check(requirement.id, folder / check.settings["file"])
    elif ask == "schematron":
        judge = _schematron_check(requirement.id, folder / check.settings["file"])
    elif ask == "signature":
        judge = _signature_check(requirement.id, check, folder)
    else:
        where = {"requirement": requirement.id, "dataset": dataset.id}
        raise EngineError("xml.unknown_ask", {**where, "ask": ask})
    return lambda batch: _documents(batch, judge, requirement.id if ask == "xsd" else None)


def _documents(batch: Batch, judge: DocumentCheck, owner_of_roots: str | None) -> Iterator[Finding]:
    for fault in batch.faults:
        if owner_of_roots and fault.message_id == WRONG_ROOT:
            place = Location(batch.file, fault.line, fault.column, fault.record)
            yield Finding(owner_of_roots, WRONG_ROOT, place, dict(fault.params))
    for index, raw in enumerate(batch.raws):
        if batch.values[index] is UNREADABLE:
            continue
        root = xml_document.opened(raw)
        yield from judge(root, raw, Location(batch.file, batch.lines[index], None, batch.number(index)))


def _parsed(path: Path) -> etree._ElementTree:
    return etree.parse(path, xml_document.parser())


@cache
def _schema(path: Path) -> etree.XMLSchema:
    try:
        return etree.XMLSchema(_parsed(path))
    except (OSError, etree.LxmlError) as fault:
        raise EngineError("xml.schema_unusable", {"path": path.name, "reason": str(fault)}) from fault


def _xsd_check(requirement: str, path: Path) -> DocumentCheck:
    schema = _schema(path)

    def judge(root: etree._Element, _raw: bytes, place: Location) -> Iterator[Finding]:
        if schema.validate(root):
            return
        for number, entry in enumerate(iter(schema.error_log)):  # type: ignore[call-overload]
            reason = _BRACED_NAMESPACE.sub("", entry.message)
            found = _element_at(root, entry.path) if number < PLACED_ERRORS else None
            pointer = None if found is None else xml_document.xpath_of(found)
            where = Location(place.file, entry.line, None, place.record, pointer)
            yield Finding(requirement, "xml.xsd", where, {"reason": reason})

    return judge


def _element_at(root: etree._Element, path: str | None) -> etree._Element | None:
    """The element that a validator names by a path with the document's own prefixes."""
    if not path:
        return None
    prefixes = _prefixes(root) if ":" in path else {}
    try:
        found = root.getroottree().xpath(path, namespaces=prefixes)
    except etree.XPathError:
        return None
    first = found[0] if isinstance(found, list) and found else None
    if isinstance(first, etree._Element):
        return first
    parent = getattr(first, "getparent", lambda: None)()
    return parent if isinstance(parent, etree._Element) else None


def _prefixes(root: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in root.iter(etree.Element):
        found.update((prefix, name) for prefix, name in element.nsmap.items() if prefix)
    return found


@cache
def _schematron(path: Path) -> tuple[etree.XSLT, dict[str, str]]:
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


def _schematron_check(requirement: str, path: Path) -> DocumentCheck:
    compiled, languages = _schematron(path)

    def judge(root: etree._Element, _raw: bytes, place: Location) -> Iterator[Finding]:
        report = compiled(root.getroottree())
        failed = report.getroot().iterfind(".//svrl:failed-assert", SVRL)
        for number, failure in enumerate(failed):
            said = _said(failure, languages)
            found = _element_at(root, failure.get("location")) if number < PLACED_ERRORS else None
            line = place.line if found is None else xml_document.line_of(found)
            pointer = None if found is None else xml_document.xpath_of(found)
            where = Location(place.file, line, None, place.record, pointer)
            yield Finding(requirement, "xml.schematron", where, said)

    return judge


def _said(failure: etree._Element, languages: dict[str, str]) -> dict[str, str]:
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


def _signature_check(requirement: str, check: Check, folder: Path) -> DocumentCheck:
    pinned = check.settings.get("pinned")
    trusted = (folder / pinned).read_bytes() if pinned else None
    signed_at = check.settings.get("signed_at")

    def judge(root: etree._Element, raw: bytes, place: Location) -> Iterator[Finding]:
        return signature_findings(requirement, root, raw, place, trusted, signed_at)

    return judge
