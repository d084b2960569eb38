"""The QR code on the page is read back, as print and as a phone sees it, and verifies without a network."""

from __future__ import annotations

import io
from typing import Any

import pypdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from tests.unit.sample_credential import KEY, KID, sample_credential
from tests.unit.test_certificate_pdf import page_of
from tests.unit.test_pades import Level, signed
from validator.canonical import canonical
from validator.certificate import qr
from validator.certificate.trust import TrustedKey

PAPER, WHITE = 72, (255, 255, 255)
KEYS = {KID: TrustedKey(KEY.public_key(), demo=True)}


def seen(document: bytes, dots: int, turned: float = 0, blurred: float = 0) -> list[str]:
    """The texts of all QR codes on the pages at so many dots an inch, turned by degrees, out of focus by dots."""
    texts = []
    for page in pypdfium2.PdfDocument(document):
        shot: Image.Image = page.render(scale=dots / PAPER).to_pil().convert("RGB")
        shot = shot.rotate(turned, Image.Resampling.BICUBIC, expand=True, fillcolor=WHITE)
        shot = shot.filter(ImageFilter.GaussianBlur(blurred))
        texts += [found.text for found in zxingcpp.read_barcodes(shot, formats=zxingcpp.BarcodeFormat.QRCode)]
    return texts


def wide() -> dict[str, Any]:
    """A demo credential of sixteen standards, whose token is long."""
    credential = sample_credential()
    subject = credential["credentialSubject"]
    subject["object"]["name"] = "Nền tảng điều hành đô thị thông minh tích hợp dữ liệu lớn và trí tuệ nhân tạo"
    subject["scope"] += [{**subject["scope"][0], "standard": f"VSC-X{number:02}"} for number in range(12)]
    return credential


@pytest.mark.parametrize("credential", [sample_credential(), wide()], ids=["usual", "wide"])
@pytest.mark.parametrize(("dots", "turned", "blurred"), [(300, 0, 0), (110, 0, 0), (110, 3, 0.6), (110, 7, 0.8)])
def test_code_on_the_page_is_read_back_and_speaks_of_the_attached_file(
    credential: dict[str, Any], dots: int, turned: float, blurred: float
) -> None:
    document = page_of(credential)
    (text,) = seen(document, dots, turned, blurred)
    claims = qr.read(text, KEYS)
    (content,) = pypdf.PdfReader(io.BytesIO(document)).attachments["certificate.json"]

    assert text.partition("#")[0] == credential["id"]
    assert claims["n"] == credential["credentialSubject"]["number"]
    assert content == canonical(credential)
    assert qr.check_matches(claims, content) is None


def test_signing_leaves_the_code_as_it_was() -> None:
    assert seen(signed("ec", Level.B_LTA), 300) == seen(page_of(sample_credential()), 300)
