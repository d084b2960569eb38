"""The report as plain text for a terminal or a log: failures first, the verdict in words last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from validator.report import sections
from validator.report.exchanges import by_cause, curl_of, exchanges_of
from validator.report.lines import Pen
from validator.report.live_run import seconds
from validator.report.supporting import supporting_lines
from validator.report.visible import in_language, shortened
from validator.report.wording import duration, integer, moment, rate, say, word

SAMPLES = 3
SERIES = 5


def render(report: Mapping[str, Any], lang: str = "vi", *, width: int = 100, colour: bool = False) -> str:
    """The text, wrapped at `width` terminal cells; escape codes only with `colour`."""
    pen = Pen(width, colour)
    lines = [
        *_head(report, lang, pen),
        *_failed(report, lang, pen),
        *_unknown(report, lang, pen),
        *_waivers(report, lang, pen),
        *_classes(report, lang, pen),
        *_density(report, lang, pen),
        *supporting_lines(report, lang, pen),
        *_tail(report, lang, pen),
    ]
    return "\n".join(lines) + "\n"


def _head(report: Mapping[str, Any], lang: str, pen: Pen) -> Iterator[str]:
    yield pen.line(say(lang, "title").upper(), "strong")
    live = report.get("live")
    yield from pen.wrap(f"{say(lang, 'text.system' if live else 'text.submission')} {report['submission']['name']}")
    yield from pen.wrap(f"{say(lang, 'text.as_of')} {moment(report['as_of'], lang)}")
    yield from pen.wrap(f"{report['tool']['name']} {report['tool']['version']} · {report['report_id']}")
    if live:
        yield from _run(live, lang, pen)


def _run(live: Mapping[str, Any], lang: str, pen: Pen) -> Iterator[str]:
    facts = {
        "requests": integer(live["requests"], lang),
        "seed": live["seed"],
        "duration": duration(seconds(live), lang),
        **live["evidence"],
    }
    yield from pen.wrap(say(lang, "text.run", **facts))
    left = live["left_behind"]
    if left:
        yield from pen.wrap(say(lang, "run.left_records", n=integer(len(left), lang)), 0, "failed")
    for path in left:
        yield from pen.wrap(shortened(path), 2)


def _classes(report: Mapping[str, Any], lang: str, pen: Pen) -> Iterator[str]:
    yield from pen.heading(say(lang, "classes.heading"))
    for row in sections.class_matrix(report):
        standard = row["standard"]
        verdicts = ", ".join(
            f"{word(lang, 'class', name)}: {word(lang, 'verdict', verdict['verdict'])}"
            for name, verdict in zip(sections.CLASSES, row["verdicts"], strict=True)
            if verdict
        )
        yield from pen.wrap(f"{standard['id']} {standard['version']} – {verdicts}", 2)


def _failed(report: Mapping[str, Any], lang: str, pen: Pen) -> Iterator[str]:
    failed = sections.results_with(report, "failed")
    yield from pen.heading(f"{say(lang, 'failed.heading')} ({integer(len(failed), lang)})")
    if not failed:
        yield from pen.wrap(say(lang, "failed.none"), 2)
    for result in failed:
        yield from pen.wrap(f"✕ {_name(result, lang)}", 2, "failed")
        shown = by_cause(result["findings"]) if "live" in report else [[item] for item in result["findings"]]
        for number, alike in enumerate(shown[:SAMPLES]):
            yield from _finding(alike[0], lang, pen)
            yield from _exchanges(alike, number == 0, lang, pen)
        hidden = result["findings_count"] - min(len(shown), SAMPLES)
        if hidden > 0:
            yield from pen.wrap(say(lang, "text.hidden", n=integer(hidden, lang)), 6)
        if result["fix"]:
            yield from pen.wrap(f"{say(lang, 'finding.fix')} {in_language(result['fix'], lang)}", 6)
        if result["waiver"]:
            yield from pen.wrap(_waiver(result["waiver"], report, lang), 6)


def _name(result: Mapping[str, Any], lang: str) -> str:
    level, name = word(lang, "level", result["level"]), word(lang, "class", result["class"])
    return f"{result['requirement']} [{level}, {name}] {in_language(result['title'], lang)}"


def _finding(item: Mapping[str, Any], lang: str, pen: Pen) -> Iterator[str]:
    mark = f"[{word(lang, 'baseline', item['baseline'])}] " if "baseline" in item else ""
    yield from pen.wrap(f"{mark}{place(item['location'], lang)} – {in_language(item['message'], lang)}", 6)
    shown = [(side, item[side]) for side in ("expected", "found") if item[side] is not None]
    if shown:
        sides = (f"{say(lang, f'finding.{side}')}: {shortened(value, 120)}" for side, value in shown)
        yield from pen.wrap(" | ".join(sides), 8)
    if item["evidence"]["redacted"]:
        yield from pen.wrap(say(lang, "finding.redacted"), 8)


def _exchanges(alike: Sequence[Mapping[str, Any]], with_command: bool, lang: str, pen: Pen) -> Iterator[str]:
    """The numbers of the exchanges that a finding rests on, how many more are like it, one command."""
    exchanges = exchanges_of(alike[0])
    if not exchanges:
        return
    numbers = ", ".join(f"{e['number']} ({e['status'] or say(lang, 'exchange.no_answer')})" for e in exchanges)
    more = f" | {say(lang, 'finding.alike', n=integer(len(alike) - 1, lang))}" if len(alike) > 1 else ""
    yield from pen.wrap(f"{say(lang, 'text.exchanges')} {numbers}{more}", 8)
    if with_command:  # not wrapped, so that it can be copied
        yield pen.line(f"        {curl_of(exchanges[-1], lang)}")


def place(location: Mapping[str, Any], lang: str) -> str:
    """Where a finding is, in words: `data/line.jsonl, dòng 3, cột 41, bản ghi 3, /area_code`."""
    line, column = location["line"], location["column"]
    parts = [
        location["file"],
        line and say(lang, "place.line", n=line) + (say(lang, "place.column", n=column) if column else ""),
        location["record"] and say(lang, "place.record", n=location["record"]),
        location["pointer"],
    ]
    return ", ".join(part for part in parts if part) or say(lang, "place.whole")


def _unknown(report: Mapping[str, Any], lang: str, pen: Pen) -> Iterator[str]:
    unclear = sections.results_with(report, "cantTell")
    if unclear:
        yield from pen.heading(f"{say(lang, 'unclear.heading')} ({integer(len(unclear), lang)})")
    for result in unclear:
        why = f"{word(lang, 'cause', result['cause'])}. {in_language(result['reason'], lang)}"
        yield from pen.wrap(f"? {_name(result, lang)} – {why}", 2)
    untested = sections.not_tested(report)
    if untested:
        yield from pen.heading(f"{say(lang, 'untested.heading')} ({integer(len(untested), lang)})")
    for row in untested:
        yield from pen.wrap(f"○ {row['requirement'] or '–'} – {in_language(row['reason'], lang)}", 2)


def _waivers(report: Mapping[str, Any], lang: str, pen: Pen) -> Iterator[str]:
    if report["waivers"]:
        yield from pen.heading(say(lang, "waivers.heading"))
    for waiver in report["waivers"]:
        yield from pen.wrap(_waiver(waiver, report, lang), 2)


def _waiver(waiver: Mapping[str, Any], report: Mapping[str, Any], lang: str) -> str:
    state = "waiver.in_force" if sections.waiver_in_force(waiver, report["as_of"]) else "waiver.run_out"
    reason, expires = in_language(waiver["reason"], lang), moment(waiver["expires"], lang)
    head = f"{say(lang, 'waiver.heading')} {waiver['id']} ({say(lang, state)}): {reason}"
    return (
        f"{head} {say(lang, 'waiver.approved_by')}: {waiver['approved_by']}; {say(lang, 'waiver.expires')}: {expires}"
    )


def _density(report: Mapping[str, Any], lang: str, pen: Pen) -> Iterator[str]:
    series = sections.worst_first(report["timeliness"])
    if series:
        yield from pen.heading(say(lang, "density.heading"))
    for one in series[:SERIES]:
        name = one["dataset"] if one["series"] == "*" else f"{one['dataset']} {one['series']}"
        lag = f"{say(lang, 'column.lag_p95')} {duration(one['lag_p95_s'], lang)}"
        figures = f"CR {rate(one['cr'], lang)}, OTR {rate(one['otr'], lang)}, {lag}"
        yield from pen.wrap(f"{name} [{one['grade']}]: {figures}", 2)
    if len(series) > SERIES:
        yield from pen.wrap(say(lang, "text.more_series", n=integer(len(series) - SERIES, lang)), 2)


def _tail(report: Mapping[str, Any], lang: str, pen: Pen) -> Iterator[str]:
    counts = report["summary"]["counts"]
    yield from pen.heading(say(lang, "text.counts"))
    shown = (f"{integer(counts[name], lang)} {word(lang, 'outcome.short', name)}" for name in sections.OUTCOMES)
    yield from pen.wrap(" · ".join(shown), 2)
    yield ""
    for sentence in report["disclaimers"]:
        yield from pen.wrap(in_language(sentence, lang))
    key, number = sections.verdict_reason(report)
    yield ""
    yield from pen.wrap(say(lang, key, **{name: integer(value, lang) for name, value in number.items()}))
    yield verdict_line(report, lang, pen)


def verdict_line(report: Mapping[str, Any], lang: str, pen: Pen) -> str:
    """The last line of every text: `KẾT LUẬN: KHÔNG PHÙ HỢP – …`."""
    verdict = report["summary"]["verdict"]
    claims = {(s["id"], s["class"]) for s in report["standards"] if s["claimed"]}
    named = [
        f"{row['standard']} {row['version']} ({word(lang, 'class', row['class'])})"
        for row in report["verdicts"]
        if (row["standard"], row["class"]) in claims and row["verdict"] == verdict
    ]
    ruling = f"{say(lang, 'verdict.label').upper()} {word(lang, 'verdict', verdict)}"
    return pen.line(f"{ruling} – {', '.join(named)}" if named else ruling, verdict)
