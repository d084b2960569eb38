"""Reads the file of credentials. A secret stands in it as `{env = "NAME"}` or `{file = "path"}` only."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from validator.api.credentials import ROLES, ApiKey, Bearer, Credential, Keyring, Mtls, OAuth2
from validator.api.fault import Fault
from validator.api.secret import Secret
from validator.api.tls import Pair
from validator.api.urls import parse
from validator.errors import UsageError

SHORTEST = 6  # anything shorter would be blotted out of ordinary words in the evidence
LARGEST = 64 * 1024
MEMBERS = {
    "none": (frozenset[str](), frozenset[str]()),
    "bearer": (frozenset({"token"}), frozenset[str]()),
    "api_key": (frozenset({"key"}), frozenset({"header"})),
    "oauth2": (frozenset({"token_url", "client_id", "client_secret"}), frozenset({"scope", "send"})),
    "mtls": (frozenset({"certificate", "key"}), frozenset[str]()),
}


def load(path: Path, environ: Mapping[str, str] = os.environ) -> Keyring:
    """The keyring of a file. Raises UsageError; no text of it holds a value of the file."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError:
        # The parser's words may quote the line, and the line may hold a secret.
        raise UsageError("usage.credentials_malformed", {"path": path}) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "UTF-8"
        raise UsageError("usage.credentials_unreadable", {"path": path, "reason": reason}) from None
    for role in document:
        if role not in ROLES:
            raise UsageError("usage.credentials_role", {"path": path, "role": role, "known": ", ".join(ROLES)})
    roles = {role: _Entry(path, role, entry, environ).credential() for role, entry in document.items()}
    return Keyring({role: credential for role, credential in roles.items() if credential})


@dataclass(frozen=True)
class _Entry:
    path: Path
    role: str
    entry: Any
    environ: Mapping[str, str]

    def credential(self) -> Credential | None:
        kind = self._kind()
        match kind:
            case "bearer":
                return Bearer(self._secret("token"))
            case "api_key":
                return ApiKey(self._header(), self._secret("key"))
            case "mtls":
                return Mtls(Pair(self._file("certificate"), self._file("key")))
            case "oauth2":
                return self._oauth2()
            case _:
                return None

    def _kind(self) -> str:
        kind = self.entry.get("kind") if isinstance(self.entry, dict) else None
        if not isinstance(kind, str) or kind not in MEMBERS:
            raise self._wrong("usage.credentials_kind", known=", ".join(MEMBERS))
        needed, optional = MEMBERS[kind]
        given = set(self.entry) - {"kind"}
        for member in sorted(needed - given):
            raise self._wrong("usage.credentials_missing", member=member)
        for member in sorted(given - needed - optional):
            raise self._wrong("usage.credentials_unknown", member=member)
        return kind

    def _oauth2(self) -> OAuth2:
        url, client = self._text("token_url"), self._text("client_id")
        try:
            parse(url)
        except Fault:
            raise self._wrong("usage.credentials_url", member="token_url") from None
        send = self._text("send", "basic")
        if send not in ("basic", "body"):
            raise self._wrong("usage.credentials_send", member="send")
        return OAuth2(url, client, self._secret("client_secret"), self._text("scope", ""), send == "body")

    def _header(self) -> str:
        name = self._text("header", "X-API-Key")
        if not name or not all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in name):
            raise self._wrong("usage.credentials_header", member="header")
        return name

    def _text(self, member: str, default: str | None = None) -> str:
        value = self.entry.get(member, default)
        if not isinstance(value, str):
            raise self._wrong("usage.credentials_text", member=member)
        return value

    def _file(self, member: str) -> Path:
        found = self.path.parent / self._text(member)
        if not found.is_file():
            raise self._wrong("usage.credentials_no_file", member=member)
        return found

    def _secret(self, member: str) -> Secret:
        match self.entry[member]:
            case {"env": str(name), **rest} if not rest:
                value = self.environ.get(name)
                if value is None:
                    raise self._wrong("usage.credentials_no_env", member=member, name=name)
            case {"file": str(name), **rest} if not rest:
                value = self._content(member, self.path.parent / name)
            case _:
                raise self._wrong("usage.credentials_literal", member=member)
        if len(value) < SHORTEST or not value.isprintable():
            raise self._wrong("usage.credentials_value", member=member, shortest=SHORTEST)
        return Secret(value)

    def _content(self, member: str, file: Path) -> str:
        try:
            with file.open("rb") as stream:
                return stream.read(LARGEST).decode().strip()
        except (OSError, UnicodeDecodeError):
            raise self._wrong("usage.credentials_no_file", member=member) from None

    def _wrong(self, message_id: str, **params: object) -> UsageError:
        return UsageError(message_id, {"path": self.path, "role": self.role, **params})
