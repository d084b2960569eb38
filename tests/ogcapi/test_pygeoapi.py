"""A server that others wrote: pygeoapi over made-up places, asked by `lienthong test` (tox -e ogcapi)."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

FIXTURE = Path(__file__).parents[2] / "fixtures" / "ogcapi"
SECONDS_TO_START = 60
REQUIREMENT = "VSC-GEO-R09"
DEFECTS = {
    "test_R09_features_are_geojson": {"media_type"},
    "test_R09_bbox_over_the_antimeridian": {"selected_too_few"},
    "test_R09_bbox_of_six_numbers": {"filter_broken"},
    "test_R09_datetime_selects_what_it_should": {"selected_too_many"},
    "test_R09_wrong_parameters_are_refused": {"not_refused"},
}
"""What pygeoapi 0.21.0 does against the text, each judged in docs/pygeoapi.md."""


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    scratch = tmp_path_factory.mktemp("pygeoapi")
    port = free_port()
    settings = {
        **os.environ,
        "PYGEOAPI_CONFIG": str(FIXTURE / "pygeoapi.yml"),
        "PYGEOAPI_OPENAPI": str(scratch / "openapi.json"),
        "PYGEOAPI_PORT": str(port),
    }
    generate = ["openapi", "generate", str(FIXTURE / "pygeoapi.yml"), "--format", "json", "--output-file"]
    command = [str(Path(sys.executable).with_name("pygeoapi")), *generate, settings["PYGEOAPI_OPENAPI"]]
    subprocess.run(command, cwd=FIXTURE, env=settings, check=True, timeout=SECONDS_TO_START, capture_output=True)
    serve = [sys.executable, "-m", "flask", "--app", "pygeoapi.flask_app:APP", "run", "--port", str(port)]
    with (scratch / "log").open("wb") as log:
        server = subprocess.Popen(serve, cwd=FIXTURE, env=settings, stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{port}/conformance", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=SECONDS_TO_START)


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail("pygeoapi did not start")


@pytest.fixture(scope="module")
def result(address: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("report")
    command = [sys.executable, "-m", "validator", "test", address, "--standard", "VSC-GEO", "--out", str(folder)]
    ended = subprocess.run([*command, "--format", "json"], timeout=300, capture_output=True, check=False)
    assert ended.returncode == 1, ended.stderr.decode()
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return next(r for r in report["results"] if r["requirement"] == REQUIREMENT)


def test_its_defects_are_found_and_nothing_else(result: dict[str, Any]) -> None:
    failed = {a["name"] for a in result["assertions"] if a["outcome"] == "failed"}
    told = {finding["message_id"].rpartition(".")[2] for finding in result["findings"]}

    assert failed == set(DEFECTS)
    assert told == set().union(*DEFECTS.values())


def test_what_it_does_right_passes(result: dict[str, Any]) -> None:
    rest = {a["name"]: a["outcome"] for a in result["assertions"] if a["name"] not in DEFECTS}

    assert len(rest) == 16
    assert rest.pop("test_R09_unknown_parameter_is_refused") == "inapplicable"
    assert set(rest.values()) == {"passed"}
