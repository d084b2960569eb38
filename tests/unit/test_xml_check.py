"""XML Schema, Schematron and signatures of documents: each fault located and in both languages."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml import algorithms, methods
from signxml.signer import XMLSigner

from validator.checks import xml
from validator.errors import EngineError
from validator.model.finding import Finding
from validator.model.record import UNREADABLE, Batch, ReadFault
from validator.model.standard import Check, ConformanceClass, Dataset, Level, Requirement
from validator.model.text import Text

TEXT = Text("x", "x")
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

XSD = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:example:note"
  xmlns="urn:example:note" elementFormDefault="qualified">
  <xs:element name="note"><xs:complexType><xs:sequence>
    <xs:element name="sent" type="xs:dateTime"/>
    <xs:element name="level" type="xs:integer" maxOccurs="unbounded"/>
    <xs:any namespace="http://www.w3.org/2000/09/xmldsig#" processContents="lax" minOccurs="0"/>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>"""

SCHEMATRON = """<sch:schema xmlns:sch="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt">
  <sch:ns prefix="n" uri="urn:example:note"/>
  <sch:pattern><sch:rule context="n:level">
    <sch:assert id="range" test="TEST" diagnostics="range-vi range-en">level</sch:assert>
    <sch:assert id="plain" test=". &lt; 90">Too much</sch:assert>
  </sch:rule></sch:pattern>
  <sch:diagnostics>
    <sch:diagnostic id="range-vi" xml:lang="vi">Cấp <sch:value-of select="."/> quá lớn</sch:diagnostic>
    <sch:diagnostic id="range-en" xml:lang="en">Level <sch:value-of select="."/> is too large</sch:diagnostic>
  </sch:diagnostics>
</sch:schema>"""

DS = "http://www.w3.org/2000/09/xmldsig#"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"

NOTE = """<note xmlns="urn:example:note">
  <sent>2026-11-12T02:00:00+07:00</sent>
  <level>3</level>
  <level>4</level>
</note>"""


def requirement() -> Requirement:
    return Requirement(
        id="VSC-X-R01", standard="VSC-X", clause="5.1", level=Level.MUST, conformance_class=ConformanceClass.BASIC,
        title=TEXT, statement=TEXT, basis="I", sources=(), applies_to=("note",), needs=(), checks=(), not_tested=None,
        messages={}, fix=None, at_class={},
    )  # fmt: skip


def dataset() -> Dataset:
    return Dataset(
        standard="VSC-X", name="note", title=TEXT, formats=("xml",), schema={}, schema_requirement="VSC-X-R01",
        columns=(), key=(), subject_time=None, available_at=None, optional=False,
    )  # fmt: skip


def run(
    folder: Path, raw: str, value: Any = None, faults: tuple[ReadFault, ...] = (), **settings: Any
) -> list[Finding]:
    check = xml.scanner(requirement(), Check("xml", settings), dataset(), folder)
    batch = Batch("n.xml", 1, [1], [0], [raw.encode()], [value or {}], faults)
    return list(check(batch))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "note.xsd").write_text(XSD)
    (tmp_path / "note.sch").write_text(SCHEMATRON.replace("TEST", ". &lt; 10"))
    return tmp_path


def places(findings: list[Finding]) -> list[tuple[int | None, str | None]]:
    return [(f.location.line, f.location.pointer) for f in findings]


def test_a_valid_document_has_no_findings(folder: Path) -> None:
    assert run(folder, NOTE, ask="xsd", file="note.xsd") == []


def test_every_schema_error_is_told_with_line_and_xpath(folder: Path) -> None:
    bad = NOTE.replace("<level>3", "<level>three").replace("<level>4", "<level>four").replace("+07:00", "+07")
    found = run(folder, bad, ask="xsd", file="note.xsd")
    levels = [(3, "/note:note/note:level[1]"), (4, "/note:note/note:level[2]")]
    assert places(found) == [(2, "/note:note/note:sent"), *levels]
    assert {f.message_id for f in found} == {"xml.xsd"}
    assert all(f.requirement == "VSC-X-R01" and f.location.record == 1 for f in found)
    assert "three" in found[1].params["reason"]
    assert "urn:example" not in found[1].params["reason"]


