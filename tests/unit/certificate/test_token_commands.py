"""Keys on a token from the command line: every command that takes --key, and every fault as one line of advice."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest

from tests.unit.certificate.test_commands import LOG, SIGNING, URL, call, ground, issued
from tests.unit.certificate.tokens import KEY, LABEL, MISSING, MODULE, PIN, WHY, SoftToken, log_out, soft_token
from validator.certificate.keys import key_file

__all__ = ["ground"]  # a fixture

pytestmark = pytest.mark.skipif(MISSING, reason=WHY)

REGISTER = ("--register", "reg")
ISSUER = ("--url", URL, "--name", "Phòng thử", "--address", "1 Trần Phú", "--role", "third")


@pytest.fixture(autouse=True)
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoftToken]:
    monkeypatch.setenv("LIENTHONG_PKCS11_PIN", PIN)
    monkeypatch.setenv("LIENTHONG_LANG", "en")
    monkeypatch.setenv("LIENTHONG_LOG_PASSPHRASE", "mật khẩu của nhật ký")
    monkeypatch.delenv("LIENTHONG_KEY_PASSPHRASE", raising=False)
    monkeypatch.chdir(tmp_path)
    with soft_token(tmp_path, monkeypatch) as made:
        yield made


def new(out: str = "key.json", *more: str, label: str = KEY, module: str = MODULE, on: str = LABEL) -> int:
    return call("key", "new", "--out", out, "--pkcs11", module, "--token", on, "--label", label, *more)


def test_a_certificate_lives_by_a_key_on_a_token_alone(ground: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert new() == 0
    assert call("certificate", "init", *SIGNING, *LOG, *ISSUER) == 0
    number = issued(ground)
    verify = ("certificate", "verify", f"reg/certificates/{number}.json", *REGISTER)
    codes = [call(*verify)]
    for event in ("suspend", "reinstate", "revoke"):
        codes += [call("certificate", event, number, *SIGNING, *LOG, "--reason", "thử lại"), call(*verify)]
    codes.append(call("certificate", "refresh", *SIGNING))

    assert codes == [0, 0, 5, 0, 0, 0, 5, 0]
    assert PIN not in "".join(capsys.readouterr())


def test_a_register_changes_over_from_a_file_to_a_token_and_to_another_key_on_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LIENTHONG_KEY_PASSPHRASE", "mật khẩu đủ dài")
    Path("pin").write_text(f"{PIN}\n", "utf-8")
    assert call("key", "new", "--out", "key.json") == 0
    assert call("certificate", "init", *SIGNING, *LOG, *ISSUER) == 0
    assert new("second.json", label="hai") == new("third.json", label="ba") == 0
    monkeypatch.setenv("LIENTHONG_PKCS11_PIN", "of another token")
    log_out()

    assert call("certificate", "rotate", *SIGNING, "--to", "second.json", "--to-pin-file", "pin") == 0
    log_out()
    on_token = (*REGISTER, "--key", "second.json", "--pin-file", "pin")
    assert call("certificate", "rotate", *on_token, "--to", "third.json") == 0
    assert call("certificate", "refresh", *on_token) == 2


def test_what_a_demo_key_on_a_token_makes_says_demo(ground: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert new("key.json", "--demo") == 0
    for command in (
        ("key", "show", "key.json"),
        ("key", "jwks", "key.json", "--controller", URL),
        ("certificate", "init", *SIGNING, *LOG, *ISSUER),
    ):
        capsys.readouterr()
        assert call(*command) == 0
        assert "DEMO" in "".join(capsys.readouterr())
    number = issued(ground)
    page = ("certificate", "pdf", f"reg/certificates/{number}.json", *SIGNING, "--out", "page.pdf")

    assert "DEMO" in number
    assert call(*page) == 0
    assert "DEMO" in pypdf.PdfReader("page.pdf").pages[0].extract_text()
    assert call("certificate", "verify", "page.pdf", *REGISTER) == 0


def test_what_a_key_file_says_openly_asks_for_no_pin(
    token: SoftToken, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert new() == 0
    token.take_out()
    monkeypatch.delenv("LIENTHONG_PKCS11_PIN")
    capsys.readouterr()

    assert call("key", "show", "key.json", "--lang", "vi") == call("key", "jwks", "key.json") == 0
    assert f"Trên token {LABEL}, nhãn {KEY}; mô-đun {MODULE}" in capsys.readouterr().out


def test_an_existing_key_is_taken_as_it_is(token: SoftToken) -> None:
    token.generate(KEY)

    assert new("key.json", "--existing") == new("again.json", "--existing") == 0
    assert key_file(Path("key.json"))["public"] == key_file(Path("again.json"))["public"]
    assert call("certificate", "init", *SIGNING, *LOG, *ISSUER) == 0


def test_no_pair_is_made_for_a_file_that_is_there(token: SoftToken) -> None:
    Path("key.json").touch()

    assert new() == 2
    assert list(token.session().get_objects()) == []


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_fault_is_one_line_in_its_language_and_exit_2(
    token: SoftToken, lang: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert new() == 0
    monkeypatch.setenv("LIENTHONG_LANG", lang)
    Path("wrong").write_text("999999\n", "utf-8")
    Path("empty").touch()
    init = ("certificate", "init", *SIGNING, *LOG, *ISSUER)
    calls = (
        lambda: new("x.json", module="/no/such/module.so"),
        lambda: new("x.json", module="wrong"),
        lambda: new("x.json", on="another"),
        lambda: new("x.json"),
        lambda: new("x.json", "--existing", label="another"),
        lambda: new("x.json", "--pin-file", "empty", label="another"),
        lambda: new("x.json", "--pin-file", "none", label="another"),
        lambda: new("key.json", label="another"),
        lambda: call("key", "new", "--out", "x.json", "--token", LABEL),
        lambda: call("key", "new", "--out", "x.json", "--pkcs11", MODULE),
        lambda: call(*init, "--pin-file", "wrong"),
        lambda: (token.take_out(), call(*init))[1],
    )
    said = set()
    for number, made in enumerate(calls):
        log_out()
        capsys.readouterr()
        assert made() == 2, number
        out, err = capsys.readouterr()
        assert (out, len(err.splitlines())) == ("", 1), (number, err)
        assert not re.search(rf"{PIN}|999999|token\.\w|Traceback", err), err
        said.add(err)

    assert len(said) == len(calls)
    assert not Path("x.json").exists()
    assert not Path("reg").exists()


def test_a_process_of_its_own_ends_cleanly() -> None:
    order = [sys.executable, "-m", "validator", "key", "new", "--out", "key.json", "--pkcs11", MODULE]
    first = subprocess.run([*order, "--token", LABEL, "--label", KEY], capture_output=True, check=False, timeout=60)
    order = [sys.executable, "-m", "validator", "certificate", "init", *SIGNING, *LOG, *ISSUER]
    second = subprocess.run(order, capture_output=True, check=False, timeout=60)

    assert (first.returncode, second.returncode) == (0, 0)
    assert (first.stderr, second.stderr.splitlines()[1:]) == (b"", [])
