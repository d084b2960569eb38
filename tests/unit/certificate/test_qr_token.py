"""A QR code's token is judged alike by both verifiers: by the key, its time and mark, and by the letter of its JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from unicodedata import normalize

import pytest

from tests.unit.certificate.conftest import NOW, URL
from tests.verifier_page import Case, judged
from validator.canonical import canonical
from validator.certificate import qr
from validator.certificate.keys import SigningKey, generate
from validator.certificate.moments import stamp
from validator.certificate.multibase import plain_base64url
from validator.certificate.trust import Keys, TrustedKey, jwks
from validator.errors import EvidenceError

DAY = timedelta(days=1)
OWN, DEMO, LEAKED, RETIRED, LATER, STRANGER = (generate(demo=number == 1) for number in range(6))
CLAIMS = {
    "n": "LT-2026-7K3M9QXA", "d": "A" * 43, "o": "IOC Đà Nẵng", "s": ["VSC-ENV@1.0/basic"],
    "f": stamp(NOW), "u": stamp(NOW + 30 * DAY), "demo": False,
}  # fmt: skip
KEYS: Keys = {
    key.kid: key
    for key in (
        TrustedKey(OWN.private.public_key(), False),
        TrustedKey(DEMO.private.public_key(), True),
        TrustedKey(LEAKED.private.public_key(), False, compromised=True),
        TrustedKey(RETIRED.private.public_key(), False, valid_until=NOW - DAY),
        TrustedKey(LATER.private.public_key(), False, valid_from=NOW + DAY),
    )
}


def token(claims: bytes, key: SigningKey = OWN, header: bytes | None = None) -> str:
    """Any claims and header, well signed: what is refused is refused for what it says."""
    head = canonical({"alg": "ES256", "kid": key.kid, "typ": qr.TYPE}) if header is None else header
    signed = f"{plain_base64url(head)}.{plain_base64url(claims)}"
    return f"{signed}.{plain_base64url(key.private.sign(signed.encode()))}"


def saying(key: SigningKey = OWN, **changed: Any) -> str:
    return token(canonical({**CLAIMS, **changed}), key)


def headed(**changed: Any) -> str:
    return token(canonical(CLAIMS), OWN, canonical({"alg": "ES256", "kid": OWN.kid, "typ": qr.TYPE, **changed}))


def without(name: str) -> str:
    return token(canonical({key: value for key, value in CLAIMS.items() if key != name}))


def changed(signed: str) -> str:
    head, _, signature = signed.split(".")
    other = plain_base64url(canonical({**CLAIMS, "n": "LT-2026-00000000"}))
    return f"{head}.{other}.{signature}"


PLAIN = canonical(CLAIMS)
GOOD = {
    "own key": qr.token(CLAIMS, OWN.private, OWN.kid),
    "demo key that says so": saying(DEMO, demo=True),
    "spaces between members": token(json.dumps(CLAIMS).encode()),
}
BAD = {
    "compromised key": saying(LEAKED),
    "key retired before": saying(RETIRED),
    "key in use only later": saying(LATER),
    "key of a stranger": saying(STRANGER),
    "demo key that denies it": saying(DEMO),
    "own key that says demo": saying(demo=True),
    "mark that is no truth value": saying(demo=0),
    "expired": saying(f=stamp(NOW - 2 * DAY), u=stamp(NOW - DAY)),
    "not yet": saying(f=stamp(NOW + DAY)),
    "no moment": saying(f="26/11/2026"),
    "no end": saying(u="2027-02-30T00:00:00+07:00"),
    "claim twice": token(PLAIN.replace(b'"demo":false', b'"demo":true,"demo":false')),
    "header twice": token(PLAIN, OWN, b'{"typ":"","alg":"ES256","kid":"%s","typ":"lienthong-qr"}' % OWN.kid.encode()),
    "claim too many": saying(x="1"),
    "claim missing": without("u"),
    "header too many": headed(jku="https://example.vn/keys.json"),
    "other algorithm": headed(alg="none"),
    "other type": headed(typ="JWT"),
    "number for a text": saying(n=1),
    "text for a list": saying(s="VSC-ENV@1.0/basic"),
    "number in a list": saying(s=[1]),
    "not NFC": token(json.dumps({**CLAIMS, "o": normalize("NFD", "Đà")}, ensure_ascii=False).encode()),
    "fraction": token(PLAIN.replace(b'"demo":false', b'"demo":0.5')),
    "text behind": token(PLAIN + b"{}"),
    "no object": token(b"[]"),
    "no JSON": token(b"{"),
    "too long": saying(o="x" * 2_000),
    "changed": changed(saying()),
}  # fmt: skip


def by_page(tokens: Mapping[str, str], at: datetime) -> dict[str, str]:
    known = canonical(jwks(KEYS.values()))
    cases = [Case({"keys.json": known, "qr.txt": qr.address(URL, t).encode()}, at) for t in tokens.values()]
    return dict(zip(tokens, (told.verdict for told in judged(cases)), strict=True))


def by_python(tokens: Mapping[str, str], at: datetime) -> dict[str, str]:
    return {name: verdict(qr.address(URL, text), at) for name, text in tokens.items()}


def verdict(text: str, at: datetime) -> str:
    try:
        qr.check_in_time(qr.read(text, KEYS), at)
    except EvidenceError:
        return "invalid"
    return "cannotTell"  # what became of it since, no token knows


@pytest.mark.parametrize("by", [by_page, by_python])
def test_good_token_leaves_open_only_what_became_of_it(by) -> None:
    assert by(GOOD, NOW) == dict.fromkeys(GOOD, "cannotTell")


@pytest.mark.parametrize("by", [by_page, by_python])
def test_token_with_one_fault_is_refused(by) -> None:
    assert by(BAD, NOW) == dict.fromkeys(BAD, "invalid")


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("compromised key", "qr.compromised"), ("key retired before", "qr.key_not_then"),
        ("key in use only later", "qr.key_not_then"), ("demo key that denies it", "qr.demo_mark"),
        ("key of a stranger", "qr.unknown_key"), ("claim twice", "json.duplicate_key"), ("not NFC", "json.not_nfc"),
        ("claim too many", "qr.malformed"), ("number in a list", "qr.malformed"), ("changed", "qr.wrong"),
    ],
)  # fmt: skip
def test_reason_names_the_fault(fault: str, why: str) -> None:
    with pytest.raises(EvidenceError) as found:
        qr.read(BAD[fault], KEYS)

    assert found.value.message_id == why
