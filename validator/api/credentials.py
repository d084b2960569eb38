"""Who the harness is to the system under test: one credential for each role, from a file that holds no secret.

[main]
kind = "oauth2"
token_url = "https://city.example/oauth/token"
client_id = "lienthong"
client_secret = {env = "CITY_SECRET"}
scope = "read write"
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from validator.api.secret import Secret
from validator.api.tls import Pair

ROLES = ("main", "limited", "expired")


@dataclass(frozen=True, slots=True)
class Bearer:
    """A token that is sent as it is."""

    token: Secret


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key in a header of its own."""

    header: str
    key: Secret


@dataclass(frozen=True, slots=True)
class OAuth2:
    """Client credentials (RFC 6749, 4.4); `in_body`: the secret goes into the form and not into Basic."""

    token_url: str
    client_id: str
    client_secret: Secret
    scope: str = ""
    in_body: bool = False


@dataclass(frozen=True, slots=True)
class Mtls:
    """A client certificate."""

    pair: Pair


Credential = Bearer | ApiKey | OAuth2 | Mtls


@dataclass(frozen=True, slots=True)
class Keyring:
    """The credential of each role; a role of kind `none`, or one that is not named, has none."""

    roles: Mapping[str, Credential] = field(default_factory=dict)

    def get(self, role: str | None) -> Credential | None:
        """The credential of a role, if it has one."""
        return self.roles.get(role) if role else None

    def secrets(self) -> tuple[str, ...]:
        """Every secret value of the file, for the one who redacts."""
        return tuple(_secret(credential) for credential in self.roles.values() if not isinstance(credential, Mtls))

    def api_key_headers(self) -> frozenset[str]:
        """Names, in lower case, of headers that carry keys."""
        return frozenset(c.header.lower() for c in self.roles.values() if isinstance(c, ApiKey))


def _secret(credential: Bearer | ApiKey | OAuth2) -> str:
    match credential:
        case Bearer(token):
            return token.reveal()
        case ApiKey(key=key):
            return key.reveal()
        case OAuth2(client_secret=secret):
            return secret.reveal()
