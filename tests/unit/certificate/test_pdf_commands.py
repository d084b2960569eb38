"""The PDF of a certificate from the command line: made, signed here or by a token, checked, verified."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pypdf
import pytest
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256

from tests.unit.certificate.test_commands import LOG, SIGNING, call, ground, issued, made, passphrase
from tests.unit.certificate.test_commands import PASSPHRASE as KEY_PASSPHRASE
from tests.unit.signing_authority import PASSPHRASE, Authority, authority
from tests.unit.test_pades import turned
from validator.certificate import qr
from validator.certificate.keys import load
from validator.certificate.register import KEYS

__all__ = ["ground", "passphrase"]  # fixtures


@pytest.fixture
def number(ground: Path) -> str:
    """An issued demo certificate, its PDF `page.pdf`, and the files of a signing authority."""
    made("--demo")
    found = issued(ground)
    trusted = authority().trust()
    Path("root.pem").write_bytes(authority().root.pem)
    Path("issuer.pem").write_bytes(authority().issuer.pem)
    Path("signer.pem").write_bytes(authority().rsa.pem)
    Path("signer.p12").write_bytes(authority().rsa.pkcs12(authority().issuer))
    for name, revoked in zip(("root.crl", "issuer.crl"), trusted.crls, strict=True):
        Path(name).write_bytes(revoked.dump())
    Path("phrase").write_bytes(PASSPHRASE + b"\n")
    return found


TRUST = ("--root", "root.pem", "--cert", "issuer.pem", "--crl", "root.crl", "--crl", "issuer.crl")


def page(number: str) -> int:
    signing = ("--register", "reg", "--key", "key.json", "--approver", "Nguyễn Thị Phương")
    return call("certificate", "pdf", f"reg/certificates/{number}.json", *signing, "--out", "page.pdf")


def check(file: str) -> int:
    signer = ("--signer", "Approver=signer.pem")
    return call("certificate", "check-pdf", file, "--issued", "page.pdf", *signer, *TRUST)


def test_page_is_made_signed_checked_and_verified(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert page(number) == 0
    assert "DEMO" in capsys.readouterr().out
    key = ("--key", "signer.p12", "--passphrase-file", "phrase")
    assert call("certificate", "sign", "page.pdf", *key, *TRUST, "--out", "signed.pdf") == 0
    assert check("signed.pdf") == 0
    assert "VALID" in capsys.readouterr().out
    assert call("certificate", "verify", "signed.pdf", "--register", "reg") == 0
    assert "DEMO" in pypdf.PdfReader("signed.pdf").pages[0].extract_text()


def test_token_signs_what_was_prepared(number: str) -> None:
    assert page(number) == 0
    state = ("--state", "state.json")
    assert call("certificate", "sign", "page.pdf", "--prepare", "signer.pem", *state, "--out", "ready.pdf") == 0
    pss = padding.PSS(padding.MGF1(SHA256()), 32)
    Path("sig").write_bytes(authority().rsa.key.sign(Path("state.json.to-sign").read_bytes(), pss, SHA256()))
    assert call("certificate", "sign", "ready.pdf", "--embed", "sig", *state, "--out", "signed.pdf") == 0
    assert check("signed.pdf") == 0


def test_tampered_or_unsigned_page_is_exit_5_and_wrong_calls_exit_2(number: str) -> None:
    assert page(number) == 0
    assert check("page.pdf") == 5
    changed = bytearray(Path("page.pdf").read_bytes())
    changed[900] ^= 1
    Path("changed.pdf").write_bytes(changed)
    assert check("changed.pdf") == 5
    assert call("certificate", "sign", "page.pdf", "--out", "x.pdf") == 2
    key = ("--key", "signer.p12", "--passphrase-file", "phrase")
    assert call("certificate", "sign", "page.pdf", *key, "--level", "B-T", "--out", "x.pdf") == 2
    nobody = ("--level", "B-T", "--tsa", "http://127.0.0.1:9/")
    assert call("certificate", "sign", "page.pdf", *key, *nobody, "--out", "x.pdf") == 2
    assert not Path("x.pdf").exists()


WORDS = {
    "vi": ("HỢP LỆ: ", "KHÔNG HỢP LỆ: ", "phần đã ký nguyên vẹn", "phần đã ký KHÔNG nguyên vẹn", "Đường dẫn tin cậy: "),
    "en": (
        "VALID: ",
        "NOT VALID: ",
        "what it covers is unchanged",
        "what it covers is NOT unchanged",
        "Path of trust: ",
    ),
}
PATH = "CA thử nghiệm (mô phỏng) gốc → CA thử nghiệm (mô phỏng) → Nguyễn Thị Phương"


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_check_tells_signer_time_integrity_and_path_of_good_and_bad_alike(
    number: str, lang: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Circular 15/2025/TT-BKHCN: valid or not in Vietnamese, by whom, when, whether whole, by which path to a root."""
    monkeypatch.setenv("LIENTHONG_LANG", lang)
    valid, refused, whole, broken, path = WORDS[lang]
    assert page(number) == 0
    key = ("--key", "signer.p12", "--passphrase-file", "phrase")
    assert call("certificate", "sign", "page.pdf", *key, *TRUST, "--out", "signed.pdf") == 0
    content = Path("signed.pdf").read_bytes()
    Path("turned.pdf").write_bytes(turned(content))
    Path("changed.pdf").write_bytes(content.replace(b"/Filter /Adobe.PPKLite", b"/Filter /Adobe.PPKLitf", 1))
    year = str(datetime.now(UTC).year)

    for file, code, verdict, integrity in (
        ("signed.pdf", 0, valid, "nguyên vẹn" if lang == "vi" else "unchanged"), ("turned.pdf", 5, refused, whole),
        ("changed.pdf", 5, refused, broken),
    ):  # fmt: skip
        capsys.readouterr()
        assert check(file) == code
        lines = capsys.readouterr().out.splitlines()
        said = " ".join(lines)
        assert lines[-1].startswith(verdict)
        assert all(text in said for text in ("Nguyễn Thị Phương", year, "(UTC+07:00)", integrity, path, PATH)), said


