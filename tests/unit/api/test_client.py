"""Whatever a server does, an exchange ends in bounded time and memory with an answer or a word for why not."""

import gzip
import socket
import time
import tracemalloc
import zlib

import pytest

from tests.unit.api.conftest import DrivenClock, Make
from tests.unit.api.servers import Handler, Server, always, answer, read_request, serving
from validator.api.client import BudgetSpent
from validator.api.credentials import ApiKey, Bearer, Keyring
from validator.api.secret import Secret
from validator.errors import UsageError
from validator.model.exchange import Failure

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def sends(*pieces: bytes, pause: float = 0.0, hold: bool = False, endless: bytes = b"") -> Handler:
    """Reads a request, sends pieces, perhaps one for ever, and closes or holds the connection."""

    def handle(sock: socket.socket, server: Server) -> None:
        read_request(sock, server)
        for piece in pieces:
            sock.sendall(piece)
            time.sleep(pause)
        while endless and not server.stopped.is_set():
            sock.sendall(endless)
        if hold:
            server.wait()

    return handle


def drip(text: bytes) -> Handler:
    return sends(*(text[i : i + 1] for i in range(len(text))), pause=0.05, hold=True)


FAULTS = {
    "hangs": (sends(hold=True), Failure.TIMEOUT),
    "drips its head": (drip(HEAD * 20), Failure.TIMEOUT),
    "drips its body": (sends(HEAD + b"\r\n", *([b"x"] * 100), pause=0.05), Failure.TIMEOUT),
    "drips chunks": (
        sends(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *([b"1\r\nx\r\n"] * 100), pause=0.05),
        Failure.TIMEOUT,
    ),
    "sends interim answers for ever": (
        sends(*([b"HTTP/1.1 103 Early Hints\r\n\r\n"] * 100), pause=0.05),
        Failure.TIMEOUT,
    ),
    "closes at once": (sends(), Failure.CLOSED),
    "closes in its head": (sends(HEAD), Failure.CLOSED),
    "closes in its body": (sends(HEAD + b"Content-Length: 10\r\n\r\n12345"), Failure.TRUNCATED),
    "closes in a chunk": (sends(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n123"), Failure.TRUNCATED),
    "sends bad chunks": (sends(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n123"), Failure.GARBAGE),
    "states 2 GB": (sends(HEAD + b"Content-Length: 2147483648\r\n\r\n", endless=b"x" * 65536), Failure.TOO_LARGE),
    "never ends": (sends(HEAD + b"\r\n", endless=b"x" * 65536), Failure.TOO_LARGE),
    "never ends its chunks": (
        sends(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", endless=b"8000\r\n" + b"x" * 0x8000 + b"\r\n"),
        Failure.TOO_LARGE,
    ),
    "floods with headers": (sends(HEAD, endless=b"X-Flood: " + b"a" * 1000 + b"\r\n"), Failure.TOO_LARGE),
    "sends one endless header": (sends(HEAD + b"X-Flood: ", endless=b"a" * 65536), Failure.TOO_LARGE),
    "is an SSH server that waits": (sends(b"SSH-2.0-OpenSSH_9.6\r\n", hold=True), Failure.GARBAGE),
    "is an SSH server that closes": (sends(b"SSH-2.0-OpenSSH_9.6\r\n"), Failure.GARBAGE),
    "sends bytes": (sends(bytes(range(128, 256)) * 4 + b"\r\n\r\n"), Failure.GARBAGE),
    "sends no status": (sends(b"HTTP/1.1 abc\r\n\r\n"), Failure.GARBAGE),
    "codes in an unknown way": (sends(HEAD + b"Content-Encoding: br\r\n\r\nabc"), Failure.ENCODING),
    "codes wrongly": (sends(HEAD + b"Content-Encoding: gzip\r\n\r\nno gzip"), Failure.ENCODING),
    "codes half": (sends(HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"x" * 100)[:-9]), Failure.ENCODING),
}


@pytest.mark.parametrize(("handler", "failure"), FAULTS.values(), ids=FAULTS)
def test_a_server_at_fault_costs_bounded_time(handler: Handler, failure: Failure, make: Make) -> None:
    with serving(handler) as server:
        begun = time.monotonic()
        exchange = make(server.base, timeout=0.6, body=1_000_000).send("GET", server.base, role=None)
        took = time.monotonic() - begun

    assert (exchange.failure, exchange.answer) == (failure, None)
    assert took < 2


def test_a_bomb_is_stopped_where_it_blows_up(make: Make) -> None:
    bomb = gzip.compress(bytes(64 * 1024**2))
    with serving(always(answer(bomb, content_encoding="gzip"))) as server:
        client = make(server.base, body=512 * 1024**2)
        tracemalloc.start()
        exchange = client.send("GET", server.base)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert exchange.failure is Failure.BOMB
    assert peak < 24 * 1024**2


def test_a_bomb_in_a_bomb_is_stopped(make: Make) -> None:
    bomb = gzip.compress(gzip.compress(bytes(256 * 1024**2)))
    with serving(always(answer(bomb, content_encoding="gzip, gzip"))) as server:
        assert make(server.base).send("GET", server.base).failure is Failure.BOMB


RAW = zlib.compressobj(wbits=-15)
CODED = {
    "gzip": gzip.compress(b'{"a": 1}'),
    "x-gzip": gzip.compress(b'{"a"') + gzip.compress(b": 1}"),
    "deflate": zlib.compress(b'{"a": 1}'),
    "Deflate": RAW.compress(b'{"a": 1}') + RAW.flush(),
    "identity": b'{"a": 1}',
    "deflate, gzip": gzip.compress(zlib.compress(b'{"a": 1}')),
}


@pytest.mark.parametrize(("coding", "body"), CODED.items(), ids=CODED)
def test_a_coded_body_is_read(coding: str, body: bytes, make: Make) -> None:
    with serving(always(answer(body, content_encoding=coding))) as server:
        found = make(server.base).send("GET", server.base).answer

    assert found is not None
    assert found.body == b'{"a": 1}'


def test_a_whole_megabyte_of_one_letter_is_no_bomb(make: Make) -> None:
    with serving(always(answer(gzip.compress(b"a" * 1_000_000), content_encoding="gzip"))) as server:
        assert make(server.base).send("GET", server.base).failure is None


def test_redirects_are_not_followed(make: Make) -> None:
    with serving(always(answer(b"", 302, location="/vsc/v1/again"))) as server:
        found = make(server.base).send("GET", server.base).answer

    assert found is not None
    assert (found.status, len(server.requests)) == (302, 1)


def test_head_and_not_modified_have_no_body(make: Make) -> None:
    with serving(always(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\nContent-Encoding: gzip\r\n\r\n")) as server:
        client = make(server.base)
        first, second = client.send("HEAD", server.base), client.send("HEAD", server.base)

    assert [one.answer and one.answer.body for one in (first, second)] == [b"", b""]
    assert server.connections == 1


def test_a_dead_port_is_refused(make: Make) -> None:
    with serving(always(answer())) as server:
        pass
    exchange = make(server.base).send("GET", server.base)

    assert (exchange.failure, exchange.detail) == (Failure.REFUSED, "ECONNREFUSED")


def test_connections_are_kept(make: Make) -> None:
    with serving(always(answer())) as server:
        client = make(server.base)
        for _ in range(5):
            client.send("GET", server.base)

    assert (server.connections, len(server.requests)) == (1, 5)


def closes_after_each(sock: socket.socket, server: Server) -> None:
    """Says that it keeps the connection; closes it at the next request, without an answer."""
    read_request(sock, server)
    sock.sendall(answer())
    sock.recv(1)


@pytest.mark.parametrize(("method", "works"), [("GET", True), ("PUT", True), ("POST", False)])
def test_a_kept_connection_that_was_closed_is_made_anew_where_that_is_safe(
    method: str, works: bool, make: Make
) -> None:
    with serving(closes_after_each) as server:
        client = make(server.base)
        client.send("GET", server.base)
        exchange = client.send(method, server.base, body=b"" if method == "GET" else b"{}")

    assert (exchange.answer is not None) is works
    assert works or exchange.failure is Failure.CLOSED
    assert client.sent == 2


def test_what_is_sent_says_who_asks_and_wants_no_coding(make: Make) -> None:
    with serving(always(answer())) as server:
        make(server.base).send("GET", "collections?q=Đà Nẵng", headers={"accept": "application/json"})

    text = server.requests[0].decode("latin-1")
    assert text.startswith("GET /vsc/v1/collections?q=%C4%90%C3%A0%20N%E1%BA%B5ng HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{server.port}\r\n" in text
    assert "(conformance test)" in text
    assert "Accept-Encoding: identity\r\n" in text


def test_a_header_that_the_caller_sets_is_not_set_again(make: Make) -> None:
    keys = Keyring({"main": Bearer(Secret("token-of-main"))})
    with serving(always(answer())) as server:
        make(server.base, keys).send(
            "GET", server.base, headers={"Accept-Encoding": "gzip", "Authorization": "Bearer junk"}
        )

    assert server.requests[0].lower().count(b"accept-encoding") == 1
    assert b"token-of-main" not in server.requests[0]


def test_a_request_that_is_no_http_is_our_fault(make: Make) -> None:
    with serving(always(answer())) as server, pytest.raises(ValueError, match="header"):
        make(server.base).send("GET", server.base, headers={"X-Two": "a\r\nb"})


@pytest.mark.parametrize(
    ("target", "word"),
    [
        ("http://169.254.169.254/latest", "other_host"),
        ("https://other.example/x", "other_host"),
        ("file:///etc/passwd", "scheme"),
        ("http://u:p@127.0.0.1/", "user"),
        ("http://127.0.0.1:99999/", "port"),
        ("http://[::1/", "url"),
        ("http:///x", "host"),
        ("http://127.0.0.1\\@evil.example/", "user"),
    ],
)
def test_a_link_that_leads_away_is_not_followed(target: str, word: str, make: Make) -> None:
    with serving(always(answer())) as server:
        exchange = make(server.base).send("GET", target)

    assert (exchange.failure, exchange.detail, server.connections) == (Failure.BLOCKED, word, 0)


def test_another_port_of_the_host_sees_no_credential(make: Make) -> None:
    keys = Keyring({"main": ApiKey("X-API-Key", Secret("key-of-main"))})
    with serving(always(answer())) as server, serving(always(answer())) as other:
        client = make(server.base, keys)
        own, away = client.send("GET", server.base), client.send("GET", other.base)

    assert (own.credential, away.credential) == ("main", None)
    assert b"X-API-Key: key-of-main" in server.requests[0]
    assert b"key-of-main" not in other.requests[0]


@pytest.mark.parametrize("role", [None, "limited"])
def test_a_role_without_a_credential_sends_none(role: str | None, make: Make) -> None:
    keys = Keyring({"main": Bearer(Secret("token-of-main"))})
    with serving(always(answer())) as server:
        exchange = make(server.base, keys).send("GET", server.base, role=role)

    assert exchange.credential is None
    assert b"Authorization" not in server.requests[0]


@pytest.mark.parametrize(
    ("headers", "slept"),
    [
        ({"retry_after": "7"}, [7.0]),
        ({"retry_after": "Thu, 26 Nov 2026 08:00:09 GMT"}, [9.0]),
        ({"retry_after": "Thu, 26 Nov 2026 09:00:05 GMT", "date": "Thu, 26 Nov 2026 09:00:00 GMT"}, [5.0]),
        ({"retry_after": "Thu, 26 Nov 2026 07:00:00 GMT"}, []),
        ({"retry_after": "0"}, []),
    ],
)
def test_retry_after_is_waited_for(headers: dict[str, str], slept: list[float], make: Make, clock: DrivenClock) -> None:
    with serving(always(answer(b"", 429, **headers), answer())) as server:
        exchange = make(server.base, clock=clock).send("GET", server.base)

    assert exchange.answer is not None
    assert (exchange.answer.status, clock.slept, len(server.requests)) == (200, slept, 2)


@pytest.mark.parametrize("value", ["soon", "-1", "61", "99999999999999999999", "", "1.5", "Thu, 99 Nov 2026"])
def test_a_retry_after_that_is_too_long_or_means_nothing_is_not_waited_for(
    value: str, make: Make, clock: DrivenClock
) -> None:
    with serving(always(answer(b"", 503, retry_after=value))) as server:
        exchange = make(server.base, clock=clock).send("GET", server.base)

    assert exchange.answer is not None
    assert (exchange.answer.status, clock.slept, len(server.requests)) == (503, [], 1)


def test_waiting_has_an_end(make: Make, clock: DrivenClock) -> None:
    with serving(always(answer(b"", 429, retry_after="1"))) as server:
        client = make(server.base, clock=clock, waits=2)
        patient, hasty = client.send("GET", server.base), client.send("GET", server.base, wait=False)

    assert patient.answer is not None
    assert hasty.answer is not None
    assert (patient.answer.status, len(server.requests), clock.slept) == (429, 4, [1.0, 1.0])


def test_requests_are_paced(make: Make, clock: DrivenClock) -> None:
    with serving(always(answer())) as server:
        client = make(server.base, clock=clock, rate=4.0)
        for _ in range(5):
            client.send("GET", server.base)

    assert clock.slept == [0.25] * 4


def test_the_budget_is_kept(make: Make) -> None:
    with serving(always(answer())) as server:
        client = make(server.base, budget=2)
        client.send("GET", server.base)
        client.send("GET", server.base)
        with pytest.raises(BudgetSpent):
            client.send("GET", server.base)

    assert (client.sent, len(server.requests)) == (2, 2)


@pytest.mark.parametrize("base", ["city.example", "ftp://city.example", "https://", "https://u:p@city.example"])
def test_a_base_that_cannot_be_tested_is_a_wrong_call(base: str, make: Make) -> None:
    with pytest.raises(UsageError, match=r"usage\.bad_url"):
        make(base)
