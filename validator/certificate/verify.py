"""Verifies a certificate without network: every step is told, and one that fails refuses the whole.

A certificate is valid only while fresh, signed status lists of its register say so. A stale list, or
none, refuses; with `offline` it leaves the certificate unknown instead, and its age is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from validator.certificate.copies import Copy
from validator.certificate.keys import DEMO
from validator.certificate.moments import months_later, read_stamp, stamp
from validator.certificate.outcome import Line, Mark, Verification, Word, word_of
from validator.certificate.policy import Policy
from validator.certificate.register import is_demo_origin
from validator.certificate.shape import check_shape
from validator.certificate.signer import signer
from validator.certificate.standing import Standing, status_lines
from validator.certificate.strict_json import parse_canonical
from validator.certificate.trust import Keys, TrustedKey
from validator.errors import EvidenceError

NAME: Final = "certificate"
MOST_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Means:
    """What a verification may use: trusted keys, the moment that it is about, a copy of the register, and whose
    word about its log counts. Keys that came along with the certificate are not `confirmed`: anybody can make
    such a set, so that nothing is valid by them."""

    keys: Keys
    at: datetime
    register: Copy | None = None
    policy: Policy | None = None
    offline: bool = False
    confirmed: bool = True


def verify(content: bytes, means: Means) -> Verification:
    """What can be said of these bytes. Never raises for a fault of theirs."""
    try:
        certificate = parse_canonical(content, NAME)
        check_shape(certificate, NAME)
        key = signer(certificate, certificate["issuer"]["id"], means.keys, means.at, NAME)
        _check_contents(certificate, key)
    except EvidenceError as fault:
        return Verification(Word.REFUSED, (Line(Mark.PROBLEM, fault.message_id, fault.params),))
    lines = [_signed(certificate, key), *_validity(certificate, means.at)]
    if not means.confirmed:
        lines.insert(1, Line(Mark.UNKNOWN, "verify.unconfirmed", {"kid": key.kid}))
    standing = Standing(means.keys, means.at, means.register, means.policy, means.offline)
    lines.extend(status_lines(certificate, standing))
    return Verification(word_of(lines), tuple(lines), certificate)


def _check_contents(certificate: Mapping[str, Any], key: TrustedKey) -> None:
    """What a signature alone does not make true: marks, sums and limits. Raises EvidenceError."""
    subject = certificate["credentialSubject"]
    marks = (subject["demo"], subject["number"].startswith(DEMO), is_demo_origin(subject["log"]["origin"]))
    if marks != (key.demo,) * 3:
        raise EvidenceError("certificate.demo_mark", {"name": NAME})
    completeness = subject["completeness"]
    if sum(completeness["resultsByOutcome"].values()) != completeness["requirementsInScope"]:
        raise EvidenceError("certificate.incomplete", {"name": NAME})
    try:
        begin, end = read_stamp(certificate["validFrom"]), read_stamp(certificate["validUntil"])
        due, granted = read_stamp(subject["surveillanceDue"]), read_stamp(subject["grantedAt"])
        latest = months_later(granted, MOST_MONTHS)
    except ValueError as fault:
        raise EvidenceError("certificate.moments", {"name": NAME}) from fault
    if not granted <= begin <= end <= latest or not granted <= due <= end:
        raise EvidenceError("certificate.moments", {"name": NAME})


def _signed(certificate: Mapping[str, Any], key: TrustedKey) -> Line:
    stated = certificate["proof"]
    mark = Mark.NOTE if key.demo else Mark.OK
    return Line(mark, "verify.demo" if key.demo else "verify.signed", {"kid": key.kid, "created": stated["created"]})


def _validity(certificate: Mapping[str, Any], at: datetime) -> list[Line]:
    begin, end = certificate["validFrom"], certificate["validUntil"]
    params = {"from": begin, "until": end, "at": stamp(at)}
    if at < read_stamp(begin):
        return [Line(Mark.PROBLEM, "verify.not_yet", params)]
    if at > read_stamp(end):
        return [Line(Mark.PROBLEM, "verify.expired", params)]
    lines = [Line(Mark.OK, "verify.in_time", params)]
    due = certificate["credentialSubject"]["surveillanceDue"]
    if at > read_stamp(due):
        lines.append(Line(Mark.NOTE, "verify.surveillance_due", {"due": due}))
    return lines
