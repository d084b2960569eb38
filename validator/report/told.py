"""What several formats say of a result, a test or a finding, in the same words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from validator.report.text import place
from validator.report.visible import in_language, one_line, shortened
from validator.report.wording import integer, say, word

Row = Mapping[str, Any]

SAMPLES: Final = 25
UNKNOWN_TIME: Final = "1970-01-01T00:00:00+00:00"


def summary(row: Row, lang: str) -> str:
    """One sentence on a result or test: how many findings, or the outcome with cause and reason."""
    if row["outcome"] == "failed" and "findings_count" in row:
        return say(lang, "fact.findings", n=integer(row["findings_count"], lang))
    cause = f" ({word(lang, 'cause', row['cause'])})" if row["cause"] else ""
    reason = in_language(row["reason"], lang)
    outcome = f"{word(lang, 'outcome', row['outcome'])}{cause}"
    return f"{outcome}: {reason}" if reason else outcome


def sample(finding: Row, lang: str) -> str:
    """One line on a finding: mark of the baseline if any, place, message, expected against found."""
    parts = [f"{place(finding['location'], lang)} – {in_language(finding['message'], lang)}"]
    for side in ("expected", "found"):
        if finding[side] is not None:
            parts.append(f"{say(lang, f'finding.{side}')}: {shortened(finding[side], 120)}")
    return one_line(shortened(baseline_mark(finding, lang) + " | ".join(parts)))


def baseline_mark(finding: Row, lang: str) -> str:
    """`[known] ` or `[new] ` when the report was held against a baseline, else nothing."""
    state = finding.get("baseline")
    return f"[{word(lang, 'baseline', state)}] " if state else ""


def samples(result: Row, lang: str) -> Iterator[str]:
    """Lines on the first findings of a result, how many more there are, and its waiver."""
    for finding in result["findings"][:SAMPLES]:
        yield sample(finding, lang)
    if result["findings_count"] > min(len(result["findings"]), SAMPLES):
        shown = integer(min(len(result["findings"]), SAMPLES), lang)
        yield say(lang, "finding.truncated", shown=shown, total=integer(result["findings_count"], lang))
    if result["waiver"]:
        yield waiver_line(result["waiver"], lang)


def waiver_line(waiver: Row, lang: str) -> str:
    """The waiver beside a failure, on one line."""
    approved = f"{say(lang, 'waiver.approved_by')}: {waiver['approved_by']}"
    expires = f"{say(lang, 'waiver.expires')}: {waiver['expires']}"
    head = f"{say(lang, 'waiver.heading')} {waiver['id']}: {in_language(waiver['reason'], lang)}"
    return one_line(shortened(f"{head} {approved}; {expires}"))


def case_name(result: Row) -> str:
    """A name that only one result of a report has: the requirement and its class."""
    return one_line(f"{result['requirement']}/{result['class']}")


def undecided(result: Row) -> bool:
    """Whether the requirement has no decision: never read as met."""
    return result["outcome"] in ("cantTell", "untested")


def as_time(value: Any) -> datetime:
    """A time stamp with its offset; the epoch for what is none."""
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        at = datetime.fromisoformat(UNKNOWN_TIME)
    return at if at.tzinfo else datetime.fromisoformat(UNKNOWN_TIME)
