"""One HTTP exchange with a system under test: what was sent, what came back or why nothing did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

Headers = tuple[tuple[str, str], ...]


class Failure(StrEnum):
    """Why there is no usable answer. `BLOCKED` is ours: the address may not be asked (SSRF guard)."""

    DNS = "dns"
    BLOCKED = "blocked"
    REFUSED = "refused"
    TLS = "tls"
    TIMEOUT = "timeout"
    CLOSED = "closed"
    TRUNCATED = "truncated"
    TOO_LARGE = "too_large"
    BOMB = "bomb"
    ENCODING = "encoding"
    GARBAGE = "garbage"


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it goes out; `target` is the absolute URL."""

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response; `body` is decoded (Content-Encoding) and at most as long as the client allows."""

    status: int
    headers: Headers
    body: bytes

    def header(self, name: str) -> str | None:
        """The field's value, several joined by `, ` (RFC 9110, 5.3); None when it is absent."""
        found = [value for given, value in self.headers if given.lower() == name.lower()]
        return ", ".join(found) if found else None

    @property
    def media_type(self) -> str:
        """`application/json` of `Application/JSON; charset=utf-8`; empty when there is none."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Exchange:
    """A call and its answer, or its failure with a word of detail. `number` counts from 1 within a run;
    `seconds` runs from sending to the last byte; `credential` names the role that was used, if any."""

    number: int
    call: Call
    answer: Answer | None
    failure: Failure | None
    detail: str
    started_at: datetime
    seconds: float
    credential: str | None = None

    @property
    def status(self) -> int | None:
        """The answer's status; None when there is no answer."""
        return None if self.answer is None else self.answer.status

    @property
    def status_or_failure(self) -> int | Failure | None:
        """The status, or why there is none."""
        return self.failure if self.answer is None else self.answer.status

    def header(self, name: str) -> str | None:
        """A field of the answer; None also when there is no answer."""
        return None if self.answer is None else self.answer.header(name)
