"""Does each credential do what its role is for? Looked at before a run, so that no test guesses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from validator.api.client import Client
from validator.api.tokens import TokenError


@dataclass(frozen=True, slots=True)
class Said:
    """What a step found: a text of the catalogue of preflight (or of errors), and whether it is a problem."""

    message_id: str
    params: Mapping[str, object] = field(default_factory=dict)
    problem: bool = False
    catalogue: str = "preflight"


def judge_role(client: Client, role: str, protected: str | None) -> Said:
    """Fetches a token where the role needs one, and tries it on a protected address, if the system has one."""
    try:
        client.token(role)
        if protected is None:
            return Said("auth.unseen", {"role": role})
        found = client.send("GET", protected, role=role)
    except TokenError as error:
        return Said(error.message_id, error.params, True, "errors")
    told = {"role": role, "url": protected, "status": found.answer.status if found.answer else str(found.failure)}
    status = found.answer.status if found.answer else 0
    match role, status:
        case "expired", 401:
            return Said("auth.expired_ok", told)
        case "expired", 200:
            return Said("auth.not_expired", told, True)
        case "limited", 403:
            return Said("auth.limited_ok", told)
        case "limited", 200:
            return Said("auth.limited_reads", told)
        case _, 200:
            return Said("auth.ok", told)
        case _, 401:
            return Said("auth.refused", told, True)
        case _, 403:
            return Said("auth.forbidden", told, True)
    return Said("auth.other", told, True)


def without_token(client: Client, has_main: bool) -> Said | None:
    """Why the main role cannot open a landing page that asks who one is; None when it can be tried."""
    if not has_main:
        return Said("api.needs_credential", {"url": client.url("/")}, True)
    try:
        client.token("main")
    except TokenError as error:
        return Said(error.message_id, error.params, True, "errors")
    return None
