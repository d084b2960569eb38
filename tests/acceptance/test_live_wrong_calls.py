"""Calls of `lienthong test` that cannot go well: clear words in both languages, exit 2 or 3, never a traceback."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fixtures.reference_sut.certificates import Authority, context
from fixtures.reference_sut.running import Running, running
from validator.api import guard
from validator.cli.main import main

PAGE = b"<!doctype html><title>Trang tin</title>"
SECRET = "canary-9f3b71c0d4"
CALM = "HTTP/1.1 200 OK\r\nContent-Type: {media}\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n"
Talk = Callable[[socket.socket], None]


@pytest.fixture(scope="module")
def city() -> Iterator[Running]:
    with running() as there:
        yield there


@contextmanager
def listening(talk: Talk) -> Iterator[int]:
    """A port on which each caller is talked to in a thread of its own."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        open_lines: list[socket.socket] = []

        def serve() -> None:
            while True:
                try:
                    line, _ = server.accept()
                except OSError:
                    return
                open_lines.append(line)
                threading.Thread(target=_quietly, args=(talk, line), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        for line in open_lines:
            line.close()


def _quietly(talk: Talk, line: socket.socket) -> None:
    try:
        talk(line)
    except OSError:
        line.close()


def saying(answer: bytes) -> Talk:
    def talk(line: socket.socket) -> None:
        line.recv(65536)
        line.sendall(answer)
        line.close()

    return talk


def page(body: bytes, media: str = "text/html") -> bytes:
    return CALM.format(media=media, size=len(body)).encode() + body


def secured(folder: Path, kind: str) -> Talk:
    """TLS with a certificate of a kind, and a page behind it."""
    if kind == "self_signed":
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(*Authority("own").issue(folder, None, datetime.now(UTC) - timedelta(days=1), 30))
    else:
        made = context(folder, kind, "TLSv1_2")

    def talk(line: socket.socket) -> None:
        with made.wrap_socket(line, server_side=True, do_handshake_on_connect=False) as secure:
            secure.do_handshake()
            saying(page(PAGE))(secure)

    return talk


def call(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str]:
    """The exit code and everything printed, by both languages alike; fails on what no user may see."""
    codes, texts = set(), []
    for lang in ("vi", "en"):
        codes.add(main(["test", *map(str, words), "--lang", lang]))
        out, err = capsys.readouterr()
        texts.append(out + err)
    assert len(codes) == 1, texts
    assert texts[0] != texts[1]
    for text in texts:
        assert text.strip()
        assert "Traceback" not in text
        assert "KeyError" not in text
        assert SECRET not in text
    return codes.pop(), texts[1]


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("khong phai url", "http://"),
        ("", "http://"),
        ("ftp://city.example/vsc/v1", "http://"),
        ("file:///etc/passwd", "http://"),
        ("https://", "host"),
        ("http://127.0.0.1:99999/vsc/v1", "port"),
        (f"https://an:{SECRET}@city.example/vsc/v1", "user"),
        (f"https://city.example/vsc/v1?key={SECRET}", "quer"),
        ("http://[::1/vsc/v1", ""),
    ],
)
def test_what_is_no_url_of_an_api_is_a_wrong_call(url: str, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = call(capsys, url)

    assert code == 2
    assert word in text.lower()


def test_a_dead_port_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    code, text = call(capsys, f"http://127.0.0.1:{port}/vsc/v1")

    assert code == 3
    assert f"{port}" in text


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (b"SSH-2.0-OpenSSH_9.6\r\n", "SSH-2.0"),
        (b"220 mail.example ESMTP\r\n", "220 mail"),
        (page(PAGE), "JSON"),
        (page(b"{}", "application/json"), ""),
        (page(b"[" * 200_000, "application/json"), "JSON"),
        (b"HTTP/1.1 301 Moved\r\nLocation: https://other.example/\r\nContent-Length: 0\r\n\r\n", "other.example"),
        (b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n", "500"),
        (b"", ""),
    ],
    ids=["ssh", "mail", "html", "no links", "deep", "redirect", "500", "closes"],
)
def test_what_is_no_api_is_told(answer: bytes, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    with listening(saying(answer)) as port:
        code, text = call(capsys, f"http://127.0.0.1:{port}/vsc/v1")

    assert code == 3
    assert word in text


def test_a_silent_port_is_told_in_time(capsys: pytest.CaptureFixture[str]) -> None:
    started = time.monotonic()
    with listening(lambda line: None) as port:
        code, text = call(capsys, f"http://127.0.0.1:{port}/vsc/v1", "--timeout", "0.5")

    assert code == 3
    assert "http://127.0.0.1" in text
    assert time.monotonic() - started < 8


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("expired", "expired"),
        ("wrong_host", "name"),
        ("unknown_issuer", "authority"),
        ("self_signed", "authority"),
    ],
)
def test_a_certificate_that_does_not_hold_is_told(
    kind: str, word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trusted = ["--ca", tmp_path / "ca.pem"] if kind != "self_signed" else []
    with listening(secured(tmp_path, kind)) as port:
        code, text = call(capsys, f"https://127.0.0.1:{port}/vsc/v1", *trusted)

    assert code == 3
    assert word in text.lower()


def test_tls_where_there_is_none_is_told(city: Running, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, city.base_url.replace("http:", "https:"))[0] == 3


@pytest.mark.parametrize(
    ("address", "opened"),
    [
        ("10.1.2.3", []),
        ("127.0.0.1", []),
        ("192.168.1.9", ["--allow-network", "10.0.0.0/8"]),
        ("169.254.169.254", ["--allow-network", "169.254.0.0/16"]),
        ("fd00:ec2::254", ["--allow-network", "::/0"]),
        ("::ffff:10.0.0.1", []),
    ],
)
def test_a_name_that_leads_inside_is_not_asked(
    address: str, opened: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard.Guard.of.__func__, "__defaults__", ((), lambda _host, _port: [address]))
    code, text = call(capsys, "https://city.example/vsc/v1", *opened)

    assert code == 3
    assert "city.example" in text


def test_a_name_that_nobody_knows_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(guard.Guard.of.__func__, "__defaults__", ((), unknown))

    assert call(capsys, "https://city.example/vsc/v1")[0] == 3


def test_wrong_credentials_are_a_wrong_call(city: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "secret").write_text(SECRET)
    token = f'[main]\nkind = "oauth2"\ntoken_url = "{city.origin}/oauth/token"\nclient_id = "suite-main"\n'
    for text in (token + 'client_secret = {file = "secret"}\n', '[main]\nkind = "bearer"\ntoken = {file = "secret"}\n'):
        (tmp_path / "auth.toml").write_text(text)

        assert call(capsys, city.base_url, "--auth", tmp_path / "auth.toml")[0] == 2


@pytest.mark.parametrize(
    "text",
    [
        f'[main]\nkind = "bearer"\ntoken = "{SECRET}"\n',
        f'[main]\nkind = "bearer"\ntoken = {SECRET}\n',
        f'[main\n"{SECRET}',
        f'[{SECRET[:6]}]\nkind = "none"\n',
        '[main]\nkind = "bearer"\ntoken = {env = "LIENTHONG_NOT_SET"}\n',
        '[main]\nkind = "bearer"\ntoken = {file = "not-there"}\n',
        "main = 1\n",
        '[main]\nkind = "mtls"\ncertificate = "a.pem"\nkey = "b.pem"\n',
    ],
)
def test_a_broken_file_of_credentials_is_a_wrong_call(
    text: str, city: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "auth.toml").write_text(text)

    assert call(capsys, city.base_url, "--auth", tmp_path / "auth.toml")[0] == 2


WRONG = [
    ["--auth", "not-there.toml"],
    ["--ca", "not-there.pem"],
    ["--ca", "empty.pem"],
    ["--watch-log", "not-there.ndjson"],
    ["--resume"],
    ["--resume", "--out", "new"],
    ["--standard", "VSC-KHONG"],
    ["--standard", "VSC-BUD"],
    ["--profile", "khong-co"],
    ["--allow-network", "khong phai mang"],
    ["--out", "empty.pem"],
    ["--format", "khong"],
    ["--seed", "-1"],
    ["--rate", "nhanh"],
]


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_a_wrong_option_is_a_wrong_call(
    words: list[str], city: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.pem").touch()

    assert call(capsys, city.base_url, *words)[0] == 2


def test_a_log_that_is_none_is_no_evidence(city: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "watch.ndjson").write_text('{"khong": "phai"}\n')

    assert call(capsys, city.base_url, "--watch-log", tmp_path / "watch.ndjson")[0] in (2, 5)
