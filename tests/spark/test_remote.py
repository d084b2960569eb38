"""Submissions that a URL names: a folder, or an object store on this machine's loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from fixtures.sample_city.faulty import FAULTY
from validator.cli.main import main
from validator.cli.validate import parse_moment
from validator.errors import UsageError
from validator.observe import remote
from validator.observe.remote import Source, remote_submission
from validator.observe.submission import folder_submission
from validator.resources import data_folder
from validator.run import Options, validate

EXAMPLES = data_folder("standards") / "env" / "1.0" / "examples"
CITY = data_folder("fixtures") / "submissions" / FAULTY
AS_OF = parse_moment("2026-11-23T09:00:00+07:00")


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """The query of a URL that leads to an object store with the submissions in its bucket."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    client = boto3.client("s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1")
    client.create_bucket(Bucket="data")
    for name, folder in (("json", EXAMPLES / "json"), ("csv", EXAMPLES / "csv"), (FAULTY, CITY)):
        for path in folder.rglob("*"):
            if path.is_file():
                client.upload_file(str(path), "data", f"{name}/{path.relative_to(folder)}")
    yield f"?endpoint_override={host}:{port}&scheme=http&region=us-east-1"
    client.close()
    server.stop()


def digest(given: Path | str, engine: str) -> str:
    return str(validate(given, Options(as_of=AS_OF, engine=engine))["digest"])


@pytest.mark.parametrize("engine", ["local", "spark"])
def test_a_folder_by_its_url_is_that_folder(engine: str, session: Any) -> None:
    assert digest((EXAMPLES / "json").as_uri(), engine) == digest(EXAMPLES / "json", "local")


@pytest.mark.parametrize("engine", ["local", "spark"])
@pytest.mark.parametrize("name", ["json", "csv"])
def test_an_object_store_gives_the_same_report(name: str, engine: str, store: str, session: Any) -> None:
    assert digest(f"s3://data/{name}{store}", engine) == digest(EXAMPLES / name, "local")


def test_findings_in_an_object_store_have_their_places(store: str, session: Any) -> None:
    assert digest(f"s3://data/{FAULTY}{store}", "spark") == digest(CITY, "local")


def test_data_files_are_not_fetched_by_whoever_asks(
    store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[str] = []
    fetch = Source.fetch
    monkeypatch.setattr(
        Source, "fetch", lambda self, name, target: (fetched.append(name), fetch(self, name, target))[1]
    )

    submission = remote_submission(Source(f"s3://data/{FAULTY}{store}"), tmp_path)

    assert not {seen.name for seen in submission.files} & set(fetched)
    assert "manifest.json" in fetched


def test_digests_complete_a_submission_as_if_it_had_lain_here(store: str, tmp_path: Path) -> None:
    here = folder_submission(CITY, FAULTY)
    there = remote_submission(Source(f"s3://data/{FAULTY}{store}"), tmp_path)

    assert remote.with_digests(there, {seen.name: seen.sha256 for seen in here.files}).sha256 == here.sha256


def test_what_stands_around_a_record_is_read_alone(store: str) -> None:
    text = (CITY / "budget" / "line.jsonl").read_bytes()
    offset = text.index(b"\n") + 1

    around, at = Source(f"s3://data/{FAULTY}{store}").around("budget/line.jsonl", offset)

    assert around[at:].startswith(text[offset : offset + 100])


def test_a_url_with_credentials_is_refused_and_not_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "s3://key:very-secret@bucket/data", "--lang", "en"]) == 2
    assert "very-secret" not in "".join(capsys.readouterr())


def test_an_object_store_without_a_manifest_is_a_usage_error(store: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"usage\.no_manifest"):
        remote_submission(Source(f"s3://data/nothing{store}"), tmp_path)


def test_a_path_may_not_lead_out_of_the_url(store: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"usage\.path_escape"):
        Source(f"s3://data/json{store}").fetch("../csv/manifest.json", tmp_path / "stolen")
