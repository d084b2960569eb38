"""The report as EARL 1.0 in JSON-LD: an assertion for each result, and for each test of a live run.

The context stands in the document, so no reader has to fetch anything. EARL knows neither waivers nor
classes: a class is part of the name of what was tested, a waiver is told in `info`, its result stays failed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from validator.report.told import as_time, samples, summary
from validator.report.visible import all_visible, in_language
from validator.report.wording import LANGUAGES

Row = Mapping[str, Any]

_CLASSES: Final = ("Assertion", "Software", "TestCase", "TestRequirement", "TestResult", "TestSubject")
_LINKS: Final = ("assertedBy", "subject", "test", "mode", "outcome")
CONTEXT: Final[Mapping[str, Any]] = {
    "earl": "http://www.w3.org/ns/earl#",
    "dct": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    **{name: f"earl:{name}" for name in _CLASSES},
    **{name: {"@id": f"earl:{name}", "@type": "@id"} for name in _LINKS},
    "result": "earl:result",
    "info": {"@id": "earl:info", "@container": "@language"},
    "title": {"@id": "dct:title", "@container": "@language"},
    "description": {"@id": "dct:description", "@container": "@language"},
    "name": "dct:title",
    "date": {"@id": "dct:date", "@type": "xsd:dateTime"},
    "identifier": "dct:identifier",
    "hasVersion": "dct:hasVersion",
    "isPartOf": {"@id": "dct:isPartOf", "@type": "@id"},
    "source": {"@id": "dct:source", "@type": "@id"},
}


def render(report: Mapping[str, Any], lang: str = "vi") -> str:
    """The graph as JSON-LD text; titles in both languages, what came of a test in the one asked for."""
    graph = [_assertor(report), _subject(report), *_tests(report), *_assertions(report, lang)]
    return json.dumps(all_visible({"@context": CONTEXT, "@graph": graph}), ensure_ascii=False, indent=2) + "\n"


def _iri(*parts: Any) -> str:
    """A URN of these parts, each percent-encoded: text of a report can never become another address."""
    return ":".join(["urn:lienthong", *(quote(str(part).encode("utf-8", "replace"), safe="") for part in parts)])


def _texts(value: Any) -> dict[str, str]:
    return {lang: in_language(value, lang) for lang in LANGUAGES}


def _tool(report: Row) -> str:
    return _iri("tool", report["tool"]["name"], report["tool"]["version"])


def _tested(report: Row) -> str:
    return _iri("subject", report["submission"]["sha256"])


def _assertor(report: Row) -> dict[str, Any]:
    tool = report["tool"]
    return {"@id": _tool(report), "@type": "Software", "name": tool["name"], "hasVersion": tool["version"]}


def _subject(report: Row) -> dict[str, Any]:
    submission = report["submission"]
    return {
        "@id": _tested(report),
        "@type": "TestSubject",
        "name": submission["name"],
        "identifier": f"sha256:{submission['sha256']}",
    }


def _requirement(result: Row, versions: Mapping[str, str]) -> str:
    version = versions.get(result["standard"], "")
    return _iri("requirement", result["standard"], version, result["requirement"], result["class"])


def _versions(report: Row) -> dict[str, str]:
    return {standard["id"]: standard["version"] for standard in report["standards"]}


def _tests(report: Row) -> Iterator[dict[str, Any]]:
    versions = _versions(report)
    for result in report["results"]:
        requirement = _requirement(result, versions)
        yield {
            "@id": requirement,
            "@type": "TestRequirement",
            "identifier": f"{result['requirement']} {result['level']} {result['class']}",
            "title": _texts(result["title"]),
            "description": _texts(result["statement"]),
        }
        for test in result.get("assertions", ()):
            yield {
                "@id": f"{requirement}:{_iri(test['name']).removeprefix('urn:lienthong:')}",
                "@type": "TestCase",
                "name": test["name"],
                "isPartOf": requirement,
            }


def _assertions(report: Row, lang: str) -> Iterator[dict[str, Any]]:
    versions = _versions(report)
    common = {
        "@type": "Assertion",
        "assertedBy": _tool(report),
        "subject": _tested(report),
        "mode": "earl:automatic",
        "source": _iri("report", report["digest"]),
    }
    date = as_time(report["as_of"]).isoformat()
    for result in report["results"]:
        requirement = _requirement(result, versions)
        told = "\n".join([summary(result, lang), *samples(result, lang)])
        yield {**common, "test": requirement, "result": _result(result, told, date, lang)}
        for test in result.get("assertions", ()):
            case = f"{requirement}:{_iri(test['name']).removeprefix('urn:lienthong:')}"
            yield {**common, "test": case, "result": _result(test, summary(test, lang), date, lang)}


def _result(row: Row, told: str, date: str, lang: str) -> dict[str, Any]:
    outcome = quote(str(row["outcome"]).encode("utf-8", "replace"), safe="")
    return {"@type": "TestResult", "outcome": f"earl:{outcome}", "date": date, "info": {lang: told}}
