"""The report as SARIF 2.1.0 for code-scanning pages: what failed, and what could not be decided.

Passed results are left out, because viewers show every result as an alert. A waiver in force is a
suppression beside its result; the result itself stays a failure.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from validator.report import sections
from validator.report.exchanges import exchanges_of
from validator.report.sarif_web import call_location, properties, web_members
from validator.report.visible import all_visible, in_language, shortened
from validator.report.wording import LANGUAGES, say, word

LEVELS = {"MUST": "error", "SHOULD": "warning", "MAY": "note"}
CODES = {"vi": "vi-VN", "en": "en-US"}
BASE = "SUBMISSION"
BASELINE = {"known": "unchanged", "new": "new"}
LIVE = ("url", "seed", "requests", "requests_digest", "evidence")
MOST = 25_000  # a run with more is refused by GitHub
FINGERPRINT = "lienthongFinding/v1"


def render(report: Mapping[str, Any], lang: str = "vi") -> str:
    """The SARIF log as JSON text; messages in one language, rule help in both."""
    rules = {result["requirement"]: result for result in report["results"]}
    order = {requirement: index for index, requirement in enumerate(rules)}
    live, subject = report.get("live"), report["submission"]["name"]
    results = list(_results(report, order, lang))
    run = {
        "tool": {"driver": _driver(report, list(rules.values()), lang)},
        "language": CODES.get(lang, CODES["en"]),
        **({} if live else {"originalUriBaseIds": {BASE: {"description": {"text": _text(subject)}}}}),
        "invocations": [_invocation(report, len(results), lang)],
        "results": results[:MOST],
        "columnKind": "unicodeCodePoints",
        "properties": {
            "reportId": report["report_id"],
            "asOf": report["as_of"],
            "verdict": report["summary"]["verdict"],
            "counts": report["summary"]["counts"],
            **({"system": {name: live[name] for name in LIVE}} if live else {}),
        },
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(all_visible(log), ensure_ascii=False, indent=2) + "\n"


def _text(value: Any) -> str:
    """Text that is never empty, as SARIF messages must not be."""
    return str(value) or "–"


def _driver(report: Mapping[str, Any], rules: list[Mapping[str, Any]], lang: str) -> dict[str, Any]:
    return {
        "name": _text(report["tool"]["name"]),
        "version": _text(report["tool"]["version"]),
        "rules": [_rule(result, lang) for result in rules],
    }


def _rule(result: Mapping[str, Any], lang: str) -> dict[str, Any]:
    return {
        "id": _text(result["requirement"]),
        "shortDescription": {"text": _text(in_language(result["title"], lang))},
        "fullDescription": {"text": _text(in_language(result["statement"], lang))},
        "help": {"text": _text("\n\n".join(_help(result)))},
        "defaultConfiguration": {"level": LEVELS.get(result["level"], "error")},
        "properties": {
            "standard": result["standard"],
            "clause": result["clause"],
            "level": result["level"],
            "class": result["class"],
            "basis": result["basis"],
            "tags": [str(result["standard"]), str(result["level"])],
        },
    }


def _help(result: Mapping[str, Any]) -> Iterator[str]:
    """Clause, demand and fix hint, first in Vietnamese, then in English."""
    for lang in LANGUAGES:
        yield f"{say(lang, 'fact.clause', clause=result['clause'])}. {in_language(result['statement'], lang)}"
        if result["fix"]:
            yield f"{say(lang, 'finding.fix')} {in_language(result['fix'], lang)}"


def _invocation(report: Mapping[str, Any], count: int, lang: str) -> dict[str, Any]:
    """Whether every check could be carried out; those that could not are our errors, not the subject's."""
    broken = [r for r in sections.results_with(report, "cantTell") if r["cause"] == "error"]
    notes: list[dict[str, Any]] = [
        {
            "level": "error",
            "message": {"text": _text(in_language(result["reason"], lang))},
            "associatedRule": {"id": _text(result["requirement"])},
        }
        for result in broken
    ]
    if count > MOST:
        notes.append({"level": "warning", "message": {"text": say(lang, "finding.truncated", shown=MOST, total=count)}})
    return {"executionSuccessful": not broken, "toolExecutionNotifications": notes}


