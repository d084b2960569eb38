"""Documents that say whose signatures count: both verifiers read the same keys in them, and refuse the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.unit.certificate.conftest import NOW, URL
from tests.unit.certificate.grounds import Json
from tests.verifier_page import called
from validator.canonical import canonical
from validator.certificate.keys import generate, public_jwk
from validator.certificate.trust import TrustedKey, controller_document, jwks, parse_jwks
from validator.errors import EvidenceError

DID = "did:web:dang-ky.example"
READ = """async (text) => [...(await readKeys(utf8(text))).values()].map((key) =>
  [key.kid, key.demo, key.controller, key.from, key.until, key.compromised])"""
OLD, NEW = (generate(demo=False).private.public_key() for _ in range(2))
DEMO = generate(demo=True).private.public_key()
KEYS = [
    TrustedKey(OLD, False, URL, NOW, NOW + timedelta(days=9)),
    TrustedKey(NEW, False, URL, NOW + timedelta(days=9)),
    TrustedKey(DEMO, True, URL, compromised=True),
]


def read(text: str) -> list[list[object]]:
    def milliseconds(moment: object) -> object:
        return None if moment is None else moment.timestamp() * 1000  # type: ignore[attr-defined]

    return [
        [k.kid, k.demo, k.controller, milliseconds(k.valid_from), milliseconds(k.valid_until), k.compromised]
        for k in parse_jwks(text.encode(), "keys.json").values()
    ]


def text_of(document: Json, change: Callable[[Json], object] = lambda document: None) -> str:
    copy = json.loads(canonical(document))
    change(copy)
    return json.dumps(copy)


def method(change: Callable[[Json], object]) -> str:
    """The identifier document with a change of its first method."""
    return text_of(controller_document(DID, KEYS), lambda document: change(document["verificationMethod"][0]))


def key(change: Callable[[Json], object]) -> str:
    return text_of(jwks(KEYS), lambda document: change(document["keys"][0]))


def other_kind(document: Json) -> None:
    """A method for something else than assertion need not be a P-256 key."""
    document["verificationMethod"].append({"id": f"{DID}#x", "type": "Multikey", "controller": "did:web:khac.example"})


GOOD = {
    "JWK Set": text_of(jwks(KEYS)),
    "did.json": text_of(controller_document(DID, KEYS)),
    "controller.json": text_of(controller_document(URL, KEYS)),
    "a key that is not said to assert": text_of(
        controller_document(DID, KEYS), lambda document: document["assertionMethod"].pop()
    ),
    "a method of another kind": text_of(controller_document(DID, KEYS), other_kind),
    "no key": text_of({"keys": []}),
    "compromised in other words": key(lambda jwk: jwk.update(compromised="yes")),
    "members that say nothing here": key(lambda jwk: jwk.update(key_ops=["verify"], exp=1)),
    "expired": method(lambda found: found.update(expires="2020-01-01T00:00:00Z")),
    "with a clock of its own": method(lambda found: found["publicKeyJwk"].update(valid_from="2020-01-01T00:00:00Z")),
    "a demo key by its id": text_of(controller_document(DID, [TrustedKey(DEMO, True, DID)])),
}
BAD = {
    "a method of another controller": method(lambda found: found.update(controller="did:web:khac.example")),
    "an id that does not follow from the kid": method(lambda found: found["publicKeyJwk"].update(kid="A" * 43)),
    "a kid that does not follow from the key": method(lambda found: found["publicKeyJwk"].update(public_jwk(DEMO))),
    "a key called demo that is none": method(lambda found: found["publicKeyJwk"].update(kid=f"DEMO-{KEYS[0].kid}")),
    "no kid": method(lambda found: found["publicKeyJwk"].pop("kid")),
    "no key in a method that asserts": method(lambda found: found.pop("publicKeyJwk")),
    "an end that is no moment": method(lambda found: found.update(expires="2026-02-30T00:00:00Z")),
    "no assertionMethod": text_of(controller_document(DID, KEYS), lambda document: document.pop("assertionMethod")),
    "assertionMethod as a text": text_of(
        controller_document(DID, KEYS),
        lambda document: document.update(assertionMethod=" ".join(document["assertionMethod"])),
    ),
    "keys that are no list": text_of({"keys": {}}),
    "a key twice": text_of(jwks(KEYS), lambda document: document["keys"].append(document["keys"][0])),
    "a key twice, once compromised": text_of(
        jwks(KEYS), lambda document: document["keys"].append({**document["keys"][0], "compromised": True})
    ),
    "another curve": key(lambda jwk: jwk.update(crv="P-384")),
    "off the curve": key(lambda jwk: jwk.update(x="A" * 43)),
    "padded": key(lambda jwk: jwk.update(y=jwk["y"] + "=")),
    "demo by its word alone": key(lambda jwk: jwk.update(demo=True)),
    "no moment": key(lambda jwk: jwk.update(valid_until=None)),
    "nothing": "{}",
    "a list": "[]",
}


def test_good_documents_give_the_same_keys() -> None:
    assert dict(zip(GOOD, called(READ, list(GOOD.values())), strict=True)) == {
        name: ("ok", read(text)) for name, text in GOOD.items()
    }


def test_a_key_beyond_its_end_is_read_with_its_end() -> None:
    assert read(GOOD["expired"])[0][4] == 1_577_836_800_000
    assert [row[0] for row in read(GOOD["a key that is not said to assert"])] == [KEYS[0].kid]


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_a_document_with_a_fault_is_refused(text: str) -> None:
    with pytest.raises(EvidenceError, match=r"key\.not_a_set|json\."):
        parse_jwks(text.encode(), "keys.json")


def test_the_page_refuses_the_same_documents() -> None:
    told = dict(zip(BAD, called(READ, list(BAD.values())), strict=True))

    assert {name: word for name, (word, _) in told.items()} == dict.fromkeys(BAD, "refused")
