"""The client of a run: paces, counts, authenticates, records; and never raises for what the other side does."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from validator import __version__
from validator.api.clock import SYSTEM, Clock
from validator.api.credentials import ApiKey, Bearer, Keyring, Mtls, OAuth2
from validator.api.fault import Fault
from validator.api.guard import Guard
from validator.api.limits import Limits
from validator.api.recorder import Recorder
from validator.api.retry_after import retry_after
from validator.api.tls import Pair, TlsSettings
from validator.api.tokens import Token, TokenError, form, read, secrets_in
from validator.api.transport import Transport
from validator.api.urls import Url, parse, resolve
from validator.errors import UsageError
from validator.model.exchange import Call, Exchange, Failure, Headers

__all__ = ["BudgetSpent", "Client", "Limits", "PatienceSpent", "VolumeSpent"]

AGENT = f"lienthong/{__version__} (conformance test)"
REFUSED_FOR = 30.0  # seconds in which a token endpoint that failed is not asked again
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class BudgetSpent(Exception):  # noqa: N818 (an end, not an error)
    """The run may send no more requests; what is left to ask cannot be told."""


class PatienceSpent(BudgetSpent):
    """The run has waited for Retry-After as long as it may in all."""


class VolumeSpent(BudgetSpent):
    """The run has received as many bytes as it may in all."""


@dataclass(frozen=True, slots=True)
class _Identity:
    """What a request shows of who asks."""

    headers: Headers = ()
    pair: Pair | None = None
    role: str | None = None


class Client:
    """Talks to one system. Safe to use from several threads."""

    def __init__(
        self,
        base: str,
        limits: Limits,
        guard: Guard,
        keys: Keyring,
        recorder: Recorder,
        *,
        tls: TlsSettings = TlsSettings(),  # noqa: B008 (frozen)
        clock: Clock = SYSTEM,
    ) -> None:
        try:
            self._base = parse(base)
        except Fault as fault:
            raise UsageError("usage.bad_url", {"url": base, "reason": fault.detail}) from None
        self.base = base.rstrip("/")
        self.recorder = recorder
        self.limits = limits
        self.sent = 0
        self._received = 0
        self._waited = 0.0
        self._keys = keys
        self._clock = clock
        self._transport = Transport(guard, tls, limits)
        self._tokens: dict[str, Token] = {}
        self._refusals: dict[str, tuple[TokenError, float]] = {}
        self._lock = threading.RLock()
        self._next = clock.monotonic()
        for secret in keys.secrets():
            recorder.redactor.learn(secret)
        recorder.redactor.learn_headers(keys.api_key_headers())

    def url(self, path: str) -> str:
        """The absolute URL of a path of the API, such as `/collections`, below the base."""
        return f"{self.base}/{path.lstrip('/')}"

    def send(
        self,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        body: bytes = b"",
        role: str | None = "main",
        wait: bool = True,
        pace: bool = True,
    ) -> Exchange:
        """One exchange. `target` is absolute or relative to the base as RFC 3986 has it (`collections`, not
        `/collections`; see `url`). Failures of the other side are in the exchange; redirects are not followed.

        The credential of `role` goes to the base's origin only, and a header that the caller sets is not set
        again. Another host than the base's is not asked (`Failure.BLOCKED`, `other_host`). With `wait`, a 429
        or 503 with Retry-After is waited for and asked again; the last exchange is returned. Without `pace` it goes
        out at once (for overload on purpose) and counts for nothing in the digest of the requests.
        Raises BudgetSpent (its kinds: too many requests, too long waits, too many bytes in all), TokenError (no
        token for the role), ValueError (no HTTP request).
        """
        given = tuple(headers.items() if isinstance(headers, Mapping) else headers)
        for turn in range(self.limits.waits + 1):
            exchange = self._attempt(method, target, given, body, role, counted=pace and turn == 0, pace=pace)
            pause = retry_after(exchange.answer, self._clock.now()) if wait and exchange.answer else None
            if pause is None or pause > self.limits.longest_wait or turn == self.limits.waits:
                break
            self._wait(pause)
        return exchange

    def token(self, role: str) -> str | None:
        """The bearer token or key that a role sends, for tests that show it in the wrong place."""
        match self._keys.get(role):
            case Bearer(token):
                return token.reveal()
            case ApiKey(key=key):
                return key.reveal()
            case OAuth2() as credential:
                return self._token(role, credential)
            case _:
                return None

    def identity(self, role: str) -> tuple[Headers, Pair | None]:
        """What a role shows, header fields and certificate, for a tool that asks by itself. Raises TokenError."""
        found = self._identity(role)
        return found.headers, found.pair

    def forget_tokens(self) -> None:
        """The next request that needs a token fetches a new one."""
        with self._lock:
            self._tokens.clear()
            self._refusals.clear()

    def close(self) -> None:
        """Closes the connections; the recorder stays open."""
        self._transport.close()

    def _attempt(
        self, method: str, target: str, given: Headers, body: bytes, role: str | None, *, counted: bool, pace: bool
    ) -> Exchange:
        try:
            url = resolve(self.base, target)
        except Fault as fault:
            return self._unsent(Call(method, target, given, body), fault, counted)
        if url.host != self._base.host:
            return self._unsent(Call(method, str(url), given, body), Fault(Failure.BLOCKED, "other_host"), counted)
        identity = self._identity(role) if url.origin == self._base.origin else _Identity()
        sent = (*given, *_absent(given, identity.headers))
        exchange = self._exchange(method, url, sent, body, identity, pace=pace)
        self.recorder.add(exchange, counted=counted)
        return exchange

    def _identity(self, role: str | None) -> _Identity:
        match self._keys.get(role):
            case Bearer(token):
                return _Identity((("Authorization", f"Bearer {token.reveal()}"),), None, role)
            case ApiKey(header, key):
                return _Identity(((header, key.reveal()),), None, role)
            case OAuth2() as credential:
                fetched = self._token(str(role), credential)
                return _Identity((("Authorization", f"Bearer {fetched}"),), None, role)
            case Mtls(pair):
                return _Identity((), pair, role)
            case _:
                return _Identity()

    def _token(self, role: str, credential: OAuth2) -> str:
        with self._lock:
            known, now = self._tokens.get(role), self._clock.monotonic()
            if known and now < known.until:
                return known.value.reveal()
            if role in self._refusals and now < self._refusals[role][1]:
                raise self._refusals[role][0]
            headers, body = form(credential)
            exchange = self._exchange("POST", parse(credential.token_url), headers, body, _Identity((), None, role))
            for secret in secrets_in(exchange.answer):
                self.recorder.redactor.learn(secret)
            self.recorder.add(exchange, counted=False)
            try:
                self._tokens[role] = read(exchange, role, self._clock.monotonic())
            except TokenError as error:
                self._refusals[role] = (error, self._clock.monotonic() + REFUSED_FOR)
                raise
            return self._tokens[role].value.reveal()

    def _exchange(
        self, method: str, url: Url, headers: Headers, body: bytes, identity: _Identity, *, pace: bool = True
    ) -> Exchange:
        call = Call(method, str(url), (*_standing(method, url, body, headers), *headers), body)
        self._pace(self.limits.rate if pace else 0.0)
        return self._ask(call, url, identity)

    def _ask(self, call: Call, url: Url, identity: _Identity) -> Exchange:
        number, started = self.recorder.next_number(), self._clock.now()
        begun = self._clock.monotonic()
        answer, failure, detail = None, None, ""
        try:
            answer = self._transport.ask(call, url, identity.pair)
            self._received += len(answer.body)
        except Fault as fault:
            failure, detail = fault.failure, fault.detail
        seconds = round(self._clock.monotonic() - begun, 6)  # as the record will have it
        return Exchange(number, call, answer, failure, detail, started, seconds, identity.role)

    def _wait(self, pause: float) -> None:
        """As long as the other side asks. Raises PatienceSpent."""
        with self._lock:
            self._waited += pause
            if self._waited > self.limits.patience:
                raise PatienceSpent(self.limits.patience)
        self._clock.sleep(pause)

    def _unsent(self, call: Call, fault: Fault, counted: bool) -> Exchange:
        number, now = self.recorder.next_number(), self._clock.now()
        exchange = Exchange(number, call, None, fault.failure, fault.detail, now, 0.0)
        self.recorder.add(exchange, counted=counted)
        return exchange

    def _pace(self, rate: float) -> None:
        """Waits for this request's turn. Raises BudgetSpent."""
        with self._lock:
            if self.sent >= self.limits.budget:
                raise BudgetSpent(self.limits.budget)
            if self._received >= self.limits.volume:
                raise VolumeSpent(self.limits.volume)
            self.sent += 1
            now = self._clock.monotonic()
            turn = max(self._next, now)
            self._next = turn + (1 / rate if rate else 0.0)
        self._clock.sleep(turn - now)


def _standing(method: str, url: Url, body: bytes, given: Headers) -> Headers:
    standing = [("Host", url.authority), ("User-Agent", AGENT), ("Accept-Encoding", "identity")]
    if body or method in WITH_BODY:
        standing.append(("Content-Length", str(len(body))))
    return _absent(given, tuple(standing))


def _absent(given: Headers, wanted: Headers) -> Headers:
    """Those of `wanted` that are not given."""
    names = {name.lower() for name, _ in given}
    return tuple((name, value) for name, value in wanted if name.lower() not in names)
