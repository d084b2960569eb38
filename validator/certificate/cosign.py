"""Cosignatures of witnesses (https://c2sp.org/tlog-cosignature), Ed25519, type 0x04.

A witness says with one: at this time, this was the largest head that I have seen of this log, and every
head that I signed before is its beginning. The signed message is `cosignature/v1`, the time and the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from validator.certificate.note import ED25519_BYTES, Signature, key_id, split_vkey
from validator.errors import UsageError

COSIGNATURE: Final = 0x04
LATEST: Final = 2**63 - 1
_TIME_BYTES: Final = 8
_SIGNATURE_BYTES: Final = 64


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """The public key of a witness (32 bytes) under its name."""

    name: str
    public: bytes
    kind: int = COSIGNATURE

    @property
    def id(self) -> bytes:
        return key_id(self)

    def verify(self, text: bytes, signature: bytes) -> bool:
        if len(signature) != _TIME_BYTES + _SIGNATURE_BYTES or _time(signature) > LATEST:
            return False
        message = _message(_time(signature), text)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature[_TIME_BYTES:], message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class WitnessSigner:
    """The private key of a witness, and the time (POSIX seconds) that it signs at."""

    name: str
    private: Ed25519PrivateKey
    at: int

    @classmethod
    def of(cls, name: str, private: object, at: int) -> WitnessSigner:
        """Raises UsageError for a key of another kind."""
        if not isinstance(private, Ed25519PrivateKey):
            raise UsageError("tlog.witness_ed25519")
        return cls(name, private, at)

    @property
    def key(self) -> WitnessKey:
        return WitnessKey(self.name, self.private.public_key().public_bytes_raw())

    def sign(self, text: bytes) -> bytes:
        return self.at.to_bytes(_TIME_BYTES, "big") + self.private.sign(_message(self.at, text))


def parse_witness(text: str) -> WitnessKey:
    """A witness's key from its vkey. Raises UsageError."""
    name, kind, public, given = split_vkey(text)
    key = WitnessKey(name, public)
    if kind != COSIGNATURE or len(public) != ED25519_BYTES or key.id != given:
        raise UsageError("tlog.bad_witness", {"text": text[:200]})
    return key


def time_of(signature: Signature) -> int:
    """When a cosignature that was verified was made, POSIX seconds."""
    return _time(signature.signature)


def _time(signature: bytes) -> int:
    return int.from_bytes(signature[:_TIME_BYTES], "big")


def _message(at: int, text: bytes) -> bytes:
    return b"cosignature/v1\ntime %d\n" % at + text
