"""An exchange as a JSON object for the record: redacted, bounded, enough to repeat and to judge it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from validator.api.redact import MARKER, Redactor
from validator.canonical import digest
from validator.model.exchange import Answer, Call, Exchange, Failure, Headers

CAP = 64 * 1024
LONG = 1024 * 1024
BESIDE = 8 * 1024  # beyond the cap: a secret that begins before it must be seen whole
LONGEST_LETTER = 4
_OURS = frozenset({"host", "user-agent", "connection", "content-length"})


Keep = Callable[[str, bytes], None]
"""Takes a redacted body whole, with its SHA-256."""


def evidence(exchange: Exchange, redactor: Redactor, keep: Keep | None = None) -> dict[str, Any]:
    """number, started_at, seconds, credential, request, response or failure, redactions (the places). `keep` is given
    the bodies that the entry itself only begins."""
    call, answer = exchange.call, exchange.answer
    places: list[str] = []
    entry: dict[str, Any] = {
        "number": exchange.number,
        "started_at": exchange.started_at.isoformat(),
        "seconds": round(exchange.seconds, 6),
        "credential": exchange.credential,
        "request": _request(call, redactor, places, keep),
    }
    if answer is not None:
        entry["response"] = _response(answer, redactor, places, keep)
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


def _request(call: Call, redactor: Redactor, places: list[str], keep: Keep | None) -> dict[str, Any]:
    target = _written(call.target)
    url = redactor.text(target)
    if url != target:
        places.append("request.url")
    headers = _headers(call.headers, redactor, places, "request")
    return {
        "method": call.method,
        "url": url,
        "headers": headers,
        "body": _body(call.body, redactor, places, "request", keep),
    }


def _response(answer: Answer, redactor: Redactor, places: list[str], keep: Keep | None) -> dict[str, Any]:
    headers = _headers(answer.headers, redactor, places, "response")
    body = _body(answer.body, redactor, places, "response", keep)
    return {"status": answer.status, "headers": headers, "body": body}


def _headers(headers: Headers, redactor: Redactor, places: list[str], side: str) -> list[list[str]]:
    found = []
    for name, value in headers:
        shown = redactor.header(name, value)
        if shown != (name, value):
            places.append(f"{side}.headers.{shown[0].lower()}")
        found.append(list(shown))
    return found


def _body(body: bytes, redactor: Redactor, places: list[str], side: str, keep: Keep | None) -> dict[str, Any]:
    """size: bytes of the true body; sha256: of the redacted one, of its beginning where the body is longer than 1 MiB
    and not kept whole; text or base64 of its first 64 KiB."""
    looked_at = body if keep or len(body) <= LONG else _whole(body[: CAP + BESIDE])
    clean, is_text = redactor.body(looked_at)
    if clean != looked_at:
        places.append(f"{side}.body")
    shown: dict[str, Any] = {"size": len(body), "sha256": hashlib.sha256(clean).hexdigest()}
    first = clean[:CAP]
    if is_text:
        shown["text"] = first.decode("utf-8", "ignore")
    else:
        shown["base64"] = base64.b64encode(first).decode()
    if len(clean) > CAP or len(body) > LONG:
        shown["cut_at"] = CAP
        if keep:
            keep(shown["sha256"], clean)
    return shown


def _whole(body: bytes) -> bytes:
    """Without a letter of UTF-8 that is cut at the end, which would make binary of a text."""
    try:
        body.decode()
    except UnicodeDecodeError as error:
        return body[: error.start] if len(body) - error.start < LONGEST_LETTER else body
    return body


def recorded(entry: Mapping[str, Any], whole: Callable[[str], bytes] | None = None) -> Exchange:
    """The exchange of a record, as far as it tells: redacted, its bodies cut unless `whole` finds them by SHA-256."""
    request, response, failure = entry["request"], entry.get("response"), entry.get("failure")
    call = Call(request["method"], request["url"], _pairs(request["headers"]), _bytes(request["body"], whole))
    answer = response and Answer(response["status"], _pairs(response["headers"]), _bytes(response["body"], whole))
    kind, detail = (Failure(failure["kind"]), failure["detail"]) if failure else (None, "")
    return Exchange(
        entry["number"], call, answer, kind, detail,
        datetime.fromisoformat(entry["started_at"]), entry["seconds"], entry["credential"],
    )  # fmt: skip


def _pairs(headers: Iterable[Sequence[str]]) -> Headers:
    return tuple((name, value) for name, value in headers)


def _bytes(body: Mapping[str, Any], whole: Callable[[str], bytes] | None) -> bytes:
    if whole and "cut_at" in body:
        return whole(body["sha256"])
    return body["text"].encode() if "text" in body else base64.b64decode(body["base64"])
