"""Looks at a whole register: each certificate verifies or is out of force, and register and log say the same.

A log that knows an event which the register does not show has caught the register hiding it; an event that
the log lacks was never made public.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from validator.canonical import digest
from validator.certificate import checkpoint, history, log_audit, note
from validator.certificate.copies import FolderCopy
from validator.certificate.log_state import CHECKPOINT, Folder
from validator.certificate.outcome import Line, Mark
from validator.certificate.register import LOG, Register, certificate_path, read_file
from validator.certificate.tiles import WIDTH, Tree
from validator.certificate.verify import Means, verify
from validator.errors import EvidenceError, LienthongError

OUT_OF_FORCE: Final = {"verify.revoked", "verify.suspended", "verify.expired"}


def audit(register: Register, means: Means) -> Iterator[Line]:
    """What is wrong, then a line with how much was looked at. Raises UsageError."""
    means = replace(means, register=FolderCopy(register.folder))
    try:
        logged = Counter(_leaves(register.folder / LOG, means))
        rows = register.index()
    except EvidenceError as fault:
        yield Line(Mark.PROBLEM, fault.message_id, fault.params)
        return
    for row in rows:
        yield from _certificate(register, row, means, logged)
    strange = sum((+logged).values())
    if strange:
        yield Line(Mark.PROBLEM, "audit.hidden_events", {"count": strange})
    yield Line(Mark.NOTE, "audit.looked_at", {"count": len(rows)})


def _leaves(folder: Path, means: Means) -> Iterator[bytes]:
    """Every leaf under the published checkpoint, each byte of the log held to it. Raises EvidenceError."""
    read = Folder(folder).read
    content = read(CHECKPOINT)
    if content is None:
        raise EvidenceError("tlog.no_checkpoint_yet")
    origin = checkpoint.parse_text(note.parse(content).text).origin
    trust = means.policy.trust(origin) if means.policy else None
    if trust is None:
        raise EvidenceError("tlog.unsigned", {"origin": origin})
    size = log_audit.audit(read, trust).head.size
    tree = Tree(read, size)
    for tile in range(-(-size // WIDTH)):
        yield from tree.entries(tile)


def _certificate(register: Register, row: dict[str, Any], means: Means, logged: Counter[bytes]) -> Iterator[Line]:
    """What is wrong with one; its events are taken off the leaves of the log."""
    try:
        outcome = verify(read_file(register.folder, certificate_path(row["number"])), means)
        certificate = register.certificate(row["number"])
        events = register.history(certificate)
    except LienthongError as fault:
        yield Line(Mark.PROBLEM, fault.message_id, fault.params)
        return
    faults = (line for line in outcome.lines if line.mark in (Mark.PROBLEM, Mark.UNKNOWN))
    yield from (line for line in faults if line.message_id not in OUT_OF_FORCE)
    logged.subtract(map(history.leaf, events))
    if not events or (row["state"], row["digest"]) != (history.state(events), digest(certificate)):
        yield Line(Mark.PROBLEM, "audit.index_differs", {"number": row["number"]})
