"""The QR code of a certificate: its address and, behind `#`, a signed token that is verified without a network.

The token is a JWS (RFC 7515, compact, ES256) of a few claims. What stands behind `#` never reaches a
server. A token says what was issued, not what became of it since: that is the register's to say.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography.exceptions import InvalidSignature

from validator.canonical import canonical
from validator.certificate.es256 import SIZE, PrivateHalf, verify
from validator.certificate.moments import read_stamp, stamp
from validator.certificate.multibase import from_plain_base64url as decoded
from validator.certificate.multibase import plain_base64url as encoded
from validator.certificate.strict_json import parse
from validator.certificate.trust import Keys, TrustedKey
from validator.errors import EvidenceError, UsageError

TYPE: Final = "lienthong-qr"
LONGEST: Final = 2_000
NAME_LONGEST: Final = 60
NAME: Final = "QR"
HEADER: Final = {"alg", "kid", "typ"}
TEXTS: Final = ("n", "d", "o", "f", "u")
CLAIMS: Final = {*TEXTS, "s", "demo"}


@dataclass(frozen=True, slots=True)
class _Token:
    """A token taken apart; nothing of it is verified."""

    kid: str
    claims: dict[str, Any]
    signed: bytes
    signature: bytes


def claims_of(credential: Mapping[str, Any], content: bytes) -> dict[str, Any]:
    """What the token says: number, digest of the file's bytes, object, classes, from, until, DEMO or not."""
    subject = credential["credentialSubject"]
    return {
        "n": subject["number"],
        "d": encoded(hashlib.sha256(content).digest()),
        "o": subject["object"]["name"][:NAME_LONGEST],
        "s": [f"{s['standard']}@{s['edition']}/{s['classGranted']}" for s in subject["scope"] if s["askedFor"]],
        "f": credential["validFrom"],
        "u": credential["validUntil"],
        "demo": subject["demo"],
    }


def token(claims: Mapping[str, Any], key: PrivateHalf, kid: str) -> str:
    """The claims signed with a P-256 key; one in memory gives the same token for the same claims."""
    signed = ".".join(encoded(canonical(part)) for part in ({"alg": "ES256", "kid": kid, "typ": TYPE}, claims))
    return f"{signed}.{encoded(key.sign(signed.encode()))}"


def address(url: str, signed: str) -> str:
    """The text of the QR code."""
    return f"{url}#{signed}"


def read(text: str, keys: Keys) -> dict[str, Any]:
    """The claims of a token, or of a QR code's text, after its signature was verified.

    Raises:
        EvidenceError: it is no token, its key is not known, compromised, or was not in use on the day
            of issue, the DEMO mark is not the key's, or the signature is wrong.
    """
    found = _taken_apart(text.strip().rpartition("#")[2])
    key = keys.get(found.kid)
    if key is None:
        raise EvidenceError("qr.unknown_key", {"kid": found.kid[:80]})
    _check_key(key, found)
    try:
        verify(key.public, found.signature, found.signed)
    except (InvalidSignature, ValueError) as fault:
        raise EvidenceError("qr.wrong") from fault
    return found.claims


def _taken_apart(signed: str) -> _Token:
    """The parts of a token, of exactly these members. Raises EvidenceError."""
    try:
        if len(signed) > LONGEST:
            raise ValueError(len(signed))
        head, body, value = signed.split(".")
        header, claims, signature = parse(decoded(head), NAME), parse(decoded(body), NAME), decoded(value)
        if set(header) != HEADER or (header["alg"], header["typ"]) != ("ES256", TYPE):
            raise ValueError(head)
        if set(claims) != CLAIMS or len(signature) != 2 * SIZE or not isinstance(claims["s"], list):
            raise ValueError(body)
        texts = [header["kid"], *claims["s"], *(claims[name] for name in TEXTS)]
        if not all(isinstance(text, str) for text in texts):
            raise TypeError(body)
        _ = [read_stamp(claims[name]) for name in ("f", "u")]
    except (ValueError, TypeError) as fault:
        raise EvidenceError("qr.malformed") from fault
    return _Token(header["kid"], claims, f"{head}.{body}".encode(), signature)


def _check_key(key: TrustedKey, token: _Token) -> None:
    """Does nothing when this key may have signed this. Raises EvidenceError."""
    if key.compromised:
        raise EvidenceError("qr.compromised", {"kid": key.kid})
    if not key.signed_at(read_stamp(token.claims["f"])):
        raise EvidenceError("qr.key_not_then", {"kid": key.kid, "at": token.claims["f"]})
    if key.demo is not token.claims["demo"]:
        raise EvidenceError("qr.demo_mark", {"kid": key.kid})


def check_in_time(claims: Mapping[str, Any], at: datetime) -> None:
    """Does nothing when a moment lies within the time that the token speaks of. Raises EvidenceError."""
    if not read_stamp(claims["f"]) <= at <= read_stamp(claims["u"]):
        raise EvidenceError("qr.out_of_time", {"since": claims["f"], "until": claims["u"], "at": stamp(at)})


def check_matches(claims: Mapping[str, Any], content: bytes) -> None:
    """Does nothing when a certificate's bytes are those that the token speaks of. Raises EvidenceError."""
    if claims["d"] != encoded(hashlib.sha256(content).digest()):
        raise EvidenceError("qr.other_certificate", {"number": str(claims["n"])})


def drawing(text: str) -> str:
    """The QR code as SVG, error correction M. Raises UsageError without segno."""
    try:
        import segno
    except ImportError as fault:
        raise UsageError("usage.no_pdf", {"package": "segno"}) from fault
    out = io.BytesIO()
    segno.make(text, error="m", boost_error=False, micro=False).save(out, kind="svg", xmldecl=False, border=4)
    return out.getvalue().decode()
