"""The report as plain data: what was demanded, what was found, what follows, and what it does not say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from validator import __version__
from validator.catalogue.codelists import code_lists
from validator.judge.verdict import counts, judge, overall
from validator.messages import catalogue, fill, message
from validator.model.finding import Finding
from validator.model.result import Assertion, Outcome, Result, VerdictWord
from validator.model.scope import Scope
from validator.model.standard import ConformanceClass, Requirement
from validator.model.submission import Submission
from validator.model.text import LANGUAGES, Text
from validator.report.digest import sealed

SCHEMA = "lienthong-report/1.0"
REDACTED = "█████"
_PARAMETER = re.compile(r"\$([a-z][a-z0-9_]*)")
VIETNAM = timezone(timedelta(hours=7))


def build_report(
    scope: Scope,
    submission: Submission,
    results: Sequence[Result],
    as_of: datetime,
    examined: set[str],
    records: Mapping[str, int],
    profile: str | None = None,
    live: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The sealed report; equal input gives the same digest. `live` tells of a run against a running system."""
    verdicts = list(_verdicts(scope, results))
    return sealed({
        "schema": SCHEMA,
        "tool": {"name": "lienthong", "version": __version__},
        "as_of": as_of.astimezone(VIETNAM).isoformat(timespec="seconds"),
        "profile": profile,
        "submission": _submission(submission, examined, records),
        **({"live": live} if live else {}),
        "standards": [_standard(scope, s.id) for s in scope.standards],
        "codelists": [
            {"id": e.id, "edition": e.edition, "sha256": e.sha256} for lists in code_lists().values() for e in lists
        ],
        "parameters": list(_parameters(scope)),
        "results": list(_results(scope, results)),
        "timeliness": [{"requirement": r.requirement, **_measure(m)} for r in results for m in r.measures],
        "verdicts": verdicts,
        "summary": _summary(scope, results, verdicts),
        "waivers": [],
        "not_tested": list(_not_tested(results, submission, examined)),
        "disclaimers": [
            {lang: catalogue("statements", lang)[key] for lang in LANGUAGES} for key in catalogue("statements", "vi")
        ],
    })  # fmt: skip


def _summary(scope: Scope, results: Sequence[Result], verdicts: list[dict[str, Any]]) -> dict[str, Any]:
    """The worst verdict among the highest classes examined, dependencies included."""
    tops = [v["verdict"] for v in verdicts if v["class"] == scope.classes[v["standard"]].value]
    return {
        "verdict": overall([VerdictWord(word) for word in tops]).value,
        "counts": counts(results),
        "findings_count": sum(result.findings_count for result in results),
    }


def _submission(submission: Submission, examined: set[str], records: Mapping[str, int]) -> dict[str, Any]:
    manifest = submission.manifest
    return {
        "name": submission.name,
        "vendor": manifest.get("vendor"),
        "product": manifest.get("product"),
        "localities": [
            {"province_code": item["province_code"], "commune_codes": item.get("commune_codes", [])}
            for item in manifest.get("localities", ())
        ],
        "files": [
            {
                "file": f.name, "dataset": f.dataset, "format": f.media, "bytes": f.size, "sha256": f.sha256,
                "records": records.get(f.name) if f.name in examined else None,
            }
            for f in submission.files
        ],
        "sha256": submission.sha256,
    }  # fmt: skip


def _standard(scope: Scope, name: str) -> dict[str, Any]:
    standard = next(s for s in scope.standards if s.id == name)
    return {
        "id": standard.id, "version": standard.version, "sha256": standard.sha256, "title": standard.title.as_dict(),
        "claimed": standard.id in scope.claimed, "class": scope.classes[name].value,
        "legal_basis_checked_on": standard.legal_basis_checked_on,
    }  # fmt: skip


def _parameters(scope: Scope) -> Iterator[dict[str, Any]]:
    for standard in scope.standards:
        for name, parameter in standard.parameters.items():
            yield {
                "standard": standard.id, "name": name, "value": scope.parameters[standard.id][name],
                "unit": parameter.unit, "basis": parameter.basis, "source": parameter.source.as_dict(),
            }  # fmt: skip


def _verdicts(scope: Scope, results: Sequence[Result]) -> Iterator[dict[str, Any]]:
    for standard in scope.standards:
        mine = [r for r in results if r.standard == standard.id]
        for conformance_class in ConformanceClass.up_to(scope.classes[standard.id]):
            within = [r for r in mine if r.conformance_class.rank <= conformance_class.rank]
            yield {
                "standard": standard.id,
                "version": standard.version,
                "class": conformance_class.value,
                "claimed": standard.id in scope.claimed,
                "verdict": judge(mine, conformance_class).value,
                "counts": counts(within),
            }


