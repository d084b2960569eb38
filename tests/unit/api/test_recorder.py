"""The record of a run: redacted, bounded, resumable; from it HAR and the command that repeats a call."""

import json
import shlex
import stat
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from validator.api.curl import curl
from validator.api.har import write_har
from validator.api.recorder import Recorder
from validator.api.redact import Redactor
from validator.errors import UsageError
from validator.model.exchange import Answer, Call, Exchange, Failure

NOON = datetime(2026, 11, 26, 5, tzinfo=UTC)


def exchange(
    number: int = 1, call: Call | None = None, body: bytes = b"{}", failure: Failure | None = None
) -> Exchange:
    made = call or Call("GET", "https://city.example/vsc/v1/collections?a=1", (("Accept", "application/json"),))
    answer = None if failure else Answer(200, (("Content-Type", "application/json"),), body)
    return Exchange(number, made, answer, failure, "read" if failure else "", NOON, 0.25, "main")


def recorder(folder: Path, *secrets: str) -> Recorder:
    return Recorder(folder / "exchanges.ndjson", Redactor(secrets))


def test_a_line_holds_what_is_needed_to_judge_and_repeat(tmp_path: Path) -> None:
    made = recorder(tmp_path)
    made.add(exchange())
    made.close()
    line = json.loads((tmp_path / "exchanges.ndjson").read_text(encoding="utf-8"))

    assert line["number"] == 1
    assert line["started_at"] == "2026-11-26T05:00:00+00:00"
    assert line["seconds"] == 0.25
    assert line["request"]["url"] == "https://city.example/vsc/v1/collections?a=1"
    assert line["response"]["body"]["text"] == "{}"
    assert line["redactions"] == []
    assert "failure" not in line


def test_the_record_is_for_its_owner_only(tmp_path: Path) -> None:
    recorder(tmp_path).close()

    assert stat.S_IMODE((tmp_path / "exchanges.ndjson").stat().st_mode) == 0o600


def test_a_failure_is_recorded_with_its_word(tmp_path: Path) -> None:
    made = recorder(tmp_path)
    made.add(exchange(failure=Failure.TIMEOUT))

    assert made.entry(1)["failure"] == {"kind": "timeout", "detail": "read"}
    made.close()


def test_a_large_body_is_cut_and_its_size_and_digest_are_of_the_whole(tmp_path: Path) -> None:
    made = recorder(tmp_path)
    made.add(exchange(body="đ".encode() * 40_000))
    made.add(exchange(2, body=bytes(range(256)) * 400))
    text, raw = (made.entry(number)["response"]["body"] for number in (1, 2))
    made.close()

    assert (text["size"], text["cut_at"], len(text["text"])) == (80_000, 65_536, 32_768)
    assert len(text["sha256"]) == 64
    assert "text" not in raw
    assert len(raw["base64"]) < 90_000


def test_redactions_are_named_by_their_places(tmp_path: Path) -> None:
    made = recorder(tmp_path, "hush-hush")
    call = Call("GET", "https://city.example/?q=hush-hush", (("Authorization", "Bearer hush-hush"),))
    made.add(exchange(call=call, body=b'"hush-hush"'))

    assert made.entry(1)["redactions"] == ["request.url", "request.headers.authorization", "response.body"]
    made.close()


