"""Access tokens by OAuth 2.0 client credentials (RFC 6749, 4.4), kept until shortly before they expire."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode

from validator.api.credentials import OAuth2
from validator.api.secret import Secret
from validator.errors import LienthongError
from validator.model.exchange import Answer, Exchange, Headers

MARGIN = 30.0
UNSTATED = 300.0
LONGEST = 86_400.0
FORM = "application/x-www-form-urlencoded"
_SECRET_MEMBERS = ("access_token", "refresh_token", "id_token")


class TokenError(LienthongError):
    """There is no token for a role; `message_id` says why. What needs the role cannot be told."""


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token and the instant (of the monotonic clock, in seconds) from which it is not used any more."""

    value: Secret
    until: float


def form(credential: OAuth2) -> tuple[Headers, bytes]:
    """Headers and body of the request for a token."""
    fields = {"grant_type": "client_credentials"}
    if credential.scope:
        fields["scope"] = credential.scope
    secret = credential.client_secret.reveal()
    headers = [("Content-Type", FORM), ("Accept", "application/json")]
    if credential.in_body:
        fields |= {"client_id": credential.client_id, "client_secret": secret}
    else:
        pair = f"{quote_plus(credential.client_id)}:{quote_plus(secret)}"
        headers.append(("Authorization", "Basic " + base64.b64encode(pair.encode()).decode()))
    return tuple(headers), urlencode(fields).encode()


def secrets_in(answer: Answer | None) -> list[str]:
    """Tokens in an answer of a token endpoint, to be known before it is recorded."""
    document = _document(answer) if answer else None
    values = [document.get(name) for name in _SECRET_MEMBERS] if isinstance(document, dict) else []
    return [value for value in values if isinstance(value, str) and value]


def read(exchange: Exchange, role: str, now: float) -> Token:
    """The token of an exchange with the token endpoint. Raises TokenError."""
    place: dict[str, object] = {"role": role, "number": exchange.number}
    if exchange.answer is None:
        raise TokenError("token.unreachable", {**place, "failure": str(exchange.failure), "detail": exchange.detail})
    document = _document(exchange.answer)
    status = exchange.answer.status
    if status != 200:
        raise TokenError("token.refused", {**place, "status": status, "error": _error(document)})
    if not isinstance(document, dict):
        raise TokenError("token.not_json", place)
    value = document.get("access_token")
    if not isinstance(value, str) or not value or not value.isascii() or not value.isprintable() or " " in value:
        raise TokenError("token.missing", place)
    if str(document.get("token_type", "bearer")).lower() != "bearer":
        raise TokenError("token.not_bearer", place)
    return Token(Secret(value), now + _usable(document.get("expires_in")))


def _usable(expires: Any) -> float:
    """Seconds for which a token is used; the margin is a tenth of a short life."""
    try:
        life = min(float(expires), LONGEST)
    except (TypeError, ValueError):
        return UNSTATED
    return max(life - min(MARGIN, life / 10), 0.0) if life == life else UNSTATED


def _error(document: Any) -> str:
    """The error code of RFC 6749, 5.2, if it is one."""
    code = document.get("error") if isinstance(document, dict) else None
    known = isinstance(code, str) and len(code) <= 60 and code.replace("_", "").isalnum() and code.isascii()
    return str(code) if known else "-"


def _document(answer: Answer) -> Any:
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
