"""Keeping a register: made once, its status lists signed anew, its key changed.

What is written has an order, so that a machine that stops half-way leaves a register that verifies
as before or not at all, never as better than it is: the log first, then the history, the index, and
the status lists last. Asking for the same again completes it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from validator.certificate import history, proof
from validator.certificate.files import locked, write_whole
from validator.certificate.history import Event, History
from validator.certificate.keys import SigningKey
from validator.certificate.logged import Log
from validator.certificate.moments import stamp
from validator.certificate.register import SETTINGS, Register, list_path, proof_path
from validator.certificate.status_list import PURPOSES, REVOCATION, SUSPENSION, list_credential
from validator.certificate.trust import TrustedKey
from validator.errors import UsageError
from validator.report.digest import canonical_value

STATES: Final = {REVOCATION: Event.REVOKED, SUSPENSION: Event.SUSPENDED}
MOST_LIST_DAYS: Final = 31
DID: Final = re.compile(r"did:web:[A-Za-z0-9.%:_-]+")


def found(register: Register, key: SigningKey, moment: datetime) -> None:
    """Makes an empty register with its first key and lists. Raises UsageError when there is one already."""
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
        sign_lists(register, key, moment)
        register.write(SETTINGS, canonical_value(register.settings()))


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


def refresh(register: Register, key: SigningKey, moment: datetime) -> None:
    """Signs the status lists anew, as the index has them. Raises UsageError."""
    with locked(register.folder):
        check_key(register, key, moment)
        sign_lists(register, key, moment)


def rotate(register: Register, old: SigningKey, new: SigningKey, moment: datetime, compromised: bool = False) -> None:
    """From now on the new key signs. What the old one signed before still holds, unless others may have had it.

    Raises:
        UsageError: the old key is not in use, or the new one cannot follow it.
    """
    with locked(register.folder):
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
        sign_lists(register, new, moment)


def sign_lists(register: Register, key: SigningKey, moment: datetime) -> None:
    """Both lists as the states of the index demand."""
    rows = register.index()
    for purpose in PURPOSES:
        bits = [row["index"] for row in rows if row["state"] == STATES[purpose]]
        made = list_credential(
            register.list_url(purpose), purpose, register.issuer.id, bits, moment, register.list_days
        )
        register.write(list_path(purpose), proof.sign(made, key.private, method(register, key), stamp(moment)))


def method(register: Register, key: SigningKey) -> str:
    """The verification method that a proof of this register names."""
    return f"{register.issuer.id}#{key.kid}"


def note(
    register: Register, certificate: Mapping[str, Any], past: History, made: Mapping[str, Any], log: Log | None
) -> None:
    """Keeps one event: in the log if there is one, then in the certificate's history."""
    number = certificate["credentialSubject"]["number"]
    if log is not None:
        told = log.append(history.leaf(made))
        write_whole(register.folder / proof_path(number, len(past)), told.encode())
    register.write_history(certificate, (*past, made))
