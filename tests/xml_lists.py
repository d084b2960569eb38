"""A made-up standard whose documents are lists of records, and documents of any size for it.

`python -m tests.xml_lists SUBMISSION JOBS` reads and checks a submission and prints what came of it.
"""

from __future__ import annotations

import contextlib
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import yaml

from validator.catalogue import load
from validator.checks.bytes import READ_ASPECTS, TEXT_ASPECTS
from validator.engine.local import Plan, scan
from validator.model.scope import Scope
from validator.model.standard import Check, ConformanceClass, Standard
from validator.observe.submission import folder_submission
from validator.resources import data_folder

NAMESPACE = "urn:example:reading"
BOTH = {"vi": "Một câu", "en": "A sentence"}
HEAD = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<readings xmlns="{NAMESPACE}" version="1.0">\n  <source>Trạm</source>\n'
)
END = "</readings>\n"

SCHEMA: dict[str, Any] = {
    "x-xml": {"namespace": NAMESPACE, "root": "readings", "record": "reading"},
    "type": "object",
    "additionalProperties": False,
    "required": ["@id", "station", "value"],
    "properties": {
        "@id": {"type": "string"},
        "station": {"type": "string"},
        "observed_at": {"type": "string", "format": "date-time"},
        "property": {"type": "string"},
        "value": {"type": "number"},
        "status": {"enum": ["final", "raw"]},
        "note": {"type": "string"},
    },
}

XSD = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{NAMESPACE}"
  xmlns="{NAMESPACE}" xmlns:p="{NAMESPACE}" elementFormDefault="qualified">
  <xs:element name="readings"><xs:complexType><xs:sequence>
    <xs:element name="source" type="xs:string"/>
    <xs:element name="reading" maxOccurs="unbounded"><xs:complexType><xs:sequence>
      <xs:element name="station"><xs:simpleType><xs:restriction base="xs:string">
        <xs:pattern value="s[0-9]+"/></xs:restriction></xs:simpleType></xs:element>
      <xs:element name="observed_at" type="xs:dateTime" minOccurs="0"/>
      <xs:element name="property" type="xs:string" minOccurs="0"/>
      <xs:element name="value" type="xs:decimal" maxOccurs="2"/>
      <xs:element name="status" type="xs:string" minOccurs="0"/>
      <xs:element name="note" type="xs:string" minOccurs="0"/>
    </xs:sequence><xs:attribute name="id" type="xs:string" use="required"/></xs:complexType></xs:element>
    <xs:element name="end" type="xs:string" minOccurs="0"/>
  </xs:sequence><xs:attribute name="version" type="xs:string" use="required"/></xs:complexType></xs:element>
