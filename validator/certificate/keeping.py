"""Keeping a register: made once, its status lists signed anew, its proofs renewed, its key changed, its page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from validator.certificate import history, log, proof
from validator.certificate.cosign import WitnessKey
from validator.certificate.files import locked, write_whole
from validator.certificate.history import Event
from validator.certificate.keys import SigningKey
from validator.certificate.log_state import Folder
from validator.certificate.merkle import leaf_hash
from validator.certificate.moments import stamp
from validator.certificate.note import LogPrivate, NoteSigner, vkey
from validator.certificate.policy import parse_policy, policy_text
from validator.certificate.register import (
    KEYS,
    LOG,
    PAGE,
    PENDING,
    POLICY,
    SETTINGS,
    Register,
    Row,
    list_path,
    log_origin,
    proof_path,
    read_file,
)
from validator.certificate.status_list import PURPOSES, REVOCATION, SUSPENSION, list_credential
from validator.certificate.trust import TrustedKey
from validator.certificate.verifier_page import page
from validator.errors import EvidenceError, UsageError
from validator.report.digest import canonical_value

STATES: Final = {REVOCATION: Event.REVOKED, SUSPENSION: Event.SUSPENDED}
MOST_LIST_DAYS: Final = 31
DID: Final = re.compile(r"did:web:[A-Za-z0-9.%:_-]+")


def found(
    register: Register,
    key: SigningKey,
    moment: datetime,
    log_keys: Sequence[LogPrivate],
    witnesses: Sequence[WitnessKey] = (),
    quorum: int = 0,
) -> None:
    """Makes an empty register with its first key, its lists and its log, and says which witnesses readers are
    to ask for. Raises UsageError when there is one already."""
    if not _is_address(register.url):
        raise UsageError("register.bad_url", {"url": register.url})
    if not _is_address(register.issuer.id) and not DID.fullmatch(register.issuer.id):
        raise UsageError("register.bad_issuer", {"id": register.issuer.id})
    if not all(text.strip() for text in (*register.issuer.name.as_dict().values(), register.issuer.address)):
        raise UsageError("register.no_name")
    if not 1 <= register.list_days <= MOST_LIST_DAYS:
        raise UsageError("register.bad_days", {"days": register.list_days, "most": MOST_LIST_DAYS})
    with locked(register.folder):
        if (register.folder / SETTINGS).exists():
            raise UsageError("register.exists", {"path": str(register.folder)})
        first = TrustedKey(key.private.public_key(), key.demo, register.issuer.id, moment.replace(microsecond=0))
        register.write_keys({first.kid: first})
        register.write_index([])
        signers = [NoteSigner(log_origin(register.url, key.demo), private) for private in log_keys]
        policy = policy_text([signer.key for signer in signers], witnesses, quorum)
        _begin_log(register.folder / LOG, signers)
        write_whole(register.folder / POLICY, policy.encode())
        publish_page(register)
        sign_lists(register, [], key, moment)
        register.write(SETTINGS, canonical_value(register.settings()))


def _begin_log(folder: Path, signers: Sequence[NoteSigner]) -> None:
    """A log that has no leaf yet: a new one, or what an attempt that was broken off has left."""
    if folder.exists() and any(folder.iterdir()):
        state = Folder(folder).state()
        if state.size == 0 and sorted(state.keys) == sorted(vkey(signer.key) for signer in signers):
            return
    log.create(folder, signers)


def _is_address(url: str) -> bool:
    """An https address that paths and fragments can be put after."""
    plain = url.isascii() and url.isprintable() and " " not in url and not url.endswith("/")
    parts = urlsplit(url) if plain else None
    return parts is not None and parts.scheme == "https" and bool(parts.hostname) and not set(url) & set("?#")


def check_key(register: Register, key: SigningKey, moment: datetime) -> None:
    """Raises UsageError unless the register's own keys hold this one, and still do."""
    known = register.keys().get(key.kid)
    if known is None or not known.signed_at(moment):
        raise UsageError("register.other_key", {"kid": key.kid, "path": str(register.folder)})


