"""What a signature does not cover but stands in the file must be as a signer writes it: nothing more, nothing else.

A CMS leaves its certificates, versions and the zeros behind it unsigned, and a PDF may go on behind
its last signature. Letting anything stand there would let two different files pass for the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from asn1crypto import cms, x509
from cryptography import x509 as pyca_x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from validator.certificate.pades_trust import Trust
from validator.errors import EvidenceError

VERSIONS: Final = {"data": "v1", "tst_info": "v3"}
SIGNERS_OWN: Final = ("/ModDate", "/Producer")
STAMP: Final = "signature_time_stamp_token"


def check_since_issue(document: PdfFileReader, issued: PdfFileReader) -> None:
    """Does nothing when all that was added to what was issued are signatures and what belongs to them.

    A signature vouches for whatever it was put on, an unsigned update from before it too.
    """
    base = issued.xrefs.total_revisions - 1
    try:
        found = DEFAULT_DIFF_POLICY.review_file(document, base, doc_mdp=MDPPerm.FILL_FORMS)
    except ValueError as fault:
        raise EvidenceError("pades.other_bytes") from fault
    if not isinstance(found, DiffResult) or _described(document) != _described(issued):
        raise EvidenceError("pades.changed_since_issue")


def _described(document: PdfFileReader) -> tuple[object, ...]:
    """What a document says of itself, in both places, but for what a signer's program says of its own work.

    The policy above lets metadata change, and a viewer shows the title in its head.
    """
    info = document.trailer_view["/Info"]
    kept = {name: str(info[name]) for name in info if name not in SIGNERS_OWN}
    said = document.document_meta_view
    texts = (said.title, said.author, said.subject, said.created, document.root.get("/Lang"))
    return kept, *map(str, texts)


def check_end(document: PdfFileReader) -> None:
    """Does nothing when the file ends with its last signature. Raises EvidenceError."""
    last = max(document.embedded_signatures, key=lambda signature: signature.signed_revision)
    if last.evaluate_signature_coverage() is not SignatureCoverageLevel.ENTIRE_FILE:
        raise EvidenceError("pades.bytes_behind")


def check_container(signature: EmbeddedPdfSignature, content: bytes) -> None:
    """Does nothing when the room of a signature holds its CMS in hex of one case, then zeros."""
    _, start, behind, _ = signature.byte_range
    room = content[start + 1 : behind - 1]
    held = bytes(signature.pkcs7_content)
    exact = cms.ContentInfo.load(held, strict=False).dump()
    written = exact.hex().encode()
    if room not in (text.ljust(len(room), b"0") for text in (written, written.upper())):
        raise EvidenceError("pades.loose", {"field": signature.field_name})


def check_cms(signed: cms.SignedData, trust: Trust, field: str) -> None:
    """Does nothing when the unsigned parts of a CMS say what its signed parts say. Raises EvidenceError.

    Its certificates must be the signer's and those on the way from it to a root.
    """
    kind = signed["encap_content_info"]["content_type"].native
    (signer,) = signed["signer_infos"]
    held = [choice.chosen for choice in signed["certificates"]]
    own = [c for c in held if _is_of(c, signer["sid"])]
    plain = (
        signed["version"].native == VERSIONS.get(kind)
        and signer["version"].native == "v1"
        and _names(signed["digest_algorithms"]) == [signer["digest_algorithm"]["algorithm"].native]
        and not signed["crls"].native
        and len(own) == 1
        and {c.dump() for c in held} <= set(way(own[0], held, trust))
        and signed.copy().dump(force=True) == signed.dump()
    )
    unsigned = signer["unsigned_attrs"]
    stamps = [attribute for attribute in unsigned if attribute["type"].native == STAMP] if unsigned else []
    if not plain or (len(stamps) != len(unsigned or ())) or len(stamps) > 1:
        raise EvidenceError("pades.loose", {"field": field})
    for stamp in stamps:
        check_cms(stamp["values"][0]["content"], trust, field)


def _names(algorithms: cms.DigestAlgorithms) -> list[str]:
    return [algorithm["algorithm"].native for algorithm in algorithms]


def way(certificate: x509.Certificate, held: Sequence[x509.Certificate], trust: Trust) -> Iterator[bytes]:
    """The certificate and those above it, each of which has signed the one below, up to a root."""
    offered = [pyca_x509.load_der_x509_certificate(c.dump()) for c in (*trust.roots, *trust.others, *held)]
    roots = {c.dump() for c in trust.roots}
    current = pyca_x509.load_der_x509_certificate(certificate.dump())
    for _ in offered:
        der = current.public_bytes(Encoding.DER)
        yield der
        above = next((c for c in offered if _issued(c, current)), None)
        if der in roots or above is None:
            return
        current = above


def _issued(above: pyca_x509.Certificate, below: pyca_x509.Certificate) -> bool:
    try:
        below.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _is_of(certificate: x509.Certificate, sid: cms.SignerIdentifier) -> bool:
    """By the very bytes of the name: names that differ in case only are equal to the library."""
    named = sid.chosen
    return bool(
        sid.name == "issuer_and_serial_number"
        and named["serial_number"].native == certificate.serial_number
        and named["issuer"].dump() == certificate.issuer.dump()
    )
