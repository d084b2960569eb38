"""W3C Data Integrity proofs of the suite `ecdsa-jcs-2019` with P-256 (Data Integrity ECDSA Cryptosuites v1.0, §3.3).

With a key in memory signing is deterministic (RFC 6979): the same document, key and time give the
same bytes. A key on a token signs with chance; what it signs verifies just the same. Where the
specification lets a document have contexts beyond those of its proof, they must be equal here: what
is appended would not be signed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec

from validator.canonical import canonical
from validator.certificate.es256 import SIZE, PrivateHalf, verify
from validator.certificate.moments import read_stamp
from validator.certificate.multibase import base58, from_base58
from validator.errors import EvidenceError

SUITE: Final = "ecdsa-jcs-2019"
FIXED: Final = {"type": "DataIntegrityProof", "cryptosuite": SUITE, "proofPurpose": "assertionMethod"}
MEMBERS: Final = frozenset({*FIXED, "created", "verificationMethod", "proofValue"})


def sign(document: Mapping[str, Any], key: PrivateHalf, verification_method: str, created: str) -> dict[str, Any]:
    """The document with its proof. `created` is an RFC 3339 moment."""
    proof: dict[str, Any] = {**FIXED, "created": created, "verificationMethod": verification_method}
    if "@context" in document:
        proof["@context"] = document["@context"]
    value = base58(key.sign(_signed_bytes(document, proof)))
    return {**document, "proof": {**proof, "proofValue": value}}


def check(secured: Mapping[str, Any], key: ec.EllipticCurvePublicKey, name: str) -> None:
    """Does nothing when the proof holds. Raises EvidenceError."""
    proof = proof_of(secured, name)
    document = {member: value for member, value in secured.items() if member != "proof"}
    options = {member: value for member, value in proof.items() if member != "proofValue"}
    try:
        verify(key, from_base58(proof["proofValue"], 2 * SIZE), _signed_bytes(document, options))
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


def _signed_bytes(document: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
    """The two hashes in the order of the specification: of the options first, then of the document."""
    return b"".join(hashlib.sha256(canonical(part)).digest() for part in (options, document))
