"""What happened to a certificate: signed events, each bound to the one before, and the state that follows.

`issued` comes first; then `suspended` and `reinstated` in turn; `revoked` ends it for good.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from validator.canonical import canonical, digest
from validator.certificate import proof
from validator.certificate.keys import SigningKey
from validator.certificate.moments import read_stamp, stamp
from validator.errors import EvidenceError

SCHEMA: Final = "lienthong-history/1.0"
TYPE: Final = "CertificateEvent"
MEMBERS: Final = {"type", "certificate", "event", "at", "reason", "subject", "previous", "proof"}


class Event(StrEnum):
    """What may happen to a certificate."""

    ISSUED = "issued"
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"
    REVOKED = "revoked"


FOLLOWS: Final[Mapping[Event | None, frozenset[Event]]] = {
    None: frozenset({Event.ISSUED}),
    Event.ISSUED: frozenset({Event.SUSPENDED, Event.REVOKED}),
    Event.SUSPENDED: frozenset({Event.REINSTATED, Event.REVOKED}),
    Event.REINSTATED: frozenset({Event.SUSPENDED, Event.REVOKED}),
    Event.REVOKED: frozenset(),
}

History = Sequence[Mapping[str, Any]]


def event(
    history: History, kind: Event, certificate: Mapping[str, Any], reason: str, moment: datetime, key: SigningKey
) -> dict[str, Any]:
    """The next signed event of a certificate; `subject` is the digest of the certificate as it was issued."""
    made = {
        "type": TYPE,
        "certificate": certificate["id"],
        "event": kind.value,
        "at": stamp(moment),
        "reason": reason,
        "subject": digest(certificate),
        "previous": digest(history[-1]) if history else None,
    }
    return proof.sign(made, key.private, f"{certificate['issuer']['id']}#{key.kid}", made["at"])


def leaf(made: Mapping[str, Any]) -> bytes:
    """What a transparency log keeps of an event: digests and an address, neither reasons nor names."""
    kept = {name: made[name] for name in ("certificate", "event", "at", "subject")}
    return canonical({**kept, "digest": digest(made)})


def document(certificate: str, history: History) -> dict[str, Any]:
    """The file of a certificate's history."""
    return {"schema": SCHEMA, "certificate": certificate, "events": list(history)}


def events_of(content: Mapping[str, Any], certificate: Mapping[str, Any], name: str) -> History:
    """The events of such a file, in order and about this certificate; their proofs are another matter.

    Raises:
        EvidenceError: an event is missing, was moved, or cannot follow the one before.
    """
    events = content.get("events")
    if content.get("schema") != SCHEMA or content.get("certificate") != certificate["id"] or not events:
        raise EvidenceError("history.malformed", {"name": name})
    try:
        _check_chain(events, certificate)
    except (ValueError, TypeError, KeyError, AttributeError) as fault:
        raise EvidenceError("history.broken", {"name": name}) from fault
    return tuple(events)


def _check_chain(events: Sequence[Mapping[str, Any]], certificate: Mapping[str, Any]) -> None:
    last: Event | None = None
    previous, moment = None, read_stamp(certificate["validFrom"])
    own = digest(certificate)
    for found in events:
        kind, at = Event(found["event"]), read_stamp(found["at"])
        bound = (found["type"], found["certificate"], found["subject"], found["previous"], found["proof"]["created"])
        expected = (TYPE, certificate["id"], own, previous, found["at"])
        if set(found) != MEMBERS or bound != expected or kind not in FOLLOWS[last] or at < moment:
            raise ValueError(found["event"])
        last, previous, moment = kind, digest(found), at


def state(history: History) -> Event:
    """The last thing that happened."""
    return Event(history[-1]["event"])
