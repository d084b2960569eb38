"""Signing keys: P-256, encrypted at rest as PKCS#8 or on a token, and marked for good when for demonstration.

A key's id is the RFC 7638 thumbprint of its public half, with `DEMO-` before it for a demo key: the
mark stands in every proof and cannot be taken off without becoming another key to those who trust.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from validator.canonical import canonical
from validator.certificate import durable, encrypted_key
from validator.certificate.es256 import SIZE, PrivateHalf, SoftwareKey
from validator.certificate.moments import stamp
from validator.certificate.multibase import from_plain_base64url, plain_base64url
from validator.certificate.strict_json import parse
from validator.certificate.token_reference import TokenReference, reference
from validator.errors import EvidenceError, UsageError

SCHEMA: Final = "lienthong-key/1.0"
DEMO: Final = "DEMO-"
SHORTEST_PASSPHRASE: Final = 12
MEMBERS: Final = {"schema", "demo", "created", "public", "private"}


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key that may be used now, with its id."""

    private: PrivateHalf
    demo: bool

    @property
    def kid(self) -> str:
        return key_id(self.private.public_key(), self.demo)


def generate(demo: bool) -> SigningKey:
    return SigningKey(SoftwareKey(ec.generate_private_key(ec.SECP256R1())), demo)


def public_jwk(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    """The public half as the four members that a thumbprint is made of."""
    numbers = key.public_numbers()
    x, y = (plain_base64url(n.to_bytes(SIZE, "big")) for n in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def public_key(jwk: Mapping[str, Any]) -> ec.EllipticCurvePublicKey:
    """The key of a JWK. Raises ValueError for another kind of key or a point off the curve."""
    if jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":
        raise ValueError("P-256")
    sides = [from_plain_base64url(str(jwk.get(side))) for side in ("x", "y")]
    if any(len(side) != SIZE for side in sides):
        raise ValueError("x, y")
    x, y = (int.from_bytes(side, "big") for side in sides)
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def key_id(key: ec.EllipticCurvePublicKey, demo: bool) -> str:
    thumbprint = plain_base64url(hashlib.sha256(canonical(public_jwk(key))).digest())
    return f"{DEMO if demo else ''}{thumbprint}"


def save(key: SigningKey, path: Path, passphrase: str, created: datetime) -> None:
    """Writes a new file of a key in memory, encrypted. Raises UsageError; TypeError for a key on a token."""
    check_passphrase(passphrase)
    if not isinstance(key.private, SoftwareKey):
        raise TypeError(key.private)
    _write(key, encrypted_key.encrypted_pem(key.private.secret, passphrase), path, created)


def save_reference(key: SigningKey, place: TokenReference, path: Path, created: datetime) -> None:
    """Writes a new file of a key whose private half stays on its token. Raises UsageError."""
    _write(key, place.as_dict(), path, created)


def _write(key: SigningKey, private: str | dict[str, Any], path: Path, created: datetime) -> None:
    """A file that only its owner can read; never over another."""
    content = {
        "schema": SCHEMA, "demo": key.demo, "created": stamp(created),
        "public": {**public_jwk(key.private.public_key()), "kid": key.kid}, "private": private,
    }  # fmt: skip
    try:
        durable.secret(path, canonical(content) + b"\n")
    except FileExistsError as fault:
        raise UsageError("key.exists", {"path": str(path)}) from fault
    except OSError as fault:
        raise UsageError("usage.cannot_write", {"path": str(path), "reason": fault.strerror or str(fault)}) from fault


def check_passphrase(passphrase: str) -> None:
    if len(passphrase) < SHORTEST_PASSPHRASE or not passphrase.isprintable():
        raise UsageError("key.passphrase_short", {"shortest": SHORTEST_PASSPHRASE})


def load(path: Path, secret: str) -> SigningKey:
    """The key of a file, opened by its passphrase, or by the PIN of its token.

    Raises:
        UsageError: no text of it holds a value of the file, but where the token and its key are.
    """
    content = key_file(path)
    private = content["private"]
    half = _decrypted(private, secret, path) if isinstance(private, str) else _on_token(reference(private), secret)
    key = SigningKey(half, content["demo"])
    if key.kid != content["public"]["kid"]:
        raise UsageError("key.not_a_key" if isinstance(private, str) else "key.other_on_token", {"path": str(path)})
    return key


def _decrypted(pem: str, passphrase: str, path: Path) -> SoftwareKey:
    try:
        private = load_pem_private_key(pem.encode(), passphrase.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UsageError("key.not_opened", {"path": str(path)}) from None
    if isinstance(private, ec.EllipticCurvePrivateKey) and isinstance(private.curve, ec.SECP256R1):
        return SoftwareKey(private)
    raise UsageError("key.not_a_key", {"path": str(path)})


def _on_token(place: TokenReference, pin: str) -> PrivateHalf:
    from validator.certificate.token_key import open_key

    return open_key(place, pin)


def token_of(content: Mapping[str, Any]) -> TokenReference | None:
    """Where the private half of such a file lies when it is on a token."""
    return None if isinstance(content["private"], str) else reference(content["private"])


def key_file(path: Path) -> dict[str, Any]:
    """A key file: what it says openly, the private half encrypted or where it lies; its id fits. Raises UsageError."""
    try:
        content = parse(path.read_bytes(), path.name)
        if isinstance(content, dict) and set(content) == MEMBERS and content["schema"] == SCHEMA:
            own = content["public"]
            token_of(content)
            if isinstance(content["demo"], bool) and own["kid"] == key_id(public_key(own), content["demo"]):
                return content
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise UsageError("key.unreadable", {"path": str(path), "reason": reason}) from fault
    except (EvidenceError, ValueError, TypeError, KeyError):
        raise UsageError("key.not_a_key", {"path": str(path)}) from None
    raise UsageError("key.not_a_key", {"path": str(path)})
