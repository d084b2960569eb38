"""The report as a GITB test report (TAR) for the European Interoperability Test Bed.

TAR has four results and three kinds of item. Nothing is lost in silence, and nothing undecided can be
counted as good: a mandatory requirement that failed or has no decision is an `error`, another one a
`warning`; what passed or does not apply is `info`, with its outcome as the item's `type`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final
from xml.etree import ElementTree as ET

from validator.report.text import place
from validator.report.told import as_time, baseline_mark, case_name, samples, summary, undecided, waiver_line
from validator.report.visible import in_language, shortened, visible
from validator.report.wording import say

Row = Mapping[str, Any]

TR: Final = "http://www.gitb.com/tr/v1/"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
ITEMS_MOST: Final = 5000
_VERDICTS: Final = {"conformant": "SUCCESS", "nonconformant": "FAILURE"}


def render(report: Mapping[str, Any], lang: str = "vi") -> str:
    """The TAR document: an item for each finding shown, one for each result without findings."""
    root = ET.Element("TestStepReport", {"xmlns": TR, "xmlns:xsi": XSI, "xsi:type": "TAR"})
    root.set("name", visible(str(report["submission"]["name"])))
    items = [item for result in report["results"] for item in _items(result, lang)]
    counts = Counter(item.tag for item in items)
    _child(root, "date", as_time(report["as_of"]).isoformat())
    _child(root, "result", _result(report, counts))
    _overview(root, report, lang, len(items))
    counters = ET.SubElement(root, "counters")
    for name, kind in (("nrOfAssertions", "info"), ("nrOfErrors", "error"), ("nrOfWarnings", "warning")):
        _child(counters, name, str(counts[kind]))
    if items:
        ET.SubElement(root, "reports").extend(sorted(items, key=lambda item: _ORDER[item.tag])[:ITEMS_MOST])
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


_ORDER: Final = {"error": 0, "warning": 1, "info": 2}


def _child(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = visible(text)


def _result(report: Row, counts: Counter[str]) -> str:
    """UNDEFINED for what is inconclusive: the test bed must not read it as a success."""
    verdict = _VERDICTS.get(report["summary"]["verdict"], "UNDEFINED")
    return "WARNING" if verdict == "SUCCESS" and counts["warning"] else verdict


def _overview(root: ET.Element, report: Row, lang: str, items: int) -> None:
    overview = ET.SubElement(root, "overview")
    claimed = [f"{s['id']}@{s['version']}/{s['class']}" for s in report["standards"] if s["claimed"]]
    _child(overview, "profileID", " ".join(claimed))
    _child(overview, "transactionID", str(report["report_id"]))
    _child(overview, "validationServiceName", str(report["tool"]["name"]))
    _child(overview, "validationServiceVersion", str(report["tool"]["version"]))
    notes = [in_language(sentence, lang) for sentence in report["disclaimers"]]
    if items > ITEMS_MOST:
        notes.append(say(lang, "finding.truncated", shown=ITEMS_MOST, total=items))
    _child(overview, "note", " ".join(notes))


def _items(result: Row, lang: str) -> list[ET.Element]:
    kind = _kind(result)
    if result["outcome"] != "failed" or not result["findings"]:
        text = "\n".join([f"{in_language(result['title'], lang)} – {summary(result, lang)}", *samples(result, lang)])
        return [_item(kind, result, text)]
    return [_finding(kind, result, finding, lang) for finding in result["findings"]]


def _kind(result: Row) -> str:
    if result["outcome"] == "failed" or undecided(result):
        return {"MUST": "error", "SHOULD": "warning"}.get(str(result["level"]), "warning")
    return "info"


def _item(kind: str, result: Row, text: str) -> ET.Element:
    item = ET.Element(kind, {"xsi:type": "BAR"})
    _child(item, "assertionID", case_name(result))
    _child(item, "description", text)
    _child(item, "type", str(result["outcome"]))
    return item


def _finding(kind: str, result: Row, finding: Row, lang: str) -> ET.Element:
    text = baseline_mark(finding, lang) + shortened(in_language(finding["message"], lang))
    if result["waiver"]:
        text += f"\n{waiver_line(result['waiver'], lang)}"
    item = _item(kind, result, text)
    _child(item, "location", place(finding["location"], lang))
    _child(item, "test", in_language(result["statement"], lang))
    if finding["found"] is not None:
        _child(item, "value", shortened(finding["found"]))
    return item
