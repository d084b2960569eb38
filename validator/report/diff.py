"""What changed between two reports: verdicts, outcomes and, so that nobody is fooled, the inputs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from validator.report.lines import Pen
from validator.report.visible import in_language
from validator.report.wording import integer, say, word

SCHEMA = "lienthong-report-diff/1.0"
# What a live run sends follows from the system's data too, so other requests are no other conditions.
SUBJECT = ("submission", "as_of", "system", "requests")


@dataclass(frozen=True, slots=True)
class InputChange:
    """One thing the two runs did not share; None stands for absent."""

    what: str
    name: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """The verdict on one class of one standard, before and after; None where it was not examined."""

    standard: str
    conformance_class: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class OutcomeChange:
    """One requirement at one class: its outcomes and counts of findings, before and after."""

    requirement: str
    conformance_class: str
    title: Mapping[str, str]
    old: str | None
    new: str | None
    old_findings: int
    new_findings: int


@dataclass(frozen=True, slots=True)
class Difference:
    """The whole comparison; every list follows the order of the newer report, then of the older."""

    old_report: str
    new_report: str
    old_verdict: str
    new_verdict: str
    inputs: tuple[InputChange, ...]
    verdicts: tuple[VerdictChange, ...]
    newly_failing: tuple[OutcomeChange, ...]
    fixed: tuple[OutcomeChange, ...]
    changed: tuple[OutcomeChange, ...]
    still_failing: tuple[OutcomeChange, ...]

    @property
    def comparable(self) -> bool:
        """Whether only the subject and the time differ, so that a change is the subject's own doing."""
        return all(change.what in SUBJECT for change in self.inputs)

    def as_dict(self) -> dict[str, Any]:
        """The comparison as JSON."""
        return {"schema": SCHEMA, **asdict(self), "comparable": self.comparable}


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> Difference:
    """What differs between an older and a newer report."""
    outcomes = list(_outcomes(old, new))
    failing = [change for change in outcomes if change.new == "failed"]
    return Difference(
        old_report=old["report_id"],
        new_report=new["report_id"],
        old_verdict=old["summary"]["verdict"],
        new_verdict=new["summary"]["verdict"],
        inputs=tuple(_inputs(old, new)),
        verdicts=tuple(_verdicts(old, new)),
        newly_failing=tuple(c for c in failing if c.old != "failed"),
        fixed=tuple(c for c in outcomes if c.old == "failed" and c.new == "passed"),
        changed=tuple(c for c in outcomes if c.old != c.new and c.new != "failed" and not _fixed(c)),
        still_failing=tuple(c for c in failing if c.old == "failed"),
    )


def _fixed(change: OutcomeChange) -> bool:
    return change.old == "failed" and change.new == "passed"


def _outcomes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[OutcomeChange]:
    before, after = ({(r["requirement"], r["class"]): r for r in side["results"]} for side in (old, new))
    for key in {**after, **before}:
        was, now = before.get(key), after.get(key)
        yield OutcomeChange(
            *key,
            title=dict((now or was or {})["title"]),
            old=was and was["outcome"],
            new=now and now["outcome"],
            old_findings=was["findings_count"] if was else 0,
            new_findings=now["findings_count"] if now else 0,
        )


