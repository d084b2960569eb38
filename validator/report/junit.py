"""The report as JUnit XML for continuous integration: a suite per standard, a case per result, or per
test of a live run.

JUnit knows no `inapplicable` and no `cantTell`: our own errors become `error`, every other result
without a decision `skipped` with its reason. It is a view for CI pages; the exit code and
report.json carry the verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

from validator.report.junit_live import case as case_of_test
from validator.report.text import place
from validator.report.told import summary
from validator.report.visible import in_language, one_line, shortened, visible
from validator.report.wording import integer, say, word

KINDS = {"failed": "failure", "passed": None}
LIVE = ("url", "seed", "requests", "requests_digest")


def render(report: Mapping[str, Any], lang: str = "vi") -> str:
    """The XML document. Times are not measured per requirement, so every `time` is 0."""
    root = ET.Element("testsuites")
    names = {standard["id"]: f"{standard['id']} {standard['version']}" for standard in report["standards"]}
    for result in report["results"]:
        names.setdefault(result["standard"], result["standard"])
    for number, (standard, name) in enumerate(names.items()):
        results = [result for result in report["results"] if result["standard"] == standard]
        suite = _suite(report, results, lang)
        suite.attrib.update(id=str(number), name=one_line(name), package=one_line(standard))
        root.append(suite)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(report: Mapping[str, Any], results: list[Mapping[str, Any]], lang: str) -> ET.Element:
    rows = [(result, test) for result in results for test in result.get("assertions") or [None]]
    kinds = [_kind(test or result) for result, test in rows]
    suite = ET.Element(
        "testsuite",
        timestamp=_civil(str(report["as_of"])),
        hostname="localhost",
        time="0",
        tests=str(len(rows)),
        failures=str(kinds.count("failure")),
        errors=str(kinds.count("error")),
        skipped=str(kinds.count("skipped")),
    )
    properties = ET.SubElement(suite, "properties")
    facts = {
        "verdict": report["summary"]["verdict"],
        "report_id": report["report_id"],
        "submission": report["submission"]["name"],
        "tool": f"{report['tool']['name']} {report['tool']['version']}",
        **{name: report["live"][name] for name in LIVE if "live" in report},
    }
    for name, value in facts.items():
        ET.SubElement(properties, "property", name=name, value=one_line(str(value)))
    for (result, test), kind in zip(rows, kinds, strict=True):
        suite.append(case_of_test(result, test, kind, lang) if test else _case(result, kind, lang))
    ET.SubElement(suite, "system-out")
    ET.SubElement(suite, "system-err")
    return suite


def _civil(as_of: str) -> str:
    """The time of evaluation without its offset, as the format demands."""
    try:
        return datetime.fromisoformat(as_of).replace(tzinfo=None, microsecond=0).isoformat()
    except ValueError:
        return "1970-01-01T00:00:00"


def _kind(result: Mapping[str, Any]) -> str | None:
    """The element that tells the outcome of a result or test, None when the case simply passed."""
    if result["outcome"] == "cantTell" and result["cause"] == "error":
        return "error"
    return KINDS.get(result["outcome"], "skipped")


def _case(result: Mapping[str, Any], kind: str | None, lang: str) -> ET.Element:
    title = in_language(result["title"], lang)
    case = ET.Element(
        "testcase",
        classname=one_line(str(result["standard"])),
        name=one_line(f"{result['requirement']} [{word(lang, 'class', result['class'])}] {title}"),
        time="0",
    )
    if kind is None:
        return case
    told = ET.SubElement(case, kind, message=one_line(summary(result, lang)))
    if kind != "skipped":
        told.set("type", one_line(str(result["level"])))
    told.text = "\n".join(_details(result, lang))
    return case


def _details(result: Mapping[str, Any], lang: str) -> list[str]:
    lines = [visible(in_language(result["statement"], lang))]
    for finding in result["findings"]:
        lines.append(one_line(f"{place(finding['location'], lang)} – {in_language(finding['message'], lang)}"))
        for side in ("expected", "found"):
            if finding[side] is not None:
                lines.append(one_line(f"    {say(lang, f'finding.{side}')}: {shortened(finding[side])}"))
    if result["findings_count"] > len(result["findings"]):
        shown, total = integer(len(result["findings"]), lang), integer(result["findings_count"], lang)
        lines.append(say(lang, "finding.truncated", shown=shown, total=total))
    if result["fix"]:
        lines.append(visible(f"{say(lang, 'finding.fix')} {in_language(result['fix'], lang)}"))
    return lines