def test_check_tells_what_is_wrong_in_words(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert page(number) == 0
    key = ("--key", "signer.p12", "--passphrase-file", "phrase")
    assert call("certificate", "sign", "page.pdf", *key, *TRUST, "--out", "signed.pdf") == 0
    Path("other.pem").write_bytes(Authority("CA khác").root.pem)
    given = ("signed.pdf", "--issued", "page.pdf", "--signer", "Approver=signer.pem", "--lang", "vi")
    capsys.readouterr()

    assert call("certificate", "check-pdf", *given, "--root", "root.pem", "--cert", "issuer.pem") == 5
    assert "thiếu danh sách thu hồi" in capsys.readouterr().out.splitlines()[-1]
    assert call("certificate", "check-pdf", *given, "--root", "other.pem") == 5
    assert "không tới chứng thư gốc nào đã nêu" in capsys.readouterr().out


def test_revoked_certificate_gets_no_page(number: str) -> None:
    why = (*SIGNING, *LOG, "--reason", "thử")
    assert call("certificate", "revoke", number, *why) == 0
    assert page(number) == 5
    assert not Path("page.pdf").exists()


def test_qr_text_verifies_offline_and_against_the_register(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    content = Path(f"reg/certificates/{number}.json").read_bytes()
    key = load(Path("key.json"), KEY_PASSPHRASE)
    credential = json.loads(content)
    text = qr.address(credential["id"], qr.token(qr.claims_of(credential, content), key.private, key.kid))
    assert call("certificate", "verify", text, "--register", "reg") == 0
    assert number in capsys.readouterr().out
    assert call("certificate", "verify", text, "--trust", f"reg/{KEYS}") == 3
    assert call("certificate", "verify", text, "--trust", f"reg/{KEYS}", "--at", "2099-01-01T00:00:00+07:00") == 5
    assert call("certificate", "verify", text[:-2] + "AA", "--register", "reg") == 5
