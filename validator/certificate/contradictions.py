"""What a report says of itself, recomputed: digest, counts, verdicts, and results against their assertions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from rfc8785 import CanonicalizationError

from validator.certificate.refusal import Kind, Refusal
from validator.certificate.scope import Report, results_of
from validator.judge.verdict import counts, judge, overall
from validator.model.result import Outcome, VerdictWord
from validator.model.standard import ConformanceClass
from validator.report.digest import digest_of


def contradictions(report: Report) -> Iterator[Refusal]:
    """Everything in the report that does not follow from the rest of it."""
    yield from _digest(report)
    yield from _verdicts(report)
    yield from _summary(report)
    yield from _results(report)


def _told(message_id: str, **params: Any) -> Refusal:
    return Refusal(Kind.CONTRADICTION, message_id, params)


def _digest(report: Report) -> Iterator[Refusal]:
    try:
        computed = digest_of(report)
    except CanonicalizationError:
        computed = "?"
    if report["digest"] != computed or report["report_id"] != f"urn:{computed}":
        yield _told("refusal.digest", stated=report["digest"], computed=computed)


def _verdicts(report: Report) -> Iterator[Refusal]:
    tops = {s["id"]: ConformanceClass(s["class"]) for s in report["standards"]}
    wanted = [(name, c.value) for name, top in tops.items() for c in ConformanceClass.up_to(top)]
    stated = Counter((v["standard"], v["class"]) for v in report["verdicts"])
    if len(tops) != len(report["standards"]) or stated != Counter(wanted):
        yield _told("refusal.verdict_rows")
        return
    standards = {s["id"]: s for s in report["standards"]}
    for row in report["verdicts"]:
        at, mine = ConformanceClass(row["class"]), results_of(report, row["standard"])
        where = {"standard": row["standard"], "class_": row["class"]}
        within = [result for result in mine if result.conformance_class.rank <= at.rank]
        if row["counts"] != counts(within):
            yield _told("refusal.counts", **where)
        if row["verdict"] != judge(mine, at):
            yield _told("refusal.verdict", **where, stated=row["verdict"], computed=judge(mine, at).value)
        if any(row[member] != standards[row["standard"]][member] for member in ("version", "claimed")):
            yield _told("refusal.verdict_rows")


def _summary(report: Report) -> Iterator[Refusal]:
    summary, tops = report["summary"], {s["id"]: s["class"] for s in report["standards"]}
    results = [result for name in tops for result in results_of(report, name)]
    words = [VerdictWord(v["verdict"]) for v in report["verdicts"] if tops.get(v["standard"]) == v["class"]]
    found = sum(result.findings_count for result in results)
    right = {"verdict": overall(words).value, "counts": counts(results), "findings_count": found}
    if len(results) != len(report["results"]) or dict(summary) != right:
        yield _told("refusal.summary")


def _results(report: Report) -> Iterator[Refusal]:
    repeated = Counter((r["requirement"], r["class"]) for r in report["results"])
    for (name, at), times in repeated.items():
        if times > 1:
            yield _told("refusal.repeated", requirement=name, class_=at)
    for result in report["results"]:
        assertions = {a["outcome"] for a in result.get("assertions", ())}
        unsound = assertions & {Outcome.FAILED, Outcome.CANT_TELL, Outcome.UNTESTED}
        if result["outcome"] == Outcome.PASSED and (unsound or assertions == {Outcome.INAPPLICABLE}):
            yield _told("refusal.assertions", requirement=result["requirement"])
        if len(result["findings"]) > result["findings_count"]:
            yield _told("refusal.findings", requirement=result["requirement"])
