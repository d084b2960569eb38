"""`lienthong watch` as a user calls it, against a server on the loopback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.watching import DATASETS, lines_of
from validator.api.chain import read_chain
from validator.cli.main import main

SECRET = "do-not-write-me-down"


class Handler(BaseHTTPRequestHandler):
    """A small system; `purse` needs a key, which its tag then gives away."""

    failing = False

    def do_GET(self) -> None:
        known = self.headers.get("X-API-Key") == SECRET
        if type(self).failing:
            return self.say(503, {}, "")
        if self.path == "/v1/collections":
            rows = [{"id": k, "dataset": v, "access": "public"} for k, v in DATASETS.items()]
            rows.append({"id": "purse", "dataset": "X", "access": "protected"})
            return self.say(200, {"collections": rows}, "")
        if self.path == "/v1/status":
            return self.say(200, {"datasets": [{"collection": "air", "last_success": f"key {SECRET}"}]}, "")
        if "purse" in self.path and not known:
            return self.say(401, {}, "")
        return self.say(200, {"records": [{"hour": "2026-11-25T16:00:00Z"}]}, SECRET if known else "v1")

    def say(self, status: int, value: Any, tag: str) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if tag:
            self.send_header("ETag", f'"{tag}"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def url() -> Iterator[str]:
    Handler.failing = False
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
        thread.join()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "watch.ndjson"


def test_a_watch_ends_with_a_summary_and_its_log_verifies(
    url: str, log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["watch", url, "--log", str(log), "--interval", "1", "--duration", "1s", "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert "Availability: 100% (2 of 2 probes answered whole)." in said
    assert "p95 0.0" in said

    assert main(["watch", "--verify", str(log), "--lang", "en"]) == 0
    assert f"{log} is whole: 5 lines, watching {url}.\n{said}" == capsys.readouterr().out


def test_a_changed_log_is_named_with_its_line(url: str, log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["watch", url, "--log", str(log), "--interval", "1", "--duration", "1s"])
    log.write_bytes(log.read_bytes().replace(b'"status":200', b'"status":204', 1))
    capsys.readouterr()

    assert main(["watch", "--verify", str(log), "--lang", "en"]) == 5
    assert f"{log}, line 3: the line was changed" in capsys.readouterr().err
    assert main(["watch", url, "--log", str(log), "--interval", "1", "--lang", "vi"]) == 5
    assert "dòng 3: dòng này đã bị sửa" in capsys.readouterr().err


def test_no_secret_gets_into_the_log(
    url: str, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CITY_KEY", SECRET)
    (tmp_path / "auth.toml").write_text('[main]\nkind = "api_key"\nkey = {env = "CITY_KEY"}\n')
    auth = ["--auth", str(tmp_path / "auth.toml")]

    assert main(["watch", url, "--log", str(log), "--interval", "1", "--duration", "2s", *auth]) == 0
    chain = read_chain(log, dict)
    assert [one["id"] for one in chain.header["collections"]] == ["air", "count", "purse"]
    assert [line["requests"][1]["status"] for line in chain.lines if line["kind"] == "probe"] == [200, 200, 200]
    assert SECRET.encode() not in log.read_bytes()
    assert b"[redacted:" in log.read_bytes()
    assert SECRET not in "".join(capsys.readouterr())


def test_a_system_that_never_answers_is_inconclusive(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["watch", "http://127.0.0.1:9/v1", "--log", str(log), "--lang", "en"]) == 3
    assert "gave no answer to begin from (refused)" in capsys.readouterr().err


@pytest.mark.parametrize(
    "call",
    [
        [],
        ["http://city.example"],
        ["--log", "x"],
        ["http://city.example", "--verify", "x"],
        ["--verify", "absent"],
        ["ftp://city.example", "--log", "x"],
        ["http://me:hidden@city.example", "--log", "x"],
        ["http://city.example/?token=hidden", "--log", "x"],
        ["http://city.example", "--log", "x", "--duration", "soon"],
        ["http://city.example", "--log", "x", "--duration", "0s"],
        ["http://city.example", "--log", "x", "--interval", "0"],
        ["http://city.example", "--log", "x", "--allow-network", "everything"],
        ["http://192.168.7.7", "--log", "x"],
    ],
)
def test_a_wrong_call_is_told_in_a_line_and_writes_nothing(
    call: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(["watch", *call, "--lang", "en"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("Error: ")
    assert said.count("\n") == 1
    assert "hidden" not in said
    assert [path for path in tmp_path.iterdir() if path.stat().st_size] == []


def start(url: str, log: Path, *more: str, interval: str = "1") -> subprocess.Popen[str]:
    call = [sys.executable, "-m", "validator", "watch", url, "--log", str(log), "--interval", interval, *more]
    child = subprocess.Popen(
        call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "LIENTHONG_LANG": "en"}
    )
    deadline = time.monotonic() + 30
    # The second probe too: a signal in the middle of writing the first would take it back.
    while log.read_bytes().count(b'"status":200') < 3 if log.exists() else True:
        assert time.monotonic() < deadline
        assert child.poll() is None
        time.sleep(0.05)
    return child


@pytest.mark.parametrize(
    ("number", "more", "code"),
    [(signal.SIGINT, (), 0), (signal.SIGTERM, (), 0), (signal.SIGTERM, ("--duration", "1h"), 143)],
)
def test_a_signal_ends_a_watch_in_order(url: str, log: Path, number: int, more: tuple[str, ...], code: int) -> None:
    child = start(url, log, *more, interval="2")
    child.send_signal(number)
    out, err = child.communicate(timeout=20)

    assert (child.returncode, err) == (code, ""), out
    assert "Availability: 100%" in out
    assert lines_of(log)[-1]["reason"] == "stopped"


def test_a_watch_that_was_killed_goes_on(url: str, log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    child = start(url, log)
    child.kill()
    child.communicate(timeout=20)
    before = log.read_bytes()
    log.write_bytes(before + b"{")
    Handler.failing = True

    assert main(["watch", url, "--log", str(log), "--interval", "1", "--duration", "4s", "--lang", "en"]) == 0
    said = capsys.readouterr()
    assert "Going on with" in said.err
    assert "torn (1 bytes) and has been cut off" in said.err
    assert "503 " in said.out
    assert log.read_bytes().startswith(before)
