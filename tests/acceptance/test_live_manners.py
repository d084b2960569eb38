"""What a live run does to a system: reads only unless it may write, leaves it as it was, keeps to its budget."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.reference_sut.running import Running, running
from tests.live import Run, run

FORM = ("--class", "standard", "--rate", "0")
READING = {"GET", "HEAD", "OPTIONS"}


@pytest.fixture(scope="module")
def city() -> Iterator[Running]:
    with running() as there:
        yield there


@pytest.fixture(scope="module")
def reading(city: Running, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(city.base_url, tmp_path_factory.mktemp("reading") / "out", *FORM, "--auth", city.auth_file)


def test_a_run_reads_only_unless_it_may_write(reading: Run) -> None:
    """But for two POSTs without a body, which ask whether methods that are not offered are refused, and for tokens."""
    others = [e["request"] for e in reading.exchanges if e["request"]["method"] not in READING]
    posts = [r for r in others if "/oauth/token" not in r["url"]]

    assert {r["method"] for r in others} == {"POST"}
    assert sorted(r["url"].rpartition("/")[2] for r in posts) == ["conformance", "status"]
    assert {r["body"]["size"] for r in posts} == {0}


def test_a_run_leaves_every_record_as_it_was(city: Running, reading: Run, tmp_path: Path) -> None:
    """Whether it may write or not, and when its budget ends in the midst of writing."""
    before = city.state()
    writing = run(city.base_url, tmp_path / "whole", *FORM, "--auth", city.auth_file, "--allow-writes")

    assert city.state() == before
    assert writing.report["live"]["left_behind"] == []

    created = [e["number"] for e in writing.exchanges if e.get("response", {}).get("status") == 201]
    words = ("--allow-writes", "--budget", str(created[2]))
    short = run(city.base_url, tmp_path / "short", *FORM, "--auth", city.auth_file, *words)

    assert len(short.exchanges) > created[2]
    assert city.state() == before
    assert short.report["live"]["left_behind"] == []


def test_a_spent_budget_is_inconclusive_and_says_so(city: Running, tmp_path: Path) -> None:
    made = run(city.base_url, tmp_path / "out", *FORM, "--auth", city.auth_file, "--budget", "200")

    assert (made.code, made.report["summary"]["verdict"]) == (3, "inconclusive")
    assert any("--budget" in reason for reason in made.reasons())
    assert made.report["live"]["requests"] == len(made.exchanges) == 200


def test_the_least_budget_is_inconclusive(city: Running, tmp_path: Path) -> None:
    made = run(city.base_url, tmp_path / "out", *FORM, "--auth", city.auth_file, "--budget", "1")

    assert (made.code, made.report["live"]["requests"]) == (3, 1)


def test_the_same_seed_sends_the_same_requests(city: Running, reading: Run, tmp_path: Path) -> None:
    """On an unchanged system; tags of pages hold its address."""
    digests = {
        seed: run(city.base_url, tmp_path / seed, *FORM, "--auth", city.auth_file, "--seed", seed).report["live"][
            "requests_digest"
        ]
        for seed in ("1", "2")
    }

    assert digests["1"] == reading.report["live"]["requests_digest"]
    assert digests["1"] != digests["2"]
