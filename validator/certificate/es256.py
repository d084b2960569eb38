"""ECDSA on P-256 with SHA-256, signatures as r || s of 32 bytes each (RFC 7518, §3.4).

Where the private half lies is its own matter: in memory, or on a token that never lets it out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

SIZE: Final = 32


class PrivateHalf(Protocol):
    """What signs, wherever it lies."""

    def public_key(self) -> ec.EllipticCurvePublicKey: ...

    def sign(self, data: bytes) -> bytes:
        """r || s over the SHA-256 digest of the data."""
        ...


@dataclass(frozen=True, slots=True)
class SoftwareKey:
    """A private half in memory. It signs deterministically (RFC 6979): the same data give the same bytes."""

    secret: ec.EllipticCurvePrivateKey = field(repr=False)

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self.secret.public_key()

    def sign(self, data: bytes) -> bytes:
        r, s = decode_dss_signature(self.secret.sign(data, ec.ECDSA(SHA256(), deterministic_signing=True)))
        return r.to_bytes(SIZE, "big") + s.to_bytes(SIZE, "big")


def verify(key: ec.EllipticCurvePublicKey, signature: bytes, data: bytes) -> None:
    """Does nothing when the signature holds. Raises ValueError for another size, else InvalidSignature."""
    if len(signature) != 2 * SIZE:
        raise ValueError(len(signature))
    r, s = (int.from_bytes(half, "big") for half in (signature[:SIZE], signature[SIZE:]))
    key.verify(encode_dss_signature(r, s), data, ec.ECDSA(SHA256()))
