"""The standing of a certificate in its register: fresh status lists, a history that agrees, and a log that has it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from validator.certificate import history
from validator.certificate.copies import Copy
from validator.certificate.history import Event, History
from validator.certificate.log_standing import log_lines
from validator.certificate.moments import read_stamp, stamp
from validator.certificate.outcome import Line, Mark
from validator.certificate.policy import Policy
from validator.certificate.register import history_path
from validator.certificate.signer import signer
from validator.certificate.status_list import REVOCATION, SUSPENSION, bits_of, is_set
from validator.certificate.strict_json import parse_canonical
from validator.certificate.trust import Keys, TrustedKey
from validator.errors import EvidenceError

LIST_FILE: Final = re.compile(r"/status/([a-z]+-[0-9]{1,4}\.json)\Z")
SET: Final = {REVOCATION: "verify.revoked", SUSPENSION: "verify.suspended"}
CLEAR: Final = {REVOCATION: "verify.not_revoked", SUSPENSION: "verify.not_suspended"}
SECONDS_A_DAY: Final = 86_400
SECONDS_AN_HOUR: Final = 3_600


@dataclass(frozen=True, slots=True)
class Standing:
    """What the status is asked of."""

    keys: Keys
    at: datetime
    register: Copy | None
    policy: Policy | None
    offline: bool

    @property
    def unproved(self) -> Mark:
        """How what cannot be found out without a network counts."""
        return Mark.UNKNOWN if self.offline else Mark.PROBLEM


def status_lines(certificate: Mapping[str, Any], standing: Standing) -> Iterator[Line]:
    """A line for each list, the history and the log."""
    if standing.register is None:
        yield Line(standing.unproved, "verify.no_register")
        return
    found: dict[str, bool] = {}
    for entry in certificate["credentialStatus"]:
        try:
            yield from _entry(certificate, entry, standing, standing.register, found)
        except EvidenceError as fault:
            yield Line(Mark.PROBLEM, fault.message_id, fault.params)
    yield from _past(certificate, standing, standing.register, found)


def _entry(
    certificate: Mapping[str, Any], entry: Mapping[str, Any], standing: Standing, copy: Copy, found: dict[str, bool]
) -> Iterator[Line]:
    url, purpose, index = entry["statusListCredential"], entry["statusPurpose"], int(entry["statusListIndex"])
    issuer = certificate["issuer"]["id"]
    name = LIST_FILE.search(url)
    if name is None:
        raise EvidenceError("status.other_list", {"name": url})
    path = f"status/{name[1]}"
    content = copy.read(path)
    if content is None:
        yield Line(standing.unproved, "verify.no_list", {"path": path})
        return
    document = parse_canonical(content, path)
    key = signer(document, issuer, standing.keys, standing.at, path)
    _check_mark(key, certificate, path)
    bits = bits_of(document, url, purpose, issuer)
    if index >= len(bits) * 8:
        raise EvidenceError("status.out_of_range", {"name": url, "index": index})
    found[purpose] = is_set(bits, index)
    yield Line(Mark.PROBLEM, SET[purpose]) if found[purpose] else Line(Mark.OK, CLEAR[purpose])
    yield from _freshness(document, purpose, standing)


def _check_mark(key: TrustedKey, certificate: Mapping[str, Any], name: str) -> None:
    if key.demo is not certificate["credentialSubject"]["demo"]:
        raise EvidenceError("certificate.demo_mark", {"name": name})


def _freshness(document: Mapping[str, Any], purpose: str, standing: Standing) -> Iterator[Line]:
    try:
        begin, end = read_stamp(document["validFrom"]), read_stamp(document["validUntil"])
    except (ValueError, TypeError, KeyError) as fault:
        raise EvidenceError("status.malformed", {"name": purpose}) from fault
    params = {"purpose": purpose, "signed": stamp(begin), "until": stamp(end), "age": _age(begin, standing.at)}
    if begin > standing.at:
        yield Line(Mark.PROBLEM, "verify.list_later", params)
    elif standing.at > end:
        yield Line(standing.unproved, "verify.list_stale", params)
    elif standing.offline:
        yield Line(Mark.NOTE, "verify.list_age", params)


def _age(signed: datetime, at: datetime) -> str:
    """Whole days and hours, such as `3 d 4 h`."""
    seconds = max(0, int((at - signed).total_seconds()))
    days, rest = divmod(seconds, SECONDS_A_DAY)
    return f"{days} d {rest // SECONDS_AN_HOUR} h"


def _past(certificate: Mapping[str, Any], standing: Standing, copy: Copy, found: Mapping[str, bool]) -> Iterator[Line]:
    """The history is told; it must not say otherwise than the lists, and the log must have all of it."""
    path = history_path(certificate["credentialSubject"]["number"])
    try:
        content = copy.read(path)
        if content is None:
            yield Line(standing.unproved, "verify.no_history")
            yield from log_lines(certificate, None, copy, standing.policy, standing.unproved)
            return
        events = history.events_of(parse_canonical(content, path), certificate, path)
        for event in events:
            key = signer(event, certificate["issuer"]["id"], standing.keys, standing.at, path)
            _check_mark(key, certificate, path)
        _check_agreement(events, found, path)
    except EvidenceError as fault:
        yield Line(Mark.PROBLEM, fault.message_id, fault.params)
        return
    for event in events:
        params = {"at": event["at"], "reason": event["reason"]}
        mark = Mark.OK if event["event"] == Event.ISSUED else Mark.NOTE
        yield Line(mark, f"verify.event_{event['event']}", params)
    yield from log_lines(certificate, events, copy, standing.policy, standing.unproved)


def _check_agreement(events: History, found: Mapping[str, bool], name: str) -> None:
    state = history.state(events)
    expected = {REVOCATION: state is Event.REVOKED, SUSPENSION: state is Event.SUSPENDED}
    if any(expected[purpose] is not bit for purpose, bit in found.items()):
        raise EvidenceError("history.disagrees", {"name": name, "state": state.value})
