"""Keys on a PKCS#11 token: the private half stays there, and all else goes on as with a key in a file."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from pkcs11 import Attribute, ObjectClass

from tests.unit.certificate.conftest import NOW
from tests.unit.certificate.grounds import BASIC, Json, Kept, founded, keeper_of
from tests.unit.certificate.tokens import (
    KEY,
    LABEL,
    MISSING,
    MODULE,
    PIN,
    WHY,
    SoftToken,
    Stub,
    bare_pair,
    log_out,
    soft_token,
)
from validator.canonical import canonical
from validator.certificate import token_key
from validator.certificate.credential import Terms
from validator.certificate.es256 import PrivateHalf, verify
from validator.certificate.issue import issue
from validator.certificate.keys import SigningKey, generate, key_file, load, public_jwk, save, save_reference
from validator.certificate.register import Register
from validator.certificate.scope import granted
from validator.errors import EngineError, UsageError

pytestmark = pytest.mark.skipif(MISSING, reason=WHY)


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoftToken]:
    with soft_token(tmp_path, monkeypatch) as made:
        yield made


@pytest.fixture
def saved(token: SoftToken, tmp_path: Path) -> Path:
    """The file of a key made on the token."""
    half = token_key.make_key(token.place(), PIN)
    path = tmp_path / "key.json"
    save_reference(SigningKey(half, demo=False), half.place, path, NOW)
    log_out()
    return path


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(UsageError) as caught:
        call()
    assert PIN not in str(caught.value)
    return caught.value.message_id


def test_a_pair_made_on_a_token_signs_and_cannot_be_taken_out(token: SoftToken) -> None:
    token_key.make_key(token.place(), PIN)
    private = token.session().get_key(object_class=ObjectClass.PRIVATE_KEY, label=KEY)
    may = (Attribute.SENSITIVE, Attribute.ALWAYS_SENSITIVE, Attribute.NEVER_EXTRACTABLE, Attribute.SIGN)
    never = (Attribute.EXTRACTABLE, Attribute.DECRYPT, Attribute.UNWRAP, Attribute.DERIVE)

    assert [private[name] for name in may] == [True] * len(may)
    assert [private[name] for name in never] == [False] * len(never)
    with pytest.raises(pkcs11.AttributeSensitive):
        private[Attribute.VALUE]


def test_a_key_comes_back_by_its_pin_and_its_file_holds_no_secret(saved: Path) -> None:
    key = load(saved, PIN)
    content = key_file(saved)

    assert key.kid == content["public"]["kid"]
    assert {name: content["private"][name] for name in ("token", "label", "module")} == {
        "token": LABEL, "label": KEY, "module": MODULE,
    }  # fmt: skip
    assert PIN not in saved.read_text("utf-8")
    assert PIN not in repr(key)


def test_signatures_of_a_token_hold_though_no_two_are_alike(saved: Path) -> None:
    key = load(saved, PIN).private
    one, two = key.sign(b"x"), key.sign(b"x")

    assert one != two
    for signature in (one, two):
        verify(key.public_key(), signature, b"x")


def test_a_certificate_signed_on_a_token_verifies(saved: Path, register: Register, report: Json) -> None:
    key = load(saved, PIN)
    keeper = founded(register, key, NOW)
    made = issue(report, granted(["VSC-ENV"], BASIC), Terms(NOW, 12, 6), keeper)

    assert Kept(keeper, made, NOW).verified().word == "valid"


def test_a_key_that_asks_for_the_pin_at_every_signature_signs(token: SoftToken) -> None:
    token.generate(KEY, ALWAYS_AUTHENTICATE=True)
    key = token_key.take_key(token.place(), PIN)

    assert key.pin == PIN
    verify(key.public_key(), key.sign(b"x"), b"x")


def test_a_pair_without_id_and_with_a_bare_point_is_found(token: SoftToken, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_key.pkcs11, "lib", lambda _: bare_pair())
    key = token_key.open_key(token.place(), PIN)

    assert key.place.id == ""
    assert isinstance(key.public_key().curve, ec.SECP256R1)


@dataclass(frozen=True)
class Mangled:
    """A private half whose signatures are those of other data."""

    half: PrivateHalf

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self.half.public_key()

    def sign(self, data: bytes, **_: Any) -> bytes:
        return self.half.sign(data + b"!")


@dataclass
class Failing:
    """A private half whose token is taken out after some signatures."""

    half: PrivateHalf
    left: int

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self.half.public_key()

    def sign(self, data: bytes) -> bytes:
        if self.left == 0:
            raise UsageError("token.fault", {"token": LABEL, "reason": "DeviceRemoved"})
        self.left -= 1
        return self.half.sign(data)


def test_a_mangled_signature_never_leaves_the_key(saved: Path) -> None:
    key = load(saved, PIN).private
    assert isinstance(key, token_key.TokenKey)
    broken = replace(key, handle=Mangled(generate(demo=False).private))

    assert refused(lambda: broken.sign(b"x")) == "token.wrong_signature"


def test_a_certificate_with_a_mangled_signature_is_not_handed_out(
    saved: Path, register: Register, report: Json
) -> None:
    key = load(saved, PIN)
    founded(register, key, NOW)
    broken = keeper_of(register, SigningKey(Mangled(key.private), key.demo))

    with pytest.raises(EngineError, match=r"certificate\.unfit"):
        issue(report, granted(["VSC-ENV"], BASIC), Terms(NOW, 12, 6), broken)
    assert register.index() == []


def test_a_token_taken_out_in_the_middle_leaves_no_certificate(
    token: SoftToken, saved: Path, register: Register, report: Json
) -> None:
    key = load(saved, PIN)
    keeper = founded(register, key, NOW)
    token.take_out()

    call = lambda: issue(report, granted(["VSC-ENV"], BASIC), Terms(NOW, 12, 6), keeper)  # noqa: E731
    assert refused(call) == "token.fault"
    assert register.index() == []


def test_a_token_that_fails_later_leaves_none_either_or_one_that_the_next_change_completes(
    saved: Path, register: Register, report: Json
) -> None:
    key = load(saved, PIN)
    keeper = founded(register, key, NOW)
    kept = []
    for left in (1, 2):
        failing = keeper_of(register, SigningKey(Failing(key.private, left), key.demo))
        with pytest.raises(UsageError, match=r"token\.fault"):
            issue(report, granted(["VSC-ENV"], BASIC), Terms(NOW, 12, 6), failing)
        kept.append(len(register.index()))
    issue(report, granted(["VSC-ENV"], BASIC), Terms(NOW, 12, 6), keeper)
    all_kept = [Kept(keeper, register.certificate(row["number"]), NOW) for row in register.index()]

    assert kept == [0, 1]
    assert [one.verified().word for one in all_kept] == ["valid", "valid"]


def test_a_wrong_pin_is_not_tried_twice(token: SoftToken, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {
        pkcs11.PinIncorrect(): "token.wrong_pin",
        pkcs11.PinLenRange(): "token.wrong_pin",
        pkcs11.PinLocked(): "token.pin_locked",
    }
    for answer, told in answers.items():
        stub = Stub(fault=answer)
        monkeypatch.setattr(token_key.pkcs11, "lib", lambda _, stub=stub: stub)

        assert refused(lambda: token_key.open_key(token.place(), "0000")) == told
        assert stub.logins == ["0000"]


def test_what_is_not_as_the_key_file_says_is_told_apart(token: SoftToken, saved: Path, tmp_path: Path) -> None:
    assert refused(lambda: load(saved, "another pin")) == "token.wrong_pin"
    for name, value, told in (
        ("module", str(tmp_path / "none.so"), "token.no_module"),
        ("module", str(saved), "token.bad_module"),
        ("token", "another", "token.none"),
        ("label", "another", "token.no_key"),
        ("id", "00", "token.no_key"),
    ):
        content = json.loads(saved.read_bytes())
        content["private"][name] = value
        path = tmp_path / "changed.json"
        path.write_bytes(canonical(content))

        assert refused(lambda path=path: load(path, PIN)) == told


def test_the_public_half_on_the_token_must_be_that_of_the_file(saved: Path) -> None:
    content, other = json.loads(saved.read_bytes()), generate(demo=False)
    content["public"] = {**public_jwk(other.private.public_key()), "kid": other.kid}
    saved.write_bytes(canonical(content))

    assert refused(lambda: load(saved, PIN)) == "key.other_on_token"


@pytest.mark.parametrize("gone", [ObjectClass.PRIVATE_KEY, ObjectClass.PUBLIC_KEY])
def test_a_key_of_which_a_half_is_gone_is_no_key(token: SoftToken, saved: Path, gone: ObjectClass) -> None:
    token.destroy(gone)

    assert refused(lambda: load(saved, PIN)) == "token.no_key"


def test_keys_that_cannot_sign_on_p256_are_refused(token: SoftToken) -> None:
    token.generate("p384", "secp384r1")
    token.generate("agrees", SIGN=False, DERIVE=True)
    token.session().generate_keypair(pkcs11.KeyType.RSA, 2048, store=True, label="rsa")

    for label in ("p384", "agrees", "rsa"):
        assert refused(lambda label=label: token_key.take_key(token.place(label), PIN)) == "token.unfit_key"


def test_what_has_two_owners_of_one_name_is_refused(token: SoftToken) -> None:
    token.generate(KEY)
    assert refused(lambda: token_key.make_key(token.place(), PIN)) == "token.key_exists"
    token.generate(KEY)
    assert refused(lambda: token_key.take_key(token.place(), PIN)) == "token.several_keys"
    log_out()
    token.make()
    assert refused(lambda: token_key.take_key(token.place(), PIN)) == "token.several"


@pytest.mark.parametrize(
    "private",
    [{}, [], None, {"module": "soft.so"}, {"token": 1}, {"token": ""}, {"id": "AB"}, {"id": "x"}, {"pin": "1234"}],
)
def test_a_malformed_reference_is_no_key_file(saved: Path, private: Any) -> None:
    content = json.loads(saved.read_bytes())
    content["private"] = {**content["private"], **private} if isinstance(private, dict) and private else private
    saved.write_bytes(canonical(content))

    assert refused(lambda: key_file(saved)) == "key.not_a_key"


def test_a_key_on_a_token_is_not_saved_as_one_in_memory(saved: Path, tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        save(load(saved, PIN), tmp_path / "copy.json", "mật khẩu đủ dài", datetime.now(UTC))


def test_without_the_extra_the_error_says_what_to_install(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    monkeypatch.delitem(sys.modules, "validator.certificate.token_key")

    assert refused(lambda: load(saved, PIN)) == "usage.no_pkcs11"
