"""The PDF of a certificate as it was issued: its register says so by signed digests of each page's first bytes.

A certificate does not cover the sheet that people look at. So whoever makes one signs its digest and size;
a file that begins with those bytes, and holds nothing after them but signatures, is the sheet as issued.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from validator.canonical import digest
from validator.certificate import proof
from validator.certificate.copies import Copy
from validator.certificate.files import locked
from validator.certificate.keeping import check_key, method
from validator.certificate.keys import SigningKey
from validator.certificate.moments import stamp
from validator.certificate.outcome import Line, Mark
from validator.certificate.register import Register, pages_path, read_file
from validator.certificate.signer import signer
from validator.certificate.strict_json import parse_canonical
from validator.certificate.trust import Keys
from validator.errors import EvidenceError

SCHEMA: Final = "lienthong-pages/1.0"
TYPE: Final = "IssuedPage"
MEMBERS: Final = {"type", "certificate", "subject", "bytes", "sha256", "at", "proof"}


def record(
    register: Register, certificate: Mapping[str, Any], document: bytes, moment: datetime, key: SigningKey
) -> None:
    """Adds a page to those that were issued; one that is there already is not added again. Raises UsageError."""
    path = pages_path(certificate["credentialSubject"]["number"])
    with locked(register.folder):
        check_key(register, key, moment)
        there = (register.folder / path).exists()
        pages = parse_canonical(read_file(register.folder, path), path)["pages"] if there else []
        if any(page["sha256"] == _sha256(document) for page in pages):
            return
        made = {
            "type": TYPE, "certificate": certificate["id"], "subject": digest(certificate),
            "bytes": len(document), "sha256": _sha256(document), "at": stamp(moment),
        }  # fmt: skip
        signed = proof.sign(made, key.private, method(register, key), made["at"])
        content = {"schema": SCHEMA, "certificate": certificate["id"], "pages": [*pages, signed]}
        register.write(path, content)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at a page: by which keys, when, in which copy of the register; `unproved` marks what is missing."""

    keys: Keys
    at: datetime
    copy: Copy | None
    unproved: Mark


def page_lines(certificate: Mapping[str, Any], document: bytes, reader: Reader) -> Iterator[Line]:
    """Whether a PDF is the sheet that was issued, and by whom it was signed since."""
    path = pages_path(certificate["credentialSubject"]["number"])
    try:
        content = reader.copy.read(path) if reader.copy else None
        if content is None:
            yield Line(reader.unproved, "verify.no_page_record", {"path": path})
            return
        issued = _issued(document, _pages(content, certificate, reader, path))
        signers = _signers(document, issued)
    except EvidenceError as fault:
        yield Line(Mark.PROBLEM, fault.message_id, fault.params)
        return
    yield Line(Mark.OK, "verify.page_as_issued", {"bytes": len(issued)})
    if signers:
        yield Line(Mark.NOTE, "verify.page_signed", {"signers": ", ".join(signers)})


def _pages(content: bytes, certificate: Mapping[str, Any], reader: Reader, name: str) -> Sequence[Mapping[str, Any]]:
    """The pages of a file, each signed by a key that counts. Raises EvidenceError."""
    stated = parse_canonical(content, name)
    pages = stated.get("pages")
    if stated.get("schema") != SCHEMA or stated.get("certificate") != certificate["id"] or not isinstance(pages, list):
        raise EvidenceError("page.malformed", {"name": name})
    for page in pages:
        if not isinstance(page, dict) or set(page) != MEMBERS or type(page["bytes"]) is not int:
            raise EvidenceError("page.malformed", {"name": name})
        key = signer(page, certificate["issuer"]["id"], reader.keys, reader.at, name)
        bound = (page["type"], page["certificate"], page["subject"], page["at"])
        expected = (TYPE, certificate["id"], digest(certificate), page["proof"]["created"])
        if bound != expected or key.demo is not certificate["credentialSubject"]["demo"]:
            raise EvidenceError("page.malformed", {"name": name})
    return pages


def _issued(document: bytes, pages: Sequence[Mapping[str, Any]]) -> bytes:
    """The bytes issued that this document begins with. Raises EvidenceError when there are none."""
    for page in pages:
        begin = document[: page["bytes"]]
        if len(begin) == page["bytes"] and _sha256(begin) == page["sha256"]:
            return begin
    raise EvidenceError("pades.other_bytes")


def _signers(document: bytes, issued: bytes) -> tuple[str, ...]:
    if len(document) == len(issued):
        return ()
    from validator.certificate.pades_appended import appended

    return appended(document, issued)


def _sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
