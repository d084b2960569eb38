"""The log as one who writes events to it sees it: a leaf goes in, its proof comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from validator.certificate.log import Log
from validator.certificate.note import NoteSigner


@dataclass(frozen=True, slots=True)
class LogWriter:
    """A log and the keys that sign it."""

    log: Log
    signers: Sequence[NoteSigner]

    @property
    def origin(self) -> str:
        return self.log.trust.origin

    def append(self, leaf: bytes) -> str:
        """The text of the `.tlog-proof` of a leaf under a new checkpoint, all on the disk when this returns.

        Asked again for the same leaf, as after a crash, it gives the proof of the one that is there.
        Raises EvidenceError for a log that does not hold together, EngineError, UsageError.
        """
        there = self.log.find(leaf)
        index = self.log.append([leaf])[0] if there is None else there
        self.log.publish(self.signers)
        return self.log.prove(index).encode().decode()
