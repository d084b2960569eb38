"""What the signatures of a refused PDF say of themselves: who, when, whether what they cover is whole, and whose
certificates they lead to. Told beside the refusal; it makes nothing valid."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from validator.certificate.pades import quiet
from validator.certificate.pades_check import BROKEN, named
from validator.certificate.pades_strict import way
from validator.certificate.pades_trust import Trust


@dataclass(frozen=True, slots=True)
class Seen:
    """One signature as it is, trusted or not. `path` leads from a given root to the signer, or is empty."""

    field: str
    signer: str
    at: datetime | None
    whole: bool
    path: tuple[str, ...]


def seen(document: bytes, trust: Trust) -> tuple[Seen, ...]:
    """Every signature that can be read, in the order in which they were made; none of what is no PDF."""
    with quiet():
        try:
            signatures = PdfFileReader(io.BytesIO(document)).embedded_regular_signatures
            return tuple(_seen(signatures, trust))
        except BROKEN:
            return ()


def _seen(signatures: list[EmbeddedPdfSignature], trust: Trust) -> Iterator[Seen]:
    for signature in signatures:
        try:
            signer = signature.signer_cert
            stated = signature.self_reported_timestamp
            yield Seen(signature.field_name, named(signer), stated, _whole(signature), _path(signature, trust))
        except BROKEN:
            continue


def _whole(signature: EmbeddedPdfSignature) -> bool:
    """Whether the bytes that it covers are those that were signed, by the key of its certificate."""
    digest = signature.compute_digest()
    return all(validate_sig_integrity(signature.signer_info, signature.signer_cert, "data", digest))


def _path(signature: EmbeddedPdfSignature, trust: Trust) -> tuple[str, ...]:
    held = [choice.chosen for choice in signature.signed_data["certificates"]]
    found = [x509.Certificate.load(der) for der in way(signature.signer_cert, held, trust)]
    rooted = found[-1].dump() in {root.dump() for root in trust.roots}
    return tuple(named(certificate) for certificate in reversed(found)) if rooted else ()
