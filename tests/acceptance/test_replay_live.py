"""The bundle of a live run: the suites are run again from the record, without network, to the same digest."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fixtures.reference_sut.running import Running, running
from tests.kill.watched import watch_an_hour
from tests.replaying import call, change_line, change_report, flip, refusal, reseal
from validator.errors import EvidenceError

SEED = "9"
Change = Callable[[dict[str, Any]], None]


def recorded(there: Running, home: Path, *more: str | Path) -> Path:
    """The bundle, a folder, of a whole run on a server."""
    words: list[str | Path] = ["test", there.base_url, "--auth", there.auth_file, "--allow-writes", "--rate", "0"]
    words += ["--standard", "VSC-API", "--class", "advanced", "--seed", SEED, "--bundle", home / "bundle", *more]
    if there.ca_file is not None:
        words += ["--ca", there.ca_file, "--http-port", str(there.http_port)]
    ran = call(home, *words, network=True)
    assert ran.returncode in (0, 1, 3), ran.stderr
    return home / "bundle"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference server by TLS, watched for an hour, and what it must not give away."""
    home = tmp_path_factory.mktemp("sound")
    log, profile = home / "watch.log", home / "hour.yaml"
    profile.write_text("name: hour\nparameters: {VSC-API: {window_min_hours: 1}}\n")
    with running(tls=True) as there:
        watch_an_hour(there.base_url, there.auth_file, there.ca_file, True, log)
        bundle = recorded(there, home, "--watch-log", log, "--profile", profile)
        secrets = [p.read_text().strip() for p in there.auth_file.parent.glob("*secret*") if p.is_file()]
        (home / "secrets.json").write_text(json.dumps(secrets))
    return bundle


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with running("wrong_token_accepted") as there:
        return recorded(there, tmp_path_factory.mktemp("faulty"))


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    """A copy that may be spoilt."""
    return Path(shutil.copytree(sound, tmp_path / "bundle"))


def outcomes(bundle: Path) -> dict[str, str]:
    report = json.loads((bundle / "report.json").read_bytes())
    return {result["requirement"]: result["outcome"] for result in report["results"]}


def line_of(bundle: Path, matches: Callable[[dict[str, Any]], bool]) -> int:
    """The first line of the exchanges that matches, from 1."""
    lines = (bundle / "exchanges.ndjson").read_bytes().splitlines()
    return next(number for number, line in enumerate(lines, 1) if matches(json.loads(line)))


def test_a_sound_system_replays_without_network_to_the_same_digest(sound: Path, tmp_path: Path) -> None:
    report = json.loads((sound / "report.json").read_bytes())
    ran = call(tmp_path, "replay", sound, "--at-the-tool-lock", "--lang", "en")

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"SAME: every outcome and the report digest {report['digest']}" in ran.stdout
    assert "3 looks at the system's TLS" in ran.stdout
    assert set(outcomes(sound).values()) == {"passed"}


def test_a_faulty_system_replays_with_its_fault(faulty: Path, tmp_path: Path) -> None:
    ran = call(tmp_path, "replay", faulty, "--format", "json")
    made = json.loads(ran.stdout)

    assert (ran.returncode, made["differences"], made["now"] == made["then"]) == (0, [], True)
    assert [name for name, outcome in outcomes(faulty).items() if outcome == "failed"] == ["VSC-API-R07"]


def test_no_secret_is_in_a_bundle(sound: Path) -> None:
    secrets = json.loads((sound.parent / "secrets.json").read_text())
    kept = b"".join(path.read_bytes() for path in sound.rglob("*") if path.is_file())

    assert secrets
    assert [secret for secret in secrets if secret.encode() in kept] == []


def test_a_changed_byte_is_named_with_its_line(folder: Path, tmp_path: Path) -> None:
    for name in ("exchanges.ndjson", "run.ndjson", "sightings.ndjson"):
        content = (folder / name).read_bytes()
        place = len(content) // 2
        flip(folder / name, place)
        fault = refusal(folder, tmp_path / "scratch")
        assert fault is not None
        assert fault.params == {"member": name, "line": content.count(b"\n", 0, place) + 1}
        flip(folder / name, place)
    body = next((folder / "bodies").iterdir())
    flip(body, 100)
    fault = refusal(folder, tmp_path / "scratch")

    assert isinstance(fault, EvidenceError)
    assert fault.params == {"member": f"bodies/{body.name}"}


