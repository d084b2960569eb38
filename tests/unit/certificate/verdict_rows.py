"""Certificates and what both verifiers must say of them: the rows of `test_two_verifiers.py`."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.unit.certificate.grounds import LOG_KEY, Json
from tests.unit.certificate.page_samples import CERTIFICATE, Sample
from validator.canonical import canonical
from validator.certificate import history, proof
from validator.certificate.copies import SCHEMA, bundle_of
from validator.certificate.history import Event
from validator.certificate.keeping import method, refresh, rotate
from validator.certificate.keys import generate
from validator.certificate.moments import stamp
from validator.certificate.note import NoteSigner
from validator.certificate.policy import policy_text
from validator.certificate.register import KEYS, POLICY, history_path, list_path, proof_path
from validator.certificate.status_list import PURPOSES
from validator.certificate.trust import TrustedKey, jwks

DAY = timedelta(days=1)
LISTS = [list_path(purpose) for purpose in PURPOSES]


@dataclass(frozen=True)
class Handed:
    """What a reader holds: files by their paths in the register, and the moment."""

    files: Mapping[str, bytes]
    at: datetime

    def but(self, **changes: bytes | None) -> Handed:
        """With files exchanged by the beginning of their paths; None takes one away."""
        made = dict(self.files)
        for start, content in changes.items():
            (path,) = [path for path in made if path.startswith(start)]
            del made[path]
            made |= {path: content} if content is not None else {}
        return Handed(made, self.at)

    def with_files(self, files: Mapping[str, bytes]) -> Handed:
        return Handed({**self.files, **files}, self.at)

    def without(self, *paths: str) -> Handed:
        return Handed({path: content for path, content in self.files.items() if path not in paths}, self.at)

    def bundle(self) -> bytes:
        return canonical({"schema": SCHEMA, "files": {path: text.decode() for path, text in self.files.items()}})


def held(made: Sample, after: timedelta = timedelta()) -> Handed:
    files = bundle_of(made.register, made.number)["files"]
    return Handed({path: text.encode() for path, text in files.items()}, made.at + after)


def happened(made: Sample, *events: Event) -> Handed:
    """After these events, a minute apart, a day after the issue."""
    for at, event in enumerate(events, 1):
        made.change(event, timedelta(minutes=at))
    return held(made, DAY)


def content(made: Sample) -> bytes:
    return held(made).files[CERTIFICATE]


def expired(made: Sample) -> Handed:
    refresh(made.register, made.key, made.at + 366 * DAY)
    return held(made, 366 * DAY)


def list_of_another(made: Sample) -> Handed:
    """A clear list in the register's name, of somebody without its key."""
    stated = json.loads(held(made).files[LISTS[0]])
    bare = {name: value for name, value in stated.items() if name != "proof"}
    other = generate(demo=False).private
    forged = proof.sign(bare, other, stated["proof"]["verificationMethod"], stated["proof"]["created"])
    return happened(made, Event.REVOKED).with_files({LISTS[0]: canonical(forged)})


def with_key(made: Sample, **members: object) -> Handed:
    stated = json.loads(held(made).files[KEYS])
    stated["keys"][0].update(members)
    return held(made).but(keys=canonical(stated))


def key_of_another(made: Sample) -> Handed:
    stranger = TrustedKey(generate(demo=False).private.public_key(), False, made.register.issuer.id)
    return held(made).but(keys=canonical(jwks([stranger])))


def rotated(made: Sample) -> Handed:
    rotate(made.register, made.key, generate(demo=False), made.at + DAY)
    return held(made, 2 * DAY)


def set_back(made: Sample, *events: Event) -> Handed:
    """Lists and history of before the events, whose proofs are there."""
    before = held(made).files
    return happened(made, *events).with_files({path: before[path] for path in (*LISTS, history_path(made.number))})


def lists_set_back(made: Sample) -> Handed:
    before = held(made).files
    return happened(made, Event.SUSPENDED).with_files({path: before[path] for path in LISTS})


