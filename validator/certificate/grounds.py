"""Whether a report is ground for a certificate: every reason against it, or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final

from validator.certificate.contradictions import contradictions
from validator.certificate.moments import VIETNAM, months_later
from validator.certificate.refusal import Kind, Refusal
from validator.certificate.scope import Granted, Report
from validator.judge.verdict import judge
from validator.model.result import Outcome, VerdictWord
from validator.model.standard import ConformanceClass

MOST_MONTHS: Final = 12
KINDS: Final = {VerdictWord.NONCONFORMANT: Kind.NONCONFORMANT, VerdictWord.INCONCLUSIVE: Kind.INCONCLUSIVE}


def refusals(report: Report, scope: Sequence[Granted], moment: datetime) -> tuple[Refusal, ...]:
    """Why no certificate of this scope may be issued from this report at this moment; empty when it may."""
    found = list(contradictions(report))
    found.extend(_age(report, moment))
    for item in scope:
        found.extend(_standard(report, item))
    found.extend(_waivers(report, scope, moment))
    return tuple(found)


def _age(report: Report, moment: datetime) -> Iterator[Refusal]:
    """Results may be twelve months old at most, and not of the future."""
    as_of = datetime.fromisoformat(report["as_of"])
    if as_of > moment:
        yield Refusal(Kind.CONTRADICTION, "refusal.future", {"as_of": report["as_of"]})
    elif months_later(as_of, MOST_MONTHS) < moment:
        yield Refusal(Kind.USAGE, "refusal.old", {"as_of": report["as_of"], "months": MOST_MONTHS})


def _standard(report: Report, item: Granted) -> Iterator[Refusal]:
    standard, named = item.standard, {"standard": item.standard.coordinate}
    row = next((s for s in report["standards"] if s["id"] == standard.id), None)
    if row is None:
        kind = Kind.USAGE if item.asked else Kind.INCONCLUSIVE
        yield Refusal(kind, "refusal.not_in_report", named)
        return
    if item.asked and not row["claimed"]:
        yield Refusal(Kind.USAGE, "refusal.not_claimed", named)
    if ConformanceClass(row["class"]).rank < item.conformance_class.rank:
        params = {**named, "class_": item.conformance_class.value, "examined": row["class"]}
        yield Refusal(Kind.USAGE, "refusal.class_not_claimed", params)
        return
    if row["version"] != standard.version or row["sha256"] != standard.sha256:
        yield Refusal(Kind.USAGE, "refusal.edition", named)
        return
    yield from _completeness(report, item)
    yield from _verdict(report, item)


def _completeness(report: Report, item: Granted) -> Iterator[Refusal]:
    """Every requirement of the standard has its result, at its own level, and there is none besides."""
    demanded = item.demanded()
    seen = item.results(report)
    held = Counter((result.requirement, result.conformance_class.value) for result in seen)
    for name, at in demanded:
        if not held[name, at]:
            yield Refusal(Kind.INCONCLUSIVE, "refusal.missing", {"requirement": name, "class_": at})
    for name, at in sorted(set(held) - set(demanded)):
        yield Refusal(Kind.CONTRADICTION, "refusal.unknown_requirement", {"requirement": name, "class_": at})
    levels = {requirement.id: requirement.level for requirement in item.standard.requirements}
    for result in seen:
        if levels.get(result.requirement, result.level) is not result.level:
            yield Refusal(Kind.CONTRADICTION, "refusal.level", {"requirement": result.requirement})


def _verdict(report: Report, item: Granted) -> Iterator[Refusal]:
    word = judge(item.results(report), item.conformance_class)
    if word in KINDS:
        named = {"standard": item.standard.coordinate, "class_": item.conformance_class.value}
        yield Refusal(KINDS[word], f"refusal.{word.value}", named)


def _waivers(report: Report, scope: Sequence[Granted], moment: datetime) -> Iterator[Refusal]:
    today = moment.astimezone(VIETNAM).date()
    for waiver in waivers(report, scope):
        if waiver.get("state") == "expired" or date.fromisoformat(waiver["expires"]) < today:
            params = {"waiver": waiver["id"], "expires": waiver["expires"]}
            yield Refusal(Kind.NONCONFORMANT, "refusal.waiver_expired", params)


def waivers(report: Report, scope: Sequence[Granted]) -> list[dict[str, Any]]:
    """Every waiver that the report relies on within the scope, once, in the order of their ids."""
    names = {name for item in scope for name, _ in item.demanded()}
    beside = [{**r["waiver"], "requirement": r["requirement"]} for r in report["results"] if r["waiver"]]
    listed = [w for w in (*report["waivers"], *beside) if w.get("requirement") in names]
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for waiver in listed:
        if waiver.get("state") != "unused":
            found.setdefault((waiver["id"], waiver["requirement"]), waiver)
    return [found[key] for key in sorted(found)]


def not_passed(report: Report, scope: Sequence[Granted]) -> list[dict[str, Any]]:
    """Results within the scope that are no pass: what the certificate must not hide."""
    wanted = {pair for item in scope for pair in item.demanded()}
    return [
        {name: result[name] for name in ("requirement", "class", "level", "outcome")}
        for result in report["results"]
        if (result["requirement"], result["class"]) in wanted and result["outcome"] != Outcome.PASSED
    ]
