"""Suspends, reinstates and revokes a certificate, each with its reason and for all to see."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Final

from validator.certificate import history
from validator.certificate.files import locked
from validator.certificate.history import FOLLOWS, Event, History
from validator.certificate.keeper import Keeper
from validator.certificate.moments import read_stamp
from validator.errors import UsageError

LONGEST_REASON: Final = 2_000


def change(keeper: Keeper, number: str, kind: Event, reason: str, moment: datetime) -> History:
    """The history of a certificate with one more event; the log and the status lists say it when this returns.

    Raises:
        UsageError: no such certificate, no reason, or an event that cannot follow the last one.
        EvidenceError: the log does not hold together.
    """
    stated = unicodedata.normalize("NFC", reason.strip())
    if not stated or len(stated) > LONGEST_REASON or not all(char.isprintable() or char == "\n" for char in stated):
        raise UsageError("certificate.no_reason", {"most": LONGEST_REASON})
    with locked(keeper.register.folder):
        keeper.settle(moment)
        certificate = keeper.register.certificate(keeper.register.row(number)["number"])
        past = keeper.register.history(certificate)
        state = history.state(past)
        if kind not in FOLLOWS[state] or moment < read_stamp(past[-1]["at"]):
            named = {"number": certificate["credentialSubject"]["number"], "event": kind.value, "state": state.value}
            raise UsageError("certificate.not_now", named)
        made = history.event(past, kind, certificate, stated, moment, keeper.key)
        keeper.record(certificate, made, moment)
    return (*past, made)
