"""Who may change a register: its folder, a key that it knows, and the log that is told of every change.

A change has an order, so that a machine that stops half-way leaves a register that verifies as before or
not at all, never as better than it is: what is about to happen is written down first, then come the log,
the history, the index, and the status lists last. The next change completes what was broken off.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from validator.canonical import digest
from validator.certificate import history
from validator.certificate.files import unlinked, write_whole
from validator.certificate.history import Event
from validator.certificate.keeping import check_key, sign_lists
from validator.certificate.keys import SigningKey
from validator.certificate.register import PENDING, Register, Row, certificate_path, proof_path, read_file
from validator.certificate.strict_json import parse_canonical


class Log(Protocol):
    """A log that only grows; a proof is the text of a `.tlog-proof` file."""

    @property
    def origin(self) -> str: ...

    def append(self, leaf: bytes) -> str:
        """The proof that a leaf is in the log, kept when this returns; a leaf that is there is not added twice.

        Raises EngineError, EvidenceError.
        """


@dataclass(frozen=True, slots=True)
class Keeper:
    """A register with all that changing it takes. Its methods are called while the register is locked."""

    register: Register
    key: SigningKey
    log: Log

    def settle(self, moment: datetime) -> None:
        """Completes a change that was broken off. Raises UsageError unless the key may sign here and now."""
        check_key(self.register, self.key, moment)
        if (self.register.folder / PENDING).exists():
            pending = parse_canonical(read_file(self.register.folder, PENDING), PENDING)
            self._carry_out(pending["certificate"], pending["event"], moment)

    def record(self, certificate: Mapping[str, Any], made: Mapping[str, Any], moment: datetime) -> None:
        """Makes one signed event of a certificate part of the register, the log told first."""
        self.register.write(PENDING, {"certificate": certificate, "event": made})
        self._carry_out(certificate, made, moment)

    def _carry_out(self, certificate: Mapping[str, Any], made: Mapping[str, Any], moment: datetime) -> None:
        register, number = self.register, certificate["credentialSubject"]["number"]
        past = register.history(certificate)
        if not past or past[-1] != made:
            told = self.log.append(history.leaf(made))
            write_whole(register.folder / proof_path(number, len(past)), told.encode())
            register.write(certificate_path(number), certificate)
            register.write_history(certificate, (*past, made))
        rows = register.index()
        others = [row for row in rows if row["number"] != number]
        place = next((i for i, row in enumerate(rows) if row["number"] == number), len(others))
        rows = [*others[:place], _row(certificate, Event(made["event"])), *others[place:]]
        register.write_index(rows)
        sign_lists(register, rows, self.key, moment)
        unlinked(register.folder / PENDING)


def _row(certificate: Mapping[str, Any], state: Event) -> Row:
    subject = certificate["credentialSubject"]
    return {
        "number": subject["number"], "id": certificate["id"], "digest": digest(certificate),
        "index": int(certificate["credentialStatus"][0]["statusListIndex"]), "state": state.value,
        "validUntil": certificate["validUntil"], "demo": subject["demo"],
    }  # fmt: skip
