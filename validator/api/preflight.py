"""Is a running system ready to be examined? Steps in order, each with what to do; never mixed with results."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from validator.api.capability import Collection, collections_of, parsed
from validator.api.client import Client, Limits
from validator.api.clock import SYSTEM, Clock
from validator.api.credentials import Keyring
from validator.api.fault import Fault
from validator.api.guard import Guard
from validator.api.preflight_roles import judge_role, without_token
from validator.api.preflight_steps import Said, Step, skipped, step
from validator.api.recorder import Recorder
from validator.api.retry_after import http_date
from validator.api.tls import TlsSettings
from validator.api.tls_probe import certificate
from validator.api.tokens import TokenError
from validator.api.urls import Url, parse
from validator.api.wire import Attempt, dial
from validator.messages import catalogue
from validator.model.exchange import Exchange, Failure

LIMITS = Limits(timeout=10.0, body=8 * 1024**2, rate=20.0, budget=60, waits=1, longest_wait=5.0)
SKEW = 60.0
COLLECTIONS = 20


def preflight(
    base: str,
    guard: Guard,
    keys: Keyring,
    recorder: Recorder,
    *,
    tls: TlsSettings = TlsSettings(),  # noqa: B008 (frozen)
    limits: Limits = LIMITS,
    clock: Clock = SYSTEM,
) -> tuple[Step, ...]:
    """Looks at a system step by step, read-only and in few requests. Raises UsageError for files of ours only."""
    looked = _Look(base, guard, keys, recorder, tls, limits, clock)
    try:
        looked.all()
    finally:
        looked.close()
    return tuple(looked.steps)


@dataclass
class _Look:
    base: str
    guard: Guard
    keys: Keyring
    recorder: Recorder
    tls: TlsSettings
    limits: Limits
    clock: Clock
    steps: list[Step] = field(default_factory=list)
    url: Url | None = None
    client: Client | None = None
    landing: Exchange | None = None
    collections: tuple[Collection, ...] = ()

    def all(self) -> None:
        """Every step; after a problem of the chain the rest is not reached."""
        chain: tuple[tuple[str, Callable[[Url], Said]], ...] = (
            ("dns", self._dns),
            ("tcp", self._tcp),
            ("tls", self._tls),
            ("http", self._http),
        )
        reached = self._add("url", self._sane())
        for name, look in chain:
            reached = self._add(name, look(self.url)) if reached and self.url else self._skip(name)
        api = self._add("api", self._api()) if reached else self._skip("api")
        for role in self.keys.roles:
            self._add(f"auth.{role}", self._auth(role)) if api else self._skip(f"auth.{role}")
        if not self.keys.roles:
            self._add("auth", Said("auth.none")) if api else self._skip("auth")
        self._add("clock", self._skew()) if reached else self._skip("clock")
        self._add("data", self._data()) if api else self._skip("data")

    def close(self) -> None:
        """Closes the connections."""
        if self.client:
            self.client.close()

    def _add(self, name: str, said: Said) -> bool:
        self.steps.append(step(name, said, self.recorder.redactor))
        return not said.problem

    def _skip(self, name: str) -> bool:
        self.steps.append(skipped(name))
        return False

    def _sane(self) -> Said:
        if any(mark in self.base for mark in "?#"):
            return Said("url.query", {"url": _bare(self.base)}, True)
        try:
            self.url = parse(self.base)
        except Fault as fault:
            return Said(f"url.{fault.detail}", {"url": _bare(self.base)}, True)
        return Said("url.ok", {"url": str(self.url)})

    def _dns(self, url: Url) -> Said:
        try:
            found = self.guard.addresses(url.host, url.port, self.limits.timeout)
        except Fault as fault:
            blocked = fault.failure is Failure.BLOCKED
            name = "blocked" if blocked else "timeout" if fault.failure is Failure.TIMEOUT else "unknown"
            return Said(f"dns.{name}", {"host": url.host, "address": fault.detail.removeprefix("address ")}, True)
        return Said("dns.ok", {"host": url.host, "addresses": ", ".join(map(str, found))})

    def _tcp(self, url: Url) -> Said:
        place = {"host": url.host, "port": url.port}
        try:
            dial(self.guard, url.host, url.port, self._attempt()).close()
        except Fault as fault:
            late = fault.failure is Failure.TIMEOUT
            return Said("tcp.timeout" if late else "tcp.refused", {**place, "reason": fault.detail}, True)
        return Said("tcp.ok", place)

    def _tls(self, url: Url) -> Said:
        if url.scheme == "http":
            return Said("tls.none")
        found = certificate(self.guard, url.host, url.port, self.tls, self.limits.timeout)
        told = {"host": url.host, "port": url.port, "subject": found.subject, "not_after": _day(found.not_after)}
        if found.valid:
            return Said("tls.ok", told)
        if found.valid is None:
            name = found.reason if f"tls.{found.reason}" in catalogue("preflight", "en") else "handshake"
            return Said(f"tls.{name}", told, True)
        return Said(f"tls.{found.reason}", told, True) if self.tls.verify else Said("tls.unverified", told)

    def _http(self, url: Url) -> Said:
        self.client = Client(
            self.base, self.limits, self.guard, self.keys, self.recorder, tls=self.tls, clock=self.clock
        )
        self.landing = found = self.client.send("GET", self.client.url("/"), role=None)
        place: dict[str, object] = {"url": found.call.target, "detail": found.detail}
        if found.answer is None:
            return Said(f"http.{_word(found)}", place, True)
        target = found.answer.header("location")
        if 300 <= found.answer.status < 400 and target:
            name = "redirect" if _host_of(target, found.call.target) == url.host else "redirect_away"
            return Said(f"http.{name}", {**place, "target": target, "status": found.answer.status}, True)
        return Said("http.ok", {**place, "status": found.answer.status, "seconds": f"{found.seconds:.2f}"})

    def _api(self) -> Said:
        client, landing = self._running()
        found = landing
        if landing.answer and landing.answer.status in (401, 403):
            fault = without_token(client, self.keys.get("main") is not None)
            if fault:
                return fault
            found = client.send("GET", client.url("/"))
        place: dict[str, object] = {"url": found.call.target, "status": found.status}
        if found.answer is None or found.answer.status != 200:
            return Said("api.status", place, True)
        document = parsed(found)
        if not isinstance(document, Mapping):
            return Said("api.no_json", {**place, "media_type": found.answer.media_type or "-"}, True)
        if not isinstance(document.get("links"), list) or not document["links"]:
            return Said("api.no_links", place, True)
        self.collections = tuple(collections_of(parsed(self._listed(client))))
        return Said("api.ok", {**place, "title": document.get("title")})

    def _listed(self, client: Client) -> Exchange:
        """The page of collections; with a credential where it asks for one."""
        found = client.send("GET", client.url("/collections"), role=None)
        if found.answer and found.answer.status in (401, 403) and self.keys.get("main"):
            try:
                return client.send("GET", client.url("/collections"))
            except TokenError:
                return found
        return found

    def _auth(self, role: str) -> Said:
        client, _ = self._running()
        protected = next((c for c in self.collections if c.protected), None)
        return judge_role(client, role, client.url(f"{protected.path}/items?limit=1") if protected else None)

    def _skew(self) -> Said:
        _, landing = self._running()
        told = landing.answer.header("date") if landing.answer else None
        there = http_date(told or "")
        if there is None:
            return Said("clock.none")
        here = landing.started_at.timestamp() + landing.seconds / 2
        # Date has whole seconds, cut off: on average half a second is missing.
        skew = there.timestamp() + 0.5 - here
        return Said("clock.skew" if abs(skew) > SKEW else "clock.ok", {"seconds": f"{skew:+.0f}"}, abs(skew) > SKEW)

    def _data(self) -> Said:
        client, _ = self._running()
        if not self.collections:
            return Said("data.no_collections", {}, True)
        filled = 0
        for collection in self.collections[:COLLECTIONS]:
            url = client.url(f"{collection.path}/items?limit=1")
            try:
                document = parsed(client.send("GET", url, role="main" if collection.protected else None))
            except TokenError:
                continue
            filled += isinstance(document, Mapping) and bool(document.get("records") or document.get("features"))
        told = {"filled": filled, "looked": len(self.collections[:COLLECTIONS]), "total": len(self.collections)}
        return Said("data.ok", told) if filled else Said("data.empty", told, True)

    def _attempt(self) -> Attempt:
        return Attempt(time.monotonic() + self.limits.timeout)

    def _running(self) -> tuple[Client, Exchange]:
        if self.client is None or self.landing is None:
            raise RuntimeError("a step was taken before the one that it needs")
        return self.client, self.landing


def _word(found: Exchange) -> str:
    match found.failure:
        case Failure.TIMEOUT:
            return "timeout"
        case Failure.GARBAGE:
            return "tls" if found.detail == "tls" else "garbage"
        case Failure.TLS:
            return "client_certificate"
        case Failure.TRUNCATED | Failure.TOO_LARGE | Failure.BOMB | Failure.ENCODING:
            return "broken"
        case _:
            return "closed"


def _day(moment: datetime | None) -> str | None:
    return moment.date().isoformat() if moment else None


def _bare(url: str) -> str:
    """Without user, query and fragment, which may hold secrets."""
    scheme, mark, rest = url.partition("://")
    return scheme + mark + rest.partition("?")[0].partition("#")[0].rpartition("@")[2]


def _host_of(target: str, base: str) -> str | None:
    try:
        return urlsplit(urljoin(base, target)).hostname
    except ValueError:
        return None
