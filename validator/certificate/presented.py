"""What somebody presents to be verified, in whatever carries it: the certificate's JSON file, the PDF that it is
attached to, or the bundle that brings along all that is needed to verify it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from validator.certificate import copies
from validator.certificate.carriers import attached, attached_proof, is_pdf
from validator.certificate.copies import CERTIFICATE, Bundle, Copy, needed, read_bundle
from validator.certificate.register import proof_path


@dataclass(frozen=True, slots=True)
class Presented:
    """The certificate's bytes, what came along with them, if anything did, and the PDF if it was one."""

    content: bytes
    along: Copy | None = None
    document: bytes | None = None


MOST_BYTES = copies.MOST_BYTES


def presented(content: bytes, name: str) -> Presented:
    """The certificate in a file. Raises EvidenceError for one that carries none; UsageError without pyHanko."""
    if is_pdf(content):
        certificate, proof = attached(content), attached_proof(content)
        return Presented(certificate, None if proof is None else _proved(certificate, proof), content)
    bundle = read_bundle(content, name)
    if bundle is None:
        return Presented(content)
    return Presented(needed(bundle, CERTIFICATE), bundle)


def _proved(certificate: bytes, proof: bytes) -> Bundle:
    """The proof of the log at its place in a register; nothing of the certificate is believed yet."""
    try:
        number = str(json.loads(certificate)["credentialSubject"]["number"])
        return Bundle({proof_path(number, 0): proof.decode()})
    except (ValueError, KeyError, TypeError, RecursionError):
        return Bundle({})
