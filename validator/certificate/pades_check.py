"""Checking a signed certificate: the bytes issued, each expected field signed by whom it should be, nothing else.

`intact` alone says nothing: a page turned by an unsigned update leaves it true. What counts is the
conclusion of the whole validation after ETSI EN 319 102-1, offline, with revocation required for
every certificate, and that the file begins with the very bytes that were issued.
"""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from asn1crypto import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509 import InvalidVersion
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import SignatureValidationError, ValidationInfoReadingError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, async_validate_pdf_signature
from pyhanko.sign.validation.policy_decl import (
    CertificateFetchingRule,
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer

from validator.certificate.pades import Level, quiet, run
from validator.certificate.pades_strict import check_cms, check_container, check_end, check_since_issue
from validator.certificate.pades_trust import Trust
from validator.errors import EvidenceError

BROKEN: Final = (
    PdfError, SignatureValidationError, ValidationInfoReadingError, ValueError, LookupError, TypeError,
    AttributeError, NotImplementedError, RecursionError, ArithmeticError, zlib.error, InvalidVersion,
    UnsupportedAlgorithm,
)  # fmt: skip
"""What the library raises over files that were made to break it, too: none of it is a good signature."""

NAME_PARTS: Final = ("common_name", "organizational_unit_name", "organization_name")


@dataclass(frozen=True, slots=True)
class Signed:
    """One good signature. `at` is when a time stamp saw it first; without one (B-B), when the signer says."""

    field: str
    signer: str
    level: Level
    at: datetime | None
    path: tuple[str, ...]


def check(
    document: bytes, issued: bytes, expected: Mapping[str, str], trust: Trust, moment: datetime | None = None
) -> tuple[Signed, ...]:
    """Every expected signature, in the order in which they were made.

    `expected` names, for each field that must be signed, the SHA-256 of its signer's certificate in
    hex. `moment` is when it is judged; now, unless given.

    Raises:
        EvidenceError: other bytes than those issued, a signature that is missing, not expected, by
            another signer, not trusted, revoked or wrong, or a change after signing.
    """
    if not issued or not document.startswith(issued):
        raise EvidenceError("pades.other_bytes")
    with quiet():
        try:
            reader = PdfFileReader(io.BytesIO(document))
            check_since_issue(reader, PdfFileReader(io.BytesIO(issued)))
            signatures = reader.embedded_regular_signatures
            by_field = {signature.field_name: signature for signature in signatures}
            _check_fields(by_field, expected)
            check_end(reader)
            for signature in reader.embedded_signatures:
                check_container(signature, document)
                check_cms(signature.signed_data, trust, signature.field_name)
            return tuple(_judged(s, expected[s.field_name], trust, moment) for s in signatures)
        except BROKEN as fault:
            raise EvidenceError("pades.broken", {"reason": _line(fault)}) from fault


def _check_fields(found: Mapping[str, Any], expected: Mapping[str, str]) -> None:
    for field in expected:
        if field not in found:
            raise EvidenceError("pades.not_there", {"field": field})
    for field in found:
        if field not in expected:
            raise EvidenceError("pades.not_expected", {"field": str(field)[:80]})


def _judged(signature: EmbeddedPdfSignature, expected: str, trust: Trust, moment: datetime | None) -> Signed:
    field, certificate = signature.field_name, signature.signer_cert
    if fingerprint(certificate) != expected.lower():
        raise EvidenceError("pades.other_signer", {"field": field, "signer": named(certificate)})
    signature.compute_integrity_info(diff_policy=DEFAULT_DIFF_POLICY)  # type: ignore[no-untyped-call]
    if not signature.summarise_integrity_info()["docmdp_ok"]:
        raise EvidenceError("pades.changed", {"field": field})
    archived = any(
        s.signed_revision > signature.signed_revision for s in signature.reader.embedded_timestamp_signatures
    )
    conclusion = _archived(signature, trust, moment) if archived else _present(signature, trust, moment)
    if conclusion.doubt:
        raise EvidenceError("pades.not_valid", {"field": field, "reason": _line(conclusion.doubt)})
    path = tuple(named(c) for c in conclusion.path if isinstance(c, x509.Certificate))
    return Signed(field, named(certificate), conclusion.level, conclusion.at, path)


@dataclass(frozen=True, slots=True)
class _Conclusion:
    """What a validation came to; `doubt` says why not, empty when all is well."""

    doubt: str
    level: Level
    at: datetime | None
    path: Sequence[Any]


def _archived(signature: EmbeddedPdfSignature, trust: Trust, moment: datetime | None) -> _Conclusion:
    """With a time stamp over all: judged as of that stamp, even when certificates have run out since."""
    result = run(ades_lta_validation(signature, _specification(trust), _timing(moment)))
    status = result.api_status
    good = result.ades_subindic is AdESPassed.OK and status is not None and status.bottom_line
    stamped = result.oldest_evidence_record_timestamp is not None
    doubt = "" if good and stamped else "NO_POE" if good else str(result.ades_subindic).rpartition(".")[2]
    return _Conclusion(doubt, Level.B_LTA, result.best_signature_time, _path(status))


def _present(signature: EmbeddedPdfSignature, trust: Trust, moment: datetime | None) -> _Conclusion:
    """Judged as of now: certificates must be in force, and lists of what was revoked current."""
    held = DocumentSecurityStore.read_dss(signature.reader) if "/DSS" in signature.reader.root else None
    status = run(async_validate_pdf_signature(signature, _context(trust, held, moment), _context(trust, held, moment)))
    stamp = status.timestamp_validity
    problem = status.trust_problem_indic or (stamp and stamp.trust_problem_indic)
    doubt = "" if status.bottom_line else getattr(problem, "name", "") or status.summary()
    level = Level.B_B if stamp is None else Level.B_LT if held else Level.B_T
    at = stamp.timestamp if stamp else status.signer_reported_dt
    return _Conclusion(doubt, level, at, _path(status))


def _path(status: Any) -> Sequence[Any]:
    return (status and status.validation_path) or ()


def _context(trust: Trust, held: DocumentSecurityStore | None, moment: datetime | None) -> ValidationContext:
    own = held.as_validation_context({"trust_roots": []}) if held else None
    return ValidationContext(
        trust_roots=list(trust.roots),
        other_certs=[*trust.others, *(own.certificate_registry if own else ())],
        crls=[*trust.crls, *(own.crls if own else ())],
        moment=moment,
        allow_fetching=False,
        revocation_mode="require",
    )


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate's DER, in hex."""
    return hashlib.sha256(certificate.dump()).hexdigest()


def named(certificate: x509.Certificate) -> str:
    """Whose it is, without the labels that the library writes in English."""
    parts = certificate.subject.native
    known = [str(parts[part]) for part in NAME_PARTS if parts.get(part)]
    return ", ".join(known) or str(certificate.subject.human_friendly)


def _specification(trust: Trust) -> PdfSignatureValidationSpec:
    policy = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=list(trust.roots)),
        revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO),
    )
    offline = RevocationInfoGatheringSpec(
        RevinfoOnlineFetchingRule.LOCAL_ONLY, certificate_fetching_rule=CertificateFetchingRule.NEVER_FETCH
    )
    known = LocalKnowledge(known_crls=[CRLContainer(c) for c in trust.crls], known_certs=list(trust.others))
    return PdfSignatureValidationSpec(SignatureValidationSpec(policy, offline, policy, local_knowledge=known))


def _timing(moment: datetime | None) -> ValidationTimingInfo | None:
    return ValidationTimingInfo(moment, moment, point_in_time_validation=True) if moment else None


def _line(fault: object) -> str:
    return (str(fault) or type(fault).__name__).splitlines()[0][:200]
