"""Signing with a key that never comes here, such as an officer's token: prepare, sign elsewhere, embed.

`prepare` leaves a document with room for the signature and the bytes to sign (DER of the signed
attributes, which hold the document's digest and the signer's certificate). Elsewhere these bytes are
signed, hash SHA-256, with RSASSA-PSS (salt of 32 bytes) or ECDSA. `embed` verifies that signature
against the certificate and puts it in its place.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import Any, Final

from asn1crypto import algos, cms, x509
from cryptography import x509 as pyca_x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from pyhanko.sign import ExternalSigner, PdfSigner
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.signers.pdf_signer import PdfTBSDocument
from pyhanko_certvalidator.registry import SimpleCertificateStore

from validator.canonical import canonical
from validator.certificate.pades import FAULTS, HASH, Level, Order, metadata, not_signed, run, suitable
from validator.certificate.pades_fields import AsIsWriter
from validator.errors import UsageError

ROOM: Final = 32_768
SALT: Final = 32


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that waits for its signature: `to_sign` goes to the token, the rest is kept."""

    document: bytes
    to_sign: bytes
    digest: bytes
    start: int
    end: int
    certificates: tuple[bytes, ...]

    def state(self) -> bytes:
        """What is kept beside the document, as JSON."""
        return canonical({
            "schema": "lienthong-pades/1.0", "start": self.start, "end": self.end, "digest": _text(self.digest),
            "to_sign": _text(self.to_sign), "certificates": [_text(der) for der in self.certificates],
        })  # fmt: skip

    @classmethod
    def of(cls, document: bytes, state: Any) -> Prepared:
        """The document with what was kept. Raises UsageError."""
        try:
            texts = [base64.b64decode(state[name], validate=True) for name in ("to_sign", "digest")]
            chain = tuple(base64.b64decode(text, validate=True) for text in state["certificates"])
            start, end = int(state["start"]), int(state["end"])
            if not 0 < start < end <= len(document) or not chain:
                raise ValueError("start, end")
        except (KeyError, TypeError, ValueError) as fault:
            raise UsageError("pades.not_prepared", {"reason": str(fault)[:80]}) from fault
        return cls(document, texts[0], texts[1], start, end, chain)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def prepare(document: bytes, field: str, chain: tuple[x509.Certificate, ...]) -> Prepared:
    """The document with room for a signature of the first certificate of `chain`. Raises UsageError."""
    order = Order(field, Level.B_B)
    order.check()
    signer = suitable(_signer(chain))
    try:
        return run(_prepare(document, order, signer, chain))
    except FAULTS as fault:
        raise not_signed(fault) from fault


async def _prepare(
    document: bytes, order: Order, signer: ExternalSigner, chain: tuple[x509.Certificate, ...]
) -> Prepared:
    writer = AsIsWriter(io.BytesIO(document))
    digest, _, out = await PdfSigner(metadata(order), signer=signer).async_digest_doc_for_signing(
        writer, existing_fields_only=True, bytes_reserved=ROOM
    )
    attributes = await signer.signed_attrs(digest.document_digest, HASH, use_pades=True)
    return Prepared(
        out.getvalue(),  # type: ignore[attr-defined] # a BytesIO, as none was given
        attributes.dump(),
        digest.document_digest,
        digest.reserved_region_start,
        digest.reserved_region_end,
        tuple(certificate.dump() for certificate in chain),
    )


def _signer(chain: tuple[x509.Certificate, ...], value: bytes | None = None) -> ExternalSigner:
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple(list(chain[1:]))
    return ExternalSigner(chain[0], store, signature_value=value, signature_mechanism=_mechanism(chain[0]))


def _mechanism(certificate: x509.Certificate) -> algos.SignedDigestAlgorithm:
    """How the token signs: said in the signature, so that it must be the very same there."""
    if certificate.public_key.algorithm == "ec":
        return algos.SignedDigestAlgorithm({"algorithm": f"{HASH}_ecdsa"})
    mask = algos.MaskGenAlgorithm({"algorithm": "mgf1", "parameters": algos.DigestAlgorithm({"algorithm": HASH})})
    pss = algos.RSASSAPSSParams({
        "hash_algorithm": algos.DigestAlgorithm({"algorithm": HASH}),
        "mask_gen_algorithm": mask, "salt_length": SALT,
    })  # fmt: skip
    return algos.SignedDigestAlgorithm({"algorithm": "rsassa_pss", "parameters": pss})


def embed(prepared: Prepared, signature: bytes, order: Order) -> bytes:
    """The signed document, level B-B, or B-T with the order's stamper. Raises UsageError."""
    order.check()
    if order.level.long_term:
        raise UsageError("pades.outside_level", {"level": order.level.value})
    chain = tuple(x509.Certificate.load(der) for der in prepared.certificates)
    _check_signature(prepared, signature)
    try:
        return run(_embed(prepared, _signer(chain, signature), order))
    except FAULTS as fault:
        raise not_signed(fault) from fault


async def _embed(prepared: Prepared, signer: ExternalSigner, order: Order) -> bytes:
    attributes = cms.CMSAttributes.load(prepared.to_sign)
    signed = await signer.async_sign_prescribed_attributes(HASH, signed_attrs=attributes, timestamper=order.stamper)
    out = io.BytesIO(prepared.document)
    place = PreparedByteRangeDigest(prepared.digest, prepared.start, prepared.end)
    await PdfTBSDocument.async_finish_signing(out, place, signed)
    return out.getvalue()


def _check_signature(prepared: Prepared, signature: bytes) -> None:
    """Does nothing when the token signed these bytes with the certificate's key. Raises UsageError."""
    key = pyca_x509.load_der_x509_certificate(prepared.certificates[0]).public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, prepared.to_sign, padding.PSS(padding.MGF1(SHA256()), SALT), SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, prepared.to_sign, ec.ECDSA(SHA256()))
    except (InvalidSignature, ValueError) as fault:
        raise UsageError("pades.signature_wrong") from fault
