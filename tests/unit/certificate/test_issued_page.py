"""`verify` of a PDF looks at the sheet too: what was changed, turned or appended is refused, signatures are told."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils.generic import NameObject, NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from tests.unit.certificate.test_commands import LOG, SIGNING, URL, call, ground, issued, made, passphrase
from tests.unit.certificate.test_pdf_commands import TRUST
from tests.unit.signing_authority import PASSPHRASE, authority

__all__ = ["ground", "passphrase"]  # fixtures

FLIPS = 200


@pytest.fixture
def number(ground: Path) -> str:
    """An issued certificate, its sheet `page.pdf`, the sheet signed as `signed.pdf`, and pinned keys."""
    made()
    found = issued(ground)
    assert call("certificate", "pdf", f"reg/certificates/{found}.json", *SIGNING, "--out", "page.pdf") == 0
    Path("root.pem").write_bytes(authority().root.pem)
    Path("issuer.pem").write_bytes(authority().issuer.pem)
    Path("signer.p12").write_bytes(authority().rsa.pkcs12(authority().issuer))
    for name, revoked in zip(("root.crl", "issuer.crl"), authority().trust().crls, strict=True):
        Path(name).write_bytes(revoked.dump())
    Path("phrase").write_bytes(PASSPHRASE + b"\n")
    key = ("--key", "signer.p12", "--passphrase-file", "phrase")
    assert call("certificate", "sign", "page.pdf", *key, *TRUST, "--out", "signed.pdf") == 0
    return found


def verify(content: bytes, *more: str) -> int:
    Path("given.pdf").write_bytes(content)
    return call("certificate", "verify", "given.pdf", "--register", "reg", *more)


def turned(document: bytes) -> bytes:
    """The first page turned by an update that nobody signed."""
    writer = IncrementalPdfFileWriter(io.BytesIO(document))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page[NameObject("/Rotate")] = NumberObject(90)
    writer.mark_update(page.container_ref)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def exchanged(document: bytes) -> bytes:
    """Another text on the page, the attached credential as it was."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(document)) as opened:
        opened.pages[0].contents_add(b"BT /F1 9 Tf (x) Tj ET")
        opened.save(out)
    return out.getvalue()


def test_the_sheet_as_issued_and_as_signed_is_valid(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(Path("page.pdf").read_bytes()) == 0
    assert "nothing but whole signatures follows" in capsys.readouterr().out
    assert verify(Path("signed.pdf").read_bytes()) == 0
    assert "The PDF was signed by:" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["page.pdf", "signed.pdf"])
@pytest.mark.parametrize("change", [turned, exchanged, lambda d: d + b"\n% more", lambda d: d[:-1], lambda d: d + d])
def test_a_sheet_that_was_tampered_with_is_refused(number: str, name: str, change: object) -> None:
    assert verify(change(Path(name).read_bytes())) == 5  # type: ignore[operator]


def above_the_signer(document: bytes) -> range:
    """Where the certificate of the signer's own issuer lies: nothing in the file vouches for it, only a root does."""
    begin = document.upper().index(authority().issuer.asn1.dump().hex().upper().encode())
    return range(begin, begin + 2 * len(authority().issuer.asn1.dump()))


def test_no_flipped_byte_of_a_signed_sheet_is_taken_for_good(number: str) -> None:
    """But for certificates above the signer's, which `check-pdf` holds to a root."""
    whole, issued_size = Path("signed.pdf").read_bytes(), Path("page.pdf").stat().st_size
    chance, left_out = random.Random(7), above_the_signer(whole)
    missed = []
    for half in (range(issued_size), range(issued_size, len(whole))):
        for at in (place for place in chance.sample(half, FLIPS // 2) if place not in left_out):
            if verify(whole[:at] + bytes([whole[at] ^ chance.randrange(1, 256)]) + whole[at + 1 :]) == 0:
                missed.append(at)

    assert missed == []


def test_a_sheet_that_the_register_does_not_know_is_refused_and_offline_unknown(number: str) -> None:
    Path(f"reg/pages/{number}.json").unlink()
    content = Path("page.pdf").read_bytes()

    assert verify(content) == 5
    assert verify(content, "--offline") == 3


def test_the_record_of_the_sheets_is_signed_and_travels_in_the_bundle(number: str) -> None:
    assert (
        call("certificate", "pdf", f"reg/certificates/{number}.json", *SIGNING, "--agency", "B", "--out", "b.pdf") == 0
    )
    assert verify(Path("b.pdf").read_bytes()) == verify(Path("page.pdf").read_bytes()) == 0
    assert call("certificate", "bundle", number, "--register", "reg", "--out", "b.json") == 0
    assert f"pages/{number}.json" in Path("b.json").read_text("utf-8")
    record = Path(f"reg/pages/{number}.json")
    forged = record.read_text("utf-8").replace('"bytes":', '"bytes":1', 1)
    record.write_text(forged, "utf-8")
    assert verify(Path("page.pdf").read_bytes()) == 5


def test_a_suspended_certificate_refuses_its_sheet_too(number: str) -> None:
    assert call("certificate", "suspend", number, *SIGNING, *LOG, "--reason", "x") == 0
    assert verify(Path("signed.pdf").read_bytes()) == 5
    assert URL.startswith("https://")
