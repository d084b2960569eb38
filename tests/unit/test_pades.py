"""PAdES on the certificate: every level with both kinds of key, here or elsewhere; whatever is tampered with fails."""

from __future__ import annotations

import io
import json
import random
import re
from datetime import UTC, datetime, timedelta
from functools import cache

import pikepdf
import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from pyhanko.pdf_utils.generic import NameObject, NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.status import SignatureCoverageLevel

from tests.unit.sample_credential import sample_credential
from tests.unit.signing_authority import PASSPHRASE, Authority, Party, authority
from tests.unit.test_certificate_pdf import page_of
from validator.canonical import canonical
from validator.certificate.pades import Level, Order, sign, signer_of
from validator.certificate.pades_check import check, fingerprint
from validator.certificate.pades_fields import AGENCY, APPROVER, reserve
from validator.certificate.pades_outside import Prepared, embed, prepare
from validator.certificate.pades_trust import Trust
from validator.errors import EvidenceError, UsageError

EXPIRED = datetime.now(UTC) + timedelta(days=500)
"""When the signers' certificates have run out and those of CAs and clock have not."""


@cache
def issued() -> bytes:
    return reserve(page_of(sample_credential()))


def order(level: Level, field: str = APPROVER, moment: datetime | None = None) -> Order:
    trust = authority().trust()
    return Order(field, level, authority().stamper(moment) if level.stamped else None, trust, moment)


@cache
def signed(kind: str, level: Level) -> bytes:
    party = getattr(authority(), kind)
    return sign(issued(), order(level), signer_of(party.pkcs12(authority().issuer), PASSPHRASE))


def by(party: Party, field: str = APPROVER) -> dict[str, str]:
    return {field: fingerprint(party.asn1)}


@pytest.mark.parametrize("kind", ["rsa", "ec"])
@pytest.mark.parametrize("level", list(Level))
def test_every_level_is_made_and_recognised(kind: str, level: Level) -> None:
    document = signed(kind, level)
    party = getattr(authority(), kind)

    (found,) = check(document, issued(), by(party), authority().trust())

    assert document.startswith(issued())
    assert found.level is level
    assert len(found.path) == 3


@pytest.mark.parametrize(("kind", "algorithm"), [("rsa", "rsassa_pss"), ("ec", "sha256_ecdsa")])
def test_signature_algorithm_is_one_that_the_law_lists(kind: str, algorithm: str) -> None:
    (signature,) = PdfFileReader(io.BytesIO(signed(kind, Level.B_B))).embedded_regular_signatures
    information: cms.SignerInfo = signature.signer_info

    assert information["signature_algorithm"]["algorithm"].native == algorithm
    assert information["digest_algorithm"]["algorithm"].native == "sha256"
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"


def test_attached_credential_and_standards_survive_signing() -> None:
    with pikepdf.open(io.BytesIO(signed("rsa", Level.B_LTA))) as pdf:
        metadata = pdf.Root.Metadata.read_bytes().decode()
        attached = pdf.attachments["certificate.json"].get_file().read_bytes()

    assert attached == canonical(sample_credential())
    assert re.search(r"pdfaid:part(=\"|>)3", metadata)
    assert re.search(r"pdfaid:conformance(=\"|>)A", metadata)
    assert re.search(r"pdfuaid:part(=\"|>)1", metadata)


def test_approver_and_agency_sign_one_after_the_other() -> None:
    both = sign(signed("rsa", Level.B_LT), order(Level.B_LTA, AGENCY), signer_of(authority().ec.pkcs12(), PASSPHRASE))
    expected = {**by(authority().rsa), **by(authority().ec, AGENCY)}

    found = check(both, issued(), expected, authority().trust())

    assert [one.field for one in found] == [APPROVER, AGENCY]
    with pytest.raises(EvidenceError, match=r"pades\.not_expected"):
        check(both, issued(), by(authority().rsa), authority().trust())


def lists_of(moment: datetime, *revoked: Party) -> Trust:
    """The root and the lists of a day: all else that is needed then, the document must hold itself."""
    trust = authority().trust(revoked, moment)
    return Trust(trust.roots, (), trust.crls)


