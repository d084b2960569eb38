"""The certificate as PDF: one bilingual page, the credential attached, a QR token that verifies offline, DEMO shown."""

import io
import unicodedata

import pypdf
import pytest

from tests.unit.sample_credential import KEY, KID, sample_credential
from validator.canonical import canonical
from validator.certificate import qr
from validator.certificate.keys import generate
from validator.certificate.log_proof import InclusionProof
from validator.certificate.pades_fields import FIELDS, reserve
from validator.certificate.pdf import Signers, certificate_pdf
from validator.certificate.trust import TrustedKey
from validator.errors import EvidenceError, UsageError

PROOF = InclusionProof(7, (), b"dang-ky.example/log\n8\n").encode().decode()
KEYS = {KID: TrustedKey(KEY.public_key(), demo=True)}


def page_of(credential, **more) -> bytes:
    content = canonical(credential)
    token = qr.token(qr.claims_of(credential, content), KEY, KID)
    return certificate_pdf(credential, content.decode(), token, **more)


def text_of(content: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return unicodedata.normalize("NFC", " ".join("\n".join(page.extract_text() for page in pages).split()))


def test_page_with_its_annex_declares_pdf_a_3a_and_pdf_ua_1():
    reader = pypdf.PdfReader(io.BytesIO(page_of(sample_credential())))
    metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode()

    assert len(reader.pages) == 2
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert reader.trailer["/Root"]["/Lang"] == "vi"


def test_both_languages_stand_on_the_page_with_what_was_granted_and_what_was_not():
    text = text_of(page_of(sample_credential(), signers=Signers("Nguyễn Thị Phương", "Sở Khoa học và Công nghệ")))

    for said in (
        "XÁC NHẬN KẾT QUẢ THỬ NGHIỆM", "LT-2026-7K3M9QXA", "Công ty Giải pháp Đô thị Mẫu", "Nâng cao: không xét",
        "Advanced: not examined", "W-2026-003", "VSC-ENV-R07", "08:00 26/11/2027", "2027-11-26 08:00",
        "Nguyễn Thị Phương", "third party",
        "Liên hệ, khiếu nại: thu-nghiem@example.vn", "sha256:" + "9" * 64,
        "Conditions Chỉ cho ba phường thí điểm đến hết năm 2026", "carries no conformity mark",
        "urn:sha256:" + "d" * 64,
    ):  # fmt: skip
        assert said in text, said


def test_annex_tells_method_editions_and_where_status_and_log_are_asked():
    text = text_of(page_of(sample_credential(), proof=PROOF))

    for said in (
        "chỉ tương tự phương thức 1", "only by analogy method 1", "VSC-BUD 1.0 sha256:" + "a" * 64, "23/11/2026",
        "VSC-BUD-R08: E2", "sha256:" + "c" * 64, "https://dang-ky.example/status/revocation-1.json#77",
        "https://dang-ky.example/status/suspension-1.json#77", "dang-ky.example/log, mục 7",
        "VSC-BUD: deadline = PT8H; otr_min = 0.95",
        "vn-commune 2025-07-01 sha256:" + "f" * 64, "Cấu hình thử nghiệm / Profile of parameters mặc định",
        "Sở KH&CN chấp thuận, đến 31/12/2027", "0101234567", "48: 20194, 20275", "38 yêu cầu trong phạm vi: 36 đạt",
    ):  # fmt: skip
        assert said in text, said


def test_live_system_is_named_with_its_window_and_evidence():
    credential = sample_credential()
    credential["credentialSubject"]["object"]["deployment"] = {
        "url": "https://ioc.example.vn/api", "from": "2026-11-23T08:00:00+07:00", "until": "2026-11-23T09:30:00+07:00",
        "evidenceDigest": "sha256:" + "e" * 64,
    }  # fmt: skip
    text = text_of(page_of(credential))

    assert "https://ioc.example.vn/api; 08:00 23/11/2026 (UTC+07:00) – 09:30 23/11/2026 (UTC+07:00)" in text
    assert "sha256:" + "e" * 64 in text


def test_wide_scope_and_long_names_take_more_pages_and_lose_nothing():
    credential = sample_credential(demo=False)
    subject = credential["credentialSubject"]
    long = "Trung tâm Giám sát, Điều hành Đô thị Thông minh và Chuyển đổi số trực thuộc Uỷ ban nhân dân thành phố " * 2
    subject["client"]["name"] = credential["issuer"]["name"]["vi"] = subject["object"]["name"] = long.strip()
    for number in range(12):
        subject["scope"].append({
            **subject["scope"][0], "standard": f"VSC-X{number:02}", "classGranted": "basic",
            "classesNotGranted": [{"class": name, "reason": "nonconformant"} for name in ("standard", "advanced")],
        })  # fmt: skip
    made = page_of(credential, signers=Signers(long, long))
    text = text_of(made)

    assert len(pypdf.PdfReader(io.BytesIO(made)).pages) == 3
    assert text.count(long.strip()) == 5
    assert all(f"VSC-X{number:02} 1.0" in text for number in range(12))
    assert text.count("Tiêu chuẩn: không phù hợp; Nâng cao: không phù hợp") == 12


def test_demo_key_cannot_be_mistaken():
    demo, real = text_of(page_of(sample_credential())), text_of(page_of(sample_credential(demo=False)))

    assert demo.count("DEMO") >= 4
    assert "DEMO – NOT VALID" in demo
    assert "DEMO" not in real


def test_credential_is_attached_byte_for_byte_as_the_source():
    credential = sample_credential()
    reader = pypdf.PdfReader(io.BytesIO(page_of(credential, proof=PROOF)))
    files = reader.trailer["/Root"]["/AF"]

    assert reader.attachments["certificate.json"] == [canonical(credential)]
    assert reader.attachments["certificate.tlog-proof"] == [PROOF.encode()]
    assert [file.get_object()["/AFRelationship"] for file in files] == ["/Source", "/Supplement"]


def test_same_credential_gives_the_same_bytes_fields_and_all():
    assert reserve(page_of(sample_credential())) == reserve(page_of(sample_credential()))


def test_two_invisible_fields_are_reserved_with_names_to_be_read_out():
    made = page_of(sample_credential())
    reserved = reserve(made)
    fields = pypdf.PdfReader(io.BytesIO(reserved)).trailer["/Root"]["/AcroForm"]["/Fields"]
    found = [field.get_object() for field in fields]

    assert reserved.startswith(made)
    assert [field["/T"] for field in found] == list(FIELDS)
    assert found[0]["/TU"] == "Chữ ký số của người phê duyệt / Digital signature of the approver"
    assert all(field["/Rect"][0] == field["/Rect"][2] < 0 for field in found)


def test_hostile_text_is_printed_and_does_nothing():
    credential = sample_credential()
    credential["credentialSubject"]["object"]["name"] = '#read("/etc/passwd") *b* $x$ 中'
    text = text_of(page_of(credential))

    assert '#read("/etc/passwd") *b* $x$ ⟨U+4E2D⟩' in text
    assert "root:x:" not in text


def test_token_verifies_offline_and_belongs_to_one_file_only():
    credential = sample_credential()
    content = canonical(credential)
    text = qr.address(credential["id"], qr.token(qr.claims_of(credential, content), KEY, KID))

    claims = qr.read(text, KEYS)

    assert claims["n"] == "LT-2026-7K3M9QXA"
    assert claims["s"] == ["VSC-BUD@1.0/standard", "VSC-ENV@1.0/standard"]
    assert qr.check_matches(claims, content) is None
    with pytest.raises(EvidenceError, match=r"qr\.other_certificate"):
        qr.check_matches(claims, content + b" ")


def test_every_changed_letter_of_a_token_is_noticed():
    credential = sample_credential()
    token = qr.token(qr.claims_of(credential, canonical(credential)), KEY, KID)

    for place, letter in enumerate(token):
        changed = token[:place] + ("A" if letter != "A" else "B") + token[place + 1 :]
        with pytest.raises(EvidenceError):
            qr.read(changed, KEYS)


def test_token_of_another_key_is_refused():
    credential = sample_credential()
    claims = qr.claims_of(credential, canonical(credential))
    other = generate(demo=False).private

    with pytest.raises(EvidenceError, match=r"qr\.wrong"):
        qr.read(qr.token(claims, other, KID), KEYS)
    with pytest.raises(EvidenceError, match=r"qr\.unknown_key"):
        qr.read(qr.token(claims, other, "other"), KEYS)
    with pytest.raises(EvidenceError, match=r"qr\.malformed"):
        qr.read("https://dang-ky.example/#x", KEYS)


def test_something_else_than_a_certificate_is_refused():
    with pytest.raises(UsageError, match=r"usage\.not_a_certificate"):
        certificate_pdf({"credentialSubject": {}}, "{}", "x")
