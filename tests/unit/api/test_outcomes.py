"""What comes of a test: a finding is a fault of the system, the unforeseen one of ours, and nothing passes unseen."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from validator.api.journal import FILE, Journal
from validator.api.outcomes import Needs, NotClaimed, Unknown
from validator.api.second_opinion import VALID, Opinion
from validator.api.session import Session
from validator.catalogue.load import find_standard
from validator.errors import UsageError
from validator.model.exchange import Answer, Call, Exchange
from validator.model.finding import Finding
from validator.model.result import Cause, Outcome

REQUIREMENT = next(r for r in find_standard("VSC-API").requirements if r.id == "VSC-API-R04")
TERMS = {"url": "https://city.example/vsc/v1", "seed": 1}
EXCHANGE = Exchange(1, Call("GET", "https://city.example"), Answer(200, (), b"{}"), None, "", datetime.now(UTC), 0.1)
ENTRY = {
    "number": 1, "started_at": "2026-11-26T00:00:00Z", "seconds": 0.1, "credential": None,
    "request": {"method": "GET", "url": "https://city.example", "headers": [], "body": {"size": 0}},
    "response": {"status": 200, "headers": [], "body": {"size": 2, "text": "{}"}},
}  # fmt: skip


def session(journal: Journal, opinion: str | None = None) -> Session:
    client = SimpleNamespace(sent=0)
    recorder = SimpleNamespace(entry=lambda _number: ENTRY, redactor=SimpleNamespace(text=str))
    judge = SimpleNamespace(of=lambda _exchange: Opinion(opinion))
    return Session(client, recorder, {}, [REQUIREMENT], journal, judge)  # type: ignore[arg-type]


@pytest.fixture
def running(tmp_path: Path) -> Session:
    return session(Journal(tmp_path / FILE, TERMS))


@pytest.mark.parametrize(
    ("fault", "outcome", "cause"),
    [
        (NotClaimed("live.not_writable"), Outcome.INAPPLICABLE, None),
        (Unknown("live.no_data"), Outcome.CANT_TELL, Cause.EVIDENCE),
        (Needs("VSC-API-R02"), Outcome.CANT_TELL, Cause.SKIPPED),
        (KeyError("a mistake of ours"), Outcome.CANT_TELL, Cause.ERROR),
        (None, Outcome.PASSED, None),
    ],
)
def test_how_a_test_ends_decides_its_outcome(
    running: Session, fault: Exception | None, outcome: Outcome, cause: Cause | None
) -> None:
    running.collector(REQUIREMENT.id, "test_R04_a").looked()

    settled = running.settle(REQUIREMENT.id, "test_R04_a", fault)

    assert (settled.outcome, settled.cause) == (outcome, cause)
    assert [(r.outcome, r.cause) for r in running.results()] == [(outcome, cause)]


def test_what_examined_nothing_does_not_pass(running: Session) -> None:
    running.collector(REQUIREMENT.id, "test_R04_a")

    assert running.settle(REQUIREMENT.id, "test_R04_a", None).cause is Cause.ERROR


def test_a_requirement_without_any_test_does_not_pass(running: Session) -> None:
    (result,) = running.results()

    assert (result.outcome, result.cause) == (Outcome.CANT_TELL, Cause.ERROR)


def test_a_finding_outweighs_whatever_comes_after(running: Session) -> None:
    find = running.collector(REQUIREMENT.id, "test_R04_a")
    for number in range(30):
        find("more_than_once", EXCHANGE, key=f"k{number}", found=2)

    running.settle(REQUIREMENT.id, "test_R04_a", KeyError("a mistake of ours"))
    (result,) = running.results()

    assert result.outcome is Outcome.FAILED
    assert result.findings_count == 30
    assert 0 < len(result.findings) <= 25
    assert result.findings[0].exchanges[0]["status"] == 200


def test_a_schema_finding_that_the_other_engine_denies_is_ours(tmp_path: Path) -> None:
    running = session(Journal(tmp_path / FILE, TERMS), VALID)
    find = running.collector(REQUIREMENT.id, "test_R04_a")
    find.looked()
    find.add(Finding(REQUIREMENT.id, "schema.type"), (EXCHANGE,), schema=True)

    assert running.settle(REQUIREMENT.id, "test_R04_a", None).cause is Cause.ERROR


def test_one_unsettled_test_keeps_the_requirement_from_passing(running: Session) -> None:
    for name, fault in (("test_R04_a", None), ("test_R04_b", Unknown("live.no_data"))):
        running.collector(REQUIREMENT.id, name).looked()
        running.settle(REQUIREMENT.id, name, fault)

    assert running.results()[0].outcome is Outcome.CANT_TELL


def test_a_stopped_run_goes_on_from_what_it_settled(tmp_path: Path) -> None:
    first = session(Journal(tmp_path / FILE, TERMS))
    find = first.collector(REQUIREMENT.id, "test_R04_a")
    find("more_than_once", EXCHANGE, key="k", found=2)
    first.settle(REQUIREMENT.id, "test_R04_a", None)
    with (tmp_path / FILE).open("a") as torn:
        torn.write('{"requirement": "VSC-')

    again = session(Journal(tmp_path / FILE, TERMS, resume=True))

    assert not again.wants(REQUIREMENT.id, "test_R04_a")
    assert again.wants(REQUIREMENT.id, "test_R04_b")
    assert again.results() == first.results()


@pytest.mark.parametrize("other", [{**TERMS, "seed": 2}, {**TERMS, "url": "https://other.example"}])
def test_a_run_on_other_terms_is_not_gone_on_with(tmp_path: Path, other: dict[str, object]) -> None:
    Journal(tmp_path / FILE, TERMS)

    with pytest.raises(UsageError):
        Journal(tmp_path / FILE, other, resume=True)


def test_the_journal_is_plain_json(tmp_path: Path) -> None:
    running = session(Journal(tmp_path / FILE, TERMS))
    running.collector(REQUIREMENT.id, "test_R04_a").looked()
    running.settle(REQUIREMENT.id, "test_R04_a", None)

    assert list(json.loads((tmp_path / FILE).read_text().splitlines()[0])) == ["terms"]


def test_a_test_whose_evidence_fails_us_does_not_vanish(running: Session) -> None:
    def fails(_exchange: Exchange) -> Opinion:
        raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")

    running.opinion = SimpleNamespace(of=fails)  # type: ignore[assignment]
    find = running.collector(REQUIREMENT.id, "test_R04_a")
    find("more_than_once", EXCHANGE, key="k", found=2)

    assert running.settle(REQUIREMENT.id, "test_R04_a", None).outcome is Outcome.FAILED
    assert [a.reason is not None for a in running.results()[0].assertions] == [True]
