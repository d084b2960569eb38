"""What carries a certificate to the page: a PDF that it is attached to, the token of a QR code."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import pytest

from tests.unit.certificate.conftest import NOW, URL
from tests.unit.certificate.grounds import Json
from tests.unit.certificate.page_samples import CERTIFICATE, Sample, sample
from tests.verifier_page import Case, Told, judged
from validator.canonical import canonical
from validator.certificate import qr
from validator.certificate.copies import bundle_of
from validator.certificate.issued_page import record
from validator.certificate.keys import generate
from validator.certificate.pdf import certificate_pdf
from validator.certificate.register import pages_path

LENGTHS = ("direct", "indirect")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, report: Json) -> Sample:
    return sample(tmp_path_factory.mktemp("whole"), report, NOW)


def pdf(attached: list[bytes], length: str = "direct", packed: bool = True, extra: str = "") -> bytes:
    """The objects of a PDF that matter here, in the layout of the writers in use."""
    made = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    for number, content in enumerate(attached, 5):
        raw = zlib.compress(content) if packed else content
        size = f"{number + 90} 0 R" if length == "indirect" else f"{len(raw)}"
        flate = "/Filter/FlateDecode" if packed else ""
        dictionary = f"<</Type /EmbeddedFile/Length {size}{flate}/Subtype/application#2Fjson>>"
        made += f"{number} 0 obj\n{dictionary}\nstream\n".encode()
        made += raw + b"\nendstream\nendobj\n"
        made += f"{number + 90} 0 obj\n{len(raw)}\nendobj\n".encode()
    return made + f"trailer\n<</Root 1 0 R{extra}>>\nstartxref\n0\n%%EOF\n".encode()


def carried(made: Sample, content: bytes, name: str = "certificate.pdf") -> Case:
    files = {n: c for n, c in made.files().items() if n != CERTIFICATE}
    return Case({**files, name: content}, made.at)


def one(case: Case) -> Told:
    (told,) = judged([case])
    return told


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("length", LENGTHS)
def test_a_certificate_in_a_pdf_is_found(whole: Sample, length: str, packed: bool) -> None:
    assert one(carried(whole, pdf([whole.files()[CERTIFICATE]], length, packed))).verdict == "valid"


def test_the_pdf_that_is_issued_is_read_with_its_proof_of_the_log(whole: Sample) -> None:
    files = whole.files()
    (proof,) = [files.pop(name) for name in list(files) if name.endswith(".tlog-proof")]
    content = files.pop(CERTIFICATE)
    signed = qr.token(qr.claims_of(whole.certificate, content), whole.key.private, whole.key.kid)
    made = certificate_pdf(whole.certificate, content.decode(), signed, proof=proof.decode())
    told = one(Case({**files, "certificate.pdf": made}, whole.at))

    assert (told.verdict, told.steps["log"][0]) == ("valid", "holds")


def test_an_attachment_that_was_changed_or_exchanged_is_refused(whole: Sample) -> None:
    good = whole.files()[CERTIFICATE]
    changed = good.replace(b'"demo":false', b'"demo":true', 1)
    cases = {
        "changed": pdf([changed]),
        "update that brings another": pdf([good]) + pdf([changed]),
        "twice the same": pdf([good, good]),
        "none": pdf([]),
        "encrypted": pdf([good], extra="/Encrypt 9 0 R"),
        "cut": pdf([good])[:400],
    }
    told = judged([carried(whole, content) for content in cases.values()])

    assert dict(zip(cases, (t.verdict for t in told), strict=True)) == {
        "changed": "invalid", "update that brings another": "invalid", "twice the same": "valid",
        "none": "cannotTell", "encrypted": "cannotTell", "cut": "cannotTell",
    }  # fmt: skip


def test_keys_in_a_pdf_are_not_trusted(whole: Sample) -> None:
    files = whole.files()
    keys = files.pop("keys.json")
    told = one(Case({**files, "certificate.pdf": pdf([files.pop(CERTIFICATE), keys])}, whole.at))

    assert told.steps["issuer"] == ("cannotTell", "issuer.unconfirmed")


def text_of(made: Sample, **changed: object) -> bytes:
    claims = {**qr.claims_of(made.certificate, made.files()[CERTIFICATE]), **changed}
    return qr.address(URL, qr.token(claims, made.key.private, made.key.kid)).encode()


def test_a_qr_code_alone_tells_what_was_issued_and_leaves_the_rest_open(whole: Sample) -> None:
    told = one(carried(whole, text_of(whole), "qr.txt"))

    assert told.steps["proof"] == ("holds", "token.holds")
    assert told.steps["dates"][0] == "holds"
    assert (told.verdict, told.steps["reading"][1]) == ("cannotTell", "token.alone")


def test_a_qr_code_that_was_changed_expired_or_signed_by_others_is_refused(whole: Sample) -> None:
    good = text_of(whole).decode()
    head, body, signature = good.rsplit(".", 2)
    stranger = generate(demo=False)
    claims = qr.claims_of(whole.certificate, whole.files()[CERTIFICATE])
    cases = {
        "changed": f"{head}.{body[:-4]}AAAA.{signature}",
        "signature": f"{head}.{body}.{'A' * 86}",
        "expired": text_of(whole, u="2026-11-26T15:00:00+07:00", f="2026-11-26T14:59:59+07:00").decode(),
        "stranger": qr.address(URL, qr.token(claims, stranger.private, stranger.kid)),
        "demo": text_of(whole, demo=True).decode(),
    }
    at = Case({}, whole.at).at
    told = judged(
        [Case({**carried(whole, text.encode(), "qr.txt").files}, at.replace(second=1)) for text in cases.values()]
    )

    assert dict(zip(cases, (t.verdict for t in told), strict=True)) == dict.fromkeys(cases, "invalid")


def test_a_qr_code_beside_its_certificate_must_speak_of_it(whole: Sample) -> None:
    other = json.loads(whole.files()[CERTIFICATE])
    other["credentialSubject"]["number"] = "LT-2026-00000000"
    both = Case({**whole.files(), "qr.txt": text_of(whole)}, whole.at)
    wrong = Case({**whole.files(), "qr.txt": text_of(whole, d="A" * 43)}, whole.at)

    assert [t.verdict for t in judged([both, wrong])] == ["valid", "invalid"]


def test_a_pdf_is_held_to_the_record_of_its_sheet(tmp_path: Path, report: Json) -> None:
    made = sample(tmp_path, report, NOW)
    sheet = pdf([made.files()[CERTIFICATE]])
    record(made.register, made.certificate, sheet, NOW, made.key)
    pages = (made.register.folder / pages_path(made.number)).read_bytes()

    def told(document: bytes, content: bytes = pages) -> tuple[str, str, str]:
        case = carried(made, document)
        found = one(Case({**case.files, "pages.json": content}, case.at))
        return found.verdict, *found.steps["sheet"]

    changed = sheet.replace(b"%%EOF", b"%%EOT")
    assert told(sheet) == ("valid", "holds", "sheet.as_issued")
    assert told(sheet + b"\n% more") == ("valid", "passedOver", "sheet.continued")
    assert told(changed) == ("invalid", "fails", "sheet.other")
    assert told(sheet, pages.replace(b'"bytes":', b'"bytes":1', 1))[0] == "invalid"
    assert one(carried(made, sheet)).steps["sheet"] == ("passedOver", "sheet.no_record")
    bundle = {"bundle.json": canonical(bundle_of(made.register, made.number))}
    assert one(Case(bundle, made.at, confirmed=True)).verdict == "valid"
    assert one(Case({**bundle, "sheet.pdf": changed}, made.at, confirmed=True)).verdict == "invalid"
