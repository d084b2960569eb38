"""Whose signatures count: public keys in a JWK Set (RFC 7517), a static file that an issuer publishes.

A key may be retired (`valid_until`: what it signed before still holds) or `compromised` (nothing that
it signed holds). The id of each key is recomputed, so a demo key cannot be passed off as another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from validator.certificate.keys import DEMO, key_id, public_jwk, public_key
from validator.certificate.moments import read_stamp, stamp
from validator.certificate.strict_json import parse
from validator.errors import EvidenceError, UsageError

ALGORITHM: Final = {"alg": "ES256", "use": "sig"}
CONTROLLER_CONTEXT: Final = ("https://www.w3.org/ns/cid/v1",)
DID_CONTEXT: Final = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1")


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A public key, and for which issuer and time it may be trusted."""

    public: ec.EllipticCurvePublicKey
    demo: bool
    controller: str | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    compromised: bool = False

    @property
    def kid(self) -> str:
        return key_id(self.public, self.demo)

    def jwk(self) -> dict[str, Any]:
        """The key as one member of a JWK Set."""
        times = {"valid_from": self.valid_from, "valid_until": self.valid_until}
        return {
            **public_jwk(self.public), **ALGORITHM, "kid": self.kid, "demo": self.demo,
            **({"controller": self.controller} if self.controller else {}),
            **{name: stamp(moment) for name, moment in times.items() if moment},
            **({"compromised": True} if self.compromised else {}),
        }  # fmt: skip

    def signed_at(self, moment: datetime) -> bool:
        """Whether what this key signed at a moment may hold."""
        early = self.valid_from is not None and moment < self.valid_from
        late = self.valid_until is not None and moment > self.valid_until
        return not (self.compromised or early or late)


Keys = Mapping[str, TrustedKey]


def jwks(keys: Iterable[TrustedKey]) -> dict[str, Any]:
    return {"keys": [key.jwk() for key in keys]}


def read_jwks(path: Path) -> Keys:
    """The keys of such a file. Raises UsageError."""
    try:
        content = path.read_bytes()
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise UsageError("key.unreadable", {"path": str(path), "reason": reason}) from fault
    try:
        return parse_jwks(content, path.name)
    except EvidenceError as fault:
        raise UsageError("key.not_a_set", {"path": str(path)}) from fault


def parse_jwks(content: bytes, name: str) -> Keys:
    """The keys of a JWK Set, or of an issuer's identifier document, by their ids. Raises EvidenceError, also for a
    key that stands there twice: it might be good by one of them and compromised by the other."""
    document = parse(content, name)
    try:
        stated = document["keys"] if "keys" in document else _controlled(document)
        found = {key.kid: key for key in map(_trusted, stated)}
        if not isinstance(stated, list) or len(found) != len(stated):
            raise ValueError("keys")
    except (ValueError, TypeError, KeyError, AttributeError) as fault:
        raise EvidenceError("key.not_a_set", {"path": name}) from fault
    return found


def _controlled(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The keys that an identifier document lets assert, as members of a JWK Set. Raises ValueError, KeyError."""
    found, asserting, controller = [], document["assertionMethod"], document["id"]
    if not isinstance(asserting, list):
        raise ValueError("assertionMethod")
    for method in document["verificationMethod"]:
        if method["id"] not in asserting:
            continue
        jwk = method["publicKeyJwk"]
        if method["controller"] != controller or method["id"] != f"{controller}#{jwk['kid']}":
            raise ValueError(method["id"])
        until = {"valid_until": method["expires"]} if "expires" in method else {}
        found.append({**jwk, **until, "controller": controller, "demo": jwk["kid"].startswith(DEMO)})
    return found


def _trusted(jwk: Mapping[str, Any]) -> TrustedKey:
    moments = {name: read_stamp(jwk[name]) for name in ("valid_from", "valid_until") if name in jwk}
    key = TrustedKey(
        public_key(jwk),
        demo=jwk.get("demo", False) is True,
        controller=jwk.get("controller"),
        compromised=jwk.get("compromised", False) is not False,
        **moments,
    )
    if jwk["kid"] != key.kid:
        raise ValueError(jwk["kid"])
    return key


def controller_document(controller: str, keys: Iterable[TrustedKey]) -> dict[str, Any]:
    """The controlled identifier document (W3C CID 1.0) of an issuer, a `did:web` document for a DID."""
    did = controller.startswith("did:")
    listed = [key for key in keys if not key.compromised]
    return {
        "@context": list(DID_CONTEXT if did else CONTROLLER_CONTEXT),
        "id": controller,
        "verificationMethod": [
            {
                "id": f"{controller}#{key.kid}", "type": "JsonWebKey", "controller": controller,
                "publicKeyJwk": {**public_jwk(key.public), "kid": key.kid, **ALGORITHM},
                **({"expires": stamp(key.valid_until)} if key.valid_until else {}),
            }
            for key in listed
        ],
        "assertionMethod": [f"{controller}#{key.kid}" for key in listed],
    }  # fmt: skip
