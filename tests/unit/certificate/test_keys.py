"""Keys: encrypted at rest, named by their public half, marked for good."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from validator.canonical import canonical
from validator.certificate.encrypted_key import ROUNDS
from validator.certificate.keys import SigningKey, generate, key_file, load, public_jwk, save
from validator.certificate.trust import TrustedKey, controller_document, jwks, parse_jwks
from validator.errors import EvidenceError, UsageError

PASSPHRASE = "mật khẩu đủ dài"
NOW = datetime(2026, 11, 26, tzinfo=UTC)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[SigningKey, Path]:
    key, path = generate(demo=True), tmp_path_factory.mktemp("keys") / "key.json"
    save(key, path, PASSPHRASE, NOW)
    return key, path


def refused(path: Path, passphrase: str = PASSPHRASE) -> UsageError:
    with pytest.raises(UsageError) as caught:
        load(path, passphrase)
    return caught.value


def test_a_key_comes_back_by_its_passphrase_only(saved: tuple[SigningKey, Path]) -> None:
    key, path = saved

    assert load(path, PASSPHRASE).kid == key.kid
    assert refused(path, "another passphrase").message_id == "key.not_opened"


def test_a_key_file_is_for_its_owner_and_is_never_written_over(saved: tuple[SigningKey, Path]) -> None:
    _, path = saved

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(UsageError, match=r"key\.exists"):
        save(generate(demo=False), path, PASSPHRASE, NOW)


def test_a_key_is_kept_as_pkcs8_that_others_open_under_many_rounds(saved: tuple[SigningKey, Path]) -> None:
    key, path = saved
    pem = json.loads(path.read_bytes())["private"]
    opened = load_pem_private_key(pem.encode(), PASSPHRASE.encode())

    assert pem.startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert opened.public_key() == key.private.public_key()
    assert ROUNDS >= 600_000


@pytest.mark.parametrize("passphrase", ["", "short", "line\nbreak and more"])
def test_a_passphrase_that_is_short_or_unprintable_is_refused(tmp_path: Path, passphrase: str) -> None:
    with pytest.raises(UsageError, match=r"key\.passphrase_short"):
        save(generate(demo=False), tmp_path / "k", passphrase, NOW)


def test_the_mark_of_a_demo_key_cannot_be_taken_off(saved: tuple[SigningKey, Path], tmp_path: Path) -> None:
    key, path = saved
    content = json.loads(path.read_bytes())
    bare = tmp_path / "bare.json"
    bare.write_bytes(canonical({**content, "demo": False}))
    shown = jwks([TrustedKey(key.private.public_key(), demo=True)])
    shown["keys"][0]["demo"] = False

    assert key.kid.startswith("DEMO-")
    assert refused(bare).message_id == "key.not_a_key"
    with pytest.raises(EvidenceError, match=r"key\.not_a_set"):
        parse_jwks(canonical(shown), "keys")


def test_a_public_half_of_another_key_is_refused(saved: tuple[SigningKey, Path], tmp_path: Path) -> None:
    other = generate(demo=True)
    content = json.loads(saved[1].read_bytes())
    swapped = tmp_path / "swapped.json"
    public = {**public_jwk(other.private.public_key()), "kid": other.kid}
    swapped.write_bytes(canonical({**content, "public": public}))

    assert key_file(swapped)["public"] == public
    assert refused(swapped).message_id == "key.not_a_key"


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"schema":"lienthong-key/1.0"}'])
def test_what_is_no_key_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "k").write_bytes(content)

    assert refused(tmp_path / "k").message_id == "key.not_a_key"
    assert refused(tmp_path / "none").message_id == "key.unreadable"


def test_a_key_set_comes_back_with_times_and_controller() -> None:
    own = generate(demo=False).private.public_key()
    key = TrustedKey(own, False, "https://a.example", NOW, NOW + timedelta(days=9), compromised=True)
    back = parse_jwks(canonical(jwks([key])), "keys")[key.kid]

    assert back.jwk() == key.jwk()
    assert back.controller == "https://a.example"


def test_a_retired_key_holds_for_its_time_and_a_compromised_one_never() -> None:
    own = generate(demo=False).private.public_key()
    retired = TrustedKey(own, False, None, NOW, NOW + timedelta(days=1))
    stolen = TrustedKey(own, False, compromised=True)

    assert [retired.signed_at(NOW + timedelta(days=d)) for d in (-1, 0, 1, 2)] == [False, True, True, False]
    assert not stolen.signed_at(NOW)


@pytest.mark.parametrize("change", [{"crv": "P-384"}, {"kty": "OKP"}, {"x": "AA"}, {"kid": "other"}, {"y": "!"}])
def test_a_key_set_with_anything_but_p256_is_refused(change: dict[str, str]) -> None:
    content = jwks([TrustedKey(generate(demo=False).private.public_key(), False)])
    content["keys"][0] |= change

    with pytest.raises(EvidenceError, match=r"key\.not_a_set"):
        parse_jwks(canonical(content), "keys")


def test_the_identifier_document_names_every_key_that_may_assert() -> None:
    keys = [TrustedKey(generate(demo=False).private.public_key(), False) for _ in range(2)]
    made = controller_document("did:web:dang-ky.example", [*keys, TrustedKey(keys[0].public, True, compromised=True)])

    assert made["id"] == "did:web:dang-ky.example"
    assert made["assertionMethod"] == [f"did:web:dang-ky.example#{key.kid}" for key in keys]
    assert all("d" not in method["publicKeyJwk"] for method in made["verificationMethod"])
