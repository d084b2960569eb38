"""One request and its response over the guarded wire; whatever the other side does ends in an answer or a Fault."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpcore

from validator.api.decoding import Body
from validator.api.fault import Fault
from validator.api.guard import Guard
from validator.api.limits import Limits
from validator.api.tls import Pair, TlsSettings, context
from validator.api.urls import Url
from validator.api.wire import ATTEMPT, Attempt, GuardedBackend
from validator.model.exchange import Answer, Call, Failure, Headers

IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
KEPT = 4
IDLE = 30.0


class Transport:
    """Keeps connections open between requests; a pool for each client certificate that is shown."""

    def __init__(self, guard: Guard, tls: TlsSettings, limits: Limits) -> None:
        self._guard = guard
        self._tls = tls
        self._limits = limits
        self._pools: dict[Pair | None, httpcore.ConnectionPool] = {}

    def ask(self, call: Call, url: Url, client: Pair | None = None) -> Answer:
        """The answer to a call. Raises Fault; ValueError for a call that is no HTTP.

        The server may close a kept connection just as it is used again; then the call is made once more.
        """
        deadline = time.monotonic() + self._limits.timeout
        pool = self._pool(client)
        attempt = Attempt(deadline)
        try:
            return self._once(pool, call, url, attempt)
        except Fault as fault:
            stale = fault.failure is Failure.CLOSED and not attempt.connected and not attempt.received
            if not stale or call.method not in IDEMPOTENT:
                raise
        return self._once(pool, call, url, Attempt(deadline))

    def close(self) -> None:
        """Closes all connections."""
        for pool in self._pools.values():
            pool.close()
        self._pools.clear()

    def _pool(self, client: Pair | None) -> httpcore.ConnectionPool:
        if client not in self._pools:
            self._pools[client] = httpcore.ConnectionPool(
                ssl_context=context(self._tls, client),
                max_connections=None,
                max_keepalive_connections=KEPT,
                keepalive_expiry=IDLE,
                network_backend=GuardedBackend(self._guard),
            )
        return self._pools[client]

    def _once(self, pool: httpcore.ConnectionPool, call: Call, url: Url, attempt: Attempt) -> Answer:
        request = httpcore.Request(
            call.method,
            httpcore.URL(scheme=url.scheme.encode(), host=url.host.encode(), port=url.port, target=url.target.encode()),
            headers=[(name.encode(), _encoded(value)) for name, value in call.headers],
            content=call.body,
        )
        token = ATTEMPT.set(attempt)
        try:
            return _classified(lambda: self._read(pool, request, call.method), attempt)
        finally:
            ATTEMPT.reset(token)

    def _read(self, pool: httpcore.ConnectionPool, request: httpcore.Request, method: str) -> Answer:
        response = pool.handle_request(request)
        try:
            headers = tuple((_text(name), _text(value)) for name, value in response.headers)
            return Answer(response.status, headers, self._body(response, headers, method))
        finally:
            response.close()

    def _body(self, response: httpcore.Response, headers: Headers, method: str) -> bytes:
        told = Answer(response.status, headers, b"")
        bodiless = method == "HEAD" or response.status in (204, 304)
        body = Body(None if bodiless else told.header("content-encoding"), self._limits)
        body.expect(None if bodiless else told.header("content-length"))
        try:
            for chunk in response.iter_stream():
                body.feed(chunk)
        except httpcore.RemoteProtocolError as error:
            raise Fault(Failure.TRUNCATED if "peer closed" in str(error) else Failure.GARBAGE, "body") from None
        except httpcore.ReadError as error:
            raise Fault(Failure.TRUNCATED, str(error)) from None
        return body.end()


def _classified(ask: Callable[[], Answer], attempt: Attempt) -> Answer:
    """The answer of `ask`, or a Fault in place of what the library raises."""
    try:
        return ask()
    except Fault as fault:
        if fault.failure in (Failure.TIMEOUT, Failure.TLS) and _is_no_http(attempt):
            raise Fault(Failure.GARBAGE, _shown(attempt.head)) from None
        raise
    except httpcore.LocalProtocolError as error:
        raise ValueError(str(error)) from None
    except httpcore.RemoteProtocolError as error:
        if getattr(error.args[0], "error_status_hint", 0) == 431:
            raise Fault(Failure.TOO_LARGE, "headers") from None
        silent = "disconnected" in str(error) and not _is_no_http(attempt)
        raise Fault(Failure.CLOSED if silent else Failure.GARBAGE, _shown(attempt.head) or "no answer") from None
    except httpcore.NetworkError as error:
        raise Fault(Failure.GARBAGE if _is_no_http(attempt) else Failure.CLOSED, str(error)) from None


def _is_no_http(attempt: Attempt) -> bool:
    return bool(attempt.head) and not attempt.head.startswith(b"HTTP/"[: len(attempt.head)])


def _shown(head: bytes) -> str:
    """The first printable letters of what came, such as a banner; `tls` for a record of TLS."""
    if head.startswith((b"\x15\x03", b"\x16\x03")):
        return "tls"
    return "".join(letter if letter.isprintable() else "·" for letter in head[:40].decode("latin-1"))


def _encoded(value: str) -> bytes:
    try:
        return value.strip().encode("latin-1")
    except UnicodeEncodeError:
        return value.strip().encode()


def _text(raw: bytes) -> str:
    return raw.decode("latin-1")
