"""What is said of a server's TLS is what the server does."""

import socket
import ssl
import time
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.unit.api.conftest import Make
from tests.unit.api.servers import Authority, Server, always, answer, serving
from validator.api import tls_probe
from validator.api.credentials import Keyring, Mtls
from validator.api.guard import Guard
from validator.api.tls import Pair, TlsSettings
from validator.api.tls_probe import PlainHttp, accepted_versions, can_offer, certificate, plain_http
from validator.errors import UsageError
from validator.model.exchange import Failure

HERE = Guard(loopback=True)
HOST = "127.0.0.1"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.make(tmp_path_factory.mktemp("ca"))


def hold(sock: socket.socket, server: Server) -> None:
    server.wait()


def test_a_good_certificate_holds_until_its_day(authority: Authority) -> None:
    with serving(hold, authority.context(authority.issue())) as server:
        found = certificate(HERE, HOST, server.port, TlsSettings(authority.file), 2)

    assert (found.valid, found.reason, found.subject) == (True, None, "CN=127.0.0.1")
    assert found.not_after is not None
    assert abs(found.not_after - datetime.now(UTC) - timedelta(days=10)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"since": -9, "until": -2}, "expired"),
        ({"since": 2}, "not_yet_valid"),
        ({"host": "other.example"}, "wrong_host"),
        ({"host": "10.0.0.1"}, "wrong_host"),
        ({"own": True}, "self_signed"),
    ],
)
def test_a_bad_certificate_is_told_in_a_word(
    given: dict[str, object], reason: str, authority: Authority, make: Make
) -> None:
    settings = TlsSettings(authority.file)
    with serving(always(answer()), authority.context(authority.issue(**given))) as server:  # type: ignore[arg-type]
        found = certificate(HERE, HOST, server.port, settings, 2)
        strict = make(server.base, tls=settings).send("GET", server.base)
        lax = make(server.base, tls=TlsSettings(verify=False)).send("GET", server.base)

    assert (found.valid, found.reason) == (False, reason)
    assert found.not_after is not None
    assert (strict.failure, strict.detail) == (Failure.TLS, reason)
    assert lax.answer is not None


def test_an_authority_that_nobody_knows_is_told(authority: Authority) -> None:
    with serving(hold, authority.context(authority.issue())) as server:
        found = certificate(HERE, HOST, server.port, TlsSettings(), 2)

    assert (found.valid, found.reason) == (False, "unknown_issuer")


def quiet(sock: socket.socket, server: Server) -> None:
    server.wait()


@pytest.mark.parametrize(("handler", "reason"), [(quiet, "timeout"), (lambda sock, server: None, "closed")])
def test_a_port_without_tls_has_no_certificate(handler: object, reason: str) -> None:
    with serving(handler) as server:  # type: ignore[arg-type]
        begun = time.monotonic()
        found = certificate(HERE, HOST, server.port, TlsSettings(), 0.3)

    assert (found.valid, found.reason) == (None, reason)
    assert time.monotonic() - begun < 1


def test_http_on_the_port_is_no_tls() -> None:
    with serving(lambda sock, server: sock.sendall(answer())) as server:
        found = certificate(HERE, HOST, server.port, TlsSettings(), 1)

    assert (found.valid, found.reason) == (None, "not_tls")


def drip(sock: socket.socket, server: Server) -> None:
    """The first bytes of a large TLS record, one by one."""
    for byte in b"\x16\x03\x03\x3f\xff" + bytes(200):
        sock.sendall(bytes([byte]))
        if server.stopped.wait(0.05):
            return


def test_a_handshake_that_drips_ends_in_time() -> None:
    with serving(drip) as server:
        begun = time.monotonic()
        found = certificate(HERE, HOST, server.port, TlsSettings(), 0.4)

    assert (found.valid, found.reason) == (None, "timeout")
    assert time.monotonic() - begun < 1.5


OLD = [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1]