def _sources(scope: Scope, requirement: Requirement) -> list[dict[str, Any]]:
    standard = next(s for s in scope.standards if s.id == requirement.standard)
    known = {r.name: r for r in standard.builds_on}
    return [
        {"name": name, "certainty": known[name].certainty, "checked_on": known[name].checked_on}
        for name in requirement.sources
    ]


def _results(scope: Scope, results: Sequence[Result]) -> Iterator[dict[str, Any]]:
    requirements = {r.id: r for r in scope.requirements()}
    for result in results:
        requirement = requirements[result.requirement]
        values = {**scope.parameters[result.standard], **requirement.at_class.get(result.conformance_class, {})}
        yield _result(result, requirement, _sources(scope, requirement), values)


def _said(text: Text, values: Mapping[str, Any]) -> dict[str, str]:
    """The text with `$parameters` as their values in force."""

    def value(found: re.Match[str]) -> str:
        return str(values.get(found[1], found[0]))

    return {lang: _PARAMETER.sub(value, text.in_language(lang)) for lang in LANGUAGES}


def _result(
    result: Result, requirement: Requirement, sources: list[dict[str, Any]], values: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "requirement": requirement.id,
        "standard": requirement.standard,
        "clause": requirement.clause,
        "title": requirement.title.as_dict(),
        "statement": _said(requirement.statement, values),
        "level": requirement.level.value,
        "class": result.conformance_class.value,
        "outcome": result.outcome.value,
        "cause": result.cause.value if result.cause else None,
        "reason": result.reason.as_dict() if result.reason else None,
        "basis": requirement.basis,
        "sources": sources,
        "fix": _said(requirement.fix, values) if requirement.fix else None,
        "examined": result.examined,
        "findings_count": result.findings_count,
        "truncated": result.truncated,
        "findings": [_finding(finding, requirement) for finding in result.findings],
        "measures": [_measure(measure) for measure in result.measures],
        **({"assertions": [_assertion(a) for a in result.assertions]} if result.assertions else {}),
        "waiver": None,
    }


def _assertion(assertion: Assertion) -> dict[str, Any]:
    return {
        "name": assertion.name,
        "outcome": assertion.outcome.value,
        "cause": assertion.cause.value if assertion.cause else None,
        "reason": assertion.reason.as_dict() if assertion.reason else None,
        "examined": assertion.examined,
        "requests": assertion.requests,
    }


def _finding(finding: Finding, requirement: Requirement) -> dict[str, Any]:
    params = {n: REDACTED if finding.personal and n != "pointer" else v for n, v in finding.params.items()}
    found = REDACTED if finding.personal and finding.found is not None else finding.found
    place = finding.location
    return {
        "location": {
            "file": place.file, "line": place.line, "column": place.column, "record": place.record,
            "pointer": place.pointer,
        },
        "message_id": finding.message_id,
        "message": _text(finding.message_id, {"expected": finding.expected, "found": found, **params}, requirement),
        "params": {name: _plain(value) for name, value in params.items()},
        "expected": finding.expected,
        "found": found,
        "evidence": {
            "redacted": finding.personal,
            **({"test": finding.test} if finding.test else {}),
            **({"exchanges": list(finding.exchanges)} if finding.exchanges else {}),
        },
    }  # fmt: skip


def _text(message_id: str, params: Mapping[str, Any], requirement: Requirement) -> dict[str, str]:
    own, _, name = message_id.rpartition(".")
    if own == requirement.id:
        chosen = requirement.messages[name]
        return {"vi": fill(chosen.vi, params), "en": fill(chosen.en, params)}
    return message("findings", message_id, params).as_dict()


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _measure(measure: Mapping[str, Any]) -> dict[str, Any]:
    hidden = ("late", "limits")
    return {name: value for name, value in measure.items() if name not in hidden}


def _not_tested(results: Sequence[Result], submission: Submission, examined: set[str]) -> Iterator[dict[str, Any]]:
    for result in results:
        if result.outcome is Outcome.UNTESTED and result.reason:
            yield {"requirement": result.requirement, "reason": result.reason.as_dict()}
    for seen in submission.files:
        if seen.name not in examined and seen.dataset:
            params = {"file": seen.name, "dataset": seen.dataset}
            yield {"requirement": None, "reason": message("findings", "report.file_not_examined", params).as_dict()}
