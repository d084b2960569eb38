"""Live runs that are stopped or killed: what they leave in the system and on the disk, and how they go on."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.reference_sut.running import Running, running
from tests.live import Child, Run, run, start
from validator.cli.main import main

OWN = "lienthong"
FORM = ("--class", "standard", "--rate", "0", "--allow-writes")


@pytest.fixture(scope="module")
def city() -> Iterator[Running]:
    with running() as there:
        yield there


@pytest.fixture(scope="module")
def undisturbed(city: Running, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(city.base_url, tmp_path_factory.mktemp("undisturbed") / "out", *FORM, "--auth", city.auth_file)


def own_records(city: Running) -> list[str]:
    return [name for records in city.state().values() for name in records if OWN in name.lower()]


def writing(city: Running, folder: Path) -> Child:
    """A run that has just written a record of its own, after some tests that are settled."""
    child = start(city.base_url, folder, *FORM, "--auth", city.auth_file)
    child.when(30, "run.ndjson")
    while child.process.poll() is None and not own_records(city):
        time.sleep(0.005)
    return child


def repeated(folder: Path) -> set[str]:
    """Tests that the journal has more than once."""
    entries = [json.loads(line) for line in (folder / "run.ndjson").read_text().splitlines()]
    names = [entry["assertion"]["name"] for entry in entries if "assertion" in entry]
    return {name for name in names if names.count(name) > 1}


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_run_takes_its_records_back_and_goes_on_to_the_same_results(
    number: int, code: int, city: Running, undisturbed: Run, tmp_path: Path
) -> None:
    before = city.state()
    child = writing(city, tmp_path / "out")
    stopped = child.end(number)

    assert (stopped.code, stopped.out) == (code, "")
    assert stopped.err.splitlines()[-1] == "Stopped on request; no report was written."
    assert city.state() == before
    assert not (tmp_path / "out" / "report.json").exists()
    with pytest.raises(ProcessLookupError):
        os.killpg(child.process.pid, 0)

    resumed = run(city.base_url, tmp_path / "out", *FORM, "--auth", city.auth_file, "--resume")

    assert resumed.code == undisturbed.code
    assert resumed.settled() == undisturbed.settled()
    assert repeated(tmp_path / "out") == set()
    assert city.state() == before


def test_a_killed_run_is_cleaned_up_after_by_the_one_that_goes_on(
    city: Running, undisturbed: Run, tmp_path: Path
) -> None:
    before = city.state()
    killed = writing(city, tmp_path / "out").end(signal.SIGKILL)

    assert killed.code == -signal.SIGKILL
    assert own_records(city)

    resumed = run(city.base_url, tmp_path / "out", *FORM, "--auth", city.auth_file, "--resume")

    assert resumed.settled() == undisturbed.settled()
    assert city.state() == before
    assert resumed.report["live"]["left_behind"] == []
    first = resumed.exchanges[[e["request"]["method"] for e in resumed.exchanges].index("DELETE")]
    assert OWN in first["request"]["url"].lower()


@pytest.mark.parametrize("other", [("--seed", "2"), ("--class", "basic"), ()], ids=["seed", "class", "permission"])
def test_a_run_goes_on_only_on_the_same_terms(
    other: tuple[str, ...], city: Running, undisturbed: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--class", "standard", "--auth", str(city.auth_file), "--out", str(undisturbed.folder), "--resume"]
    words += [*other, "--allow-writes"] if other else []
    kept = (undisturbed.folder / "run.ndjson").read_bytes()

    assert main(["test", city.base_url, *words, "--lang", "en"]) == 2
    assert "run.ndjson" in capsys.readouterr().err
    assert (undisturbed.folder / "run.ndjson").read_bytes() == kept


def test_another_system_is_not_gone_on_with(
    undisturbed: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running() as other:
        words = [*FORM, "--auth", str(other.auth_file), "--out", str(undisturbed.folder), "--resume"]

        assert main(["test", other.base_url, *words, "--lang", "en"]) == 2
    assert "url" in capsys.readouterr().err


@pytest.mark.parametrize("damage", [b"{", b"\xff\n", b'{"writing": 3}\n', b"[]\n"])
def test_a_damaged_journal_is_told(
    damage: bytes, city: Running, undisturbed: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only a torn last line is forgiven."""
    (tmp_path / "run.ndjson").write_bytes(damage)
    words = [*FORM, "--auth", str(city.auth_file), "--out", str(tmp_path), "--resume"]

    assert main(["test", city.base_url, *words, "--lang", "en"]) == 2
    assert "run.ndjson" in capsys.readouterr().err


def test_a_journal_that_was_tampered_with_removes_nothing_of_others(city: Running, tmp_path: Path) -> None:
    before = city.state()
    first = run(city.base_url, tmp_path / "out", *FORM, "--auth", city.auth_file, "--budget", "40")
    victim = f"/collections/core-reading/items/{next(iter(before['core-reading']))}"
    with (first.folder / "run.ndjson").open("a") as journal:
        journal.write(json.dumps({"writing": victim, "standard": "VSC-API"}) + "\n")
    run(city.base_url, tmp_path / "out", *FORM, "--auth", city.auth_file, "--resume", "--budget", "40")

    assert city.state() == before
