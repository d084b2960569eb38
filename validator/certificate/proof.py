"""W3C Data Integrity proofs of the suite `ecdsa-jcs-2019` with P-256 (Data Integrity ECDSA Cryptosuites v1.0, §3.3).

Signing is deterministic (RFC 6979): the same document, key and time give the same bytes. Where the
specification lets a document have contexts beyond those of its proof, they must be equal here: what
is appended would not be signed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from validator.canonical import canonical
from validator.certificate.moments import read_stamp
from validator.certificate.multibase import base58, from_base58
from validator.errors import EvidenceError

SUITE: Final = "ecdsa-jcs-2019"
SIZE: Final = 32
FIXED: Final = {"type": "DataIntegrityProof", "cryptosuite": SUITE, "proofPurpose": "assertionMethod"}
MEMBERS: Final = frozenset({*FIXED, "created", "verificationMethod", "proofValue"})


def sign(
    document: Mapping[str, Any], key: ec.EllipticCurvePrivateKey, verification_method: str, created: str
) -> dict[str, Any]:
    """The document with its proof. `created` is an RFC 3339 moment."""
    proof: dict[str, Any] = {**FIXED, "created": created, "verificationMethod": verification_method}
    if "@context" in document:
        proof["@context"] = document["@context"]
    signature = key.sign(_signed_bytes(document, proof), ec.ECDSA(SHA256(), deterministic_signing=True))
    r, s = decode_dss_signature(signature)
    value = base58(r.to_bytes(SIZE, "big") + s.to_bytes(SIZE, "big"))
    return {**document, "proof": {**proof, "proofValue": value}}


def check(secured: Mapping[str, Any], key: ec.EllipticCurvePublicKey, name: str) -> None:
    """Does nothing when the proof holds. Raises EvidenceError."""
    proof = proof_of(secured, name)
    document = {member: value for member, value in secured.items() if member != "proof"}
    options = {member: value for member, value in proof.items() if member != "proofValue"}
    try:
        signature = from_base58(proof["proofValue"], 2 * SIZE)
        r, s = (int.from_bytes(half, "big") for half in (signature[:SIZE], signature[SIZE:]))
        key.verify(encode_dss_signature(r, s), _signed_bytes(document, options), ec.ECDSA(SHA256()))
    except (ValueError, InvalidSignature) as fault:
        raise EvidenceError("proof.wrong", {"name": name}) from fault


def proof_of(secured: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The one proof of a document, its shape checked, the signature not yet. Raises EvidenceError."""
    proof = secured.get("proof")
    if not isinstance(proof, dict):
        raise EvidenceError("proof.missing", {"name": name})
    context = {"@context": secured["@context"]} if "@context" in secured else {}
    members = {member: proof.get(member) for member in (*FIXED, *context)}
    texts = all(isinstance(proof.get(member), str) for member in MEMBERS)
    if set(proof) != MEMBERS | set(context) or members != {**FIXED, **context} or not texts:
        raise EvidenceError("proof.malformed", {"name": name, "suite": SUITE})
    try:
        read_stamp(proof["created"])
    except ValueError as fault:
        raise EvidenceError("proof.malformed", {"name": name, "suite": SUITE}) from fault
    return proof


def created_at(secured: Mapping[str, Any], name: str) -> datetime:
    """When the proof says that it was made. Raises EvidenceError."""
    return read_stamp(proof_of(secured, name)["created"])


def _signed_bytes(document: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
    """The two hashes in the order of the specification: of the options first, then of the document."""
    return b"".join(hashlib.sha256(canonical(part)).digest() for part in (options, document))
