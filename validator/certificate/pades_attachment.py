"""Files attached to a PDF."""

from __future__ import annotations

import zlib
from typing import IO, Final

from pyhanko.pdf_utils.decode_limits import DecodeLimits, DocumentDecodeBudget, MiB, StreamDecodeLimits
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from validator.errors import EvidenceError

LIMITS: Final = DecodeLimits(
    per_stream=StreamDecodeLimits(max_output_size=16 * MiB),
    document_budget=DocumentDecodeBudget(base_allowance=64 * MiB, max_ratio=2),
)
"""What a page of ours may unpack to, with much to spare: anybody may hand in anything."""


def attachments(document: IO[bytes], name: str) -> list[bytes]:
    """Every associated file of this name, unpacked. Raises EvidenceError for what is no readable PDF."""
    try:
        listed = PdfFileReader(document, decode_limits=LIMITS).root.get("/AF", ())
        files = [item.get_object() for item in listed]
        return [bytes(file["/EF"]["/F"].data) for file in files if file.get("/UF", file.get("/F")) == name]
    except (PdfError, zlib.error, ValueError, LookupError, TypeError, AttributeError, RecursionError) as fault:
        raise EvidenceError("pades.broken", {"reason": (str(fault) or type(fault).__name__)[:200]}) from fault
