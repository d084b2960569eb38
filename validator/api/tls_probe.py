"""What a server accepts of TLS, whether its certificate holds, and what it does with plain HTTP."""

from __future__ import annotations

import ssl
import time
import warnings
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from cryptography import x509

from validator.api.fault import Fault
from validator.api.guard import Guard
from validator.api.limits import Limits
from validator.api.tls import VERIFICATION, TlsSettings, context, show
from validator.api.transport import Transport
from validator.api.urls import Url
from validator.api.wire import Attempt, dial, secure
from validator.model.exchange import Call, Failure

VERSIONS = {
    "TLSv1.0": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}
# The lowest security level: a server of old is to be found out by what it accepts, not by what we refuse.
_ANY = "ALL:@SECLEVEL=0"
_ANONYMOUS = "aNULL:@SECLEVEL=0"


@dataclass(frozen=True, slots=True)
class Certificate:
    """`valid` is None when there was no certificate to look at (then `reason` is the failure); else `reason`
    says why not: expired, not_yet_valid, wrong_host, unknown_issuer, self_signed, certificate (another fault)."""

    valid: bool | None
    reason: str | None
    not_after: datetime | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class PlainHttp:
    """`state`: answers, refused, not_http, silent, closed, blocked or dns; `status` and `location` of an answer."""

    state: str
    status: int | None = None
    location: str | None = None


def accepted_versions(
    guard: Guard,
    host: str,
    port: int,
    timeout: float = 10.0,
    settings: TlsSettings = TlsSettings(),  # noqa: B008
) -> dict[str, bool | None]:
    """For each version whether a handshake comes about; None: this machine cannot offer it, or no answer came.

    `timeout` holds for each of the four. A server that refuses only the client's certificate accepts the version.
    """
    return {name: _accepts(guard, host, port, version, settings, timeout) for name, version in VERSIONS.items()}


def certificate(guard: Guard, host: str, port: int, settings: TlsSettings, timeout: float = 10.0) -> Certificate:
    """The state of a server's certificate for a host name. The settings' `verify` plays no part."""
    strict = context(TlsSettings(settings.ca, settings.client))
    try:
        found = _presented(guard, host, port, strict, timeout)
        return Certificate(True, None, *found)
    except Fault as fault:
        if fault.failure is not Failure.TLS or fault.detail not in VERIFICATION:
            return Certificate(None, fault.detail if fault.failure is Failure.TLS else fault.failure.value)
        reason = fault.detail
    try:
        lenient = _lenient()
        show(lenient, settings.client)
        return Certificate(False, reason, *_presented(guard, host, port, lenient, timeout))
    except Fault:
        return Certificate(False, reason)


def plain_http(guard: Guard, host: str, port: int, target: str = "/", timeout: float = 10.0) -> PlainHttp:
    """What a GET without TLS brings at a port."""
    url = Url("http", host, port, target)
    transport = Transport(guard, TlsSettings(), Limits(timeout=timeout, body=1024 * 1024))
    try:
        answer = transport.ask(Call("GET", str(url), (("Host", url.authority), ("Accept-Encoding", "identity"))), url)
    except Fault as fault:
        return PlainHttp(_STATES.get(fault.failure, "not_http"))
    finally:
        transport.close()
    return PlainHttp("answers", answer.status, answer.header("location"))


_STATES = {
    Failure.REFUSED: "refused",
    Failure.TIMEOUT: "silent",
    Failure.CLOSED: "closed",
    Failure.BLOCKED: "blocked",
    Failure.DNS: "dns",
}


def _accepts(
    guard: Guard, host: str, port: int, version: ssl.TLSVersion, settings: TlsSettings, timeout: float
) -> bool | None:
    if not can_offer(version):
        return None
    attempt = Attempt(time.monotonic() + timeout)
    using = _only(version)
    show(using, settings.client)
    try:
        sock = dial(guard, host, port, attempt)
        secure(sock, using, host, attempt).close()
    except Fault as fault:
        if fault.failure is not Failure.TLS:
            return None
        return fault.detail == "client_certificate"
    return True


@cache
def can_offer(version: ssl.TLSVersion) -> bool:
    """Does this machine's OpenSSL speak a version at all? Two ends in memory shake hands, without certificates."""
    if version is ssl.TLSVersion.TLSv1_3:
        return ssl.HAS_TLSv1_3  # has no anonymous suites; nobody builds without it
    try:
        ends = _in_memory(_only(version, _ANONYMOUS), _only(version, _ANONYMOUS, server=True))
        for _ in range(4):
            for end in ends:
                _step(end)
        return ends[0].version() is not None
    except (ssl.SSLError, ValueError):
        return False


def _step(end: ssl.SSLObject) -> None:
    with suppress(ssl.SSLWantReadError):
        end.do_handshake()


def _in_memory(client: ssl.SSLContext, server: ssl.SSLContext) -> tuple[ssl.SSLObject, ssl.SSLObject]:
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    return client.wrap_bio(down, up), server.wrap_bio(up, down, server_side=True)


def _only(version: ssl.TLSVersion, ciphers: str = _ANY, *, server: bool = False) -> ssl.SSLContext:
    made = _lenient(server)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # old versions are what is asked about
        made.minimum_version = version
        made.maximum_version = version
    made.set_ciphers(ciphers)
    return made


def _lenient(server: bool = False) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made


def _presented(
    guard: Guard, host: str, port: int, using: ssl.SSLContext, timeout: float
) -> tuple[datetime | None, str | None]:
    """End of validity and subject of the certificate that is shown. Raises Fault."""
    attempt = Attempt(time.monotonic() + timeout)
    with secure(dial(guard, host, port, attempt), using, host, attempt) as shown:
        raw = shown.getpeercert(binary_form=True)
    try:
        parsed = x509.load_der_x509_certificate(raw or b"")
        return parsed.not_valid_after_utc, parsed.subject.rfc4514_string()
    except ValueError:
        return None, None
