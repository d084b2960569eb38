"""P-256 keys on PKCS#11 tokens: made there, found there, signing there; the private half never comes out.

Whoever imports this room without the extra gets the UsageError that says what to install. A PIN is
tried once and never again: tokens lock themselves after a few wrong ones.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec

from validator.certificate.es256 import SIZE, verify
from validator.certificate.token_reference import TokenReference
from validator.errors import UsageError

try:
    import pkcs11
    from pkcs11 import Attribute, KeyType, Mechanism, MechanismFlag, ObjectClass, exceptions
except ImportError as fault:
    raise UsageError("usage.no_pkcs11", {"package": "python-pkcs11"}) from fault

P256: Final = bytes.fromhex("06082a8648ce3d030107")
POINT_SIZE: Final = 1 + 2 * SIZE
ID_SIZE: Final = 16
PROBE: Final = b"lienthong: do both halves belong together?"
MESSAGES: Final[dict[type[exceptions.PKCS11Error], str]] = {
    exceptions.NoSuchToken: "token.none",
    exceptions.MultipleTokensReturned: "token.several",
    exceptions.PinIncorrect: "token.wrong_pin",
    exceptions.PinInvalid: "token.wrong_pin",
    exceptions.PinLenRange: "token.wrong_pin",
    exceptions.PinLocked: "token.pin_locked",
    exceptions.NoSuchKey: "token.no_key",
    exceptions.MultipleObjectsReturned: "token.several_keys",
}


@dataclass(frozen=True, slots=True)
class TokenKey:
    """A private half on a token, in a session that is logged in. Its signatures are not deterministic."""

    place: TokenReference
    public: ec.EllipticCurvePublicKey
    handle: Any = field(repr=False)
    pin: str | None = field(repr=False)
    """Only where the key asks for it at every signature."""

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self.public

    def sign(self, data: bytes) -> bytes:
        """r || s, which the public half was seen to verify. Raises UsageError when the token fails."""
        with _explained(self.place):
            made = self.handle.sign(hashlib.sha256(data).digest(), mechanism=Mechanism.ECDSA, pin=self.pin)
        try:
            verify(self.public, made, data)
        except (ValueError, InvalidSignature):
            raise UsageError("token.wrong_signature", self.place.as_dict()) from None
        return bytes(made)


def open_key(place: TokenReference, pin: str) -> TokenKey:
    """The key pair of a reference. Raises UsageError."""
    with _explained(place):
        return _found(_session(place, pin), place, pin)


def take_key(place: TokenReference, pin: str) -> TokenKey:
    """A pair that was on the token before, by its label, its two halves tried on each other. Raises UsageError."""
    key = open_key(place, pin)
    key.sign(PROBE)
    return key


def make_key(place: TokenReference, pin: str) -> TokenKey:
    """A new pair that signs and does nothing else, not to be taken out. Raises UsageError."""
    with _explained(place):
        session = _session(place, pin, writing=True)
        if list(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.LABEL: place.label})):
            raise UsageError("token.key_exists", place.as_dict())
        curve = session.create_domain_parameters(KeyType.EC, {Attribute.EC_PARAMS: P256}, local=True)
        identity = secrets.token_bytes(ID_SIZE)
        curve.generate_keypair(
            store=True, label=place.label, id=identity, mechanism=Mechanism.EC_KEY_PAIR_GEN,
            capabilities=MechanismFlag.SIGN | MechanismFlag.VERIFY,
            private_template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
        )  # fmt: skip
    return take_key(TokenReference(place.module, place.token, place.label, identity.hex()), pin)


def _session(place: TokenReference, pin: str, writing: bool = False) -> Any:
    if not Path(place.module).is_file():
        raise UsageError("token.no_module", place.as_dict())
    try:
        library = pkcs11.lib(place.module)
    except exceptions.PKCS11Error as fault:
        raise UsageError("token.bad_module", {**place.as_dict(), "reason": _reason(fault)}) from None
    token = library.get_token(token_label=place.token)
    try:
        return token.open(rw=writing, user_pin=pin)
    except exceptions.UserAlreadyLoggedIn:  # another key of this process is on the same token
        return token.open(rw=writing)


def _found(session: Any, place: TokenReference, pin: str) -> TokenKey:
    named = {"label": place.label} | ({"id": bytes.fromhex(place.id)} if place.id else {})
    private = session.get_key(object_class=ObjectClass.PRIVATE_KEY, **named)
    _check_fit(private, place)
    identity = bytes(_attribute(private, Attribute.ID) or b"")
    same = {"id": identity} if identity else {"label": place.label}
    public = _public(session.get_key(object_class=ObjectClass.PUBLIC_KEY, **same), place)
    here = TokenReference(place.module, place.token, place.label, identity.hex())
    return TokenKey(here, public, private, pin if _attribute(private, Attribute.ALWAYS_AUTHENTICATE) else None)


def _check_fit(private: Any, place: TokenReference) -> None:
    kind = (_attribute(private, Attribute.KEY_TYPE), _attribute(private, Attribute.EC_PARAMS))
    if kind != (KeyType.EC, P256) or not _attribute(private, Attribute.SIGN):
        raise UsageError("token.unfit_key", place.as_dict())


def _public(found: Any, place: TokenReference) -> ec.EllipticCurvePublicKey:
    """The point as the standard has it, in an OCTET STRING, or bare as some modules give it."""
    point = bytes(_attribute(found, Attribute.EC_POINT) or b"")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point[-POINT_SIZE:])
    except ValueError:
        raise UsageError("token.unfit_key", place.as_dict()) from None


def _attribute(found: Any, name: Attribute) -> Any:
    """None where the key does not have it."""
    try:
        return found[name]
    except exceptions.AttributeTypeInvalid:
        return None


@contextmanager
def _explained(place: TokenReference) -> Iterator[None]:
    """What the token answers, as a line for the user; no answer of it holds the PIN."""
    try:
        yield
    except exceptions.PKCS11Error as fault:
        said = {**place.as_dict(), "reason": _reason(fault)}
        raise UsageError(MESSAGES.get(type(fault), "token.fault"), said) from None


def _reason(fault: exceptions.PKCS11Error) -> str:
    return " ".join(f"{type(fault).__name__} {fault}".split())