@pytest.mark.parametrize(
    ("lowest", "highest", "accepted"),
    [
        (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3, {"TLSv1.2", "TLSv1.3"}),
        (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3, {"TLSv1.3"}),
        (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_2, {"TLSv1.0", "TLSv1.1", "TLSv1.2"}),
        (ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_1, {"TLSv1.1"}),
    ],
)
def test_the_versions_that_a_server_accepts_are_found(
    lowest: ssl.TLSVersion, highest: ssl.TLSVersion, accepted: set[str], authority: Authority
) -> None:
    context = authority.context(authority.issue())
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = lowest, highest
    with serving(hold, context) as server:
        found = accepted_versions(HERE, HOST, server.port, 2)

    offered = {name for name, version in tls_probe.VERSIONS.items() if can_offer(version)}
    assert {name for name, answer in found.items() if answer} == accepted & offered
    assert {name for name, answer in found.items() if answer is None} == set(found) - offered


def test_a_version_that_this_machine_cannot_offer_is_not_told(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls_probe, "can_offer", lambda version: version not in OLD)
    with serving(hold, authority.context(authority.issue())) as server:
        found = accepted_versions(HERE, HOST, server.port, 2)

    assert found == {"TLSv1.0": None, "TLSv1.1": None, "TLSv1.2": True, "TLSv1.3": True}


def test_no_answer_says_nothing_of_versions() -> None:
    with serving(hold) as server:
        pass

    assert set(accepted_versions(HERE, HOST, server.port, 0.5).values()) == {None}


@pytest.mark.parametrize("version", [None, ssl.TLSVersion.TLSv1_2])
def test_a_client_certificate_opens_what_asks_for_it(
    version: ssl.TLSVersion | None, authority: Authority, make: Make
) -> None:
    context = authority.context(authority.issue())
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority.file)
    context.maximum_version = version or ssl.TLSVersion.MAXIMUM_SUPPORTED
    pair = Pair(*authority.issue("client.example", name="client"))
    settings = TlsSettings(authority.file)
    with serving(always(answer()), context) as server:
        client = make(server.base, Keyring({"main": Mtls(pair)}), tls=settings)
        with_it, without = client.send("GET", server.base), client.send("GET", server.base, role=None)
        for_all = make(server.base, tls=TlsSettings(authority.file, pair)).send("GET", server.base)

    assert with_it.answer is not None
    assert (with_it.credential, without.credential) == ("main", None)
    assert for_all.answer is not None
    assert (without.failure, without.answer) == (Failure.TLS, None)


def test_a_key_with_a_pass_phrase_does_not_ask_for_it(authority: Authority, tmp_path: Path, make: Make) -> None:
    from cryptography.hazmat.primitives import serialization

    path, locked = authority.issue(name="locked")[0], tmp_path / "locked.key"
    locked.write_bytes(
        authority.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"pass phrase"),
        )
    )
    client = make("https://127.0.0.1:1", tls=TlsSettings(None, Pair(path, locked)))

    with pytest.raises(UsageError, match=r"usage\.tls_file"):
        client.send("GET", client.base)


def test_a_ca_file_that_is_none_is_a_wrong_call(tmp_path: Path, make: Make) -> None:
    client = make("https://127.0.0.1:1", tls=TlsSettings(tmp_path / "none.pem"))

    with pytest.raises(UsageError, match=r"usage\.tls_file"):
        client.send("GET", client.base)


@pytest.mark.parametrize(
    ("handler", "expected"),
    [
        (always(answer(b"", 308, location="https://x.example/")), PlainHttp("answers", 308, "https://x.example/")),
        (always(answer()), PlainHttp("answers", 200, None)),
        (hold, PlainHttp("silent")),
        (lambda sock, server: sock.sendall(b"SSH-2.0-x\r\n"), PlainHttp("not_http")),
        (lambda sock, server: None, PlainHttp("closed")),
    ],
)
def test_what_plain_http_brings_is_told(handler: object, expected: PlainHttp) -> None:
    with serving(handler) as server:  # type: ignore[arg-type]
        assert plain_http(HERE, HOST, server.port, "/vsc/v1/", 0.4) == expected


def test_plain_http_that_is_refused_or_closed_to_us_is_told() -> None:
    with serving(hold) as server:
        pass

    assert plain_http(HERE, HOST, server.port, timeout=0.5).state == "refused"
    assert plain_http(Guard(), "10.0.0.1", 80).state == "blocked"
