"""What a second tool saw, as lines of plain text: apart from the results, and said to decide nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from validator.report.lines import Pen
from validator.report.visible import in_language, one_line, shortened
from validator.report.wording import integer, say

KINDS: Final = 10


def supporting_lines(report: Mapping[str, Any], lang: str, pen: Pen) -> Iterator[str]:
    """The section; nothing where no second tool was wanted."""
    second = (report.get("live") or {}).get("supporting")
    if second is None:
        return
    yield from pen.heading(say(lang, "supporting.heading", tool=second["tool"]))
    yield from pen.wrap(say(lang, "supporting.rule"), 2)
    if second["reason"]:
        yield from pen.wrap(in_language(second["reason"], lang), 2)
    if second["state"] != "not_run":
        yield from pen.wrap(counts(second, lang), 2)
        yield from _kinds(second, lang, pen)


def counts(second: Mapping[str, Any], lang: str) -> str:
    """Its name and version, its seed, and how much it sent and said."""
    figures = {"seconds": round(second["seconds"]), "requests": second["requests"]}
    figures |= {"unread": second["unread_lines"], "errors": second["errors_count"]}
    told = [say(lang, f"supporting.{name}", n=integer(n, lang)) for name, n in figures.items()]
    name = f"{second['tool']} {second['version'] or '–'}"
    return " · ".join([name, say(lang, "supporting.seed", seed=second["seed"]), *told])


def _kinds(second: Mapping[str, Any], lang: str, pen: Pen) -> Iterator[str]:
    total, kinds = integer(second["findings_count"], lang), integer(second["kinds_count"], lang)
    yield from pen.wrap(say(lang, "supporting.count", n=total, kinds=kinds), 2)
    for kind in second["findings"][:KINDS]:
        status = "–" if kind["status"] is None else kind["status"]
        line = f"{kind['check']} {kind['code']}: {kind['operation']} → {status} ({integer(kind['count'], lang)})"
        yield from pen.wrap(shortened(one_line(line), 200), 4)
    if second["kinds_count"] > KINDS:
        yield from pen.wrap(say(lang, "text.hidden", n=integer(second["kinds_count"] - KINDS, lang)), 4)
