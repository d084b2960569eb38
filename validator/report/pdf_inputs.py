"""Blocks of the PDF about what went into the run, how to verify it, and what the report is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from validator.report import live_run
from validator.report.visible import in_language
from validator.report.wording import integer, moment, say, word

Block = dict[str, Any]
Row = Mapping[str, Any]


def parameters(report: Row, lang: str) -> Iterator[Block]:
    """The numbers in force that could be others."""
    yield {"kind": "heading", "level": 2, "text": say(lang, "parameters.heading")}
    yield {"kind": "text", "text": say(lang, "parameters.rule")}
    if not report["parameters"]:
        return
    heads = [say(lang, "classes.standard"), *(say(lang, f"column.{n}") for n in ("parameter", "value", "basis"))]
    rows = [[p["standard"], p["name"], f"{_value(p['value'], lang)} {_unit(p['unit'])}".strip(),
             f"{word(lang, 'basis', p['basis'])}. {in_language(p['source'], lang)}"]
            for p in report["parameters"]]  # fmt: skip
    caption = say(lang, "parameters.caption")
    yield {"kind": "table", "caption": caption, "heads": heads, "widths": [2.4, 4, 3, 7], "rows": rows}


def _value(value: Any, lang: str) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return integer(value, lang) if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _unit(unit: str) -> str:
    """The unit, but for the 1 of what has none."""
    return "" if unit == "1" else unit


def inputs(report: Row, lang: str) -> Iterator[Block]:
    """Profiles and code lists in force, and the submission, by digest."""
    live = "live" in report
    yield {"kind": "heading", "level": 2, "text": say(lang, "files.heading_live" if live else "files.heading")}
    rows = [] if live else [[say(lang, "files.submission"), report["submission"]["sha256"]]]
    rows += [[f"{s['id']} {s['version']}", f"{s['sha256']} ({say(lang, 'column.legal_basis')}: "
              f"{moment(s['legal_basis_checked_on'], lang)})"] for s in report["standards"]]  # fmt: skip
    rows += [[f"{c['id']} {c['edition']}", c["sha256"]] for c in report["codelists"]]
    yield {"kind": "pairs", "rows": rows}
    if not live:
        files = report["submission"]["files"]
        total = integer(sum(file["bytes"] for file in files), lang)
        yield {"kind": "note", "text": say(lang, "pdf.files", n=integer(len(files), lang), bytes=total)}


def verify(report: Row, lang: str) -> Iterator[Block]:
    """What a reader can do to find out that nothing was changed, and to come to the same result."""
    yield {"kind": "heading", "level": 2, "text": say(lang, "verify.heading")}
    live = report.get("live")
    yield {"kind": "text", "text": f"{say(lang, 'verify.digest')} {report['digest']}"}
    yield {"kind": "text", "text": say(lang, "verify.read")}
    yield {"kind": "code", "text": "lienthong report render report.json --format html"}
    if live:
        yield {"kind": "text", "text": f"{say(lang, 'verify.evidence')} {live['evidence']['sha256']}"}
        yield {"kind": "text", "text": say(lang, "verify.again_live")}
        yield {"kind": "code", "text": live_run.command(report, lang)}
    else:
        yield {"kind": "text", "text": say(lang, "verify.again")}
        profile = f" --profile {report['profile']}" if report["profile"] else ""
        command = f"lienthong validate {say(lang, 'verify.a_submission')} --as-of {report['as_of']}{profile}"
        yield {"kind": "code", "text": command}
    yield {"kind": "note", "text": say(lang, "pdf.source")}


def disclaimers(report: Row, lang: str) -> Iterator[Block]:
    """What the report is and what it is not."""
    yield {"kind": "heading", "level": 2, "text": say(lang, "about.heading")}
    yield {"kind": "text", "text": say(lang, "about.word_live" if "live" in report else "about.word")}
    yield {"kind": "list", "items": [in_language(sentence, lang) for sentence in report["disclaimers"]]}
    yield {"kind": "note", "text": say(lang, "pdf.whole")}
