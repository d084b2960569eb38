"""Who signed a document: the trusted key whose proof it bears."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from validator.certificate import proof
from validator.certificate.moments import read_stamp, stamp
from validator.certificate.trust import Keys, TrustedKey
from validator.errors import EvidenceError


def signer(document: Mapping[str, Any], issuer: str, keys: Keys, at: datetime, name: str) -> TrustedKey:
    """The key, trusted for this issuer and time, whose signature holds. Raises EvidenceError."""
    stated = proof.proof_of(document, name)
    controller, _, kid = stated["verificationMethod"].rpartition("#")
    key = keys.get(kid)
    if key is None or controller != issuer or key.controller not in (None, issuer):
        raise EvidenceError("proof.untrusted", {"name": name, "method": stated["verificationMethod"]})
    created = read_stamp(stated["created"])
    if not key.signed_at(created):
        raise EvidenceError("proof.key_out_of_use", {"name": name, "kid": kid})
    if created > at:
        raise EvidenceError("proof.of_the_future", {"name": name, "created": stated["created"], "at": stamp(at)})
    proof.check(document, key.public, name)
    return key
