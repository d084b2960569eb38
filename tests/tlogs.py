"""Keys and logs for the tests of the transparency log; the keys are of the tests alone."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from validator.canonical import canonical
from validator.certificate import log, witness
from validator.certificate.checkpoint import Head, Trust
from validator.certificate.cosign import WitnessSigner
from validator.certificate.log import Log
from validator.certificate.log_state import Folder
from validator.certificate.merkle import EMPTY_ROOT
from validator.certificate.note import NoteSigner

ORIGIN = "DEMO.lienthong.example/log"
AT = 1_800_000_000
SIGNER = NoteSigner(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32))
WITNESSES = tuple(
    WitnessSigner(f"DEMO.witness.example/{n}", Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32), AT)
    for n in (3, 4)
)
TRUST = Trust(ORIGIN, (SIGNER.key,))
WITNESSED = Trust(ORIGIN, (SIGNER.key,), tuple(w.key for w in WITNESSES), 2)
EMPTY = Head(ORIGIN, 0, EMPTY_ROOT)


def leaf(number: int) -> bytes:
    """What issuing the certificate of this number puts into a log."""
    digest = f"{number:064x}"
    return canonical(
        {"event": "issued", "certificate": f"DEMO-{number}", "digest": digest, "at": "2026-11-20T08:00:00Z"}
    )


def filled(path: Path, size: int) -> Log:
    """A published log of `size` leaves."""
    made = log.create(path, [SIGNER])
    made.append([leaf(i) for i in range(size)])
    made.publish([SIGNER])
    return made


def cosigned(made: Log, memories: Path) -> bytes:
    """Has every witness cosign what the log shows."""
    trust = made.trust
    for signer in WITNESSES:
        memory = memories / f"{signer.key.id.hex()}.checkpoint"
        request = made.extension(witness.last_seen(memory, trust)).encode()
        line, _ = witness.cosign(request, memory, trust, signer)
        made.attach([line], [signer.key])
    return made.published().content


def append_five(path: Path, first: int) -> None:
    """What one of several writers does, in a process of its own."""
    for i in range(5):
        Log(Folder(path)).append([leaf(first + i)])
