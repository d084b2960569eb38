"""The report as a PDF to file and hand on: verdict first, then what failed and what is not known.

Of every requirement that is not met, its first samples; of the others, one line each. The whole of it
stays in report.json, whose id stands on every page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from validator.report import live_run, pdf_annex, sections
from validator.report.pdf_inputs import disclaimers, inputs, parameters, verify
from validator.report.pdf_results import failed, undecided, untested, waivers
from validator.report.typeset import typeset
from validator.report.visible import in_language, shortened
from validator.report.wording import duration, integer, moment, say, word

Block = dict[str, Any]
COMMUNES = 12


def render(report: Mapping[str, Any], lang: str = "vi") -> bytes:
    """The PDF in one language. Raises UsageError without typst, EngineError where it fails."""
    return typeset("report.typ", document(report, lang), datetime.fromisoformat(report["as_of"]))


def document(report: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """What the template sets: head, verdict and the blocks below it, all in words."""
    verdict = report["summary"]["verdict"]
    key, number = sections.verdict_reason(report)
    tool = f"{report['tool']['name']} {report['tool']['version']}"
    ruling = word(lang, "verdict", verdict)
    return {
        "lang": lang,
        "title": say(lang, "title"),
        "document_title": say(lang, "page.title", verdict=ruling, name=report["submission"]["name"]),
        "maker": tool,
        "id": report["report_id"],
        "page": say(lang, "pdf.page"),
        "end": say(lang, "page.end"),
        "verdict": {
            "kind": verdict,
            "label": say(lang, "verdict.label"),
            "word": ruling,
            "subject": report["submission"]["name"],
            "why": say(lang, key, **{name: integer(value, lang) for name, value in number.items()}),
            "counts": _counts(report, lang),
        },
        "blocks": list(_blocks(report, lang)),
    }


def _counts(report: Mapping[str, Any], lang: str) -> str:
    counts = report["summary"]["counts"]
    return " · ".join(f"{integer(counts[o], lang)} {word(lang, 'outcome.short', o)}" for o in sections.OUTCOMES)


def _blocks(report: Mapping[str, Any], lang: str) -> Iterator[Block]:
    yield {"kind": "heading", "level": 2, "text": say(lang, "subject.heading")}
    yield {"kind": "pairs", "rows": list(_scope(report, lang))}
    if "live" in report:
        yield {"kind": "heading", "level": 2, "text": say(lang, "run.heading")}
        yield {"kind": "pairs", "rows": list(_run(report["live"], lang))}
    yield from _classes(report, lang)
    yield from failed(report, lang)
    yield from undecided(report, lang)
    yield from untested(report, lang)
    yield from waivers(report, lang)
    yield from pdf_annex.timeliness(report, lang)
    yield from pdf_annex.supporting(report, lang)
    yield from pdf_annex.results(report, lang)
    yield from parameters(report, lang)
    yield from inputs(report, lang)
    yield from verify(report, lang)
    yield from disclaimers(report, lang)


def _scope(report: Mapping[str, Any], lang: str) -> Iterator[list[str]]:
    submission, none = report["submission"], say(lang, "not_stated")
    if "live" not in report:
        yield [say(lang, "subject.vendor"), _vendor(submission["vendor"], lang) or none]
        product = submission["product"] or {}
        yield [say(lang, "subject.product"), " ".join(str(value) for value in product.values()) or none]
        places = (_locality(place, lang) for place in submission["localities"])
        yield [say(lang, "subject.localities"), " – ".join(places) or none]
    yield [say(lang, "subject.as_of"), moment(report["as_of"], lang)]
    claims = (f"{s['id']} {s['version']} ({word(lang, 'class', s['class'])})" for s in _claimed(report))
    yield [say(lang, "subject.claims"), "; ".join(claims) or none]
    yield [say(lang, "subject.profile"), report["profile"] or say(lang, "subject.no_profile")]
    yield [say(lang, "subject.report_id"), report["report_id"]]


def _claimed(report: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [standard for standard in report["standards"] if standard["claimed"]]


def _vendor(vendor: Mapping[str, Any] | None, lang: str) -> str:
    if not vendor:
        return ""
    code = f" ({say(lang, 'subject.org_code')} {vendor['org_code']})" if "org_code" in vendor else ""
    more = [vendor[name] for name in ("address", "contact") if name in vendor]
    return "; ".join([f"{vendor['name']}{code}", *more])


def _locality(place: Mapping[str, Any], lang: str) -> str:
    codes = place["commune_codes"]
    shown = f"{say(lang, 'subject.province')} {place['province_code']}"
    if not codes:
        return shown
    more = " …" if len(codes) > COMMUNES else ""
    return f"{shown}; {say(lang, 'subject.communes', n=integer(len(codes), lang))}: {', '.join(codes[:COMMUNES])}{more}"


def _run(live: Mapping[str, Any], lang: str) -> Iterator[list[str]]:
    begun, ended = (moment(live_run.local(live[name]), lang) for name in ("started_at", "finished_at"))
    yield [say(lang, "run.url"), live["url"]]
    yield [say(lang, "run.when"), f"{begun} – {ended}, {duration(live_run.seconds(live), lang)}"]
    yield [say(lang, "run.seed"), str(live["seed"])]
    yield [say(lang, "run.requests"), integer(live["requests"], lang)]
    yield [say(lang, "run.requests_digest"), live["requests_digest"]]
    yield [say(lang, "run.writes"), say(lang, f"run.writes_{'allowed' if live['writes_allowed'] else 'refused'}")]
    left = live["left_behind"]
    records = say(lang, "run.left_records", n=integer(len(left), lang))
    paths = ", ".join(shortened(path, 120) for path in left[:COMMUNES])
    yield [say(lang, "run.left_behind"), f"{records} {paths}" if left else say(lang, "run.left_nothing")]
    roles = "; ".join(word(lang, "role", role) for role in live["roles"])
    yield [say(lang, "run.roles"), roles or say(lang, "run.no_roles")]
    yield [say(lang, "run.watch"), _watch(live["watch"], lang)]
    yield [say(lang, "run.evidence"), f"{live['evidence']['file']} SHA-256 {live['evidence']['sha256']}"]


def _watch(watch: Mapping[str, Any] | None, lang: str) -> str:
    if not watch:
        return say(lang, "run.no_watch")
    begun, ended = (moment(live_run.local(watch[name]), lang) for name in ("from", "to"))
    return f"{begun} – {ended}; {say(lang, 'run.probes', n=integer(watch['probes'], lang))}"


def _classes(report: Mapping[str, Any], lang: str) -> Iterator[Block]:
    yield {"kind": "heading", "level": 2, "text": say(lang, "classes.heading")}
    yield {"kind": "text", "text": say(lang, "classes.rule")}
    heads = [say(lang, "classes.standard"), *(word(lang, "class", name) for name in sections.CLASSES)]
    rows = [[_named(row["standard"], lang), *(_verdict(v, lang) for v in row["verdicts"])]
            for row in sections.class_matrix(report)]  # fmt: skip
    caption = say(lang, "classes.caption")
    yield {"kind": "table", "caption": caption, "heads": heads, "widths": [5, 3, 3, 3], "rows": rows}


def _named(standard: Mapping[str, Any], lang: str) -> str:
    state = say(lang, "classes.claimed" if standard["claimed"] else "classes.needed")
    at = f" {word(lang, 'class', standard['class'])}" if standard["claimed"] else ""
    return f"{standard['id']} {standard['version']} – {in_language(standard['title'], lang)} ({state}{at})"


def _verdict(verdict: Mapping[str, Any] | None, lang: str) -> str:
    if verdict is None:
        return say(lang, "classes.not_examined")
    counts = verdict["counts"]
    shown = (f"{integer(counts[o], lang)} {word(lang, 'outcome.short', o)}" for o in sections.OUTCOMES if counts[o])
    return f"{word(lang, 'verdict', verdict['verdict'])}: {', '.join(shown)}"
