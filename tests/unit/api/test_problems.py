"""What an error answer may be, and what it may show."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from validator.api.collector import Collector
from validator.api.problems import PROBLEM, judge_problem, leaks
from validator.model.exchange import Answer, Call, Exchange, Failure

GOOD = {"type": "about:blank", "title": "Không tìm thấy", "status": 404, "detail": "Không có bản ghi này."}


def answered(body: object, status: int = 404, media: str = PROBLEM) -> Exchange:
    raw = json.dumps(body).encode() if not isinstance(body, bytes) else body
    answer = Answer(status, (("Content-Type", media),), raw)
    return Exchange(1, Call("GET", "https://city.example/x"), answer, None, "", datetime.now(UTC), 0)


def told(exchange: Exchange) -> list[str]:
    find = Collector("VSC-API-R03")
    judge_problem(find, exchange, (404,), "case")
    return [noted.finding.message_id.rpartition(".")[2] for noted in find.noted]


def test_a_right_problem_raises_nothing() -> None:
    assert told(answered(GOOD)) == []
    assert told(answered({**GOOD, "more": 1}, media="application/problem+json; charset=utf-8")) == []


@pytest.mark.parametrize(
    ("exchange", "message"),
    [
        (answered(GOOD, media="application/json"), "not_problem"),
        (answered({**GOOD, "status": 400}), "problem_status"),
        (answered({n: v for n, v in GOOD.items() if n != "title"}), "problem_member"),
        (answered({**GOOD, "detail": 'File "app/db.py", line 3'}), "leak"),
        (answered(b"<html>"), "no_problem_body"),
        (answered({}, 200), "wrong_status"),
        (Exchange(1, Call("GET", "x"), None, Failure.TIMEOUT, "", datetime.now(UTC), 0), "no_answer"),
    ],
)
def test_a_fault_is_told(exchange: Exchange, message: str) -> None:
    assert told(exchange) == [message]


@pytest.mark.parametrize(
    "text",
    [
        "Traceback (most recent call last):", "at vn.city.Api.get(Api.java:42)", "SELECT id FROM reading WHERE",
        "ORA-00942", "SQLSTATE[42S02]", "/var/www/app/index.php", "C:\\inetpub\\app", "sqlite3.OperationalError",
    ],
)  # fmt: skip
def test_the_inside_is_recognised(text: str) -> None:
    assert list(leaks(text.encode()))


@pytest.mark.parametrize(
    "text",
    [
        "Không có bản ghi này trong bộ dữ liệu.", "https://city.example/usr/docs", "Select a value from the list.",
        "/vsc/v1/collections/a/items", "limit must be between 1 and 10000", "urn:vsc:api:problem:not-found",
    ],
)  # fmt: skip
def test_common_words_are_no_leak(text: str) -> None:
    assert list(leaks(text.encode())) == []