def test_thousands_of_schema_errors_are_all_counted(folder: Path) -> None:
    bad = NOTE.replace("<level>3</level>", "<level>x</level>\n" * 3000)
    found = run(folder, bad, ask="xsd", file="note.xsd")
    assert len(found) == 3000
    assert found[-1].location.pointer is None
    assert found[-1].location.line is not None


def test_another_root_is_told_by_the_schemas_requirement_only(folder: Path) -> None:
    fault = ReadFault("root", "xml.wrong_root", 1, None, 1, (("expected", "a"), ("found", "b")))
    told = run(folder, "<b/>", UNREADABLE, (fault,), ask="xsd", file="note.xsd")
    assert [(f.message_id, f.params, f.location.line) for f in told] == [
        ("xml.wrong_root", {"expected": "a", "found": "b"}, 1)
    ]
    assert run(folder, "<b/>", UNREADABLE, (fault,), ask="schematron", file="note.sch") == []


@pytest.mark.parametrize("ask", ["xsd", "schematron", "signature"])
def test_what_reading_refused_is_not_opened_again(folder: Path, ask: str) -> None:
    hostile = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    file = {"xsd": "note.xsd", "schematron": "note.sch", "signature": None}[ask]
    assert run(folder, hostile, UNREADABLE, ask=ask, file=file) == []


def test_a_failed_assertion_speaks_both_languages(folder: Path) -> None:
    (found,) = run(folder, NOTE.replace("<level>4", "<level>40"), ask="schematron", file="note.sch")
    assert found.message_id == "xml.schematron"
    assert found.params == {"rule": "range", "text_vi": "Cấp 40 quá lớn", "text_en": "Level 40 is too large"}
    assert places([found]) == [(4, "/note:note/note:level[2]")]


def test_an_assertion_without_diagnostics_says_its_own_text(folder: Path) -> None:
    found = run(folder, NOTE.replace("<level>4", "<level>99"), ask="schematron", file="note.sch")
    assert found[1].params == {"rule": "plain", "text_vi": "Too much", "text_en": "Too much"}


@pytest.mark.parametrize("test", ["document('/etc/hostname')", "document('http://127.0.0.1:9/x')"])
def test_a_schematron_reaches_no_file_and_no_address(folder: Path, test: str) -> None:
    (folder / "reach.sch").write_text(SCHEMATRON.replace("TEST", test))
    with pytest.raises(etree.XSLTApplyError, match="denied"):
        run(folder, NOTE, ask="schematron", file="reach.sch")


def test_a_schema_of_ours_that_does_not_compile_is_our_fault(folder: Path) -> None:
    (folder / "broken.xsd").write_text(XSD.replace("xs:integer", "xs:nothing"))
    with pytest.raises(EngineError):
        run(folder, NOTE, ask="xsd", file="broken.xsd")
    with pytest.raises(EngineError):
        run(folder, NOTE, ask="xsd", file="absent.xsd")


def test_an_unknown_question_is_our_fault(folder: Path) -> None:
    with pytest.raises(EngineError):
        run(folder, NOTE, ask="beauty")


def certificate(key: Key, year: int = 2026) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "TEST ONLY")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime.datetime(year, 1, 1))
        .not_valid_after(datetime.datetime(year + 1, 1, 1))
        .sign(key, hashes.SHA256())
    )


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def sign(key: Key, text: str = NOTE, own: x509.Certificate | None = None, method: str = "rsa-sha256") -> str:
    signer = XMLSigner(method=methods.enveloped, signature_algorithm=method, c14n_algorithm=C14N)
    signed = signer.sign(etree.fromstring(text), key=key, cert=[own or certificate(key)])
    return etree.tostring(signed, encoding="unicode")


C14N = algorithms.CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0
SIGNED = {"ask": "signature", "signed_at": "sent"}


def ids(findings: list[Finding]) -> list[str]:
    return [f.message_id for f in findings]


