"""The report as an in-toto Statement with the test-result predicate, for policy engines of supply chains.

The predicate holds bare names only. A mandatory requirement without a decision stands among the
failed ones, and an inconclusive report is `FAILED`: a policy that asks for PASSED must not be met by
what nobody found out. The subject is the submission as a whole, since no file of it was judged alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from validator.report.told import case_name, undecided
from validator.report.visible import all_visible, one_line

Row = Mapping[str, Any]

STATEMENT: Final = "https://in-toto.io/Statement/v1"
PREDICATE: Final = "https://in-toto.io/attestation/test-result/v0.1"
PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"


def render(report: Mapping[str, Any], lang: str = "vi") -> str:  # noqa: ARG001 - one face for all; names only
    """The Statement as JSON text, unsigned; `dsse.sign` makes the envelope of it."""
    return json.dumps(all_visible(statement(report)), ensure_ascii=False, indent=2) + "\n"


def statement(report: Mapping[str, Any]) -> dict[str, Any]:
    """The Statement as plain data."""
    submission = report["submission"]
    return {
        "_type": STATEMENT,
        "subject": [{"name": one_line(submission["name"]), "digest": {"sha256": submission["sha256"]}}],
        "predicateType": PREDICATE,
        "predicate": _predicate(report),
    }


def _predicate(report: Row) -> dict[str, Any]:
    names: dict[str, list[str]] = {"passedTests": [], "warnedTests": [], "failedTests": []}
    for result in report["results"]:
        if result["outcome"] == "passed":
            names["passedTests"].append(case_name(result))
        elif result["outcome"] == "failed" or undecided(result):
            names["failedTests" if result["level"] == "MUST" else "warnedTests"].append(case_name(result))
    return {"result": _result(report, names), "configuration": _configuration(report), **names}


def _result(report: Row, names: Mapping[str, list[str]]) -> str:
    if report["summary"]["verdict"] != "conformant":
        return "FAILED"
    return "WARNED" if names["warnedTests"] else "PASSED"


def _configuration(report: Row) -> list[dict[str, Any]]:
    """What decided the result: profiles and code lists by digest, the tool, and the report itself."""
    standards = [
        {
            "name": f"{s['id']}@{s['version']}",
            "digest": {"sha256": s["sha256"]},
            "annotations": {"class": s["class"], "claimed": s["claimed"]},
        }
        for s in report["standards"]
    ]
    lists = [{"name": f"{c['id']}@{c['edition']}", "digest": {"sha256": c["sha256"]}} for c in report["codelists"]]
    source = {
        "name": "report.json",
        "uri": report["report_id"],
        "mediaType": "application/json",
        "annotations": {
            "tool": f"{report['tool']['name']} {report['tool']['version']}",
            "asOf": report["as_of"],
            "profile": report["profile"],
            "verdict": report["summary"]["verdict"],
            "counts": report["summary"]["counts"],
        },
    }
    return [*standards, *lists, source]