def _verdicts(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[VerdictChange]:
    before, after = ({(v["standard"], v["class"]): v["verdict"] for v in side["verdicts"]} for side in (old, new))
    for key in {**after, **before}:
        if before.get(key) != after.get(key):
            yield VerdictChange(*key, before.get(key), after.get(key))


def _inputs(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[InputChange]:
    before, after = _facts(old), _facts(new)
    for key in {**after, **before}:
        if before.get(key) != after.get(key):
            yield InputChange(*key, before.get(key), after.get(key))


def _facts(report: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Everything that a run was given, each under its kind and name."""
    facts = {
        ("tool", ""): f"{report['tool']['name']} {report['tool']['version']}",
        ("as_of", ""): report["as_of"],
        **(_live_facts(report["live"]) if "live" in report else _submission_facts(report["submission"])),
    }
    if report["profile"]:
        facts["profile", ""] = report["profile"]
    for item in report["standards"]:
        facts["standard", item["id"]] = f"{item['version']} {item['class']} {item['sha256'][:12]}"
    for item in report["codelists"]:
        facts["codelist", f"{item['id']} {item['edition']}"] = item["sha256"][:12]
    for item in report["parameters"]:
        facts["parameter", f"{item['standard']} {item['name']}"] = f"{item['value']} {item['unit']}".strip()
    for item in report["waivers"]:
        facts["waiver", item["id"]] = item["expires"]
    return facts


def _submission_facts(submission: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    return {("submission", ""): f"{submission['name']} {submission['sha256'][:12]}"}


def _live_facts(live: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """What a live run was given, and the requests that came of it."""
    watch = live["watch"]
    facts = {
        ("system", ""): live["url"],
        ("requests", ""): f"{live['requests']} {live['requests_digest'].removeprefix('sha256:')[:12]}",
        ("seed", ""): str(live["seed"]),
        ("writes", ""): str(live["writes_allowed"]).lower(),
    }
    if live["roles"]:
        facts["roles", ""] = ", ".join(live["roles"])
    if watch:
        facts["watch", ""] = f"{watch['from']} – {watch['to']}"
    return facts


def worse(difference: Difference) -> bool:
    """Whether the newer report is a step back: something newly fails, or a verdict is no longer conformant."""
    return bool(difference.newly_failing) or any(
        change.old == "conformant" and change.new != "conformant" for change in difference.verdicts
    )


def render_json(difference: Difference) -> str:
    """The comparison as JSON text."""
    return json.dumps(difference.as_dict(), ensure_ascii=False, indent=2) + "\n"


def render_text(difference: Difference, lang: str = "vi", *, width: int = 100, colour: bool = False) -> str:
    """The comparison as text; its last line is the two verdicts in words."""
    pen = Pen(width, colour)
    lines = [
        pen.line(say(lang, "diff.title").upper(), "strong"),
        *pen.wrap(f"{say(lang, 'diff.old')} {difference.old_report}"),
        *pen.wrap(f"{say(lang, 'diff.new')} {difference.new_report}"),
        *_section("newly_failing", difference.newly_failing, lang, pen),
        *_section("fixed", difference.fixed, lang, pen),
        *_section("changed", difference.changed, lang, pen),
        *_section("still_failing", difference.still_failing, lang, pen),
        *_shown_verdicts(difference, lang, pen),
        *_shown_inputs(difference, lang, pen),
        "",
        *pen.wrap(say(lang, "diff.comparable" if difference.comparable else "diff.not_comparable")),
    ]
    old, new = (word(lang, "verdict", v) for v in (difference.old_verdict, difference.new_verdict))
    last = f"{say(lang, 'verdict.label').upper()} {old} → {new}"
    return "\n".join([*lines, pen.line(last, difference.new_verdict)]) + "\n"


def _section(name: str, changes: tuple[OutcomeChange, ...], lang: str, pen: Pen) -> Iterator[str]:
    if not changes:
        return
    yield from pen.heading(f"{say(lang, f'diff.{name}')} ({integer(len(changes), lang)})")
    for change in changes:
        shown_class, title = word(lang, "class", change.conformance_class), in_language(change.title, lang)
        yield from pen.wrap(f"{change.requirement} [{shown_class}] {title}", 2)
        old, new = _told(change.old, change.old_findings, lang), _told(change.new, change.new_findings, lang)
        yield from pen.wrap(f"{old} → {new}", 4)


def _told(outcome: str | None, findings: int, lang: str) -> str:
    if outcome is None:
        return say(lang, "diff.absent")
    count = f" ({say(lang, 'fact.findings', n=integer(findings, lang))})" if findings else ""
    return f"{word(lang, 'outcome', outcome)}{count}"


def _shown_verdicts(difference: Difference, lang: str, pen: Pen) -> Iterator[str]:
    if difference.verdicts:
        yield from pen.heading(say(lang, "diff.verdicts"))
    for change in difference.verdicts:
        old, new = (
            word(lang, "verdict", verdict) if verdict else say(lang, "classes.not_examined")
            for verdict in (change.old, change.new)
        )
        yield from pen.wrap(f"{change.standard} [{word(lang, 'class', change.conformance_class)}]: {old} → {new}", 2)


def _shown_inputs(difference: Difference, lang: str, pen: Pen) -> Iterator[str]:
    if difference.inputs:
        yield from pen.heading(say(lang, "diff.inputs"))
    for change in difference.inputs:
        name = f"{word(lang, 'diff.input', change.what)} {change.name}".strip()
        absent = say(lang, "diff.absent")
        yield from pen.wrap(f"{name}: {change.old or absent} → {change.new or absent}", 2)