def test_a_signed_document_passes_signature_and_schema(folder: Path, key: rsa.RSAPrivateKey) -> None:
    signed = sign(key)
    assert run(folder, signed, **SIGNED) == []
    assert run(folder, signed, ask="xsd", file="note.xsd") == []


def test_an_elliptic_curve_key_is_accepted(folder: Path) -> None:
    assert run(folder, sign(ec.generate_private_key(ec.SECP256R1()), method="ecdsa-sha256"), **SIGNED) == []


def test_a_document_without_signature_is_told(folder: Path) -> None:
    (found,) = run(folder, NOTE, **SIGNED)
    assert (found.message_id, found.location.line, found.location.pointer) == ("xml.unsigned", 1, "/note:note")


@pytest.mark.parametrize(
    ("change", "message_id"),
    [
        (lambda t: t.replace("<level>4", "<level>5"), "xml.signature_changed"),
        (lambda t: t.replace("<level>4</level>", "<level>4</level><level>5</level>"), "xml.signature_changed"),
        (lambda t: t.replace("SignatureValue>", "SignatureValue>AAAA", 1), "xml.signature_invalid"),
        (lambda t: t.replace('URI=""', 'URI="#part"'), "xml.signature_partial"),
        (lambda t: t.replace("xmldsig-more#rsa-sha256", "xmldsig-more#rsa-md5"), "xml.signature_weak"),
        (lambda t: t.replace("http://www.w3.org/2001/04/xmlenc#sha256", DS + "sha1"), "xml.signature_weak"),
        (lambda t: t.replace(RSA_SHA256, DS + "hmac-sha1"), "xml.signature_weak"),
        (lambda t: t.replace("X509Certificate>", "X509SubjectName>"), "xml.signature_no_certificate"),
        (lambda t: t.replace("X509Certificate>MII", "X509Certificate>AAA"), "xml.signature_certificate"),
        (lambda t: t.replace("<level>3</level>", f'<level><Signature xmlns="{DS}"/></level>'), "xml.signature_place"),
        (lambda t: f"<w>{t}</w>", "xml.signature_place"),
    ],
)
def test_a_signature_that_proves_nothing_is_told(
    folder: Path, key: rsa.RSAPrivateKey, change: Callable[[str], str], message_id: str
) -> None:
    assert ids(run(folder, change(sign(key)), **SIGNED)) == [message_id]


def test_a_short_key_is_refused(folder: Path) -> None:
    (found,) = run(folder, sign(rsa.generate_private_key(65537, 1024)), **SIGNED)
    assert (found.message_id, found.params) == ("xml.signature_short_key", {"bits": 1024, "limit": 2048})


def test_a_certificate_is_judged_at_the_documents_own_time(folder: Path, key: rsa.RSAPrivateKey) -> None:
    old = sign(key, own=certificate(key, 2020))
    assert ids(run(folder, old, **SIGNED)) == ["xml.signature_expired"]
    then = sign(key, NOTE.replace("2026-11-12", "2020-11-12"), certificate(key, 2020))
    assert run(folder, then, **SIGNED) == []


def test_another_key_than_the_certificates_does_not_verify(folder: Path, key: rsa.RSAPrivateKey) -> None:
    stranger = certificate(rsa.generate_private_key(65537, 2048))
    assert ids(run(folder, sign(key, own=stranger), **SIGNED)) == ["xml.signature_invalid"]


def test_with_pinned_certificates_only_those_count(folder: Path, key: rsa.RSAPrivateKey) -> None:
    own, other = certificate(key), certificate(rsa.generate_private_key(65537, 2048))
    (folder / "own.pem").write_bytes(own.public_bytes(Encoding.PEM))
    (folder / "other.pem").write_bytes(other.public_bytes(Encoding.PEM))
    signed = sign(key, own=own)
    assert run(folder, signed, pinned="own.pem", **SIGNED) == []
    assert ids(run(folder, signed, pinned="other.pem", **SIGNED)) == ["xml.signature_untrusted"]