def _results(report: Mapping[str, Any], order: Mapping[str, int], lang: str) -> Iterator[dict[str, Any]]:
    for result in sections.results_with(report, "failed"):
        suppressions = _suppressions(result, report, lang)
        seen: Counter[str] = Counter()
        for finding in result["findings"] or [None]:
            entry = _failure(result, finding, seen, lang)
            yield {**entry, "ruleIndex": order[result["requirement"]], "suppressions": suppressions}
    for result in sections.results_with(report, "cantTell"):
        reason = f"{word(lang, 'cause', result['cause'])}. {in_language(result['reason'], lang)}"
        yield {
            "ruleId": _text(result["requirement"]),
            "ruleIndex": order[result["requirement"]],
            "kind": "open",
            "level": "none",
            "message": {"text": _text(reason)},
            "properties": {"cause": result["cause"], "class": result["class"]},
        }


def _failure(
    result: Mapping[str, Any], finding: Mapping[str, Any] | None, seen: Counter[str], lang: str
) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "ruleId": _text(result["requirement"]),
        "kind": "fail",
        "level": LEVELS.get(result["level"], "error"),
        "properties": {
            "class": result["class"],
            "findingsCount": result["findings_count"],
            "truncated": result["truncated"],
        },
    }
    if finding is None:
        return {**entry, "message": {"text": _text(in_language(result["title"], lang))}}
    mark = _fingerprint(result, finding)
    seen[mark] += 1
    exchanges = exchanges_of(finding)
    return {
        **entry,
        "message": {"text": _message(finding, lang)},
        "locations": _locations(finding["location"], bool(exchanges)),
        "partialFingerprints": {FINGERPRINT: f"{mark}:{seen[mark]}"},
        **({"baselineState": BASELINE[finding["baseline"]]} if "baseline" in finding else {}),
        **(web_members(exchanges[-1]) if exchanges else {}),
        "properties": {**entry["properties"], **properties(finding, lang)},
    }


def _message(finding: Mapping[str, Any], lang: str) -> str:
    lines = [in_language(finding["message"], lang)]
    for side in ("expected", "found"):
        if finding[side] is not None:
            lines.append(f"{say(lang, f'finding.{side}')}: {shortened(finding[side])}")
    if finding["evidence"]["redacted"]:
        lines.append(say(lang, "finding.redacted"))
    return _text("\n".join(lines))


def _fingerprint(result: Mapping[str, Any], finding: Mapping[str, Any]) -> str:
    """What stays the same when lines move: requirement, file, pointer, message and the two values."""
    place = finding["location"]
    parts = [result["requirement"], result["class"], place["file"], place["pointer"], finding["message_id"]]
    content = json.dumps([*parts, finding["expected"], finding["found"]])
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def _locations(place: Mapping[str, Any], of_call: bool) -> list[dict[str, Any]]:
    if of_call:
        return [call_location(place)]
    location: dict[str, Any] = {}
    if place["file"]:
        uri = quote(str(place["file"]).encode("utf-8", "surrogatepass"), safe="/")
        location["physicalLocation"] = {"artifactLocation": {"uri": uri, "uriBaseId": BASE}}
        if place["line"]:
            column = {"startColumn": place["column"]} if place["column"] else {}
            location["physicalLocation"]["region"] = {"startLine": place["line"], **column}
    if place["pointer"]:
        name = f"{place['record']}:{place['pointer']}" if place["record"] else place["pointer"]
        location["logicalLocations"] = [{"fullyQualifiedName": _text(name)}]
    return [location] if location else []


def _suppressions(result: Mapping[str, Any], report: Mapping[str, Any], lang: str) -> list[dict[str, Any]]:
    waiver = result["waiver"]
    if not sections.waiver_in_force(waiver, report["as_of"]):
        return []
    reason = f"{waiver['id']}: {in_language(waiver['reason'], lang)}"
    approver = f"{say(lang, 'waiver.approved_by')}: {waiver['approved_by']}"
    expires = f"{say(lang, 'waiver.expires')}: {waiver['expires']}"
    return [{"kind": "external", "status": "accepted", "justification": _text(f"{reason} {approver}; {expires}")}]
