"""XML signatures: does an enveloped signature cover the whole document and verify?

A signature with a certificate of the document itself proves that nothing was changed since signing
and who claims to have signed; that the certificate is one to trust is only known for pinned ones.
Sources: W3C XML Signature Syntax and Processing 1.1 and its best practices (one reference to the
whole document, no SHA-1), RFC 5280 (validity of certificates).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from lxml import etree
from signxml.exceptions import InvalidCertificate, InvalidDigest, SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from validator import xml_document
from validator.model.finding import Finding, Location

DS: Final = {"ds": "http://www.w3.org/2000/09/xmldsig#"}
MIN_RSA_BITS: Final = 2048
MIN_CURVE_BITS: Final = 256
WEAK_MARKS: Final = ("sha1", "md5", "hmac")


class _NotSignedError(Exception):
    def __init__(self, message_id: str, element: etree._Element | None = None, **params: Any) -> None:
        super().__init__(message_id)
        self.message_id = message_id
        self.element = element
        self.params = params


def signature_findings(
    requirement: str,
    root: etree._Element,
    raw: bytes,
    place: Location,
    trusted: bytes | None,
    signed_at: str | None,
) -> Iterator[Finding]:
    """At most one finding: the first thing that keeps the document from counting as signed.

    `trusted` are pinned certificates in PEM, the only ones accepted when given; `signed_at` names
    the child of the root whose time the certificate must have been valid at.
    """
    try:
        _examine(root, raw, trusted, signed_at)
    except _NotSignedError as fault:
        element = root if fault.element is None else fault.element
        line, pointer = xml_document.line_of(element), xml_document.xpath_of(element)
        where = Location(place.file, line, None, place.record, pointer)
        yield Finding(requirement, fault.message_id, where, fault.params)


def _examine(root: etree._Element, raw: bytes, trusted: bytes | None, signed_at: str | None) -> None:
    signatures = list(root.iter(f"{{{DS['ds']}}}Signature"))
    if not signatures:
        raise _NotSignedError("xml.unsigned")
    signature = signatures[0]
    if len(signatures) > 1 or signature.getparent() is not root:
        raise _NotSignedError("xml.signature_place", signatures[-1], count=len(signatures))
    _refuse_weak_algorithms(signature)
    _expect_whole_document(signature)
    candidates = _certificates(signature, trusted)
    _refuse_weak_key(candidates[0], signature)
    _verify(raw, signature, candidates, _time(root, signed_at))


def _refuse_weak_algorithms(signature: etree._Element) -> None:
    for path in (".//ds:SignatureMethod", ".//ds:DigestMethod"):
        for element in signature.iterfind(path, DS):
            name = element.get("Algorithm", "")
            if any(mark in name.lower() for mark in WEAK_MARKS):
                raise _NotSignedError("xml.signature_weak", element, algorithm=name)


def _expect_whole_document(signature: etree._Element) -> None:
    """One reference, to the document itself: else unsigned parts could pass as signed."""
    references = signature.findall("ds:SignedInfo/ds:Reference", DS)
    if len(references) != 1 or references[0].get("URI") != "":
        raise _NotSignedError("xml.signature_partial", signature)


def _certificates(signature: etree._Element, trusted: bytes | None) -> Sequence[x509.Certificate]:
    pinned = x509.load_pem_x509_certificates(trusted) if trusted else None
    own = []
    for element in signature.iterfind("ds:KeyInfo/ds:X509Data/ds:X509Certificate", DS):
        try:
            own.append(x509.load_der_x509_certificate(base64.b64decode(element.text or "")))
        except (ValueError, binascii.Error) as fault:
            raise _NotSignedError("xml.signature_certificate", element, reason=str(fault)[:200]) from fault
    if pinned is None:
        if not own:
            raise _NotSignedError("xml.signature_no_certificate", signature)
        return own
    matching = [certificate for certificate in own if certificate in pinned]
    if own and not matching:
        raise _NotSignedError("xml.signature_untrusted", signature, subject=own[0].subject.rfc4514_string()[:200])
    return matching or pinned


def _refuse_weak_key(certificate: x509.Certificate, signature: etree._Element) -> None:
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise _NotSignedError("xml.signature_certificate", signature, reason=str(fault)[:200]) from fault
    if isinstance(key, rsa.RSAPublicKey | dsa.DSAPublicKey) and key.key_size < MIN_RSA_BITS:
        raise _NotSignedError("xml.signature_short_key", signature, bits=key.key_size, limit=MIN_RSA_BITS)
    if isinstance(key, ec.EllipticCurvePublicKey) and key.key_size < MIN_CURVE_BITS:
        raise _NotSignedError("xml.signature_short_key", signature, bits=key.key_size, limit=MIN_CURVE_BITS)


def _time(root: etree._Element, signed_at: str | None) -> datetime | None:
    """The time that the document states of itself; None when it states none that can be read."""
    if signed_at is None:
        return None
    text = root.findtext(f"{{{xml_document.namespace_of(root)}}}{signed_at}") or ""
    try:
        moment = datetime.fromisoformat(str(text).strip())
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _verify(
    raw: bytes, signature: etree._Element, candidates: Sequence[x509.Certificate], moment: datetime | None
) -> None:
    """Verifies with the first certificate that fits. Validity is judged at the document's own time."""
    last: Exception | None = None
    for certificate in candidates:
        at = moment or certificate.not_valid_before_utc
        try:
            XMLVerifier().verify(
                raw,
                x509_cert=certificate,
                parser=xml_document.parser(),
                expect_config=SignatureConfiguration(location="./", verification_time=at),
            )
            return
        except (SignXMLException, ValueError, TypeError, NotImplementedError, etree.LxmlError) as fault:
            last = fault
    if isinstance(last, InvalidCertificate):
        raise _NotSignedError("xml.signature_expired", signature, reason=str(last)[:300]) from last
    if isinstance(last, InvalidDigest):
        raise _NotSignedError("xml.signature_changed", signature) from last
    raise _NotSignedError("xml.signature_invalid", signature, reason=str(last)[:300]) from last
