"""What a whole run may cost: waiting, bytes, values, unanswered requests; and what its journal knows beforehand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.api.conftest import DrivenClock, Make
from tests.unit.api.servers import always, answer, serving
from validator.api.client import PatienceSpent, VolumeSpent
from validator.api.collector import LONGEST_SHOWN, Collector
from validator.api.journal import Journal
from validator.api.outcomes import Unknown
from validator.api.own import Own, OwnRecords, bears
from validator.api.pages import LARGEST, walk
from validator.api.sut import FAILURES_IN_A_ROW, FAILURES_IN_ALL, Sut
from validator.model.exchange import Answer, Call, Exchange, Failure

MARK = "9e3779b2"
PATH = f"/collections/c/items/lienthong-{MARK}"


def exchange(status: int | None, method: str = "GET", url: str = "http://a/", body: bytes = b"") -> Exchange:
    got = None if status is None else Answer(status, (), body)
    failure = None if status else Failure.TIMEOUT
    return Exchange(1, Call(method, url), got, failure, "", datetime.now(UTC), 0.0)


def sut(statuses: Callable[[str], int | None]) -> tuple[Sut, list[str]]:
    """A system whose answers are decided by the path; and the paths that were asked for."""
    asked: list[str] = []

    def send(method: str, target: str, **_: Any) -> Exchange:
        asked.append(target)
        return exchange(statuses(target.removeprefix("http://a")), method, target)

    context = SimpleNamespace(base="http://a", seed=1, standard=SimpleNamespace(id="VSC-API"))
    return Sut(SimpleNamespace(send=send), context), asked  # type: ignore[arg-type]


def test_a_system_that_has_gone_is_not_asked_again() -> None:
    there, asked = sut(lambda _path: None)
    for _ in range(FAILURES_IN_A_ROW):
        there.send("GET", "/x")
    for _ in range(20):
        with pytest.raises(Unknown, match=r"live\.system_gone"):
            there.send("GET", "/x")

    assert asked == ["http://a/x"] * FAILURES_IN_A_ROW + ["http://a/"]


def test_a_system_that_answers_elsewhere_is_asked_on_but_not_for_ever() -> None:
    there, asked = sut(lambda path: 200 if path == "/" else None)
    for _ in range(FAILURES_IN_ALL):
        there.send("GET", "/x")
    with pytest.raises(Unknown, match=r"live\.too_many_lost"):
        there.send("GET", "/x")

    assert asked.count("http://a/x") == FAILURES_IN_ALL


def test_what_is_not_sent_is_no_failure_of_the_system() -> None:
    there, _ = sut(lambda _path: 200)
    blocked = Exchange(1, Call("GET", "http://b/"), None, Failure.BLOCKED, "", datetime.now(UTC), 0.0)
    there.client.send = lambda *_given, **_more: blocked  # type: ignore[method-assign]

    assert {there.send("GET", "http://b/").failure for _ in range(50)} == {Failure.BLOCKED}


def test_waiting_has_an_end_in_all(make: Make, clock: DrivenClock) -> None:
    with serving(always(answer(b"", 503, retry_after="30"))) as server:
        client = make(server.base, clock=clock, waits=3, patience=100.0)
        client.send("GET", server.base)
        with pytest.raises(PatienceSpent):
            client.send("GET", server.base)

    assert clock.slept == [30.0] * 3


def test_bytes_have_an_end_in_all(make: Make) -> None:
    with serving(always(answer(b"x" * 1000))) as server:
        client = make(server.base, volume=1500)
        for _ in range(2):
            client.send("GET", server.base)
        with pytest.raises(VolumeSpent):
            client.send("GET", server.base)


def test_a_body_of_more_values_than_can_be_held_is_too_large(make: Make) -> None:
    with serving(always(answer(b"[" + b"{}," * 500_000 + b"{}]"))) as server:
        got = make(server.base, values=900_000).send("GET", server.base)

    assert (got.failure, got.detail) == (Failure.TOO_LARGE, "values")


def test_a_walk_ends_where_it_can_be_held_no_more() -> None:
    numbers = iter(range(1000))
    filler = b"x" * (LARGEST // 4)

    def page(_url: str) -> Exchange:
        link = b'"links": [{"rel": "next", "href": "?at=%d"}]' % next(numbers)
        return exchange(200, body=b'{"records": [{"a": "' + filler + b'"}], "numberMatched": 99, ' + link + b"}")

    with pytest.raises(Unknown, match=r"live\.too_much"):
        walk("http://a/", page)


def test_an_own_record_is_in_the_journal_before_it_is_sent(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "run.ndjson", {})
    seen: list[list[tuple[str, str]]] = []

    def send(method: str, path: str, **_: Any) -> Exchange:
        records.note(method, path)
        seen.append(list(Journal(tmp_path / "run.ndjson", {}, resume=True).written))
        got = exchange(204 if method == "DELETE" else 201, method)
        records.answered(got, path)
        return got

    records = OwnRecords(send, journal, "VSC-API", MARK)
    records.put(Own(PATH, {}))
    records.delete(Own(PATH, {}), headers={})

    assert seen == [[("VSC-API", PATH)]] * 2
    assert not Journal(tmp_path / "run.ndjson", {}, resume=True).written


def test_only_paths_with_the_mark_are_own() -> None:
    assert bears(PATH, MARK)
    assert not bears("/collections/c/items/tram-01", MARK)


def test_a_secret_that_would_be_cut_is_taken_out_before() -> None:
    secret = "canary-9f3b71c0d4"
    find = Collector("VSC-API-R03", lambda text: text.replace(secret, "*"))
    find("leak", found="x" * (LONGEST_SHOWN - 8) + secret)

    assert "canary" not in str(find.noted)
