"""Answers in a system's place from the record of an earlier run: the suites themselves are run again, without network.

A request is answered by the first recorded exchange of the same request and role that has not been given yet. The
same seed on the same answers makes the same requests, so this is the run as it was. What was not recorded cannot
be answered, and then the test that asked cannot tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from validator.api.client import Client, Limits
from validator.api.credentials import ApiKey, Bearer, Credential, Keyring, Mtls, OAuth2
from validator.api.fault import Fault
from validator.api.guard import Guard
from validator.api.playback import Playback
from validator.api.redact import Redactor
from validator.api.secret import Secret
from validator.api.sightings import Recalled
from validator.api.tls import Pair
from validator.api.urls import Url
from validator.model.exchange import Call, Exchange

UNSEEN: Final = "[redacted:000000000000]"
_QUOTED_MARKER: Final = re.compile(r"%5Bredacted%3A([0-9a-f]{12})%5D", re.IGNORECASE)
BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)


class _Redacted(Redactor):
    """Texts here are redacted already, with the markers of that run's key; a marker stays what it is."""

    def learn(self, secret: str) -> None:
        """A token of the record is a marker and no secret."""

    def text(self, text: str) -> str:
        return super().text(_QUOTED_MARKER.sub(r"[redacted:\1]", text) if "%5" in text else text)


class PlayedClock:
    """Stands at the end of the exchange that was given last; sleeping costs no time."""

    def __init__(self) -> None:
        self.moment = BEGINNING

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return (self.moment - BEGINNING).total_seconds()

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=max(seconds, 0.0))

    def reach(self, moment: datetime) -> None:
        """Goes on to a moment, never back."""
        self.moment = max(self.moment, moment)


class _Standing:
    """For the client itself: nothing expires and nothing is paced but as the record has it."""

    def __init__(self, clock: PlayedClock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now()

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        """The record has what came after the wait."""


class _Client(Client):
    """The client of a run, its exchanges taken from the record."""

    def __init__(self, base: str, limits: Limits, player: Player) -> None:
        super().__init__(base, limits, Guard.of(base), player.keys, player.playback, clock=_Standing(player.clock))
        self._playback, self._played = player.playback, player.clock

    def _ask(self, call: Call, url: Url, identity: Any) -> Exchange:  # noqa: ARG002
        exchange, size = self._given(call, identity.role)
        self._received += size
        return exchange

    def _unsent(self, call: Call, fault: Fault, counted: bool) -> Exchange:  # noqa: ARG002
        exchange, _ = self._given(call, None)
        self.recorder.add(exchange, counted=counted)
        return exchange

    def _token(self, role: str, credential: OAuth2) -> str:
        """A token is fetched when it was fetched then."""
        if self._playback.token_is_next(role):
            self._tokens.pop(role, None)
            self._refusals.pop(role, None)
        return super()._token(role, credential)

    def _given(self, call: Call, role: str | None) -> tuple[Exchange, int]:
        exchange, size = self._playback.give(call, role)
        self._played.reach(exchange.started_at + timedelta(seconds=exchange.seconds))
        return replace(exchange, call=call), size


class Player:
    """A record that has been opened: `exchanges` with `bodies` (a folder) beside it, the sightings of the run, and
    for each role that it used what kind of credential that was. Raises EvidenceError."""

    def __init__(
        self, exchanges: Path, bodies: Path, sightings: Iterable[Mapping[str, Any]], roles: Mapping[str, Any]
    ) -> None:
        headers = [role["header"].lower() for role in roles.values() if role["kind"] == "api_key"]
        tokens = {name: str(role["token_url"]) for name, role in roles.items() if role["kind"] == "oauth2"}
        self.playback = Playback(exchanges, bodies, _Redacted(headers=headers), tokens)
        self.keys = Keyring({name: self._credential(name, role) for name, role in roles.items()})
        self.sightings = Recalled(sightings)
        self.clock = PlayedClock()

    def client(self, base: str, limits: Limits) -> Client:
        """A client that asks the record."""
        return _Client(base, limits, self)

    def _credential(self, name: str, role: Mapping[str, Any]) -> Credential:
        secret = Secret(self.playback.markers.get(name, UNSEEN))
        match role["kind"]:
            case "bearer":
                return Bearer(secret)
            case "api_key":
                return ApiKey(role["header"], secret)
            case "mtls":
                return Mtls(Pair(Path(), Path()))
            case _:
                return OAuth2(role["token_url"], "", secret)


def kinds(keys: Keyring) -> dict[str, dict[str, str]]:
    """What a record says of credentials, for `Player`: their kinds and where they go, never what they are."""
    told: dict[str, dict[str, str]] = {}
    for name, credential in keys.roles.items():
        match credential:
            case ApiKey(header):
                told[name] = {"kind": "api_key", "header": header}
            case OAuth2(token_url):
                told[name] = {"kind": "oauth2", "token_url": token_url}
            case Mtls():
                told[name] = {"kind": "mtls"}
            case _:
                told[name] = {"kind": "bearer"}
    return told
