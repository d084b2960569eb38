"""XML Schema and Schematron asked of lists: the records of each batch, and the outline of the document.

A batch is validated as a small document of the same root. Faults of its records are told at once,
those around the records by the outline alone, which comes with the last batch. Findings carry as
pointer an XPath from the record on (`./*[2]`); the place is made whole for the few that are shown.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import Any, Final

from lxml import etree

from validator import xml_document
from validator.checks.xml_schemas import SVRL, element_at, prefixes_of, reason_of, said
from validator.model.finding import Finding, Location
from validator.model.record import Batch, Outline
from validator.xml_pieces import MAX_LINES, ListNames, Pieces, pieces_of

#: What libxml2 says of an element that its parent has no place for.
_NOT_EXPECTED: Final = "This element is not expected"
_RECORD_DEPTH: Final = 2
#: The place of a failed assertion costs a walk over the siblings: records are asked in few at a time.
SCHEMATRON_RECORDS: Final = 50


class XsdCheck:
    """Validity of a list whose schema lets records repeat without end and be judged one by one."""

    def __init__(self, requirement: str, schema: etree.XMLSchema, names: ListNames) -> None:
        self.requirement, self.schema, self.names = requirement, schema, names

    def __call__(self, batch: Batch) -> Iterator[Finding]:
        frame = batch.frame
        if frame is None:
            return
        if any(batch.raws):
            pieces = pieces_of(frame, batch.raws)
            if not self.schema.validate(pieces.root):
                yield from self._of_records(batch, pieces)
        if frame.outline is not None:
            yield from self._of_outline(batch, frame.outline)

    def _of_records(self, batch: Batch, pieces: Pieces) -> Iterator[Finding]:
        for entry in iter(self.schema.error_log):  # type: ignore[call-overload]
            index = bisect_right(pieces.starts, entry.line) - 1
            if index < 0 or _is_misplaced(entry):
                continue
            inside = entry.line - pieces.starts[index] if entry.line < MAX_LINES else 0
            place = Location(batch.file, batch.lines[index] + inside, None, batch.first + index, inner_path(entry.path))
            yield self._finding(entry, place)

    def _of_outline(self, batch: Batch, outline: Outline) -> Iterator[Finding]:
        root = xml_document.parsed(outline.text)
        if self.schema.validate(root):
            return
        for entry in iter(self.schema.error_log):  # type: ignore[call-overload]
            found = element_at(root, entry.path)
            if found is None or not in_a_record(found, self.names) or _is_misplaced(entry):
                pointer = None if found is None else xml_document.xpath_of(found)
                yield self._finding(entry, Location(batch.file, outline.line_of(entry.line), None, None, pointer))

    def _finding(self, entry: Any, place: Location) -> Finding:
        return Finding(self.requirement, "xml.xsd", place, {"reason": reason_of(entry.message)})


class SchematronCheck:
    """Assertions that look at one record and what stands around all of them, never at another record."""

    def __init__(self, requirement: str, compiled: etree.XSLT, languages: Mapping[str, str], names: ListNames) -> None:
        self.requirement, self.compiled, self.languages, self.names = requirement, compiled, languages, names

    def __call__(self, batch: Batch) -> Iterator[Finding]:
        frame = batch.frame
        if frame is None:
            return
        for start in range(0, len(batch.raws), SCHEMATRON_RECORDS):
            some = batch.raws[start : start + SCHEMATRON_RECORDS]
            if any(some):
                yield from self._of_records(batch, start, pieces_of(frame, some))
        if frame.outline is not None:
            yield from self._of_outline(batch, frame.outline)

    def _of_records(self, batch: Batch, start: int, pieces: Pieces) -> Iterator[Finding]:
        numbers = {element: index for index, element in enumerate(pieces.elements) if element is not None}
        for failure, found in self._failures(pieces.root):
            record = found
            while record is not None and record not in numbers:
                record = record.getparent()
            if record is None or found is None:
                continue
            index = start + numbers[record]
            line = batch.lines[index] + (xml_document.line_of(found) or 0) - pieces.starts[numbers[record]]
            pointer = inner_path(found.getroottree().getpath(found))
            yield self._finding(failure, Location(batch.file, line, None, batch.first + index, pointer))

    def _of_outline(self, batch: Batch, outline: Outline) -> Iterator[Finding]:
        for failure, found in self._failures(xml_document.parsed(outline.text)):
            if found is None or not in_a_record(found, self.names):
                line = None if found is None else outline.line_of(xml_document.line_of(found) or 1)
                pointer = None if found is None else xml_document.xpath_of(found)
                yield self._finding(failure, Location(batch.file, line, None, None, pointer))

    def _failures(self, root: etree._Element) -> Iterator[tuple[etree._Element, etree._Element | None]]:
        prefixes = prefixes_of(root)
        report = self.compiled(root.getroottree())
        for failure in report.getroot().iterfind(".//svrl:failed-assert", SVRL):
            yield failure, element_at(root, failure.get("location"), prefixes)

    def _finding(self, failure: etree._Element, place: Location) -> Finding:
        return Finding(self.requirement, "xml.schematron", place, said(failure, dict(self.languages)))


def inner_path(path: str | None) -> str:
    """A path of the small document from its record on: `/*/*[7]/*[2]` is `./*[2]`."""
    return "".join((".", *(f"/{step}" for step in (path or "").split("/")[1 + _RECORD_DEPTH :])))


def in_a_record(element: etree._Element, names: ListNames) -> bool:
    """Whether the element is a record of the list or lies in one."""
    path = [element, *element.iterancestors()]
    return len(path) >= _RECORD_DEPTH and path[-_RECORD_DEPTH].tag == names.record


def _is_misplaced(entry: Any) -> bool:
    """Whether the fault is that the root has no place for the element: told by the outline."""
    return _NOT_EXPECTED in entry.message and (entry.path or "").count("/") == _RECORD_DEPTH