def cut_short(made: Sample) -> Handed:
    """The history of before the suspension beside the lists of after it."""
    events = made.register.history(made.certificate)
    whole = happened(made, Event.SUSPENDED)
    return whole.with_files({history_path(made.number): canonical(history.document(made.certificate["id"], events))})


def twice_a_witness(made: Sample) -> Handed:
    policy = held(made).files[POLICY].decode()
    (line,) = [line for line in policy.splitlines() if line.startswith("witness witness-1 ")]
    return held(made).with_files({POLICY: f"{policy}{line.replace('-1', '-9', 1)}\n".encode()})


def lacking(made: Sample) -> Handed:
    return happened(made, Event.SUSPENDED, Event.REINSTATED).without(proof_path(made.number, 1))


def reissued(made: Sample, change: Callable[[Json], object]) -> dict[str, bytes]:
    """The certificate with a change, signed again by its issuer, with a history and a proof of the log that fit."""
    copy = {name: value for name, value in deepcopy(made.certificate).items() if name != "proof"}
    change(copy)
    signed = proof.sign(copy, made.key.private, method(made.register, made.key), stamp(made.at))
    issued = history.event((), Event.ISSUED, signed, "thử / test", made.at, made.key)
    return {
        CERTIFICATE: canonical(signed),
        history_path(made.number): canonical(history.document(signed["id"], [issued])),
        proof_path(made.number, 0): made.keeper.log.append(history.leaf(issued)).encode(),
    }


def subject(**members: object) -> Callable[[Sample], Handed]:
    """The issuer's own key signed a certificate with these members, and the log has it."""
    return lambda made: held(made).with_files(reissued(made, lambda c: c["credentialSubject"].update(members)))


def later(made: Sample) -> Handed:
    return held(made).with_files(reissued(made, lambda c: c.update(validFrom="2026-11-27T15:00:00+07:00")))


def changed(path: str, old: bytes, new: bytes) -> Callable[[Sample], Handed]:
    def row(made: Sample) -> Handed:
        whole = held(made)
        (full,) = [name for name in whole.files if name.startswith(path)]
        assert old in whole.files[full]
        return whole.with_files({full: whole.files[full].replace(old, new, 1)})

    return row


def misspelt(made: Sample) -> Handed:
    """One letter of the path in a proof of the log."""
    whole, path = happened(made, Event.SUSPENDED, Event.REINSTATED), proof_path(made.number, 2)
    lines = whole.files[path].split(b"\n")
    at = next(i for i, line in enumerate(lines) if line.startswith(b"index ")) + 1
    lines[at] = (b"B" if lines[at][:1] == b"A" else b"A") + lines[at][1:]
    return whole.with_files({path: b"\n".join(lines)})


def by_the_log_alone(made: Sample) -> Handed:
    """Without the cosignatures under the checkpoint."""
    path = proof_path(made.number, 0)
    lines = held(made).files[path].decode().splitlines(keepends=True)
    own = [line for line in lines if not line.startswith("\u2014 DEMO.witness")]
    return held(made).with_files({path: "".join(own).encode()})


def for_another_log(made: Sample) -> Handed:
    stranger = NoteSigner("another.example/log", LOG_KEY).key
    return held(made).with_files({POLICY: policy_text([stranger]).encode()})


