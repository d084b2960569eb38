"""The QR code of a certificate: its address and, behind `#`, a signed token that is verified without a network.

The token is a JWS (RFC 7515, compact, ES256) of a few claims. What stands behind `#` never reaches a
server. A token says what was issued, not what became of it since: that is the register's to say.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec

from validator.canonical import canonical
from validator.certificate.es256 import SIZE, PrivateHalf, verify
from validator.certificate.multibase import from_plain_base64url as decoded
from validator.certificate.multibase import plain_base64url as encoded
from validator.errors import EvidenceError, UsageError

TYPE: Final = "lienthong-qr"
LONGEST: Final = 2_000
NAME_LONGEST: Final = 60
CLAIMS: Final = {"n", "d", "o", "s", "f", "u", "demo"}

PublicKeys = Callable[[str], ec.EllipticCurvePublicKey | None]


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


def read(text: str, key_of: PublicKeys) -> dict[str, Any]:
    """The claims of a token, or of a QR code's text, after its signature was verified.

    Raises:
        EvidenceError: it is no token, its key is not known, or its signature is wrong.
    """
    signed = text.strip().rpartition("#")[2]
    try:
        if len(signed) > LONGEST:
            raise ValueError(len(signed))
        head, body, signature = signed.split(".")
        header, claims, value = json.loads(decoded(head)), json.loads(decoded(body)), decoded(signature)
        if set(header) != {"alg", "kid", "typ"} or (header["alg"], header["typ"]) != ("ES256", TYPE):
            raise ValueError(head)
        if set(claims) != CLAIMS or len(value) != 2 * SIZE:
            raise ValueError(body)
        kid = str(header["kid"])
    except (ValueError, TypeError) as fault:
        raise EvidenceError("qr.malformed") from fault
    if (key := key_of(kid)) is None:
        raise EvidenceError("qr.unknown_key", {"kid": kid[:80]})
    try:
        verify(key, value, f"{head}.{body}".encode())
    except (InvalidSignature, ValueError) as fault:
        raise EvidenceError("qr.wrong") from fault
    return dict(claims)


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
