"""A finding of a live run in SARIF: the request and answer that it rests on, the address as its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from validator.report.exchanges import BODY_MOST, CURL_MOST, curl_of, exchanges_of
from validator.report.visible import shortened, visible

Row = Mapping[str, Any]


def web_members(exchange: Row) -> dict[str, Any]:
    """`webRequest` and `webResponse` of an exchange, its last one being what the finding is about."""
    request = {
        "protocol": _scheme(str(exchange["url"])),
        "target": shortened(str(exchange["url"]), CURL_MOST),
        "method": str(exchange["method"]),
        "headers": _headers(exchange["request_headers"]),
        **_body(exchange["request_body"]),
    }
    if exchange["status"] is None:
        return {"webRequest": request, "webResponse": {"noResponseReceived": True}}
    response = {
        "statusCode": exchange["status"],
        "headers": _headers(exchange["response_headers"]),
        **_body(exchange["response_body"]),
    }
    return {"webRequest": request, "webResponse": response}


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme
    except ValueError:
        return ""


def _headers(fields: Any) -> dict[str, str]:
    """Fields of one name joined by commas, as HTTP reads them."""
    joined: dict[str, str] = {}
    for given, sent in fields:
        name, value = visible(shortened(given)), shortened(sent)
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


def _body(text: str | None) -> dict[str, Any]:
    return {} if text is None else {"body": {"text": shortened(text, BODY_MOST)}}


def call_location(place: Row) -> dict[str, Any]:
    """The place of a finding about a call: method and address, and the pointer in the answer."""
    parts = [place["file"], place["record"] and f"#{place['record']}", place["pointer"]]
    name = " ".join(str(part) for part in parts if part)
    return {"logicalLocations": [{"fullyQualifiedName": name or "–", "kind": "resource"}]}


def properties(finding: Row, lang: str) -> dict[str, Any]:
    """What SARIF has no member for: the test, numbers of all exchanges, the command, the second opinion."""
    exchanges = exchanges_of(finding)
    if not exchanges:
        return {}
    return {
        "test": finding["evidence"].get("test"),
        "exchanges": [exchange["number"] for exchange in exchanges],
        "failure": exchanges[-1]["failure"],
        "curl": curl_of(exchanges[-1], lang),
        "secondOpinion": exchanges[-1]["second_opinion"],
    }
