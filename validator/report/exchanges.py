"""Findings of a live run as a reader meets them: by root cause, with the requests and answers they rest on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from validator.report.visible import one_line, shortened
from validator.report.wording import say

Row = Mapping[str, Any]

BODY_MOST: Final = 2001  # an excerpt of the recorder's length and its ellipsis
CURL_MOST: Final = 4000
_COLLECTION = re.compile(r"/collections/[^/?#]+")
_INDEX = re.compile(r"/\d+(?=/|$)")
_NAMES: Final = ("property", "member")


def by_cause(findings: Sequence[Row]) -> list[list[Row]]:
    """Findings that say the same of the same collection or path stand together, known ones of a baseline apart,
    in the order of the first of each."""
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for finding in findings:
        groups.setdefault(_cause(finding), []).append(finding)
    return list(groups.values())


def _cause(finding: Row) -> tuple[Any, ...]:
    place = finding["location"]
    target = str(place["file"] or "").partition(" ")[2]
    collection = _COLLECTION.search(target)
    path = collection.group() if collection else re.split(r"[?#]", target)[0]
    names = [str(finding["params"].get(name)) for name in _NAMES]
    return finding.get("baseline"), finding["message_id"], path, _INDEX.sub("/*", place["pointer"] or ""), *names


def exchanges_of(finding: Row) -> Sequence[Row]:
    """The exchanges that a finding rests on, none for a finding in a file."""
    found: Sequence[Row] = finding["evidence"].get("exchanges", ())
    return found


def request_text(exchange: Row) -> str:
    """The request as text: its line, its header fields, an excerpt of its body."""
    return "\n".join(_message(f"{exchange['method']} {exchange['url']}", exchange, "request"))


def response_text(exchange: Row) -> str:
    """The answer as text, or why there was none."""
    first = exchange["failure"] if exchange["status"] is None else str(exchange["status"])
    return "\n".join(_message(str(first or "–"), exchange, "response"))


def _message(first: str, exchange: Row, side: str) -> Iterator[str]:
    yield one_line(shortened(first))
    for name, value in exchange[f"{side}_headers"]:
        yield one_line(shortened(f"{name}: {value}"))
    body = exchange[f"{side}_body"]
    if body is not None:
        yield ""
        yield shortened(body, BODY_MOST)


def curl_of(exchange: Row, lang: str) -> str:
    """The command that repeats a request, on one line; in its place where to find it when it is very long."""
    line = one_line(str(exchange["curl"]))
    return line if len(line) <= CURL_MOST else say(lang, "exchange.curl_too_long", number=str(exchange["number"]))
