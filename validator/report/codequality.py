"""The report as GitLab Code Quality JSON: an issue for each finding shown, and for what has no decision.

GitLab shows one issue per fingerprint, so each is unique in a report; they do not hold the line, so
that an issue stays the same one when lines move. It wants a path: a finding about no file, and every
one of a live run, stands at report.json.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from validator.report import sections
from validator.report.exchanges import exchanges_of
from validator.report.told import sample, summary, waiver_line
from validator.report.visible import all_visible, in_language, one_line

Row = Mapping[str, Any]

_SEVERITIES: Final = {"MUST": "major", "SHOULD": "minor", "MAY": "info"}
PREFIX: Final = "lienthong/"
_NO_FILE: Final = "report.json"


def render(report: Mapping[str, Any], lang: str = "vi") -> str:
    """The list of issues as JSON text."""
    seen: Counter[str] = Counter()
    issues = [
        *(issue for result in sections.results_with(report, "failed") for issue in _failed(result, seen, lang)),
        *(_open(result, seen, lang) for result in sections.results_with(report, "cantTell", "untested")),
    ]
    return json.dumps(all_visible(issues), ensure_ascii=False, indent=2) + "\n"


def _failed(result: Row, seen: Counter[str], lang: str) -> Iterator[dict[str, Any]]:
    waiver = f" – {waiver_line(result['waiver'], lang)}" if result["waiver"] else ""
    for finding in result["findings"] or [None]:
        text = sample(finding, lang) if finding else summary(result, lang)
        place = finding["location"] if finding and not exchanges_of(finding) else {}
        values = [finding[name] for name in ("message_id", "expected", "found")] if finding else []
        where = [place.get("file"), place.get("pointer")]
        yield _issue(result, text + waiver, place, [*where, *values], seen, lang)


def _open(result: Row, seen: Counter[str], lang: str) -> dict[str, Any]:
    return _issue(result, summary(result, lang), {}, [result["outcome"]], seen, lang)


def _issue(result: Row, text: str, place: Row, identity: list[Any], seen: Counter[str], lang: str) -> dict[str, Any]:
    content = json.dumps([result["requirement"], result["class"], *identity])
    mark = hashlib.sha256(content.encode()).hexdigest()[:32]
    seen[mark] += 1
    return {
        "description": one_line(f"{result['requirement']} {in_language(result['title'], lang)}: {text}"),
        "check_name": one_line(f"{PREFIX}{result['requirement']}"),
        "fingerprint": hashlib.sha256(f"{mark}:{seen[mark]}".encode()).hexdigest()[:32],
        "severity": _SEVERITIES.get(result["level"], "major"),
        "location": {
            "path": one_line(str(place.get("file") or _NO_FILE)),
            "lines": {"begin": place.get("line") or 1},
        },
    }