def test_an_answer_that_was_made_up_later_changes_the_outcome(faulty: Path, tmp_path: Path) -> None:
    """The system let a wrong token in; somebody makes a refusal of it, and seals the bundle again."""
    bundle = Path(shutil.copytree(faulty, tmp_path / "bundle"))
    failed = next(
        r for r in json.loads((bundle / "report.json").read_bytes())["results"] if r["requirement"] == "VSC-API-R07"
    )
    number = failed["findings"][0]["evidence"]["exchanges"][0]["number"]

    def refuse(entry: dict[str, Any]) -> None:
        entry["response"]["status"] = 401

    change_line(bundle / "exchanges.ndjson", line_of(bundle, lambda entry: entry["number"] == number), refuse)
    reseal(bundle)
    ran = call(tmp_path, "replay", bundle, "--lang", "en")

    assert ran.returncode == 5
    assert "DIFFERS VSC-API-R07 [finding]" in ran.stdout
    assert "live.evidence.sha256" in ran.stdout


def test_a_pass_that_was_written_over_a_failure_is_found_out(faulty: Path, tmp_path: Path) -> None:
    bundle = Path(shutil.copytree(faulty, tmp_path / "bundle"))

    def whiten(report: dict[str, Any]) -> None:
        for result in report["results"]:
            if result["outcome"] == "failed":
                result.update(outcome="passed", findings_count=0, findings=[])

    change_report(bundle, whiten)
    ran = call(tmp_path, "replay", bundle, "--lang", "vi")

    assert ran.returncode == 5
    assert "KHÁC VSC-API-R07 [kết quả] trước: passed | nay: failed" in ran.stdout


def test_an_exchange_that_was_taken_away_makes_its_test_cant_tell(folder: Path, tmp_path: Path) -> None:
    file = folder / "exchanges.ndjson"
    lines = file.read_bytes().splitlines(keepends=True)
    gone = max(n for n, line in enumerate(lines) if json.loads(line)["request"]["url"].endswith("/latest"))
    file.write_bytes(b"".join(lines[:gone] + lines[gone + 1 :]))
    reseal(folder)
    ran = call(tmp_path, "replay", folder, "--lang", "en")

    assert ran.returncode == 5
    assert "[outcome] then: passed | now: cantTell" in ran.stdout


def test_a_request_that_was_changed_is_named(folder: Path, tmp_path: Path) -> None:
    number = line_of(folder, lambda entry: "/items?" in entry["request"]["url"])

    def elsewhere(entry: dict[str, Any]) -> None:
        entry["request"]["url"] += "&limit=1"

    change_line(folder / "exchanges.ndjson", number, elsewhere)
    reseal(folder)
    ran = call(tmp_path, "replay", folder, "--lang", "en")

    assert ran.returncode == 5
    assert f"exchanges.ndjson cannot be read at line {number}" in ran.stderr


def test_what_was_seen_of_tls_is_judged_again(folder: Path, tmp_path: Path) -> None:
    lines = (folder / "sightings.ndjson").read_bytes().splitlines()
    number = next(n for n, line in enumerate(lines, 1) if json.loads(line)["what"] == "tls_versions")

    def old(entry: dict[str, Any]) -> None:
        entry["seen"]["TLSv1.0"] = True

    change_line(folder / "sightings.ndjson", number, old)
    reseal(folder)
    ran = call(tmp_path, "replay", folder, "--lang", "en")

    assert ran.returncode == 5
    assert "DIFFERS VSC-API-R01 [outcome]" in ran.stdout


def test_a_body_is_never_fetched_from_outside_the_bundle(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("[]")

    def outside(entry: dict[str, Any]) -> None:
        entry["response"]["body"].update(sha256="../../outside", cut_at=65536)

    change_line(folder / "exchanges.ndjson", 1, outside)
    reseal(folder)
    ran = call(tmp_path, "replay", folder, "--lang", "en")

    assert ran.returncode == 5
    assert "../../outside" in ran.stderr


def test_a_run_that_was_gone_on_with_is_not_bundled(tmp_path: Path) -> None:
    ran = call(tmp_path, "test", "http://127.0.0.1:1", "--out", "here", "--resume", "--bundle", "b", "--lang", "en")

    assert ran.returncode == 2
    assert "cannot be replayed as one" in ran.stderr
