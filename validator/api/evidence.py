"""An exchange as a JSON object for the record: redacted, bounded, enough to repeat and to judge it."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import urlsplit

from validator.api.redact import MARKER, Redactor
from validator.canonical import digest
from validator.model.exchange import Answer, Call, Exchange, Headers

CAP = 64 * 1024
_OURS = frozenset({"host", "user-agent", "connection", "content-length"})


def evidence(exchange: Exchange, redactor: Redactor) -> dict[str, Any]:
    """number, started_at, seconds, credential, request, response or failure, redactions (the places)."""
    call, answer = exchange.call, exchange.answer
    places: list[str] = []
    entry: dict[str, Any] = {
        "number": exchange.number,
        "started_at": exchange.started_at.isoformat(),
        "seconds": round(exchange.seconds, 6),
        "credential": exchange.credential,
        "request": _request(call, redactor, places),
    }
    if answer is not None:
        entry["response"] = _response(answer, redactor, places)
    if exchange.failure is not None:
        entry["failure"] = {"kind": exchange.failure.value, "detail": redactor.text(exchange.detail)}
    entry["redactions"] = places
    return entry


def fingerprint(call: Call, redactor: Redactor) -> str:
    """The same for the same request in every run: no host, no secret, nothing that the client adds by itself."""
    where = _written(_without_host(call.target))
    headers = _headers(call.headers, redactor, [], "")
    plain = [[n.lower(), v] for n, v in headers if n.lower() not in _OURS and not MARKER.search(v)]
    body = MARKER.sub("[redacted]", redactor.body(call.body)[0].decode("latin-1"))
    target = MARKER.sub("[redacted]", redactor.text(where))
    return digest([call.method, target, sorted(plain), hashlib.sha256(body.encode("latin-1")).hexdigest()])


def _written(target: str) -> str:
    """A link from JSON may hold half of a surrogate pair, which no file can; it is shown escaped."""
    return target.encode("utf-8", "backslashreplace").decode()


def _without_host(target: str) -> str:
    try:
        parts = urlsplit(target)
    except ValueError:  # a link that was no URL and was not asked
        return target
    return f"{parts.path}?{parts.query}"


def _request(call: Call, redactor: Redactor, places: list[str]) -> dict[str, Any]:
    target = _written(call.target)
    url = redactor.text(target)
    if url != target:
        places.append("request.url")
    headers = _headers(call.headers, redactor, places, "request")
    return {
        "method": call.method,
        "url": url,
        "headers": headers,
        "body": _body(call.body, redactor, places, "request"),
    }


def _response(answer: Answer, redactor: Redactor, places: list[str]) -> dict[str, Any]:
    headers = _headers(answer.headers, redactor, places, "response")
    return {"status": answer.status, "headers": headers, "body": _body(answer.body, redactor, places, "response")}


def _headers(headers: Headers, redactor: Redactor, places: list[str], side: str) -> list[list[str]]:
    found = []
    for name, value in headers:
        shown = redactor.header(name, value)
        if shown != (name, value):
            places.append(f"{side}.headers.{shown[0].lower()}")
        found.append(list(shown))
    return found


def _body(body: bytes, redactor: Redactor, places: list[str], side: str) -> dict[str, Any]:
    """size: bytes of the true body; sha256: of the whole redacted one; text or base64 of its first 64 KiB."""
    clean, is_text = redactor.body(body)
    if clean != body:
        places.append(f"{side}.body")
    shown: dict[str, Any] = {"size": len(body), "sha256": hashlib.sha256(clean).hexdigest()}
    first = clean[:CAP]
    if is_text:
        shown["text"] = first.decode("utf-8", "ignore")
    else:
        shown["base64"] = base64.b64encode(first).decode()
    if len(clean) > CAP:
        shown["cut_at"] = CAP
    return shown
