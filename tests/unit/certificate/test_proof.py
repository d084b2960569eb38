"""Data Integrity proofs: the W3C vectors, byte for byte, and nothing that they do not cover."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from validator.canonical import canonical
from validator.certificate import proof
from validator.certificate.es256 import SoftwareKey
from validator.certificate.multibase import ALPHABET, from_base58
from validator.errors import EvidenceError

VECTORS = Path(__file__).parents[2] / "vectors" / "vc-di-ecdsa"


def text(name: str) -> str:
    return (VECTORS / f"{name}JCSECDSAP256.txt").read_text("utf-8").strip()


def document(name: str) -> dict[str, Any]:
    return dict(json.loads((VECTORS / name).read_text("utf-8")))


SIGNED = document("signedJCSECDSAP256.json")


def multikey(name: str) -> bytes:
    """The bytes of a multikey after its two bytes of type, whatever its size."""
    written = document("p256KeyPair.json")[name]
    number = 0
    for letter in written[1:]:
        number = number * 58 + ALPHABET.index(letter)
    return number.to_bytes((number.bit_length() + 7) // 8, "big")[2:]


PRIVATE = SoftwareKey(ec.derive_private_key(int.from_bytes(multikey("secretKeyMultibase"), "big"), ec.SECP256R1()))
PUBLIC = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), multikey("publicKeyMultibase"))


def refused(secured: dict[str, Any]) -> str:
    with pytest.raises(EvidenceError) as caught:
        proof.check(secured, PUBLIC, "x")
    return caught.value.message_id


def test_the_canonical_forms_and_hashes_are_those_of_the_vectors() -> None:
    options = {name: value for name, value in SIGNED["proof"].items() if name != "proofValue"}
    unsigned = document("unsigned.json")

    assert canonical(unsigned).decode() == text("canonDoc")
    assert canonical(options).decode() == text("proofCanon")
    assert hashlib.sha256(canonical(unsigned)).hexdigest() == text("docHash")
    assert hashlib.sha256(canonical(options)).hexdigest() == text("proofHash")
    assert text("combinedHash") == text("proofHash") + text("docHash")


def test_signing_gives_the_very_proof_of_the_vectors() -> None:
    stated = SIGNED["proof"]
    made = proof.sign(document("unsigned.json"), PRIVATE, stated["verificationMethod"], stated["created"])

    assert made == SIGNED
    assert made["proof"]["proofValue"] == text("sigBTC58")
    assert from_base58(made["proof"]["proofValue"], 64).hex() == text("sigHex")


def test_the_proof_of_the_vectors_holds() -> None:
    assert PRIVATE.public_key().public_numbers() == PUBLIC.public_numbers()

    proof.check(SIGNED, PUBLIC, "vector")


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Alumni credential"},
        {"validFrom": "2023-01-01T00:00:01Z"},
        {"another": 1},
        {"proof": {**SIGNED["proof"], "created": "2023-02-24T23:36:39Z"}},
        {"proof": {**SIGNED["proof"], "verificationMethod": "did:key:z6Mk#z6Mk"}},
        {"proof": {**SIGNED["proof"], "proofValue": SIGNED["proof"]["proofValue"][:-1] + "U"}},
    ],
)
def test_what_was_changed_after_signing_is_refused(change: dict[str, Any]) -> None:
    assert refused({**SIGNED, **change}) == "proof.wrong"


def test_a_context_that_was_appended_after_signing_is_refused() -> None:
    assert refused({**SIGNED, "@context": [*SIGNED["@context"], "https://evil.example/v1"]}) == "proof.malformed"


@pytest.mark.parametrize(
    "member",
    [
        {"cryptosuite": "eddsa-jcs-2022"},
        {"proofPurpose": "authentication"},
        {"type": "Ed25519Signature2020"},
        {"expires": "2030-01-01T00:00:00Z"},
        {"created": "yesterday"},
        {"proofValue": 1},
    ],
)
def test_a_proof_of_another_form_is_refused(member: dict[str, Any]) -> None:
    assert refused({**SIGNED, "proof": {**SIGNED["proof"], **member}}) == "proof.malformed"


@pytest.mark.parametrize("stated", [None, [], [SIGNED["proof"]], "z"])
def test_a_document_without_one_proof_is_refused(stated: object) -> None:
    assert refused({**SIGNED, "proof": stated}) == "proof.missing"


@pytest.mark.parametrize("value", ["u5ptCet", "z0OIl", "z", "z" + "z" * 88, "z1" + SIGNED["proof"]["proofValue"][1:]])
def test_a_signature_is_written_in_one_way_only(value: str) -> None:
    assert refused({**SIGNED, "proof": {**SIGNED["proof"], "proofValue": value}}) == "proof.wrong"
