"""What an error answer must be: the right status, problem details (RFC 9457), nothing of the inside."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from validator.api.capability import parsed
from validator.api.collector import Collector
from validator.model.exchange import Exchange

PROBLEM: Final = "application/problem+json"
MEMBERS: Final[Mapping[str, type]] = {"type": str, "title": str, "status": int, "detail": str}
LEAKS: Final[Mapping[str, re.Pattern[str]]] = {
    "stack": re.compile(
        r"Traceback \(most recent call last\)|\bat [\w$.<>]+\([\w$]+\.(java|kt|cs|js|ts):\d+\)"
        r"|File \"[^\"]+\", line \d+|\bat [\w$.]+ in [^\n]+:line \d+|goroutine \d+ \["
        r"|\.(py|rb|php|go|js):\d+:in\b|#\d+ /[^\s]+\.php\(\d+\)"
    ),
    "sql": re.compile(
        r"\bSELECT\b.{1,300}\bFROM\b|\bINSERT INTO\b|\bUPDATE\b.{1,300}\bSET\b|(?i:select \*|sqlstate)|ORA-\d{5}"
        r"|syntax error at or near|"
        r"\b(sqlite3|psycopg2?|pymysql|asyncpg)\.|java\.sql\.|no such (table|column):",
        re.DOTALL,
    ),
    "path": re.compile(
        r"(?<![\w/:.])/(usr|home|var|opt|srv|root|etc|app|tmp|work)/[\w.\-]+|\b[A-Za-z]:\\\\?[\w.\-]+\\"
    ),
}


def judge_problem(
    find: Collector, exchange: Exchange, statuses: Collection[int], case: str, *, body: bool = True
) -> bool:
    """Notes everything wrong with an answer that should be an error of one of these statuses; whether it is right.
    Without `body` the status alone is judged: what errors say is another requirement's."""
    before = find.count
    find.looked()
    answer = exchange.answer
    if answer is None:
        find("no_answer", exchange, case=case, found=f"{exchange.failure}: {exchange.detail}")
        return False
    if answer.status not in statuses:
        expected = " | ".join(map(str, sorted(statuses)))
        find("wrong_status", exchange, case=case, expected=expected, found=answer.status)
    if body and answer.status >= 400:
        _judge_body(find, exchange, case)
    return find.count == before


def _judge_body(find: Collector, exchange: Exchange, case: str) -> None:
    answer = exchange.answer
    assert answer is not None
    for inside, excerpt in leaks(answer.body):
        find("leak", exchange, case=case, kind=inside, found=excerpt)
    if exchange.call.method == "HEAD":
        return
    document = parsed(exchange)
    if answer.media_type != PROBLEM:
        find("not_problem", exchange, case=case, expected=PROBLEM, found=answer.media_type or "∅")
    if not isinstance(document, Mapping):
        find("no_problem_body", exchange, case=case, found=len(answer.body))
        return
    for name, kind in MEMBERS.items():
        value = document.get(name)
        if not isinstance(value, kind) or value == "":
            find("problem_member", exchange, case=case, pointer=f"/{name}", member=name, found=value)
    stated = document.get("status")
    if isinstance(stated, int) and stated != answer.status:
        find("problem_status", exchange, case=case, pointer="/status", expected=answer.status, found=stated)


def leaks(body: bytes) -> Iterator[tuple[str, str]]:
    """(kind, excerpt) of what a body shows of the system's inside."""
    text = body.decode("utf-8", "replace").replace('\\"', '"').replace("\\n", "\n")
    for kind, pattern in LEAKS.items():
        found = pattern.search(text)
        if found:
            yield kind, found.group()[:120]
