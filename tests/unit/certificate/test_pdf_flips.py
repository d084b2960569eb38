"""A bit flipped in what a PDF carries, the credential or its proof of the log, is never verified over."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from datetime import timedelta

import pikepdf
import pytest

from tests.unit.certificate.conftest import NOW
from tests.unit.certificate.grounds import Json
from tests.unit.certificate.page_samples import CERTIFICATE, KEYS, POLICY, Sample, sample
from validator.certificate import qr
from validator.certificate.outcome import Word
from validator.certificate.pades_fields import reserve
from validator.certificate.pdf import certificate_pdf
from validator.certificate.policy import parse_policy
from validator.certificate.presented import presented
from validator.certificate.trust import parse_jwks
from validator.certificate.verify import Means, verify
from validator.errors import EvidenceError

FLIPS = 250
PROOF = "tlog-proof"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, report: Json) -> Sample:
    return sample(tmp_path_factory.mktemp("whole"), report, NOW)


@pytest.fixture(scope="module")
def page(whole: Sample) -> bytes:
    files = whole.files()
    (proof,) = [content for name, content in files.items() if name.endswith(PROOF)]
    token = qr.token(qr.claims_of(whole.certificate, files[CERTIFICATE]), whole.key.private, whole.key.kid)
    return reserve(certificate_pdf(whole.certificate, files[CERTIFICATE].decode(), token, proof=proof.decode()))


def carried(document: bytes) -> tuple[bytes, bytes]:
    """The credential and its proof, unpacked."""
    found = presented(document, "page.pdf")
    assert found.along is not None
    (name,) = [name for name in found.along.files if name.endswith(PROOF)]
    return found.content, found.along.read(name)


def judged(whole: Sample, document: bytes) -> Word:
    """What verification says with the keys and policy of the issuer, and of the register only what the PDF carries."""
    files = whole.files()
    keys, policy = parse_jwks(files[KEYS], KEYS), parse_policy(files[POLICY], POLICY)
    try:
        found = presented(document, "page.pdf")
    except EvidenceError:
        return Word.REFUSED
    means = Means(keys, whole.at + timedelta(minutes=1), found.along, policy, offline=True)
    return verify(found.content, means).word


def flips(document: bytes, name: str) -> Iterator[bytes]:
    """The document with one bit flipped in the stream of an attached file."""
    with pikepdf.open(io.BytesIO(document)) as opened:
        (stream,) = [file.EF.F.read_raw_bytes() for file in opened.Root.AF if str(file.UF).endswith(name)]
    start, chance = document.index(stream), random.Random(7)
    for _ in range(FLIPS):
        changed = bytearray(document)
        changed[start + chance.randrange(len(stream))] ^= 1 << chance.randrange(8)
        yield bytes(changed)


def test_untouched_page_leaves_open_only_what_the_register_says_today(whole: Sample, page: bytes) -> None:
    assert judged(whole, page) is Word.UNKNOWN


@pytest.mark.parametrize("name", [CERTIFICATE, PROOF])
def test_flipped_bit_in_an_attached_file_is_refused_or_leaves_every_byte_of_it_as_it_was(
    whole: Sample, page: bytes, name: str
) -> None:
    """The packed form ends with up to seven bits that mean nothing."""
    meant = carried(page)

    for changed in flips(page, name):
        assert judged(whole, changed) is Word.REFUSED or carried(changed) == meant
