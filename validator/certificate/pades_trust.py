"""Whom a signature is checked against: certificates and CRLs from files, never from the network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from asn1crypto import crl, pem, x509

from validator.errors import UsageError

MOST_BYTES: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Trust:
    """Roots that are trusted, certificates on the way to them, and lists of what was revoked."""

    roots: tuple[x509.Certificate, ...]
    others: tuple[x509.Certificate, ...] = ()
    crls: tuple[crl.CertificateList, ...] = ()


def read_trust(roots: Iterable[Path], others: Iterable[Path], crls: Iterable[Path]) -> Trust:
    """The trust of PEM or DER files. Raises UsageError."""
    return Trust(
        tuple(c for path in roots for c in certificates(path)),
        tuple(c for path in others for c in certificates(path)),
        tuple(made for path in crls for made in _read(path, crl.CertificateList)),
    )


def certificates(path: Path) -> list[x509.Certificate]:
    """All certificates of a PEM or DER file. Raises UsageError."""
    return _read(path, x509.Certificate)


def content_of(path: Path) -> bytes:
    """The bytes of a file of bearable size. Raises UsageError."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as fault:
        raise UsageError("pades.unreadable", {"path": str(path), "reason": fault.strerror or str(fault)}) from fault
    if len(content) > MOST_BYTES:
        raise UsageError("pades.too_large", {"path": str(path), "most": MOST_BYTES})
    return content


def _read(path: Path, kind: Any) -> list[Any]:
    content = content_of(path)
    try:
        blocks = [der for _, _, der in pem.unarmor(content, multiple=True)] if pem.detect(content) else [content]
        found = [kind.load(der, strict=True) for der in blocks]
        for one in found:
            _ = one.native
    except (ValueError, TypeError, KeyError) as fault:
        raise UsageError("pades.not_x509", {"path": str(path), "reason": str(fault).splitlines()[0][:120]}) from fault
    return found
