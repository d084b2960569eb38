"""The report as a short Markdown page, for job summaries and comments on merge requests.

Every text of the report has the punctuation that could mean something as character references, and
stands in code elements or has its marks of mentions and references in such, so that it makes no
markup, link, mention or reference, on GitHub or GitLab. The page stays under the length that a
comment may have; what is left out is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from validator.report import sections
from validator.report.told import sample, summary, waiver_line
from validator.report.visible import in_language, one_line, shortened
from validator.report.wording import integer, moment, say, word

Row = Mapping[str, Any]

LONGEST: Final = 60_000
ROWS: Final = 40
SAMPLES: Final = 3
SHORT: Final = 300
_MARKUP: Final = re.compile(r"[!#$&*./:<>@\[\\\]^_`{|}~]")
_REFERENCE: Final = re.compile(r"&#(?:33|35|36|38|64|126);|&#58;(?=&#47;)")
_ID: Final = re.compile(r"urn:sha256:[0-9a-f]{64}")
_SIGNS: Final = {"conformant": "✅", "nonconformant": "❌"}


def render(report: Mapping[str, Any], lang: str = "vi") -> str:
    """The page; its first heading is the verdict in words."""
    lines = [
        *_head(report, lang),
        *_classes(report, lang),
        *_failed(report, lang),
        *_unclear(report, lang),
        *_waivers(report, lang),
    ]
    return _fitting(lines, lang) + "\n".join(["", *_foot(report, lang)]) + "\n"


def _fitting(lines: Sequence[str], lang: str) -> str:
    """As many whole lines as may be shown, and how many were left out."""
    kept: list[str] = []
    used = 0
    for line in lines:
        used += len(line) + 1
        if used > LONGEST:
            kept += ["", say(lang, "markdown.cut", n=integer(len(lines) - len(kept), lang)), ""]
            break
        kept.append(line)
    return "\n".join(kept) + "\n"


def code(text: Any) -> str:
    """Text of the subject, on one line and short, inert wherever it stands."""
    return f"<code>{_escaped(text, SHORT)}</code>"


def prose(text: Any) -> str:
    """A sentence of the report, inert: the marks that begin mentions and references stand in code elements."""
    return _REFERENCE.sub(lambda mark: f"<code>{mark.group()}</code>", _escaped(text, 400))


def _escaped(text: Any, longest: int) -> str:
    plain = shortened(one_line(str(text)), longest)
    return _MARKUP.sub(lambda mark: f"&#{ord(mark.group())};", plain)


def _head(report: Row, lang: str) -> Iterator[str]:
    verdict = report["summary"]["verdict"]
    known = verdict if verdict in ("conformant", "nonconformant", "inconclusive") else "inconclusive"
    yield f"## {_SIGNS.get(known, '❔')} {say(lang, 'title')}: {word(lang, 'verdict', known)}"
    yield ""
    key, number = sections.verdict_reason(report)
    yield say(lang, key, **{name: integer(value, lang) for name, value in number.items()})
    yield ""
    subject = say(lang, "text.system" if "live" in report else "text.submission")
    yield f"- {subject} {code(report['submission']['name'])}"
    yield f"- {say(lang, 'text.as_of')} {code(moment(report['as_of'], lang))}"
    counts = report["summary"]["counts"]
    shown = (f"{integer(counts[name], lang)} {word(lang, 'outcome.short', name)}" for name in sections.OUTCOMES)
    yield f"- {say(lang, 'text.counts')}: {' · '.join(shown)}"
    yield ""


def _classes(report: Row, lang: str) -> Iterator[str]:
    names = [word(lang, "class", name) for name in sections.CLASSES]
    yield f"| {' | '.join([say(lang, 'classes.standard'), *names])} |"
    yield "|---" * (len(names) + 1) + "|"
    for row in sections.class_matrix(report)[:ROWS]:
        name = code(f"{row['standard']['id']} {row['standard']['version']}")
        yield f"| {' | '.join([name, *(_cell(verdict, lang) for verdict in row['verdicts'])])} |"
    yield ""


def _cell(verdict: Row | None, lang: str) -> str:
    if verdict is None:
        return say(lang, "classes.not_examined")
    known = verdict["verdict"] in ("conformant", "nonconformant", "inconclusive")
    return word(lang, "verdict", verdict["verdict"]) if known else code(verdict["verdict"])


def _failed(report: Row, lang: str) -> Iterator[str]:
    failed = sections.results_with(report, "failed")
    yield f"### {say(lang, 'failed.heading')} ({integer(len(failed), lang)})"
    yield ""
    if not failed:
        yield say(lang, "failed.none")
    for result in failed[:ROWS]:
        yield f"- {_name(result, lang)} – {prose(summary(result, lang))}"
        for finding in result["findings"][:SAMPLES]:
            yield f"  - {code(sample(finding, lang))}"
        if result["fix"]:
            yield f"  - {say(lang, 'finding.fix')} {prose(in_language(result['fix'], lang))}"
        if result["waiver"]:
            yield f"  - {code(waiver_line(result['waiver'], lang))}"
    if len(failed) > ROWS:
        yield f"- {say(lang, 'markdown.more', n=integer(len(failed) - ROWS, lang))}"
    yield ""


def _name(result: Row, lang: str) -> str:
    level, name = word(lang, "level", result["level"]), word(lang, "class", result["class"])
    return f"{code(result['requirement'])} ({prose(f'{level}, {name}')}) {prose(in_language(result['title'], lang))}"


def _unclear(report: Row, lang: str) -> Iterator[str]:
    unclear = sections.results_with(report, "cantTell", "untested")
    if not unclear:
        return
    yield f"### {say(lang, 'unclear.heading')} ({integer(len(unclear), lang)})"
    yield ""
    for result in unclear[:ROWS]:
        yield f"- {_name(result, lang)} – {prose(summary(result, lang))}"
    if len(unclear) > ROWS:
        yield f"- {say(lang, 'markdown.more', n=integer(len(unclear) - ROWS, lang))}"
    yield ""


def _waivers(report: Row, lang: str) -> Iterator[str]:
    if report["waivers"]:
        yield f"### {say(lang, 'waivers.heading')}"
        yield ""
    for waiver in report["waivers"][:ROWS]:
        state = word(lang, "waiver.state", waiver["state"]) if "state" in waiver else "–"
        yield f"- {code(waiver_line(waiver, lang))} – {code(state)}"
    if report["waivers"]:
        yield ""


def _foot(report: Row, lang: str) -> Iterator[str]:
    for sentence in report["disclaimers"][:4]:
        yield f"> {prose(in_language(sentence, lang))}"
    identity = str(report["report_id"])
    shown = f"`{identity}`" if _ID.fullmatch(identity) else code(identity)
    tool = code(f"{report['tool']['name']} {report['tool']['version']}")
    yield ""
    yield f"{say(lang, 'subject.report_id')}: {shown} · {tool}"