def test_the_digest_is_of_the_requests_and_not_of_host_secrets_or_answers(tmp_path: Path) -> None:
    digests = []
    for number, (host, secret, body) in enumerate(
        [("a.example", "secret-1", b"1"), ("b.example:81", "secret-22", b"2")]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        made = recorder(folder, secret)
        headers = (("Host", host), ("Authorization", f"Bearer {secret}"), ("Accept", "x"))
        made.add(exchange(call=Call("GET", f"https://{host}/a?q={secret}", headers, secret.encode()), body=body))
        made.add(exchange(2, failure=Failure.TIMEOUT), counted=False)
        digests.append(made.requests_digest())
        made.close()

    assert digests[0] == digests[1]


@pytest.mark.parametrize(
    "call",
    [
        Call("HEAD", "https://city.example/a", (("Accept", "x"),)),
        Call("GET", "https://city.example/b", (("Accept", "x"),)),
        Call("GET", "https://city.example/a?q=1", (("Accept", "x"),)),
        Call("GET", "https://city.example/a", (("Accept", "y"),)),
        Call("GET", "https://city.example/a", (("Accept", "x"),), b"body"),
    ],
)
def test_another_request_gives_another_digest(call: Call, tmp_path: Path) -> None:
    digests = set()
    for number, one in enumerate([Call("GET", "https://city.example/a", (("Accept", "x"),)), call]):
        folder = tmp_path / str(number)
        folder.mkdir()
        made = recorder(folder)
        made.add(exchange(call=one))
        digests.add(made.requests_digest())
        made.close()

    assert len(digests) == 2


def test_a_record_is_taken_up_where_it_was_torn(tmp_path: Path) -> None:
    whole = recorder(tmp_path)
    whole.add(exchange(1))
    whole.add(exchange(2))
    digest = whole.requests_digest()
    whole.close()
    path = tmp_path / "exchanges.ndjson"
    path.write_bytes(path.read_bytes() + b'{"number": 3, "torn')
    again = recorder(tmp_path)

    assert again.requests_digest() == digest
    assert again.next_number() == 3
    again.add(exchange(3))
    assert again.entry(3)["number"] == 3
    again.close()
    assert [json.loads(line)["number"] for line in path.read_bytes().splitlines()] == [1, 2, 3]


def test_a_har_holds_every_exchange(tmp_path: Path) -> None:
    made = recorder(tmp_path)
    made.add(exchange(call=Call("PUT", "https://city.example/a?x=1&y=", (("Content-Type", "text/plain"),), b"abc")))
    made.add(exchange(2, body=b"\0\xff"))
    made.add(exchange(3, failure=Failure.CLOSED))
    made.close()
    count = write_har(tmp_path / "exchanges.ndjson", tmp_path / "run.har")
    log = json.loads((tmp_path / "run.har").read_text(encoding="utf-8"))["log"]
    put, raw, failed = log["entries"]

    assert (count, log["version"], log["creator"]["name"]) == (3, "1.2", "lienthong")
    assert put["request"]["postData"] == {"mimeType": "text/plain", "text": "abc"}
    assert put["request"]["queryString"] == [{"name": "x", "value": "1"}, {"name": "y", "value": ""}]
    assert (put["time"], put["startedDateTime"]) == (250.0, "2026-11-26T05:00:00+00:00")
    assert raw["response"]["content"]["encoding"] == "base64"
    assert (failed["response"]["status"], failed["comment"]) == (0, "closed: read")


def test_a_har_of_nothing_is_a_har(tmp_path: Path) -> None:
    recorder(tmp_path).close()

    assert write_har(tmp_path / "exchanges.ndjson", tmp_path / "run.har") == 0
    assert json.loads((tmp_path / "run.har").read_text(encoding="utf-8"))["log"]["entries"] == []


NASTY = "https://city.example/a';touch pwned;'?q=$(touch pwned)&r=`touch pwned`&[1-9]{a,b}"


@pytest.mark.parametrize(
    ("method", "target", "headers", "body"),
    [
        ("GET", NASTY, (("X-A", "$(touch pwned) 'x' \"y\" `z`"), ("X-Empty", "")), b""),
        ("PUT", "https://city.example/a", (("Content-Type", "text/plain"),), b"@/etc/passwd $HOME 'x'\n\"y\" \\n"),
        ("HEAD", "https://city.example/a", (), b""),
        ("QUERY", "https://city.example/a", (), b"\0\x01"),
        ("PUT", "https://city.example/a", (), "đ \x1b[31m".encode()),
    ],
)
def test_the_command_gives_curl_exactly_the_call(
    method: str, target: str, headers: tuple[tuple[str, str], ...], body: bytes, tmp_path: Path
) -> None:
    """The shell itself takes the command apart; a stand-in for curl prints what it was given."""
    made = recorder(tmp_path, "hush-hush")
    secret = (("Authorization", "Bearer hush-hush"), ("Host", "city.example"))
    shown = made.shown(exchange(call=Call(method, target, (*headers, *secret), body)))
    made.close()
    script = f"curl() {{ printf '%s\\0' \"$@\"; }}; {shown['curl']}"
    ran = subprocess.run(
        ["sh", "-c", script], capture_output=True, check=True, cwd=tmp_path, env={"LIENTHONG_TOKEN": "given"}
    )
    words = ran.stdout.decode().split("\0")[:-1]

    assert words[words.index("--url") + 1] == target
    assert "Authorization: Bearer given" in words
    assert not (tmp_path / "pwned").exists()
    assert not any(word.startswith("Host:") for word in words)
    for name, value in headers:
        assert (f"{name}: {value}" if value else f"{name};") in words
    if method == "HEAD":
        assert "--head" in words
    else:
        assert words[words.index("--request") + 1] == method
    if body.isascii() and body > b"\x20":
        assert words[words.index("--data-raw") + 1].encode() == body
    elif body:
        assert "@body.bin" in words


def test_other_roles_and_secrets_have_names_of_their_own(tmp_path: Path) -> None:
    made = recorder(tmp_path, "hush-one", "hush-two")
    call = Call("GET", "https://city.example/?a=hush-two", (("Authorization", "Bearer hush-one"),))
    entry = {**made.shown(exchange(call=call)), "credential": "limited"}
    made.close()

    assert "$LIENTHONG_TOKEN_LIMITED" in curl(entry)
    assert "$LIENTHONG_SECRET_2" in curl(entry)
    assert shlex.split(curl(entry))


def test_a_file_that_is_no_record_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "exchanges.ndjson"
    path.write_text('{"hello": 1}\n', encoding="utf-8")

    with pytest.raises(UsageError, match=r"usage\.record_unreadable"):
        recorder(tmp_path)
    assert path.read_text(encoding="utf-8") == '{"hello": 1}\n'
