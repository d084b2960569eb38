"""Issues a certificate from a finished report, or refuses with every reason."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from validator.canonical import canonical
from validator.certificate import proof
from validator.certificate.credential import Place, Terms, credential
from validator.certificate.files import locked
from validator.certificate.grounds import MOST_MONTHS, refusals
from validator.certificate.history import Event, event
from validator.certificate.keeper import Keeper
from validator.certificate.keeping import method
from validator.certificate.keys import SigningKey
from validator.certificate.moments import VIETNAM, stamp
from validator.certificate.refusal import refused
from validator.certificate.register import certificate_path, prefix
from validator.certificate.scope import Granted, Report
from validator.certificate.shape import check_shape
from validator.certificate.status_list import ENTRIES, PURPOSES
from validator.certificate.strict_json import parse_canonical
from validator.errors import EngineError, EvidenceError, UsageError
from validator.report.load import read_report

LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 8
NAME: Final = "certificate"
CONTRADICTS: Final = frozenset({
    "report.digest_mismatch", "report.duplicate_key", "report.not_nfc", "report.not_canonical",
})  # fmt: skip


def read_ground(path: Path) -> Report:
    """The report of a file. Raises UsageError; EvidenceError for one that was changed since it was made."""
    try:
        return read_report(path)
    except UsageError as fault:
        if fault.message_id in CONTRADICTS:
            raise EvidenceError(fault.message_id, fault.params) from fault
        raise


def issue(
    report: Report,
    scope: Sequence[Granted],
    terms: Terms,
    keeper: Keeper,
) -> dict[str, Any]:
    """The signed certificate, kept in the register.

    Raises:
        RefusedError: the report is no ground for it.
        UsageError: the terms, the register or the key cannot be used.
        EvidenceError: the log does not hold together.
    """
    if not 1 <= terms.surveillance_months <= terms.months <= MOST_MONTHS:
        raise UsageError("certificate.months", {"most": MOST_MONTHS})
    against = refusals(report, scope, terms.granted_at)
    if against:
        raise refused(against)
    register, key = keeper.register, keeper.key
    with locked(register.folder):
        keeper.settle(terms.granted_at)
        made = credential(report, scope, terms, register.issuer, _place(keeper, terms), key.demo)
        signed = proof.sign(made, key.private, method(register, key), stamp(terms.granted_at))
        _check(signed, key)
        keeper.record(signed, event((), Event.ISSUED, signed, "", terms.granted_at, key), terms.granted_at)
    return signed


def _check(signed: dict[str, Any], key: SigningKey) -> None:
    """What verifiers would refuse is not handed out. Raises EngineError."""
    try:
        parse_canonical(canonical(signed), NAME)
        check_shape(signed, NAME)
        proof.check(signed, key.private.public_key(), NAME)
    except EvidenceError as fault:
        raise EngineError("certificate.unfit", {"reason": str(fault)}) from fault


def _place(keeper: Keeper, terms: Terms) -> Place:
    """A free number and a free bit, neither of which tells how many there are."""
    register, key = keeper.register, keeper.key
    rows = register.index()
    taken = {row["index"] for row in rows}
    if len(taken) == ENTRIES:
        raise UsageError("register.full", {"path": str(register.folder), "most": ENTRIES})
    numbers = {row["number"] for row in rows}
    number = next(n for n in iter(lambda: _number(terms.granted_at, key.demo), "") if n not in numbers)
    index = next(bit for bit in iter(lambda: secrets.randbelow(ENTRIES), -1) if bit not in taken)
    lists = {purpose: register.list_url(purpose) for purpose in PURPOSES}
    url = register.address(certificate_path(number))
    return Place(number, url, index, lists, keeper.log.origin)


def _number(moment: datetime, demo: bool) -> str:
    """A year and letters that cannot be guessed or mistaken for one another: number and trace code in one."""
    year = moment.astimezone(VIETNAM).year
    return f"{prefix(demo)}{year}-" + "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
