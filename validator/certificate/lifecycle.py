"""Suspends, reinstates and revokes a certificate, each with its reason and for all to see."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Final

from validator.certificate import history
from validator.certificate.files import locked
from validator.certificate.history import FOLLOWS, Event, History
from validator.certificate.keeping import check_key, note, sign_lists
from validator.certificate.keys import SigningKey
from validator.certificate.logged import Log
from validator.certificate.moments import read_stamp
from validator.certificate.register import Register
from validator.errors import UsageError

LONGEST_REASON: Final = 2_000


def change(
    register: Register,
    number: str,
    kind: Event,
    reason: str,
    moment: datetime,
    key: SigningKey,
    log: Log | None = None,
) -> History:
    """The history of a certificate with one more event; the status lists say it when this returns.

    An event that is in the history already is not repeated, but the index and the lists are brought
    to it: a change that was broken off is completed by asking for it again.

    Raises:
        UsageError: no such certificate, no reason, or an event that cannot follow the last one.
    """
    stated = unicodedata.normalize("NFC", reason.strip())
    if not stated or len(stated) > LONGEST_REASON or not all(char.isprintable() or char == "\n" for char in stated):
        raise UsageError("certificate.no_reason", {"most": LONGEST_REASON})
    with locked(register.folder):
        check_key(register, key, moment)
        row = register.row(number)
        certificate = register.certificate(row["number"])
        past = register.history(certificate)
        repeated = history.state(past) is kind
        named = {"number": row["number"], "event": kind.value, "state": history.state(past).value}
        if not repeated:
            if kind not in FOLLOWS[history.state(past)] or moment < read_stamp(past[-1]["at"]):
                raise UsageError("certificate.not_now", named)
            made = history.event(past, kind, certificate, stated, moment, key)
            note(register, certificate, past, made, log)
            past = (*past, made)
        rows = [r | {"state": kind.value} if r["number"] == row["number"] else r for r in register.index()]
        register.write_index(rows)
        sign_lists(register, key, moment)
        if repeated and row["state"] == kind:
            raise UsageError("certificate.not_now", named)
    return past
