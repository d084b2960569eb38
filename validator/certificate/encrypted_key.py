"""PKCS#8 with PBES2 (RFC 8018): AES-256-CBC under PBKDF2-HMAC-SHA-256.

The library that we sign with encrypts at 2,048 rounds and takes no other number; it reads any. So
the few DER values are written here, at the rounds that OWASP asks for. `openssl pkey` reads them too.
"""

from __future__ import annotations

import base64
import hashlib
import os
import textwrap
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

ROUNDS: Final = 600_000
SEQUENCE: Final = 0x30
INTEGER: Final = 0x02
OCTETS: Final = 0x04
PBES2: Final = bytes.fromhex("06092a864886f70d01050d")
PBKDF2: Final = bytes.fromhex("06092a864886f70d01050c")
HMAC_SHA256: Final = bytes.fromhex("06082a864886f70d0209")
AES_256_CBC: Final = bytes.fromhex("060960864801650304012a")
NULL: Final = b"\x05\0"


def encrypted_pem(key: EllipticCurvePrivateKey | Ed25519PrivateKey, passphrase: str) -> str:
    """The key as PEM, to be opened by the passphrase in UTF-8."""
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    salt, start = os.urandom(16), os.urandom(16)
    secret = hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, ROUNDS)
    pad, encryptor = PKCS7(128).padder(), Cipher(AES256(secret), CBC(start)).encryptor()
    hidden = encryptor.update(pad.update(plain) + pad.finalize()) + encryptor.finalize()
    rounds = _value(INTEGER, ROUNDS.to_bytes(3, "big"))
    derived = _sequence(PBKDF2, _sequence(_value(OCTETS, salt), rounds, _sequence(HMAC_SHA256, NULL)))
    scheme = _sequence(PBES2, _sequence(derived, _sequence(AES_256_CBC, _value(OCTETS, start))))
    lines = textwrap.wrap(base64.b64encode(_sequence(scheme, _value(OCTETS, hidden))).decode(), 64)
    return "\n".join(("-----BEGIN ENCRYPTED PRIVATE KEY-----", *lines, "-----END ENCRYPTED PRIVATE KEY-----", ""))


def _sequence(*parts: bytes) -> bytes:
    return _value(SEQUENCE, b"".join(parts))


def _value(tag: int, content: bytes) -> bytes:
    """One DER value of fewer than 65,536 bytes."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes(2, "big").lstrip(b"\0")
    return bytes([tag, 0x80 | len(length)]) + length + content
