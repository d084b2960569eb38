"""PAdES signatures in the reserved fields: RSASSA-PSS or ECDSA with SHA-256, levels B-B, B-T, B-LT and B-LTA.

Nothing is fetched but a time stamp from the authority that is named. Where that or a CRL is missing,
nothing is signed: there is no falling back to a lower level or to this machine's clock.
"""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from asn1crypto import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import PdfSigner, SimpleSigner
from pyhanko.sign.fields import InvisSigSettings, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.signers.pdf_signer import (
    DSSContentSettings,
    PdfSignatureMetadata,
    PdfTimeStamper,
    SigDSSPlacementPreference,
    TimestampDSSContentSettings,
)
from pyhanko.sign.timestamps import HTTPTimeStamper, TimeStamper, TimestampRequestError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from validator.certificate.pades_fields import FIELDS, STAMP_NAME, AsIsWriter, readable
from validator.certificate.pades_trust import Trust
from validator.errors import UsageError

HASH: Final = "sha256"
FAULTS: Final = (PdfError, SigningError, TimestampRequestError, ValidationError, PathError, ValueError, OSError)
WITH_THE_SIGNATURE: Final = DSSContentSettings(
    include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
)
WITH_THE_STAMP: Final = TimestampDSSContentSettings(include_vri=False, update_before_ts=True)
"""What verifies a signature later stands under that signature or stamp: nothing stands behind it unsigned."""
Made = TypeVar("Made")


class Level(StrEnum):
    """How much a signature carries: itself, a time stamp, what verifies it later, a time stamp over all."""

    B_B = "B-B"
    B_T = "B-T"
    B_LT = "B-LT"
    B_LTA = "B-LTA"

    @property
    def stamped(self) -> bool:
        return self is not Level.B_B

    @property
    def long_term(self) -> bool:
        return self in (Level.B_LT, Level.B_LTA)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be signed how. `stamper` is needed from B-T on, `trust` from B-LT on."""

    field: str
    level: Level
    stamper: TimeStamper | None = None
    trust: Trust | None = None
    moment: datetime | None = None

    def check(self) -> None:
        """Raises UsageError where something is missing."""
        if self.field not in FIELDS:
            raise UsageError("pades.no_field", {"field": self.field, "known": ", ".join(FIELDS)})
        if self.level.stamped and self.stamper is None:
            raise UsageError("pades.stamper_needed", {"level": self.level.value})
        if self.level.long_term and (self.trust is None or not self.trust.roots):
            raise UsageError("pades.trust_needed", {"level": self.level.value})


def signer_of(pkcs12: bytes, passphrase: bytes, others: tuple[x509.Certificate, ...] = ()) -> SimpleSigner:
    """The key and certificates of a PKCS#12 file; an RSA key will sign with RSASSA-PSS. Raises UsageError."""
    try:
        signer = SimpleSigner.load_pkcs12_data(pkcs12, list(others), passphrase)
    except (ValueError, TypeError, OSError) as fault:
        raise UsageError("pades.key_not_opened") from fault
    suitable(signer)
    return with_pss(signer)


def with_pss(signer: SimpleSigner) -> SimpleSigner:
    """The same signer, RSASSA-PSS where the key is RSA: PKCS#1 v1.5 is not what the law lists."""
    return SimpleSigner(signer.signing_cert, signer.signing_key, signer.cert_registry, prefer_pss=True)


def suitable(signer: Any) -> Any:
    """The signer, whose key is RSA of 2048 bits at least or of a curve of 256 at least. Raises UsageError."""
    key = signer.signing_cert.public_key
    bits, least = key.bit_size, 2048 if key.algorithm == "rsa" else 256
    if key.algorithm not in ("rsa", "rsassa_pss", "ec") or bits < least:
        raise UsageError("pades.weak_key", {"algorithm": key.algorithm, "bits": bits})
    return signer


def sign(document: bytes, order: Order, signer: Signer) -> bytes:
    """The document with one more signature; what was there stays byte for byte. Raises UsageError."""
    order.check()
    with quiet():
        try:
            return run(_signed(document, order, signer))
        except FAULTS as fault:
            raise not_signed(fault) from fault


async def _signed(document: bytes, order: Order, signer: Signer) -> bytes:
    work = PdfSigner(metadata(order), signer=signer, timestamper=order.stamper)
    out = await work.async_sign_pdf(AsIsWriter(io.BytesIO(document)), existing_fields_only=True)
    if order.level is Level.B_LTA:
        over_all = PdfTimeStamper(
            order.stamper,  # type: ignore[arg-type] # the order was checked
            invis_settings=InvisSigSettings(box_out_of_bounds=True),
            readable_field_name=readable(STAMP_NAME),
        )
        out = await over_all.async_timestamp_pdf(
            AsIsWriter(io.BytesIO(out.getvalue())), HASH, context(order), dss_settings=WITH_THE_STAMP
        )
    return bytes(out.getvalue())


def stamper_at(url: str) -> TimeStamper:
    """The time-stamp authority at an address (RFC 3161 over HTTP)."""
    return HTTPTimeStamper(url, timeout=30)


def not_signed(fault: Exception) -> UsageError:
    """Why nothing was signed, in one line."""
    return UsageError("pades.not_signed", {"reason": (str(fault) or type(fault).__name__).splitlines()[0][:200]})


def metadata(order: Order) -> PdfSignatureMetadata:
    """The settings of a signature."""
    return PdfSignatureMetadata(
        field_name=order.field,
        md_algorithm=HASH,
        subfilter=SigSeedSubFilter.PADES,
        embed_validation_info=order.level.long_term,
        validation_context=context(order) if order.level.long_term else None,
        dss_settings=WITH_THE_SIGNATURE,
    )


def context(order: Order) -> ValidationContext:
    """What the signer's and the authority's certificates are validated with before they are embedded."""
    trust = order.trust or Trust(())
    return ValidationContext(
        trust_roots=list(trust.roots),
        other_certs=list(trust.others),
        crls=list(trust.crls),
        moment=order.moment,
        allow_fetching=False,
        revocation_mode="require",
    )


def run(work: Coroutine[Any, Any, Made]) -> Made:
    return asyncio.run(work)


@contextmanager
def quiet() -> Iterator[None]:
    """The library logs each doubt with a trace; what came of it is what we tell."""
    loggers = [logging.getLogger(name) for name in ("pyhanko", "pyhanko_certvalidator")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
