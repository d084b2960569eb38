"""Private keys of logs and witnesses in files: PKCS#8, encrypted, readable by their owner only."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from validator.certificate import durable
from validator.certificate.encrypted_key import encrypted_pem
from validator.certificate.keys import SHORTEST_PASSPHRASE
from validator.errors import UsageError

_ENCRYPTED: Final = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"


def generate(path: Path, passphrase: str) -> Ed25519PrivateKey:
    """A new Ed25519 key in a new file. Raises UsageError."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise UsageError("tlog.passphrase_short", {"shortest": SHORTEST_PASSPHRASE})
    key = Ed25519PrivateKey.generate()
    pem = encrypted_pem(key, passphrase).encode()
    try:
        durable.secret(path, pem)
    except OSError as fault:
        raise UsageError("usage.cannot_write", {"path": str(path), "reason": fault.strerror or str(fault)}) from fault
    return key


def load(path: Path, passphrase: str) -> Ed25519PrivateKey | EllipticCurvePrivateKey:
    """The Ed25519 or P-256 key of a file. Raises UsageError, for a key that is not encrypted too."""
    try:
        content = path.read_bytes()
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise UsageError("usage.unreadable_file", {"path": str(path), "reason": reason}) from fault
    try:
        key = load_pem_private_key(content, passphrase.encode()) if content.startswith(_ENCRYPTED) else None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UsageError("tlog.key_not_opened", {"path": str(path)}) from None
    if isinstance(key, Ed25519PrivateKey) or (
        isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1)
    ):
        return key
    raise UsageError("tlog.not_a_key", {"path": str(path)})
