"""The certificate out of what carries it: its JSON file, or the PDF that it is attached to.

The PDF is only a carrier here: what is verified is the credential in it. Whether the page itself and
its signatures are as issued is what `pades_check` tells.
"""

from __future__ import annotations

import io
from typing import Final

from validator.errors import EvidenceError, UsageError

PDF: Final = b"%PDF-"
ATTACHMENT: Final = "certificate.json"
PROOF: Final = "certificate.tlog-proof"
MOST_BYTES: Final = 4 * 1024 * 1024


def is_pdf(content: bytes) -> bool:
    return content.startswith(PDF)


def attached(content: bytes) -> bytes:
    """The one file `certificate.json` of a PDF. Raises EvidenceError; UsageError without pyHanko."""
    try:
        from validator.certificate.pades_attachment import attachments
    except ModuleNotFoundError as fault:
        raise UsageError("usage.no_pdf", {"package": "pyhanko"}) from fault
    found = attachments(io.BytesIO(content), ATTACHMENT)
    if len(found) != 1 or len(found[0]) > MOST_BYTES:
        raise EvidenceError("pades.no_attachment", {"name": ATTACHMENT})
    return found[0]


def attached_proof(content: bytes) -> bytes | None:
    """The proof of the log that a PDF carries, if it does. Raises EvidenceError, for two of them too."""
    from validator.certificate.pades_attachment import attachments

    found = attachments(io.BytesIO(content), PROOF)
    if len(found) > 1 or any(len(one) > MOST_BYTES for one in found):
        raise EvidenceError("pades.no_attachment", {"name": PROOF})
    return found[0] if found else None
