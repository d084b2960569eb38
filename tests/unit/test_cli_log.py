"""`lienthong log`, from a new log to a witness who refuses a fork, in both languages."""

from __future__ import annotations

import shutil
import subprocess
from base64 import b64decode, b64encode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.tlogs import ORIGIN, leaf
from validator.certificate.encrypted_key import ROUNDS
from validator.cli.main import main
from validator.cli.signing import LOG_VARIABLE


class Desk:
    """Someone at a command line: a folder, and what was said."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        self.log = str(folder / "log")
        self.out = self.err = ""

    def call(self, *arguments: str, lang: str = "en") -> int:
        code = main(["log", *arguments, "--lang", lang])
        self.out, self.err = self.capsys.readouterr()
        return code

    def at(self, name: str) -> str:
        return str(self.folder / name)

    def leaf(self, number: int) -> str:
        (self.folder / f"leaf-{number}").write_bytes(leaf(number))
        return self.at(f"leaf-{number}")


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv(LOG_VARIABLE, "correct horse battery")
    return Desk(tmp_path, capsys)


@pytest.fixture
def vkey(desk: Desk) -> str:
    """The public key of a log with three leaves under a checkpoint."""
    assert desk.call("create", desk.log, "--origin", ORIGIN, "--key", desk.at("key.pem")) == 0
    key = desk.out.splitlines()[-1]
    assert desk.call("append", desk.log, *map(desk.leaf, range(3))) == 0
    assert desk.call("checkpoint", desk.log, "--key", desk.at("key.pem")) == 0
    return key


def test_a_proof_verifies_by_the_key_alone_and_a_changed_one_ends_with_5(desk: Desk, vkey: str) -> None:
    proof = desk.folder / "one.tlog-proof"

    assert desk.call("prove", desk.log, "--leaf", desk.leaf(1), "--out", str(proof)) == 0
    assert desk.call("verify", str(proof), "--key", vkey, "--leaf", desk.leaf(1)) == 0
    assert desk.out.splitlines() == [f"{ORIGIN}: this leaf stands at place 1 of 3.", leaf(1).decode()]
    assert desk.call("verify", str(proof), "--key", vkey, "--leaf", desk.leaf(2)) == 5
    proof.write_bytes(proof.read_bytes().replace(b"index 1", b"index 2"))
    assert desk.call("verify", str(proof), "--key", vkey, lang="vi") == 5
    assert "đã bị sửa" in desk.err
    assert desk.call("prove", desk.log, "--index", "1") == 0
    assert desk.out.startswith("c2sp.org/tlog-proof@v1\n")


def test_a_whole_log_verifies_and_a_changed_byte_ends_with_5(desk: Desk, vkey: str) -> None:
    tile = desk.folder / "log/tile/entries/000.p/3"

    assert desk.call("verify", desk.log, "--key", vkey) == 0
    assert desk.out == f"{ORIGIN}: all 3 leaves, tiles and the signature hold.\n"
    tile.write_bytes(tile.read_bytes().replace(b"issued", b"Issued"))
    assert desk.call("verify", desk.log, "--key", vkey) == 5


def test_witnesses_sign_what_they_can_follow_and_refuse_a_log_that_forgot(desk: Desk, vkey: str) -> None:
    old = desk.folder / "old"
    old.write_bytes((desk.folder / "log/checkpoint").read_bytes())
    cosign = ("cosign", desk.log, "--name", "DEMO.w.example", "--key", desk.at("w.pem"), "--log-key", vkey,
              "--memory", desk.at("memory"), "--out", desk.at("line"))  # fmt: skip
    assert desk.call(*cosign) == 0
    witness = next(line for line in desk.err.splitlines() if line.startswith("DEMO.w.example+"))
    assert (desk.folder / "line").read_text(encoding="utf-8").startswith("— DEMO.w.example ")

    publish = ("checkpoint", desk.log, "--key", desk.at("key.pem"))
    assert desk.call(*publish, "--cosignature", desk.at("line"), "--witness", witness) == 0
    assert desk.call("verify", desk.log, "--key", vkey, "--witness", witness, "--quorum", "1") == 0
    assert "Witnessed by DEMO.w.example at 20" in desk.out

    assert desk.call("append", desk.log, desk.leaf(3)) == 0
    assert desk.call(*publish) == 0
    consistent = ("consistency", str(old), desk.log, "--key", vkey)
    assert desk.call(*consistent, "--out", desk.at("proof")) == 0
    assert "the log of 4 leaves continues the one of 3" in desk.out
    assert desk.call("consistency", str(old), desk.at("proof"), "--key", vkey, lang="vi") == 0
    assert desk.call(*cosign) == 0
    assert witness in desk.err.splitlines()

    desk.log = desk.at("again")
    assert desk.call("create", desk.log, "--origin", ORIGIN, "--key", desk.at("key.pem")) == 0
    assert desk.call("append", desk.log, *map(desk.leaf, range(10, 17))) == 0
    assert desk.call("checkpoint", desk.log, "--key", desk.at("key.pem")) == 0
    assert desk.call("consistency", str(old), desk.log, "--key", vkey) == 5
    assert desk.call("cosign", desk.log, *cosign[2:]) == 5
    assert "does not continue" in desk.err


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_wrong_calls_end_with_2_and_change_nothing(desk: Desk, vkey: str, lang: str) -> None:
    (desk.folder / "odd").write_bytes(b'{"b": 1}')
    (desk.folder / "twice").write_bytes(b'{"a":1,"a":1}')
    (desk.folder / "words").write_text("wrong words here\n", encoding="utf-8")
    before = {p: p.read_bytes() for p in (desk.folder / "log").rglob("*") if p.is_file()}
    for call in (
        ("append", desk.log, desk.at("odd")),
        ("append", desk.log, desk.at("twice")),
        ("append", desk.log, desk.at("nothing")),
        ("append", desk.at("nowhere"), desk.leaf(1)),
        ("prove", desk.log),
        ("prove", desk.log, "--index", "3"),
        ("prove", desk.log, "--leaf", desk.leaf(8)),
        ("verify", desk.log, "--key", "no key"),
        ("verify", desk.log, "--key", vkey, "--quorum", "1"),
        ("verify", desk.log, "--key", vkey, "--leaf", desk.leaf(1)),
        ("create", desk.log, "--origin", ORIGIN, "--key", desk.at("key.pem")),
        ("checkpoint", desk.log, "--key", desk.at("key.pem"), "--passphrase-file", desk.at("words")),
        ("checkpoint", desk.log, "--key", desk.at("odd")),
        ("checkpoint", desk.log, "--key", desk.at("key.pem"), "--cosignature", desk.at("odd")),
        ("cosign", desk.log, "--name", "a b", "--key", desk.at("key.pem"), "--log-key", vkey, "--memory", desk.at("m")),
    ):  # fmt: skip
        assert desk.call(*call, lang=lang) == 2, call
        assert "tlog." not in desk.err
    assert {p: p.read_bytes() for p in (desk.folder / "log").rglob("*") if p.is_file()} == before


def test_a_key_is_kept_under_as_many_rounds_as_signing_keys_and_opens_elsewhere(desk: Desk, vkey: str) -> None:
    pem = (desk.folder / "key.pem").read_bytes()
    lines = pem.decode().splitlines()[1:-1]
    order = [
        "openssl",
        "pkey",
        "-in",
        desk.at("key.pem"),
        "-passin",
        f"env:{LOG_VARIABLE}",
        "-pubout",
        "-outform",
        "DER",
    ]

    assert ROUNDS.to_bytes(3, "big") in b64decode("".join(lines))
    assert isinstance(load_pem_private_key(pem, b"correct horse battery"), Ed25519PrivateKey)
    if shutil.which("openssl") is not None:
        shown = subprocess.run(order, capture_output=True, check=True, timeout=60).stdout
        assert vkey.endswith(b64encode(b"\x01" + shown[-32:]).decode())


def test_a_key_is_made_encrypted_for_its_owner_only(desk: Desk, vkey: str, monkeypatch: pytest.MonkeyPatch) -> None:
    key = desk.folder / "key.pem"

    assert key.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert key.stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv(LOG_VARIABLE, "short")
    assert desk.call("create", desk.at("b"), "--origin", "b", "--key", desk.at("b.pem")) == 2
    monkeypatch.delenv(LOG_VARIABLE)
    assert desk.call("checkpoint", desk.log, "--key", str(key)) == 2
    assert LOG_VARIABLE in desk.err
