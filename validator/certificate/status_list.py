"""Bitstring Status List v1.0: one bit a certificate, in a signed and dated credential of its own.

A list holds 131,072 entries whatever the number of certificates, so that who fetches it does not tell
which one it asks about. Expansion is capped: what inflates beyond a megabyte is refused unread.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from validator.certificate.moments import stamp
from validator.certificate.multibase import base64url, from_base64url
from validator.errors import EvidenceError

ENTRIES: Final = 131_072
MOST_EXPANDED: Final = 1024 * 1024
REVOCATION: Final = "revocation"
SUSPENSION: Final = "suspension"
PURPOSES: Final = (REVOCATION, SUSPENSION)
CONTEXT: Final = ["https://www.w3.org/ns/credentials/v2"]
TYPES: Final = ["VerifiableCredential", "BitstringStatusListCredential"]
GZIP: Final = 16 + zlib.MAX_WBITS


def bitstring(indices: Iterable[int]) -> bytes:
    """The list with these bits set; bit 0 is the left-most of the first byte."""
    bits = bytearray(ENTRIES // 8)
    for index in indices:
        bits[index // 8] |= 0x80 >> index % 8
    return bytes(bits)


def is_set(bits: bytes, index: int) -> bool:
    return bool(bits[index // 8] & 0x80 >> index % 8)


def encode(bits: bytes) -> str:
    return base64url(gzip.compress(bits, mtime=0))


def expand(text: str, name: str) -> bytes:
    """The bits of an encoded list. Raises EvidenceError: not gzip, too short, or larger than any list."""
    reader = zlib.decompressobj(GZIP)
    try:
        bits = reader.decompress(from_base64url(text), MOST_EXPANDED + 1)
    except (ValueError, zlib.error) as fault:
        raise EvidenceError("status.malformed", {"name": name}) from fault
    if len(bits) > MOST_EXPANDED:
        raise EvidenceError("status.too_large", {"name": name, "most": MOST_EXPANDED})
    if not reader.eof or reader.unused_data:
        raise EvidenceError("status.malformed", {"name": name})
    if len(bits) * 8 < ENTRIES:
        raise EvidenceError("status.too_short", {"name": name, "least": ENTRIES})
    return bits


def list_credential(
    url: str, purpose: str, issuer: str, indices: Iterable[int], moment: datetime, days: int
) -> dict[str, Any]:
    """The credential of one list without its proof, good for so many days."""
    return {
        "@context": CONTEXT,
        "id": url,
        "type": TYPES,
        "issuer": issuer,
        "validFrom": stamp(moment),
        "validUntil": stamp(moment + timedelta(days=days)),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encode(bitstring(indices)),
        },
    }


def bits_of(document: Mapping[str, Any], url: str, purpose: str, issuer: str) -> bytes:
    """The bits of a list whose proof holds, which must be the list that was asked for. Raises EvidenceError."""
    subject = document.get("credentialSubject")
    stated = (
        document.get("@context"), document.get("type"), document.get("id"), document.get("issuer"),
        subject.get("type") if isinstance(subject, dict) else None,
        subject.get("statusPurpose") if isinstance(subject, dict) else None,
    )  # fmt: skip
    if stated != (CONTEXT, TYPES, url, issuer, "BitstringStatusList", purpose):
        raise EvidenceError("status.other_list", {"name": url})
    assert isinstance(subject, dict)
    if not isinstance(subject.get("encodedList"), str):
        raise EvidenceError("status.malformed", {"name": url})
    return expand(subject["encodedList"], url)
