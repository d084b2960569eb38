"""Kind `xml`: documents against an XML Schema, a Schematron, and the rules of XML signatures.

Settings: `ask` is xsd, schematron or signature; `file` is the schema's path inside the standard's
folder (xsd, schematron); `dataset` the dataset it speaks of. Schemas are compiled once a process.
What reading refused to open is not judged again here, as its fault is told by who owns it; only
another document than the dataset's is told by the XML Schema's requirement.
Sources: W3C XML Schema 1.0, ISO/IEC 19757-3 (Schematron, XSLT 1 binding), W3C XML Signature.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from lxml import etree

from validator import xml_document
from validator.checks import xml_list
from validator.checks.xml_model import record_wise
from validator.checks.xml_schemas import SVRL, element_at, reason_of, said, schema_at, schematron_at
from validator.checks.xml_signature import signature_findings
from validator.errors import EngineError
from validator.model.finding import Finding, Location
from validator.model.record import UNREADABLE, Batch
from validator.model.standard import Check, Dataset, Requirement
from validator.xml_pieces import WHOLE_BYTES, ListNames, list_names

RecordCheck = Callable[[Batch], Iterable[Finding]]
DocumentCheck = Callable[[etree._Element, bytes, Location], Iterator[Finding]]

WRONG_ROOT: Final = "xml.wrong_root"
#: Finding an XPath costs a walk over siblings: beyond so many errors only the line is told.
PLACED_ERRORS: Final = 1000


def scanner(requirement: Requirement, check: Check, dataset: Dataset, folder: Path) -> RecordCheck:
    """The check for batches of the dataset's XML files; `folder` is the standard's own.

    Findings carry file, line, record and an XPath as pointer. Raises EngineError for an unknown
    `ask` or a schema that does not compile: our fault.
    """
    names = list_names(dataset.schema)
    if names is None:
        check_batch = _check_of_documents(requirement, check, folder)
    else:
        check_batch = _check_of_lists(requirement, check, folder, names)
    owner = requirement.id if check.settings["ask"] == "xsd" else None
    return lambda batch: chain(_wrong_roots(batch, owner), check_batch(batch))


def _wrong_roots(batch: Batch, owner: str | None) -> Iterator[Finding]:
    for fault in batch.faults:
        if owner and fault.message_id == WRONG_ROOT:
            place = Location(batch.file, fault.line, fault.column, fault.record)
            yield Finding(owner, WRONG_ROOT, place, dict(fault.params))


def _check_of_documents(requirement: Requirement, check: Check, folder: Path) -> RecordCheck:
    judge = _judge(requirement, check, folder)
    return lambda batch: _documents(batch, judge)


def _check_of_lists(requirement: Requirement, check: Check, folder: Path, names: ListNames) -> RecordCheck:
    """Record by record where that is as good as looking at the whole document, else the whole of a small one."""
    ask, path = check.settings["ask"], folder / check.settings.get("file", "")
    if ask == "xsd":
        schema = schema_at(path)
        if record_wise(path, names):
            return xml_list.XsdCheck(requirement.id, schema, names)
    if ask == "schematron" and check.settings.get("per") == "record":
        return xml_list.SchematronCheck(requirement.id, *schematron_at(path), names)
    judge = _judge(requirement, check, folder)
    return lambda batch: _whole(batch, judge)


def _judge(requirement: Requirement, check: Check, folder: Path) -> DocumentCheck:
    ask = check.settings["ask"]
    if ask == "xsd":
        return _xsd_check(requirement.id, folder / check.settings["file"])
    if ask == "schematron":
        return _schematron_check(requirement.id, folder / check.settings["file"])
    if ask == "signature":
        return _signature_check(requirement.id, check, folder)
    raise EngineError("xml.unknown_ask", {"requirement": requirement.id, "ask": ask})


def _whole(batch: Batch, judge: DocumentCheck) -> Iterator[Finding]:
    """Judges a list in one piece, once its last batch is there. Raises EngineError when it is too large for that."""
    frame = batch.frame
    if frame is None or frame.outline is None:
        return
    if frame.whole is None:
        raise EngineError("xml.list_too_large", {"file": batch.file, "limit_mib": WHOLE_BYTES // 2**20})
    yield from judge(xml_document.opened(frame.whole), frame.whole, Location(batch.file, 1))


def _documents(batch: Batch, judge: DocumentCheck) -> Iterator[Finding]:
    for index, raw in enumerate(batch.raws):
        if batch.values[index] is UNREADABLE:
            continue
        root = xml_document.opened(raw)
        yield from judge(root, raw, Location(batch.file, batch.lines[index], None, batch.number(index)))


def _xsd_check(requirement: str, path: Path) -> DocumentCheck:
    schema = schema_at(path)

    def judge(root: etree._Element, _raw: bytes, place: Location) -> Iterator[Finding]:
        if schema.validate(root):
            return
        for number, entry in enumerate(iter(schema.error_log)):  # type: ignore[call-overload]
            reason = reason_of(entry.message)
            found = element_at(root, entry.path) if number < PLACED_ERRORS else None
            if found is not None and xml_document.line_of(found) != entry.line:
                found = None  # the validator's path counts siblings by prefix, where XPath counts by namespace
            pointer = None if found is None else xml_document.xpath_of(found)
            where = Location(place.file, entry.line, None, place.record, pointer)
            yield Finding(requirement, "xml.xsd", where, {"reason": reason})

    return judge


def _schematron_check(requirement: str, path: Path) -> DocumentCheck:
    compiled, languages = schematron_at(path)

    def judge(root: etree._Element, _raw: bytes, place: Location) -> Iterator[Finding]:
        report = compiled(root.getroottree())
        failed = report.getroot().iterfind(".//svrl:failed-assert", SVRL)
        for number, failure in enumerate(failed):
            words = said(failure, languages)
            found = element_at(root, failure.get("location")) if number < PLACED_ERRORS else None
            line = place.line if found is None else xml_document.line_of(found)
            pointer = None if found is None else xml_document.xpath_of(found)
            where = Location(place.file, line, None, place.record, pointer)
            yield Finding(requirement, "xml.schematron", where, words)

    return judge


def _signature_check(requirement: str, check: Check, folder: Path) -> DocumentCheck:
    pinned = check.settings.get("pinned")
    trusted = (folder / pinned).read_bytes() if pinned else None
    signed_at = check.settings.get("signed_at")

    def judge(root: etree._Element, raw: bytes, place: Location) -> Iterator[Finding]:
        return signature_findings(requirement, root, raw, place, trusted, signed_at)

    return judge
