"""TLS as the run is told to speak it, and why a handshake failed, in one word."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpcore

from validator.errors import UsageError

# X509_V_ERR_… of OpenSSL
_CODES = {
    9: "not_yet_valid",
    10: "expired",
    18: "self_signed",
    19: "unknown_issuer",
    20: "unknown_issuer",
    21: "unknown_issuer",
    62: "wrong_host",
    64: "wrong_host",
}
_WORDS = {
    "WRONG_VERSION_NUMBER": "not_tls",
    "HTTP_REQUEST": "not_tls",
    "PACKET_LENGTH_TOO_LONG": "not_tls",
    "RECORD_LAYER_FAILURE": "not_tls",
    "UNSUPPORTED_PROTOCOL": "version",
    "TLSV1_ALERT_PROTOCOL_VERSION": "version",
    "NO_PROTOCOLS_AVAILABLE": "version",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "client_certificate",
    "SSLV3_ALERT_BAD_CERTIFICATE": "client_certificate",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": "client_certificate",
    "TLSV1_ALERT_UNKNOWN_CA": "client_certificate",
    "SSLV3_ALERT_HANDSHAKE_FAILURE": "handshake",
    "UNEXPECTED_EOF_WHILE_READING": "closed",
}
VERIFICATION = frozenset({"expired", "not_yet_valid", "wrong_host", "unknown_issuer", "self_signed", "certificate"})


@dataclass(frozen=True, slots=True)
class Pair:
    """A client's certificate and its key, PEM files."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """`ca` is trusted beside the usual authorities; `client` is shown to the server where no role has its own."""

    ca: Path | None = None
    client: Pair | None = None
    verify: bool = True


def context(settings: TlsSettings, client: Pair | None = None) -> ssl.SSLContext:
    """A context for connections of the run. Raises UsageError for files that cannot be used."""
    made = httpcore.default_ssl_context()
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.ca:
        _use(settings.ca, lambda: made.load_verify_locations(settings.ca))
    show(made, client or settings.client)
    if not settings.verify:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    return made


def show(using: ssl.SSLContext, client: Pair | None) -> None:
    """The context shows a client's certificate from now on. Raises UsageError."""
    if client:
        # A key with a pass phrase would ask for it at the terminal and hang a run.
        _use(client.certificate, lambda: using.load_cert_chain(client.certificate, client.key, lambda: b""))


def reason(error: Exception) -> str:
    """A word for why a handshake failed; `certificate` and `handshake` where there is none more fitting."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _CODES.get(error.verify_code, "certificate")
    if isinstance(error, ssl.SSLError):
        return _WORDS.get(error.reason or "", "closed" if isinstance(error, ssl.SSLEOFError) else "handshake")
    if isinstance(error, ConnectionError):
        return "closed"
    return "handshake"


def _use(path: Path, load: Callable[[], object]) -> None:
    try:
        load()
    except (OSError, ValueError) as error:
        raise UsageError(
            "usage.tls_file", {"path": path, "reason": getattr(error, "strerror", None) or error}
        ) from None
