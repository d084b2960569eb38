"""DSSE envelopes around a rendered Statement: signed with ECDSA P-256 and SHA-256, over the PAE of type and payload.

The signature is DER, as in-toto and cosign write it. What is verified are the bytes carried, before
anything of them is parsed.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from validator.errors import EvidenceError
from validator.report.intoto import PAYLOAD_TYPE

_MEMBERS: Final = {"payload": str, "payloadType": str, "signatures": list}


def pae(payload_type: str, payload: bytes) -> bytes:
    """The pre-authentication encoding: type and payload with their lengths, so that neither can run into the other."""
    kind = payload_type.encode()
    return b" ".join([b"DSSEv1", str(len(kind)).encode(), kind, str(len(payload)).encode(), payload])


def sign(payload: bytes, key: ec.EllipticCurvePrivateKey, keyid: str, payload_type: str = PAYLOAD_TYPE) -> str:
    """The envelope as JSON text; the same payload and key give the same signature (RFC 6979)."""
    algorithm = ec.ECDSA(SHA256(), deterministic_signing=True)
    signature = key.sign(pae(payload_type, payload), algorithm)
    envelope = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": payload_type,
        "signatures": [{"keyid": keyid, "sig": base64.b64encode(signature).decode()}],
    }
    return json.dumps(envelope, indent=2) + "\n"


def verify(envelope: str, key: ec.EllipticCurvePublicKey, payload_type: str = PAYLOAD_TYPE) -> bytes:
    """The payload, once one of the signatures is this key's over it and over the type expected.

    Raises:
        EvidenceError: no envelope, another type of payload, or no signature of this key.
    """
    members = _members(envelope)
    if members["payloadType"] != payload_type:
        raise EvidenceError("evidence.envelope_type", {"found": members["payloadType"], "expected": payload_type})
    payload = _decoded(members["payload"])
    signed = pae(payload_type, payload)
    for signature in members["signatures"]:
        try:
            key.verify(_decoded(signature["sig"]), signed, ec.ECDSA(SHA256()))
        except InvalidSignature:
            continue
        except (KeyError, TypeError) as fault:
            raise EvidenceError("evidence.envelope_malformed", {"reason": "signatures"}) from fault
        return payload
    raise EvidenceError("evidence.envelope_signature")


def _members(envelope: str) -> dict[str, Any]:
    try:
        members = json.loads(envelope)
    except (ValueError, RecursionError) as fault:
        raise EvidenceError("evidence.envelope_malformed", {"reason": str(fault)}) from fault
    if not isinstance(members, dict):
        raise EvidenceError("evidence.envelope_malformed", {"reason": "{}"})
    for name, kind in _MEMBERS.items():
        if not isinstance(members.get(name), kind):
            raise EvidenceError("evidence.envelope_malformed", {"reason": name})
    return members


def _decoded(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError) as fault:
        raise EvidenceError("evidence.envelope_malformed", {"reason": "base64"}) from fault
