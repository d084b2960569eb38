"""The report in the Common Test Report Format: a test for each result, or for each test of a live run.

CTRF has no word for what could not be decided: such a result is `other`, what was not tested
`pending`, what does not apply `skipped`; `rawStatus` keeps our own outcome. Times are not measured
per requirement, so every duration is 0.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from validator.report.told import as_time, case_name, samples, summary
from validator.report.visible import all_visible, in_language, one_line
from validator.report.wording import say

Row = Mapping[str, Any]

VERSION: Final = "0.0.0"
STATUSES: Final = ("passed", "failed", "skipped", "pending", "other")
_STATUS: Final = {"passed": "passed", "failed": "failed", "inapplicable": "skipped", "untested": "pending"}


def render(report: Mapping[str, Any], lang: str = "vi") -> str:
    """The CTRF document as JSON text."""
    tests = [test for result in report["results"] for test in _tests(result, lang)]
    live = report.get("live") or {}
    at = report["as_of"]
    document = {
        "reportFormat": "CTRF",
        "specVersion": VERSION,
        "reportId": str(uuid.uuid5(uuid.NAMESPACE_URL, str(report["report_id"]).encode("utf-8", "replace").decode())),
        "timestamp": as_time(at).isoformat(),
        "generatedBy": _filled(report["tool"]["name"]),
        "results": {
            "tool": {"name": _filled(report["tool"]["name"]), "version": str(report["tool"]["version"])},
            "summary": _summary(tests, live.get("started_at", at), live.get("finished_at", at)),
            "tests": tests,
            "environment": _environment(report),
            "extra": {"verdict": report["summary"]["verdict"], "counts": report["summary"]["counts"]},
        },
        "extra": {"sourceReport": report["report_id"]},
    }
    return json.dumps(all_visible(document), ensure_ascii=False, indent=2) + "\n"


def _filled(text: Any) -> str:
    return one_line(str(text)) or "–"


def _milliseconds(value: Any) -> int:
    return int(as_time(value).timestamp() * 1000)


def _summary(tests: list[dict[str, Any]], start: Any, stop: Any) -> dict[str, int]:
    counts = Counter(test["status"] for test in tests)
    return {
        "tests": len(tests),
        **{status: counts[status] for status in STATUSES},
        "start": _milliseconds(start),
        "stop": _milliseconds(stop),
    }


def _environment(report: Row) -> dict[str, Any]:
    product = report["submission"]["product"] or {}
    version = {"appVersion": product["version"]} if product else {}
    return {"reportName": report["submission"]["name"], "appName": product.get("name", ""), **version}


def _tests(result: Row, lang: str) -> Iterator[dict[str, Any]]:
    title = in_language(result["title"], lang)
    if not result.get("assertions"):
        yield {"testId": case_name(result), **_test(result, result, f"{result['requirement']} {title}", lang)}
        return
    for test in result["assertions"]:
        row = _test(result, test, f"{result['requirement']} {test['name']}", lang)
        yield {"testId": f"{case_name(result)}/{one_line(test['name'])}", **row}


def _test(result: Row, row: Row, name: str, lang: str) -> dict[str, Any]:
    cause = f":{row['cause']}" if row["cause"] else ""
    told = {"message": summary(row, lang)} if row["outcome"] != "passed" else {}
    trace = _trace(result, row, lang) if row["outcome"] == "failed" else ""
    return {
        "name": _filled(name),
        "status": _STATUS.get(row["outcome"], "other"),
        "duration": 0,
        "suite": [str(result["standard"]), str(result["requirement"])],
        "rawStatus": f"{row['outcome']}{cause}",
        "tags": [str(result["level"]), str(result["class"])],
        **told,
        **({"trace": trace} if trace else {}),
    }


def _trace(result: Row, row: Row, lang: str) -> str:
    """What a person needs to find and mend the fault; of a live test, its own findings only."""
    name = row.get("name")
    own = [f for f in result["findings"] if name is None or f["evidence"].get("test") in (None, name)]
    lines = list(samples({**result, "findings": own}, lang))
    if result["fix"]:
        lines.append(f"{say(lang, 'finding.fix')} {in_language(result['fix'], lang)}")
    return "\n".join(lines)