def test_signature_with_a_stamp_over_all_outlives_its_certificate() -> None:
    (found,) = check(signed("ec", Level.B_LTA), issued(), by(authority().ec), lists_of(EXPIRED), EXPIRED)

    assert authority().ec.certificate.not_valid_after_utc < EXPIRED
    assert found.at is not None
    assert found.at < datetime.now(UTC)
    for level in (Level.B_B, Level.B_T, Level.B_LT):
        with pytest.raises(EvidenceError, match=r"pades\.not_valid"):
            check(signed("ec", level), issued(), by(authority().ec), lists_of(EXPIRED), EXPIRED)


def test_signer_revoked_after_the_stamp_over_all_signed_well_but_a_revoked_clock_stamped_nothing() -> None:
    document, who = signed("ec", Level.B_LTA), by(authority().ec)

    assert check(document, issued(), who, lists_of(EXPIRED, authority().ec), EXPIRED)
    with pytest.raises(EvidenceError, match=r"pades\.not_valid"):
        check(document, issued(), who, lists_of(EXPIRED, authority().clock), EXPIRED)


@pytest.mark.parametrize("level", [Level.B_LT, Level.B_LTA])
def test_long_term_document_holds_what_verifies_it_but_for_the_root(level: Level) -> None:
    (found,) = check(signed("ec", level), issued(), by(authority().ec), Trust(authority().trust().roots))

    assert found.level is level
    with pytest.raises(EvidenceError, match=r"pades\.not_valid"):
        check(signed("ec", Level.B_T), issued(), by(authority().ec), Trust(authority().trust().roots))


@pytest.mark.parametrize("kind", ["rsa", "ec"])
@pytest.mark.parametrize("level", [Level.B_B, Level.B_T])
def test_key_that_never_comes_here_signs_what_was_prepared(kind: str, level: Level) -> None:
    party = getattr(authority(), kind)
    prepared = prepare(issued(), APPROVER, (party.asn1, authority().issuer.asn1))
    state = json.loads(prepared.state())

    made = embed(Prepared.of(prepared.document, state), elsewhere(party, prepared.to_sign), order(level))
    (found,) = check(made, issued(), by(party), authority().trust())

    assert found.level is level


def elsewhere(party: Party, to_sign: bytes) -> bytes:
    if isinstance(party.key, rsa.RSAPrivateKey):
        return party.key.sign(to_sign, padding.PSS(padding.MGF1(SHA256()), 32), SHA256())
    return bytes(party.key.sign(to_sign, ec.ECDSA(SHA256())))


def test_signature_by_another_key_is_not_embedded() -> None:
    prepared = prepare(issued(), APPROVER, (authority().ec.asn1,))

    with pytest.raises(UsageError, match=r"pades\.signature_wrong"):
        embed(prepared, elsewhere(authority().revoked, prepared.to_sign), order(Level.B_B))


def turned(document: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(document))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page[NameObject("/Rotate")] = NumberObject(180)
    writer.mark_update(page.container_ref)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def other_attachment(document: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(document))
    stream = writer.root["/AF"][0].get_object()["/EF"]["/F"].get_object()
    stream._data, stream._encoded_data = b'{"forged":true}', None
    writer.mark_update(stream.container_ref)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def other_title(document: bytes) -> bytes:
    """Only what is said of the document: a library that compares revisions lets that pass."""
    writer = IncrementalPdfFileWriter(io.BytesIO(document))
    writer.document_meta.title = "Giấy chứng nhận hợp chuẩn"
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


TAMPERED = [turned, other_attachment, other_title]


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("tamper", TAMPERED)
def test_update_appended_after_signing_fails(tamper, level: Level) -> None:
    with pytest.raises(EvidenceError, match=r"pades\.changed"):
        check(tamper(signed("ec", level)), issued(), by(authority().ec), authority().trust())


@pytest.mark.parametrize("tamper", TAMPERED)
def test_document_changed_before_it_was_signed_is_not_the_one_issued(tamper) -> None:
    changed = sign(tamper(issued()), order(Level.B_B), signer_of(authority().ec.pkcs12(authority().issuer), PASSPHRASE))

    with pytest.raises(EvidenceError, match=r"pades\.(changed_since_issue|other_bytes)"):
        check(changed, issued(), by(authority().ec), authority().trust())


def test_bytes_behind_the_end_fail() -> None:
    with pytest.raises(EvidenceError):
        check(signed("ec", Level.B_B) + b"\n% more", issued(), by(authority().ec), authority().trust())


