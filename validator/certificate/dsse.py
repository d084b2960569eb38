"""DSSE envelopes around a rendered Statement: signed with ECDSA P-256 and SHA-256, over the PAE of type and payload.

The signature is DER, as in-toto and cosign write it. What is verified are the bytes carried, before
anything of them is parsed.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from validator.certificate.es256 import SIZE, PrivateHalf
from validator.errors import EvidenceError
from validator.report.intoto import PAYLOAD_TYPE

_MEMBERS: Final = {"payload": str, "payloadType": str, "signatures": list}


def pae(payload_type: str, payload: bytes) -> bytes:
    """The pre-authentication encoding: type and payload with their lengths, so that neither can run into the other."""
    kind = payload_type.encode()
    return b" ".join([b"DSSEv1", str(len(kind)).encode(), kind, str(len(payload)).encode(), payload])


def sign(payload: bytes, key: PrivateHalf, keyid: str, payload_type: str = PAYLOAD_TYPE) -> str:
    """The envelope as JSON text. Raises UsageError when a token does not sign."""
    made = key.sign(pae(payload_type, payload))
    signature = encode_dss_signature(*(int.from_bytes(half, "big") for half in (made[:SIZE], made[SIZE:])))
    envelope = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": payload_type,
        "signatures": [{"keyid": keyid, "sig": base64.b64encode(signature).decode()}],
    }
    return json.dumps(envelope, indent=2) + "\n"


def verify(
    envelope: str, keys: Mapping[str, ec.EllipticCurvePublicKey], payload_type: str = PAYLOAD_TYPE
) -> tuple[bytes, str]:
    """The payload and whose it is, once one of these keys signed it and the type expected under its own id.

    Raises:
        EvidenceError: no envelope, another type of payload, or no signature of these keys.
    """
    members = _members(envelope)
    if members["payloadType"] != payload_type:
        raise EvidenceError("evidence.envelope_type", {"found": members["payloadType"], "expected": payload_type})
    payload = _decoded(members["payload"])
    signed = pae(payload_type, payload)
    for signature in members["signatures"]:
        try:
            keyid, made = str(signature["keyid"]), _decoded(signature["sig"])
        except (KeyError, TypeError) as fault:
            raise EvidenceError("evidence.envelope_malformed", {"reason": "signatures"}) from fault
        if keyid in keys and _holds(keys[keyid], made, signed):
            return payload, keyid
    raise EvidenceError("evidence.envelope_signature")


def _holds(key: ec.EllipticCurvePublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


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