# What is done to a certificate; the verdict of both; what decides it, in the words of the first and of the second.
ROWS: dict[str, tuple[Callable[[Sample], Handed], str, str, str]] = {
    "good": (held, "valid", "", ""),
    "demo": (held, "valid", "", ""),
    "demo without its mark": (subject(demo=False), "refused", "certificate.demo_mark", "issuer.demo_differs"),
    "reinstated": (lambda m: happened(m, Event.SUSPENDED, Event.REINSTATED), "valid", "", ""),
    "key changed since": (rotated, "valid", "", ""),
    "changed": (changed(CERTIFICATE, b'"version":"', b'"version":"x'), "refused", "proof.wrong", "proof.wrong"),
    "list changed": (changed("status/rev", b'"encodedList":"uH4s', b'"encodedList":"uH4t'), "refused", "proof.wrong",
                     "proof.wrong"),
    "history changed": (changed("history", b'"reason":"', b'"reason":"x'), "refused", "proof.wrong", "proof.wrong"),
    "proof changed": (misspelt, "refused", "tlog.not_included", "log.not_included"),
    "expired": (expired, "refused", "verify.expired", "dates.expired"),
    "not yet": (later, "refused", "verify.not_yet", "dates.early"),
    "signed later than now": (lambda m: held(m, -DAY), "refused", "proof.of_the_future", "proof.of_the_future"),
    "suspended": (lambda m: happened(m, Event.SUSPENDED), "refused", "verify.suspended", "status.suspension.set"),
    "revoked": (lambda m: happened(m, Event.REVOKED), "refused", "verify.revoked", "status.revocation.set"),
    "stale list": (lambda m: held(m, 8 * DAY), "unknown", "verify.list_stale", "status.stale"),
    "no list": (lambda m: held(m).without(*LISTS), "unknown", "verify.no_list", "status.missing"),
    "list of another": (list_of_another, "refused", "proof.wrong", "proof.wrong"),
    "unknown key": (key_of_another, "refused", "proof.untrusted", "issuer.unknown_key"),
    "key of another issuer": (lambda m: with_key(m, controller="https://khac.example"), "refused", "proof.untrusted",
                              "issuer.other_controller"),
    "compromised key": (lambda m: with_key(m, compromised=True), "refused", "proof.key_out_of_use",
                        "issuer.compromised"),
    "key retired before": (lambda m: with_key(m, valid_until="2026-11-26T14:59:59+07:00"), "refused",
                           "proof.key_out_of_use", "issuer.key_not_then"),
    "DEMO member": (subject(demo=True), "refused", "certificate.demo_mark", "issuer.demo_differs"),
    "DEMO number": (subject(number="DEMO-2026-AAAAAAAA"), "refused", "certificate.demo_mark", "issuer.demo_differs"),
    "DEMO log": (subject(log={"origin": "DEMO.dang-ky.example/lienthong/log"}), "refused", "certificate.demo_mark",
                 "issuer.demo_differs"),
    "no history": (lambda m: held(m).but(history=None), "unknown", "verify.no_history", "history.none"),
    "history cut short": (cut_short, "refused", "history.disagrees", "history.disagrees"),
    "lists set back": (lists_set_back, "refused", "history.disagrees", "history.disagrees"),
    "log that lacks an event": (lacking, "unknown", "verify.no_log_proof", "log.missing"),
    "log that knows more": (lambda m: set_back(m, Event.SUSPENDED), "refused", "history.log_knows_more",
                            "log.knows_more"),
    "log that knows of a revocation, no history": (
        lambda m: set_back(m, Event.REVOKED).but(history=None), "refused", "history.log_knows_more", "log.knows_more"),
    "log without a proof": (lambda m: held(m).but(proofs=None), "unknown", "verify.no_log_proof", "log.missing"),
    "log without a key": (lambda m: held(m).without(POLICY), "unknown", "verify.no_log_key", "log.no_keys"),
    "key of another log": (for_another_log, "unknown", "verify.no_log_key", "log.no_keys"),
    "too few witnesses": (by_the_log_alone, "refused", "verify.too_few_witnesses", "witness.too_few"),
    "a witness listed twice": (twice_a_witness, "refused", "tlog.bad_policy", "log.bad_policy"),
    "NFD twin": (lambda m: held(m).but(certificate=unicodedata.normalize("NFD", content(m).decode()).encode()),
                 "refused", "json.not_nfc", "json.not_nfc"),
    "duplicate key": (changed(CERTIFICATE, b'{"@context":', b'{"validUntil":"2099-01-01T00:00:00Z","@context":'),
                      "refused", "json.duplicate_key", "json.duplicate_key"),
}  # fmt: skip
