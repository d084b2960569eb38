"""A witness (https://c2sp.org/tlog-witness): cosigns a head only when it continues all heads it signed before.

Its memory is a file with the last checkpoint that it cosigned, written before the cosignature is given away.
"""

from __future__ import annotations

from pathlib import Path

from validator.certificate import checkpoint, durable, note
from validator.certificate.checkpoint import Head, Trust, Verified
from validator.certificate.cosign import WitnessSigner
from validator.certificate.log_proof import verify_consistency
from validator.certificate.merkle import EMPTY_ROOT
from validator.certificate.note import Signature


def last_seen(memory: Path, trust: Trust) -> Head:
    """The head that this witness cosigned last, of the log that `trust` names; the empty tree's when there is
    none. Raises EvidenceError when the memory cannot be read: who has forgotten must not sign."""
    with durable.telling(memory):
        content = memory.read_bytes() if memory.exists() else None
    if content is None:
        return Head(trust.origin, 0, EMPTY_ROOT)
    return checkpoint.verify(content, trust).head


def cosign(request: bytes, memory: Path, trust: Trust, signer: WitnessSigner) -> tuple[Signature, Verified]:
    """The cosignature on the checkpoint of an add-checkpoint request, and that checkpoint. Raises EvidenceError."""
    with durable.held(memory.with_name(f".{memory.name}.lock")):
        shown = verify_consistency(request, last_seen(memory, trust), trust)
        durable.write(memory, shown.content, memory.with_name(f".{memory.name}.aside"))
        durable.settle(memory.parent.resolve(), [memory.resolve()])
    text = note.parse(shown.content).text
    return Signature(signer.key.name, signer.key.id, signer.sign(text)), shown