@pytest.mark.parametrize("level", list(Level))
def test_every_one_of_130_flipped_bits_of_a_signed_document_fails(level: Level) -> None:
    document = signed("ec", level)
    chance = random.Random(7)
    places = [*chance.sample(range(len(document)), 25), *chance.sample(range(len(issued()), len(document)), 105)]

    for place in places:
        changed = bytearray(document)
        changed[place] ^= 1 << chance.randrange(8)
        with pytest.raises(EvidenceError):
            check(bytes(changed), issued(), by(authority().ec), authority().trust())


@pytest.mark.parametrize(
    ("was", "becomes"),
    [(b"nghi".hex(), b"Nghi".hex()), ("a003020102", "a003020103")],
    ids=["letter of another case in a name", "certificate of an unknown version"],
)
def test_unsigned_part_that_libraries_read_alike_or_not_at_all_fails(was: str, becomes: str) -> None:
    """The name of the signer's issuer stands unsigned in a CMS, and names are equal whatever their case."""
    document = signed("ec", Level.B_T)
    written, other = ((text.upper() if was.upper().encode() in document else text).encode() for text in (was, becomes))
    places = [found.start() for found in re.finditer(written, document)]

    assert len(places) > 3
    for place in places:
        changed = document[:place] + other + document[place + len(other) :]
        with pytest.raises(EvidenceError):
            check(changed, issued(), by(authority().ec), authority().trust())


def test_file_ends_with_its_last_signature_at_every_level() -> None:
    for level in Level:
        last = PdfFileReader(io.BytesIO(signed("ec", level))).embedded_signatures[-1]
        assert last.evaluate_signature_coverage() is SignatureCoverageLevel.ENTIRE_FILE


def test_revocation_data_behind_the_last_signature_fails_as_nobody_signed_them() -> None:
    out = io.BytesIO(signed("ec", Level.B_T))
    trust = authority().trust()
    DocumentSecurityStore.add_dss(out, None, certs=[authority().issuer.asn1], crls=trust.crls)

    with pytest.raises(EvidenceError, match=r"pades\.bytes_behind"):
        check(out.getvalue(), issued(), by(authority().ec), trust)


@pytest.mark.parametrize("level", [Level.B_B, Level.B_T])
def test_revoked_signer_fails(level: Level) -> None:
    made = sign(issued(), order(level), signer_of(authority().revoked.pkcs12(authority().issuer), PASSPHRASE))

    with pytest.raises(EvidenceError, match=r"pades\.not_valid"):
        check(made, issued(), by(authority().revoked), authority().trust(revoked=[authority().revoked]))


def test_unknown_root_fails() -> None:
    with pytest.raises(EvidenceError, match=r"pades\.not_valid"):
        check(signed("ec", Level.B_B), issued(), by(authority().ec), Authority("CA khác").trust())


def test_missing_revocation_list_fails_closed() -> None:
    trust = authority().trust()

    with pytest.raises(EvidenceError, match=r"pades\.not_valid"):
        check(signed("ec", Level.B_B), issued(), by(authority().ec), type(trust)(trust.roots, trust.others))


def test_other_signer_or_no_signature_fails() -> None:
    trust = authority().trust()

    with pytest.raises(EvidenceError, match=r"pades\.other_signer"):
        check(signed("ec", Level.B_B), issued(), by(authority().rsa), trust)
    with pytest.raises(EvidenceError, match=r"pades\.not_there"):
        check(issued(), issued(), by(authority().rsa), trust)


def test_nothing_is_signed_without_what_the_level_needs() -> None:
    signer = signer_of(authority().ec.pkcs12(), PASSPHRASE)

    for wanted in (Order(APPROVER, Level.B_T), Order(APPROVER, Level.B_LT, authority().stamper()),
                   Order("Other", Level.B_B)):  # fmt: skip
        with pytest.raises(UsageError):
            sign(issued(), wanted, signer)
    with pytest.raises(UsageError, match=r"pades\.not_signed"):
        sign(signed("ec", Level.B_B), order(Level.B_B), signer)
    with pytest.raises(UsageError, match=r"pades\.key_not_opened"):
        signer_of(authority().ec.pkcs12(), b"wrong")
