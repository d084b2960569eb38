"""Cases of a live run in JUnit: one for each test, its failure with the command that repeats the request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from validator.report.exchanges import curl_of, exchanges_of
from validator.report.text import place
from validator.report.told import summary
from validator.report.visible import in_language, one_line, shortened, visible
from validator.report.wording import say

Row = Mapping[str, Any]


def case(result: Row, test: Row, kind: str | None, lang: str) -> ET.Element:
    """The case of one test; `kind` names the element that tells its outcome, None when it passed."""
    name = {"classname": one_line(str(result["requirement"])), "name": one_line(str(test["name"])), "time": "0"}
    made = ET.Element("testcase", name)
    if kind is None:
        return made
    findings = _findings(result, test) if test["outcome"] == "failed" else []
    message = in_language(findings[0]["message"], lang) if findings else summary(test, lang)
    told = ET.SubElement(made, kind, message=one_line(shortened(message)))
    if kind != "skipped":
        told.set("type", one_line(str(result["level"])))
    told.text = "\n".join(_details(result, findings, lang))
    return made


def _findings(result: Row, test: Row) -> list[Row]:
    """Those that this test made; one whose test is not named may be of any."""
    return [f for f in result["findings"] if f["evidence"].get("test") in (None, test["name"])]


def _details(result: Row, findings: list[Row], lang: str) -> Iterator[str]:
    yield visible(in_language(result["statement"], lang))
    for finding in findings:
        yield one_line(f"{place(finding['location'], lang)} – {in_language(finding['message'], lang)}")
        for side in ("expected", "found"):
            if finding[side] is not None:
                yield one_line(f"    {say(lang, f'finding.{side}')}: {shortened(finding[side])}")
        exchanges = exchanges_of(finding)
        if exchanges:
            numbers = ", ".join(str(e["number"]) for e in exchanges)
            yield one_line(f"    {say(lang, 'text.exchanges')} {numbers}")
            yield f"    {curl_of(exchanges[-1], lang)}"
    if result["fix"]:
        yield visible(f"{say(lang, 'finding.fix')} {in_language(result['fix'], lang)}")
