"""Signed notes (https://c2sp.org/signed-note): a text, an empty line, and lines that sign it.

    — <key name> base64(32-bit key id || signature)

Keys of the log sign here: Ed25519 (type 0x01, which a public log must use) and ECDSA P-256 with SHA-256
(type 0x02, for readers bound to that algorithm; its key id is taken from the key alone). Signatures of
unknown keys say nothing and are passed over; one of a known key that does not hold spoils the note.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey as EcPublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from validator.errors import EvidenceError, UsageError

ED25519: Final = 0x01
P256: Final = 0x02
LogPrivate = Ed25519PrivateKey | EllipticCurvePrivateKey
ED25519_BYTES: Final = 32
LARGEST: Final = 256 * 1024
MOST_SIGNATURES: Final = 64
_DASH: Final = "— "
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")
_VKEY: Final = re.compile(r"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)")


class Verifier(Protocol):
    """A trusted public key under its name."""

    @property
    def name(self) -> str: ...
    @property
    def id(self) -> bytes:
        """Four bytes."""

    def verify(self, text: bytes, signature: bytes) -> bool: ...


class Signer(Protocol):
    """Who can sign a note's text as one key."""

    @property
    def key(self) -> Verifier: ...
    def sign(self, text: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: key name, key id (4 bytes), signature."""

    name: str
    id: bytes
    signature: bytes

    def line(self) -> str:
        return f"{_DASH}{self.name} {base64.b64encode(self.id + self.signature).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it lies there; nothing in it is to be believed before `check`."""

    text: bytes
    signatures: tuple[Signature, ...]

    def encode(self) -> bytes:
        return self.text + b"\n" + "".join(s.line() for s in self.signatures).encode()

    def check(self, keys: Sequence[Verifier]) -> tuple[Signature, ...]:
        """The signatures by these keys, all of which hold. Raises EvidenceError when one of them does not."""
        good = []
        for signature in self.signatures:
            for key in keys:
                if (key.name, key.id) == (signature.name, signature.id):
                    if not key.verify(self.text, signature.signature):
                        raise EvidenceError("tlog.bad_signature", {"name": key.name})
                    good.append(signature)
                    break
        return tuple(good)


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A public key that signs notes: `kind` is its type byte, `public` 32 bytes (Ed25519) or SPKI DER (P-256)."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.public).digest()[:4] if self.kind == P256 else key_id(self)

    def verify(self, text: bytes, signature: bytes) -> bool:
        try:
            if self.kind == ED25519:
                Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
            else:
                p256(self.public).verify(signature, text, ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class NoteSigner:
    """A private key of the log under its name."""

    name: str
    private: LogPrivate

    @property
    def key(self) -> NoteKey:
        if isinstance(self.private, Ed25519PrivateKey):
            return NoteKey(self.name, ED25519, self.private.public_key().public_bytes_raw())
        spki = self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return NoteKey(self.name, P256, spki)

    def sign(self, text: bytes) -> bytes:
        if isinstance(self.private, Ed25519PrivateKey):
            return self.private.sign(text)
        return self.private.sign(text, ECDSA(hashes.SHA256(), deterministic_signing=True))


class Keyed(Protocol):
    """What a key id and a vkey are made of."""

    @property
    def name(self) -> str: ...
    @property
    def id(self) -> bytes: ...
    @property
    def kind(self) -> int: ...
    @property
    def public(self) -> bytes: ...


def key_id(key: Keyed) -> bytes:
    return hashlib.sha256(key.name.encode() + b"\n" + bytes([key.kind]) + key.public).digest()[:4]


def vkey(key: Keyed) -> str:
    """The key as text: `<name>+<hex id>+<base64(type || key)>`."""
    return f"{key.name}+{key.id.hex()}+{base64.b64encode(bytes([key.kind]) + key.public).decode()}"


def split_vkey(text: str) -> tuple[str, int, bytes, bytes]:
    """Name, type byte, public key and key id of a vkey. Raises UsageError."""
    found = _VKEY.fullmatch(text)
    try:
        material = unbase64(found[3]) if found else b""
    except ValueError:
        material = b""
    if not found or not is_name(found[1]) or len(material) < 2:
        raise UsageError("tlog.bad_vkey", {"text": text[:200]})
    return found[1], material[0], material[1:], bytes.fromhex(found[2])


def parse_vkey(text: str) -> NoteKey:
    """A log's key from its vkey. Raises UsageError for other kinds, a wrong id, or no such key."""
    name, kind, public, given = split_vkey(text)
    key = NoteKey(name, kind, public)
    usable = (kind == ED25519 and len(public) == ED25519_BYTES) or (kind == P256 and _is_p256(public))
    if not usable or key.id != given:
        raise UsageError("tlog.bad_vkey", {"text": text[:200]})
    return key


def p256(spki: bytes) -> EcPublicKey:
    """Raises ValueError for DER that is no P-256 key."""
    key = load_der_public_key(spki)
    if not isinstance(key, EcPublicKey) or not isinstance(key.curve, SECP256R1):
        raise ValueError("curve")
    return key


def _is_p256(spki: bytes) -> bool:
    try:
        p256(spki)
    except Exception:  # noqa: BLE001 - DER of unknown origin fails in many ways, and each means no
        return False
    return True


def sign(text: bytes, signers: Sequence[Signer]) -> bytes:
    """A note with one signature of each signer. Raises UsageError for a text that no note can hold."""
    made = tuple(Signature(s.key.name, s.key.id, s.sign(text)) for s in signers)
    content = Note(text, made).encode()
    try:
        same = _parsed(content) == Note(text, made)
    except ValueError:
        same = False
    if not same:
        raise UsageError("tlog.bad_text")
    return content


def parse(content: bytes) -> Note:
    """A note taken apart; nothing is verified. Raises EvidenceError for what is no note."""
    try:
        return _parsed(content)
    except ValueError as fault:
        raise EvidenceError("tlog.no_note", {"reason": str(fault)}) from fault


def _parsed(content: bytes) -> Note:
    if len(content) > LARGEST:
        raise ValueError("size")
    whole = content.decode("utf-8")
    if _CONTROL.search(whole):
        raise ValueError("control characters")
    text, gap, lines = whole.rpartition("\n\n")
    if not gap or not lines.endswith("\n"):
        raise ValueError("no signature lines")
    signatures = [parse_line(line) for line in lines[:-1].split("\n")]
    if len(signatures) > MOST_SIGNATURES:
        raise ValueError("too many signatures")
    return Note(text.encode() + b"\n", tuple(signatures))


def parse_line(line: str) -> Signature:
    """One signature line without its line feed. Raises ValueError."""
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space or not is_name(name):
        raise ValueError("signature line")
    raw = unbase64(encoded)
    if len(raw) < 5:
        raise ValueError("signature line")
    return Signature(name, raw[:4], raw[4:])


def is_name(name: str) -> bool:
    """Whether a key can have this name: no space of any kind, no plus, no control character."""
    return bool(name) and not any(c.isspace() or c == "+" or c < " " for c in name)


def unbase64(text: str) -> bytes:
    """Standard base64 in its one canonical form. Raises ValueError for anything else."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise ValueError("base64") from fault
    if base64.b64encode(raw).decode() != text:
        raise ValueError("base64")
    return raw
