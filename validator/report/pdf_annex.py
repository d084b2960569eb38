"""Blocks of the PDF for the file: data over time by grade of evidence, what a second tool saw, every single result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from validator.report.supporting import counts
from validator.report.visible import in_language
from validator.report.wording import integer, moment, rate, say, word

Block = dict[str, Any]
Row = Mapping[str, Any]


def timeliness(report: Row, lang: str) -> Iterator[Block]:
    """Of each timed requirement and dataset: the lowest grade of evidence, the whole window, the worst series."""
    named = sorted({(series["requirement"], series["dataset"]) for series in report["timeliness"]})
    if not named:
        return
    yield {"kind": "heading", "level": 2, "text": say(lang, "density.heading")}
    heads = [say(lang, f"column.{name}") for name in ("requirement", "dataset", "series", "grade", "window")]
    rows = [_timed(requirement, dataset, report["timeliness"], lang) for requirement, dataset in named]
    yield {
        "kind": "table", "caption": say(lang, "pdf.timeliness"), "heads": [*heads, "CR", "OTR"],
        "widths": [3, 3.6, 1.6, 2.2, 4.4, 1.6, 1.6], "rows": rows,
    }  # fmt: skip
    yield {"kind": "note", "text": say(lang, "density.grades")}


def _timed(requirement: str, dataset: str, every: Sequence[Row], lang: str) -> list[str]:
    own = [series for series in every if (series["requirement"], series["dataset"]) == (requirement, dataset)]
    begun, ended = min(s["window"]["from"] for s in own), max(s["window"]["to"] for s in own)
    worst = (min((s[share] for s in own if s[share] is not None), default=None) for share in ("cr", "otr"))
    window = f"{moment(begun, lang)} – {moment(ended, lang)}"
    lowest = min(s["grade"] for s in own)
    return [requirement, dataset, integer(len(own), lang), lowest, window, *(rate(share, lang) for share in worst)]


def supporting(report: Row, lang: str) -> Iterator[Block]:
    """What came from a tool of others, said to decide nothing; nothing where none was wanted."""
    second = (report.get("live") or {}).get("supporting")
    if second is None:
        return
    yield {"kind": "heading", "level": 2, "text": say(lang, "supporting.heading", tool=second["tool"])}
    yield {"kind": "text", "text": say(lang, "supporting.rule")}
    if second["reason"]:
        yield {"kind": "text", "text": in_language(second["reason"], lang)}
    if second["state"] != "not_run":
        yield {"kind": "note", "text": counts(second, lang)}
        total, kinds = integer(second["findings_count"], lang), integer(second["kinds_count"], lang)
        yield {"kind": "text", "text": say(lang, "supporting.count", n=total, kinds=kinds)}


def results(report: Row, lang: str) -> Iterator[Block]:
    """Every result of the report, in its order: what is met is on paper too."""
    yield {
        "kind": "heading",
        "level": 2,
        "text": f"{say(lang, 'pdf.results')} ({integer(len(report['results']), lang)})",
    }
    names = ("requirement", "title", "level", "class", "examined", "outcome")
    rows = [[r["requirement"], in_language(r["title"], lang), word(lang, "level", r["level"]),
             word(lang, "class", r["class"]), integer(r["examined"], lang), _outcome(r, lang)]
            for r in report["results"]]  # fmt: skip
    if rows:
        yield {
            "kind": "table", "caption": say(lang, "pdf.results_caption"),
            "heads": [say(lang, f"column.{name}") for name in names],
            "widths": [3, 5, 3.1, 1.9, 1.7, 2.6], "rows": rows,
        }  # fmt: skip


def _outcome(result: Row, lang: str) -> str:
    """The outcome; of what does not apply, why, as no other section tells that."""
    shown = word(lang, "outcome", result["outcome"])
    if result["outcome"] != "inapplicable" or not result["reason"]:
        return shown
    return f"{shown}: {in_language(result['reason'], lang)}"
