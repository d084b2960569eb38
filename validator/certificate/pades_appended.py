"""What came to a page after it was issued: signatures, each whole, and nothing besides.

Who signed is told, not judged: anybody can put a signature of his own on a file. `pades_check` holds
signers to whom they should be.
"""

from __future__ import annotations

import io
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY
from pyhanko.sign.validation.pdf_embedded import (
    EmbeddedPdfSignature,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko_certvalidator import ValidationContext

from validator.certificate.pades import quiet, run
from validator.certificate.pades_attachment import LIMITS
from validator.certificate.pades_check import BROKEN, named
from validator.certificate.pades_strict import check_cms, check_container, check_end, check_since_issue
from validator.certificate.pades_trust import Trust
from validator.errors import EvidenceError

NOBODY = Trust((), (), ())


def appended(document: bytes, issued: bytes) -> tuple[str, ...]:
    """The signers of a document that begins with these issued bytes, in the order of their signatures.

    Raises:
        EvidenceError: something else was added, or a signature does not hold.
    """
    with quiet():
        try:
            reader = PdfFileReader(io.BytesIO(document), decode_limits=LIMITS)
            check_since_issue(reader, PdfFileReader(io.BytesIO(issued), decode_limits=LIMITS))
            if not reader.embedded_regular_signatures:
                raise EvidenceError("pades.bytes_behind")
            check_end(reader)
            for signature in reader.embedded_signatures:
                check_container(signature, document)
                check_cms(signature.signed_data, NOBODY, signature.field_name)
                _check_whole(signature)
            return tuple(named(signature.signer_cert) for signature in reader.embedded_regular_signatures)
        except BROKEN as fault:
            reason = (str(fault) or type(fault).__name__).splitlines()[0][:200]
            raise EvidenceError("pades.broken", {"reason": reason}) from fault


def _check_whole(signature: EmbeddedPdfSignature) -> None:
    """Does nothing when the signature is one over all that it covers and was only followed by others."""
    nothing = ValidationContext(trust_roots=[], allow_fetching=False)
    if signature.sig_object_type == "/DocTimeStamp":
        status: Any = run(async_validate_pdf_timestamp(signature, nothing))
    else:
        status = run(async_validate_pdf_signature(signature, nothing, diff_policy=DEFAULT_DIFF_POLICY))
        if not status.docmdp_ok:
            raise EvidenceError("pades.changed", {"field": signature.field_name})
    if not (status.intact and status.valid):
        raise EvidenceError("pades.not_whole", {"field": signature.field_name})
