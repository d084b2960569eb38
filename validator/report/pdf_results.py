"""Blocks of the PDF about results: not met, with first samples; not decided and not tested, with reasons; waivers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from validator.report import sections
from validator.report.exchanges import by_cause, exchanges_of
from validator.report.text import place
from validator.report.visible import in_language, shortened
from validator.report.wording import integer, moment, say, word

Block = dict[str, Any]
Row = Mapping[str, Any]
SAMPLES = 3
LONGEST_SIDE = 240


def failed(report: Row, lang: str) -> Iterator[Block]:
    """Every requirement that is not met, by number of findings and first samples."""
    found = sections.results_with(report, "failed")
    yield _counted(say(lang, "failed.heading"), len(found), lang)
    if not found:
        yield {"kind": "text", "text": say(lang, "failed.none")}
    for result in found:
        yield from _requirement(result, report, lang)


def _counted(text: str, number: int, lang: str) -> Block:
    return {"kind": "heading", "level": 2, "text": f"{text} ({integer(number, lang)})"}


def _requirement(result: Row, report: Row, lang: str) -> Iterator[Block]:
    yield {"kind": "heading", "level": 3, "text": f"{result['requirement']} – {in_language(result['title'], lang)}"}
    facts = (
        word(lang, "outcome", result["outcome"]),
        say(lang, "fact.clause", clause=result["clause"]),
        word(lang, "level", result["level"]),
        f"{say(lang, 'fact.class')} {word(lang, 'class', result['class'])}",
        say(lang, "fact.examined", n=integer(result["examined"], lang)),
        say(lang, "fact.findings", n=integer(result["findings_count"], lang)),
        f"{say(lang, 'fact.basis')} {word(lang, 'basis', result['basis'])}",
    )
    yield {"kind": "note", "text": " · ".join(facts)}
    yield {"kind": "text", "text": in_language(result["statement"], lang)}
    if result["waiver"]:
        yield {"kind": "text", "text": _waiver(result["waiver"], report, lang)}
    yield {"kind": "samples", "items": [_sample(alike, lang) for alike in _shown(result, report)]}
    hidden = result["findings_count"] - min(len(result["findings"]), SAMPLES)
    if hidden > 0:
        yield {"kind": "note", "text": say(lang, "text.hidden", n=integer(hidden, lang))}
    if result["fix"]:
        yield {"kind": "text", "text": f"{say(lang, 'finding.fix')} {in_language(result['fix'], lang)}"}


def _shown(result: Row, report: Row) -> Sequence[Sequence[Row]]:
    """The first samples; of a running system, findings of one cause together."""
    findings = result["findings"]
    return list(by_cause(findings) if "live" in report else [[item] for item in findings])[:SAMPLES]


def _sample(alike: Sequence[Row], lang: str) -> Block:
    item = alike[0]
    sides = [f"{say(lang, f'finding.{side}')}: {shortened(item[side], LONGEST_SIDE)}"
             for side in ("expected", "found") if item[side] is not None]  # fmt: skip
    if item["evidence"]["redacted"]:
        sides.append(say(lang, "finding.redacted"))
    if exchanges := exchanges_of(item):
        numbers = ", ".join(f"{e['number']} ({e['status'] or say(lang, 'exchange.no_answer')})" for e in exchanges)
        sides.append(f"{say(lang, 'text.exchanges')} {numbers}")
    if len(alike) > 1:
        sides.append(say(lang, "finding.alike", n=integer(len(alike) - 1, lang)))
    return {"place": place(item["location"], lang), "text": in_language(item["message"], lang), "sides": sides}


def undecided(report: Row, lang: str) -> Iterator[Block]:
    """Requirements that were tried and could not be decided, each with its cause and reason."""
    found = sections.results_with(report, "cantTell")
    yield _counted(say(lang, "unclear.heading"), len(found), lang)
    yield {"kind": "text", "text": say(lang, "unclear.rule" if found else "unclear.none")}
    if not found:
        return
    rows = [[r["requirement"], in_language(r["title"], lang), word(lang, "level", r["level"]),
             f"{word(lang, 'cause', r['cause'])}. {in_language(r['reason'], lang)}"] for r in found]  # fmt: skip
    yield _table(lang, "unclear.caption", ("requirement", "title", "level", "reason"), [3, 4, 2.4, 7], rows)


def untested(report: Row, lang: str) -> Iterator[Block]:
    """What no test looked at."""
    found = sections.not_tested(report)
    yield _counted(say(lang, "untested.heading"), len(found), lang)
    yield {"kind": "text", "text": say(lang, "untested.rule" if found else "untested.none")}
    if not found:
        return
    rows = [[row["requirement"] or "–", in_language(row["result"]["title"], lang) if row["result"] else "–",
             in_language(row["reason"], lang)] for row in found]  # fmt: skip
    yield _table(lang, "untested.caption", ("requirement", "title", "reason"), [3, 5, 8], rows)


def waivers(report: Row, lang: str) -> Iterator[Block]:
    """Waivers handed in; they erase no result."""
    given = report["waivers"]
    yield _counted(say(lang, "waivers.heading"), len(given), lang)
    yield {"kind": "text", "text": say(lang, "waivers.rule" if given else "waivers.none")}
    if given:
        yield {"kind": "list", "items": [_waiver(waiver, report, lang) for waiver in given]}


def _waiver(waiver: Row, report: Row, lang: str) -> str:
    state = say(lang, "waiver.in_force" if sections.waiver_in_force(waiver, report["as_of"]) else "waiver.run_out")
    of = f" – {waiver['requirement']}" if "requirement" in waiver else ""
    rest = (
        f"{say(lang, 'waiver.scope')}: {in_language(waiver['scope'], lang)}",
        f"{say(lang, 'waiver.approved_by')}: {waiver['approved_by']}",
        f"{say(lang, 'waiver.expires')}: {moment(waiver['expires'], lang)}",
    )
    head = f"{say(lang, 'waiver.heading')} {waiver['id']}{of} ({state}): {in_language(waiver['reason'], lang)}"
    return f"{head} {'; '.join(rest)}"


def _table(lang: str, caption: str, heads: Sequence[str], widths: Sequence[float], rows: list[list[str]]) -> Block:
    named = [say(lang, f"column.{head}") for head in heads]
    return {"kind": "table", "caption": say(lang, caption), "heads": named, "widths": list(widths), "rows": rows}