</xs:schema>"""

UNIQUE = '<xs:unique name="once"><xs:selector xpath="p:reading"/><xs:field xpath="@id"/></xs:unique>'
XSD_WITH_KEY = XSD.replace("</xs:element>\n</xs:schema>", f"{UNIQUE}</xs:element>\n</xs:schema>")

SCHEMATRON = f"""<sch:schema xmlns:sch="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt">
  <sch:ns prefix="p" uri="{NAMESPACE}"/>
  <sch:pattern><sch:rule context="p:value"><sch:assert id="top" test=". &lt; 1000">Too much</sch:assert></sch:rule>
  </sch:pattern></sch:schema>"""

STANDARD: dict[str, Any] = {
    "id": "VSC-TRY", "version": "1.0", "title": BOTH, "status": "proposed profile", "scope": BOTH,
    "legal_basis_checked_on": "2026-11-23", "depends_on": ["VSC-CORE@1.0"],
    "datasets": {"reading": {"title": BOTH, "formats": ["xml"], "schema": "schemas/reading.schema.json",
                             "schema_requirement": "R01", "key": ["@id"]}},
    "requirements": [
        {"id": "R01", "clause": "5.1", "level": "MUST", "class": "basic", "title": BOTH, "statement": BOTH,
         "basis": "P", "applies_to": ["reading"], "fix": BOTH, "check": {"kind": "schema"}},
        {"id": "R02", "clause": "5.2", "level": "MUST", "class": "basic", "title": BOTH, "statement": BOTH,
         "basis": "P", "applies_to": ["reading"], "fix": BOTH,
         "check": {"kind": "xml", "ask": "xsd", "file": "xsd/reading.xsd"}},
        {"id": "R03", "clause": "5.3", "level": "MUST", "class": "basic", "title": BOTH, "statement": BOTH,
         "basis": "P", "applies_to": ["reading"], "fix": BOTH,
         "check": {"kind": "xml", "ask": "schematron", "file": "xsd/reading.sch", "per": "record"}},
        {"id": "R04", "clause": "5.4", "level": "MUST", "class": "basic", "title": BOTH, "statement": BOTH,
         "basis": "P", "applies_to": ["reading"], "fix": BOTH, "messages": {"default": BOTH},
         "check": {"kind": "rule", "sql": "rules/R04.sql"}},
    ],
}  # fmt: skip
RULE = "SELECT _at, '/value' AS _pointer, value AS found FROM try.reading WHERE value < 0 ORDER BY _at"


def standard_at(folder: Path, xsd: str = XSD, without: Iterable[str] = ()) -> Standard:
    """The standard written to a folder and loaded; `without` names requirements to leave out."""
    home = folder / "try" / "1.0"
    for name in ("schemas", "xsd", "rules"):
        (home / name).mkdir(parents=True, exist_ok=True)
    (home / "schemas" / "reading.schema.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    (home / "xsd" / "reading.xsd").write_text(xsd, encoding="utf-8")
    (home / "xsd" / "reading.sch").write_text(SCHEMATRON, encoding="utf-8")
    (home / "rules" / "R04.sql").write_text(RULE, encoding="utf-8")
    kept = [r for r in STANDARD["requirements"] if r["id"] not in set(without)]
    written = yaml.safe_dump({**STANDARD, "requirements": kept}, allow_unicode=True)
    (home / "standard.yaml").write_text(written, encoding="utf-8")
    return load.load_standard(home, data_folder("standards"))


@contextlib.contextmanager
def known(standard: Standard) -> Iterator[None]:
    """The catalogue with one standard more."""
    catalogue = {**load.standards(), standard.coordinate: standard}
    with mock.patch.object(load, "standards", return_value=catalogue):
        yield


def reading(number: int, value: object = "1.5", station: str = "s1", more: str = "") -> str:
    """One record as it stands in a document, over four lines."""
    inside = f"\n    <station>{station}</station>\n    <value>{value}</value>{more}\n  "
    return f'  <reading id="r{number}">{inside}</reading>\n'


def document(records: Iterable[str], head: str = HEAD, end: str = END) -> str:
    return head + "".join(records) + end


def wide(number: int, wrong: bool) -> str:
    """A record of about 300 bytes and eight lines."""
    value = "nhiều" if wrong else f"{number % 1000 / 10}"
    return (
        f'  <reading id="r{number:07}">\n    <station>s{number % 5000:05}</station>\n'
        f"    <observed_at>2026-11-{1 + number % 28:02}T{number % 24:02}:00:00+07:00</observed_at>\n"
        f"    <property>pm25</property>\n    <value>{value}</value>\n    <status>final</status>\n"
        f"    <note>Số đo tự động tại trạm quan trắc không khí, dữ liệu mô phỏng để thử</note>\n  </reading>\n"
    )


def write_large(path: Path, records: int, wrong_every: int = 0) -> None:
    """A document of `wide` records, of which each `wrong_every`-th has a value that is no number."""
    with path.open("w", encoding="utf-8") as out:
        out.write(HEAD)
        for number in range(records):
            out.write(wide(number, bool(wrong_every) and number % wrong_every == 0))
        out.write(END)


def submission(root: Path, content: str | bytes | None = None) -> Path:
    """A folder with one list in `data.xml`, which is left to the caller when no content is given."""
    root.mkdir(parents=True, exist_ok=True)
    if content is not None:
        (root / "data.xml").write_bytes(content.encode() if isinstance(content, str) else content)
    made = {
        "lienthong": "1.0", "submission": "thu", "localities": [{"province_code": "46"}],
        "claims": [{"standard": "VSC-TRY", "version": "1.0", "class": "basic"}],
        "datasets": [{"dataset": "VSC-TRY/reading", "files": [{"path": "data.xml", "format": "xml"}]}],
    }  # fmt: skip
    (root / "manifest.json").write_text(json.dumps(made), encoding="utf-8")
    return root


def results(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {r["requirement"]: r for r in report["results"]}


def places(result: dict[str, Any]) -> list[tuple[Any, Any, Any]]:
    """Record, line and XPath of each finding shown."""
    where = [finding["location"] for finding in result["findings"]]
    return [(w.get("record"), w.get("line"), w.get("pointer")) for w in where]


def alone(standard: Standard) -> Scope:
    """The standard without those it builds on; a requirement of its own demands sound text."""
    aspects = (*READ_ASPECTS, *TEXT_ASPECTS)
    text = replace(standard.requirements[0], id="VSC-TRY-R05", checks=(Check("bytes", {"aspects": aspects}),))
    made = replace(standard, requirements=(*standard.requirements, text))
    return Scope((made,), {made.id: ConformanceClass.BASIC}, frozenset({made.id}), {made.id: {}})


def main(given: str, jobs: str) -> None:
    """Reads a submission and asks every check of records; prints counts, first places and what it cost."""
    with tempfile.TemporaryDirectory() as folder:
        scope = alone(standard_at(Path(folder)))
        submitted = folder_submission(Path(given), "thu")
        began, told = time.monotonic(), {}
        placed = scan(scope, submitted, Path(folder), Plan(int(jobs), 3))
        seconds = time.monotonic() - began
    for p in placed:
        for name, (count, samples) in p.part.tallies.items():
            counted, shown = told.setdefault(name, [0, []])
            told[name][0] = counted + count
            where = [(f.message_id, f.location) for f in samples]
            shown += [(said, (w.record or 0) + p.record_base, w.line + p.line_base, w.pointer) for said, w in where]
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    parts = [p.part for p in placed]
    print(json.dumps({
        "told": told, "errors": [error for part in parts for error in part.errors.items()],
        "records": sum(part.records for part in parts), "unreadable": sum(part.unreadable for part in parts),
        "seconds": seconds, "cpu_seconds": sum(u.ru_utime + u.ru_stime for u in usage),
        "peak_mib": max(_own_peak_kib(), usage[1].ru_maxrss) / 1024,
    }))  # fmt: skip


def _own_peak_kib() -> int:
    """The most that this process held; `ru_maxrss` would count what it was before it became this program."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))


if __name__ == "__main__":
    main(*sys.argv[1:])
