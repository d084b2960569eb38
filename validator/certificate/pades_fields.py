"""Two signature fields, reserved when a certificate is issued: invisible, with a name that a screen reader reads.

They lie outside the page, as PDF/A forbids hiding them and PDF/UA wants them hidden or outside.
"""

from __future__ import annotations

import hashlib
import io
from typing import Final

from pyhanko.pdf_utils.generic import ByteStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, append_signature_field, ensure_sig_flags

from validator.messages import catalogue
from validator.model.text import LANGUAGES

APPROVER: Final = "Approver"
AGENCY: Final = "Agency"
FIELDS: Final = {APPROVER: "field.approver", AGENCY: "field.agency"}
STAMP_NAME: Final = "field.stamp"
ID_SIZE: Final = 16
LINE_END: Final = b"\n"


class AsIsWriter(IncrementalPdfFileWriter):
    """Adds to a document and leaves its metadata as they were issued."""

    def _update_meta(self) -> None: ...


def reserve(document: bytes) -> bytes:
    """The document with both fields, empty; the same bytes for the same document."""
    ended = document if document.endswith(LINE_END) else document + LINE_END  # PDF/A: an object begins a line
    writer = AsIsWriter(io.BytesIO(ended))
    writer._document_id[1] = ByteStringObject(hashlib.sha256(document).digest()[:ID_SIZE])
    for name, key in FIELDS.items():
        outside = InvisSigSettings(box_out_of_bounds=True)
        append_signature_field(
            writer, SigFieldSpec(name, invis_sig_settings=outside, readable_field_name=readable(key))
        )
    ensure_sig_flags(writer, lock_sig_flags=True)  # said now, so that signing changes nothing but its field
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()


def readable(key: str) -> str:
    """A field's name as it is read out, in both languages."""
    return " / ".join(catalogue("certificate_pdf", lang)[key] for lang in LANGUAGES)
