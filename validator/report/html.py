"""One self-contained page: verdict first, both languages inside, no script, no outside request.

Text of the subject reaches the page only through Jinja's autoescape, after `visible`. The page's
Content-Security-Policy allows its own style sheets, by their hashes, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from validator.report import exchanges, live_run, sections, wording
from validator.report.timeline import timeline
from validator.report.visible import in_language, one_line, shortened, visible

HERE = Path(__file__).resolve().parent / "templates"
SAMPLES_OPEN = 3
SAMPLES_MOST = 25
CHARTS_MOST = 12
_REPORT_ID = re.compile(r"urn:sha256:[0-9a-f]{64}")


def render(report: Mapping[str, Any], lang: str = "vi") -> str:
    """The page, opening in `lang`; a control at its top shows the other language."""
    styles = [_style_sheet(), _page_foot(str(report["report_id"]))]
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            lang=lang,
            title=_title(report, lang),
            styles=[Markup(style) for style in styles],  # noqa: S704 - ours, without subject text
            policy=_policy(styles),
            failed=sections.results_with(report, "failed"),
            unclear=sections.results_with(report, "cantTell"),
            untested=sections.not_tested(report),
            rest=sections.results_with(report, "passed", "inapplicable"),
            matrix=sections.class_matrix(report),
            why=sections.verdict_reason(report),
            series=sections.worst_first(report["timeliness"]),
            live=report.get("live"),
            anchors=sections.anchors(report),
        )
    )


def _title(report: Mapping[str, Any], lang: str) -> str:
    verdict = wording.word(lang, "verdict", report["summary"]["verdict"])
    return wording.say(lang, "page.title", verdict=verdict, name=report["submission"]["name"])


def _policy(styles: Sequence[str]) -> str:
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in styles)
    return f"default-src 'none'; style-src {hashes}; base-uri 'none'; form-action 'none'"


@cache
def _style_sheet() -> str:
    return (HERE / "report.css").read_text("utf-8")


def _page_foot(report_id: str) -> str:
    """Page rules for print: the report's id at the foot of every sheet."""
    shown = report_id if _REPORT_ID.fullmatch(report_id) else ""
    return f'@page{{@bottom-left{{content:"{shown}";font:7pt monospace;color:#444}}}}'


@cache
def _environment() -> Environment:
    """Templates beside this file; every printed value is made visible, then escaped."""
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value if isinstance(value, Markup) else visible(str(value)),
    )
    environment.globals.update(
        t=_translated,
        word=lambda kind, value: _both(lambda lang: wording.word(lang, kind, value)),
        timeline=timeline,
        moment=wording.moment,
        LANGUAGES=wording.LANGUAGES,
        in_force=sections.waiver_in_force,
        needed=sections.needed,
        tally=sections.tally,
        by_cause=exchanges.by_cause,
        exchanges_of=exchanges.exchanges_of,
        request_text=exchanges.request_text,
        response_text=exchanges.response_text,
        curl=lambda exchange: _both(lambda lang: exchanges.curl_of(exchange, lang)),
        seconds=live_run.seconds,
        command=lambda report: _both(lambda lang: live_run.command(report, lang)),
        SAMPLES_OPEN=SAMPLES_OPEN,
        SAMPLES_MOST=SAMPLES_MOST,
        CHARTS_MOST=CHARTS_MOST,
        CLASSES=sections.CLASSES,
        OUTCOMES=sections.OUTCOMES,
    )
    environment.filters.update(
        two=lambda value: _both(lambda lang: in_language(value, lang)),
        short=lambda value: shortened(str(value)),
        shell_word=lambda value: shlex.quote(one_line(str(value))),
        local=_written(lambda value, lang: wording.moment(live_run.local(value), lang)),
        **{name: _written(getattr(wording, name)) for name in ("integer", "rate", "thousandths", "duration", "moment")},
    )
    return environment


def _translated(key: str, **params: Any) -> Markup:
    return _both(lambda lang: wording.say(lang, key, **_numbers(params, lang)))


def _numbers(params: Mapping[str, Any], lang: str) -> dict[str, Any]:
    return {k: wording.integer(v, lang) if isinstance(v, int) else in_language(v, lang) for k, v in params.items()}


def _written(write: Callable[[Any, str], str]) -> Callable[[Any], Markup]:
    return lambda value: _both(lambda lang: write(value, lang))


def _both(in_lang: Callable[[str], str]) -> Markup:
    """The text in both languages, each marked; once and unmarked where they do not differ."""
    texts = {lang: escape(visible(in_lang(lang))) for lang in wording.LANGUAGES}
    if len(set(texts.values())) == 1:
        return texts["vi"]
    return Markup("").join(Markup('<span lang="{}">{}</span>').format(lang, text) for lang, text in texts.items())
