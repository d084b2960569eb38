"""Signing keys: P-256, encrypted at rest as PKCS#8, and marked for good when they are for demonstration.

A key's id is the RFC 7638 thumbprint of its public half, with `DEMO-` before it for a demo key: the
mark stands in every proof and cannot be taken off without becoming another key to those who trust.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from validator.canonical import canonical
from validator.certificate import encrypted_key
from validator.certificate.moments import stamp
from validator.certificate.multibase import from_plain_base64url, plain_base64url
from validator.certificate.strict_json import parse
from validator.errors import EvidenceError, UsageError

SCHEMA: Final = "lienthong-key/1.0"
DEMO: Final = "DEMO-"
SHORTEST_PASSPHRASE: Final = 12
SIZE: Final = 32
MEMBERS: Final = {"schema", "demo", "created", "public", "private"}


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key that may be used now, with its id."""

    private: ec.EllipticCurvePrivateKey
    demo: bool

    @property
    def kid(self) -> str:
        return key_id(self.private.public_key(), self.demo)


def generate(demo: bool) -> SigningKey:
    return SigningKey(ec.generate_private_key(ec.SECP256R1()), demo)


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
    """Writes a new key file that only its owner can read; never over another. Raises UsageError."""
    check_passphrase(passphrase)
    content = {
        "schema": SCHEMA, "demo": key.demo, "created": stamp(created),
        "public": {**public_jwk(key.private.public_key()), "kid": key.kid},
        "private": encrypted_key.encrypted_pem(key.private, passphrase),
    }  # fmt: skip
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(canonical(content) + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
    except FileExistsError as fault:
        raise UsageError("key.exists", {"path": str(path)}) from fault
    except OSError as fault:
        raise UsageError("usage.cannot_write", {"path": str(path), "reason": fault.strerror or str(fault)}) from fault


def check_passphrase(passphrase: str) -> None:
    if len(passphrase) < SHORTEST_PASSPHRASE or not passphrase.isprintable():
        raise UsageError("key.passphrase_short", {"shortest": SHORTEST_PASSPHRASE})


def load(path: Path, passphrase: str) -> SigningKey:
    """The key of a file. Raises UsageError; no text of it holds a value of the file."""
    content, demo = key_file(path), False
    try:
        private = load_pem_private_key(content["private"].encode(), passphrase.encode())
        demo = bool(content["demo"])
        if isinstance(private, ec.EllipticCurvePrivateKey) and isinstance(private.curve, ec.SECP256R1):
            key = SigningKey(private, demo)
            if key.kid == content["public"]["kid"]:
                return key
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UsageError("key.not_opened", {"path": str(path)}) from None
    raise UsageError("key.not_a_key", {"path": str(path)})


def key_file(path: Path) -> dict[str, Any]:
    """What a key file says openly and its encrypted private half; the id follows from the key. Raises UsageError."""
    try:
        content = parse(path.read_bytes(), path.name)
        if isinstance(content, dict) and set(content) == MEMBERS and content["schema"] == SCHEMA:
            own = content["public"]
            known = isinstance(content["private"], str) and isinstance(content["demo"], bool)
            if known and own["kid"] == key_id(public_key(own), content["demo"]):
                return content
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise UsageError("key.unreadable", {"path": str(path), "reason": reason}) from fault
    except (EvidenceError, ValueError, TypeError, KeyError):
        raise UsageError("key.not_a_key", {"path": str(path)}) from None
    raise UsageError("key.not_a_key", {"path": str(path)})