def ask_witnesses(register: Register, witnesses: Sequence[WitnessKey], quorum: int) -> None:
    """From now on readers of this register are to ask for so many of these witnesses, and of no others.

    Raises:
        UsageError: there are fewer. EvidenceError: the register has no policy that can be read.
    """
    with locked(register.folder):
        logs = parse_policy(read_file(register.folder, POLICY), POLICY).logs
        write_whole(register.folder / POLICY, policy_text(logs, witnesses, quorum).encode())
        publish_page(register)


def refresh(register: Register, key: SigningKey, moment: datetime) -> None:
    """Signs the status lists anew, as the index has them. Raises UsageError."""
    with locked(register.folder):
        _check_settled(register)
        check_key(register, key, moment)
        sign_lists(register, register.index(), key, moment)


def renew_proofs(register: Register) -> int:
    """Proofs of all events under the checkpoint that the log shows now, such as one that witnesses have signed
    since; how many. Raises EvidenceError when the log lacks an event."""
    kept, count = log.Log(Folder(register.folder / LOG)), 0
    with locked(register.folder):
        _check_settled(register)
        places = kept.places()
        for row in register.index():
            for at, made in enumerate(register.history(register.certificate(row["number"]))):
                index = places.get(leaf_hash(history.leaf(made)))
                if index is None:
                    raise EvidenceError("register.not_logged", {"number": row["number"], "event": made["event"]})
                write_whole(register.folder / proof_path(row["number"], at), kept.prove(index).encode())
                count += 1
    return count


def _check_settled(register: Register) -> None:
    """Raises UsageError when a change was broken off: whoever has the log's key completes it."""
    if (register.folder / PENDING).exists():
        raise UsageError("register.pending", {"path": str(register.folder)})


def rotate(register: Register, old: SigningKey, new: SigningKey, moment: datetime, compromised: bool = False) -> None:
    """From now on the new key signs. What the old one signed before still holds, unless others may have had it.

    Raises:
        UsageError: the old key is not in use, or the new one cannot follow it.
    """
    with locked(register.folder):
        _check_settled(register)
        check_key(register, old, moment)
        if old.demo is not new.demo:
            raise UsageError("register.demo_differs", {"path": str(register.folder)})
        now = moment.replace(microsecond=0)
        keys = dict(register.keys())
        if new.kid in keys:
            raise UsageError("register.known_key", {"kid": new.kid})
        keys[old.kid] = replace(keys[old.kid], valid_until=now, compromised=compromised)
        keys[new.kid] = TrustedKey(new.private.public_key(), new.demo, register.issuer.id, now)
        register.write_keys(keys)
        publish_page(register)
        sign_lists(register, register.index(), new, moment)


def publish_page(register: Register) -> None:
    """The page of the second verifier as the register shows it: its keys and the policy of its log are fixed in it,
    so that who comes to the register's own address needs no other source for them. Raises EvidenceError, UsageError."""
    pinned = {path: read_file(register.folder, path).decode() for path in (KEYS, POLICY)}
    write_whole(register.folder / PAGE, page(pinned).encode())


def sign_lists(register: Register, rows: Sequence[Row], key: SigningKey, moment: datetime) -> None:
    """Both lists as the states of the index, these rows, demand."""
    for purpose in PURPOSES:
        bits = [row["index"] for row in rows if row["state"] == STATES[purpose]]
        made = list_credential(
            register.list_url(purpose), purpose, register.issuer.id, bits, moment, register.list_days
        )
        register.write(list_path(purpose), proof.sign(made, key.private, method(register, key), stamp(moment)))


def method(register: Register, key: SigningKey) -> str:
    """The verification method that a proof of this register names."""
    return f"{register.issuer.id}#{key.kid}"
