"""What the transparency log shows of a certificate: every event of its history, no other one, and who witnessed it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from validator.canonical import digest
from validator.certificate import history
from validator.certificate.checkpoint import Trust
from validator.certificate.copies import Copy
from validator.certificate.history import Event, History
from validator.certificate.log_proof import Logged, verify_inclusion
from validator.certificate.outcome import Line, Mark
from validator.certificate.policy import Policy
from validator.certificate.register import proof_path
from validator.certificate.strict_json import parse_canonical
from validator.errors import EvidenceError


def log_lines(
    certificate: Mapping[str, Any], events: History | None, copy: Copy, policy: Policy | None, unproved: Mark
) -> Iterator[Line]:
    """A line on the log and, where the policy asks for them, on its witnesses; `unproved` marks what is missing.
    Without a history only the issue is looked for."""
    origin = certificate["credentialSubject"]["log"]["origin"]
    trust = policy.trust(origin) if policy else None
    if policy is None or trust is None:
        yield Line(unproved, "verify.no_log_key", {"origin": origin})
        return
    number = certificate["credentialSubject"]["number"]
    try:
        shown = list(_issue(certificate, copy, trust) if events is None else _shown(certificate, events, copy, trust))
    except EvidenceError as fault:
        yield Line(Mark.PROBLEM, fault.message_id, fault.params)
        return
    if len(shown) < (1 if events is None else len(events)):
        yield Line(unproved, "verify.no_log_proof", {"path": proof_path(number, len(shown))})
        return
    last = shown[-1]
    yield Line(Mark.OK, "verify.logged", {"origin": origin, "count": len(shown), "index": last.index})
    if policy.asks_witnesses:
        yield _witnesses(shown, policy)


def _shown(certificate: Mapping[str, Any], events: History, copy: Copy, trust: Trust) -> Iterator[Logged]:
    """The proofs of the first events, as far as they are there. Raises EvidenceError for one that does not hold
    or that is of an event which the history does not have."""
    for at in count():
        path = proof_path(certificate["credentialSubject"]["number"], at)
        content = copy.read(path)
        if content is None:
            return
        if at < len(events):
            yield verify_inclusion(content, trust, history.leaf(events[at]))
            continue
        leaf = parse_canonical(verify_inclusion(content, trust).leaf, path)
        raise EvidenceError("history.log_knows_more", {"name": path, "event": str(leaf.get("event"))[:20]})


def _issue(certificate: Mapping[str, Any], copy: Copy, trust: Trust) -> Iterator[Logged]:
    """The proof of the issue, if it is there; others are only looked through for the event that ends all. Raises
    EvidenceError for a proof that does not hold or is of another, and for one of a revocation."""
    about = (certificate["id"], digest(certificate))
    for at in count():
        path = proof_path(certificate["credentialSubject"]["number"], at)
        content = copy.read(path)
        if content is None:
            return
        logged = verify_inclusion(content, trust)
        leaf = parse_canonical(logged.leaf, path)
        event = leaf.get("event")
        if (leaf.get("certificate"), leaf.get("subject")) != about or (event == Event.ISSUED) is not (at == 0):
            raise EvidenceError("tlog.other_leaf")
        if event == Event.REVOKED:
            raise EvidenceError("history.log_knows_more", {"name": path, "event": event})
        if at == 0:
            yield logged


def _witnesses(shown: list[Logged], policy: Policy) -> Line:
    for logged in shown:
        signed = [key for key, _ in logged.checkpoint.witnessed]
        if not policy.enough(signed):
            return Line(Mark.PROBLEM, "verify.too_few_witnesses", {"count": len(signed), "index": logged.index})
    names = ", ".join(key.name for key, _ in shown[-1].checkpoint.witnessed)
    return Line(Mark.OK, "verify.witnessed", {"names": names})
