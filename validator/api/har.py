"""The record of a run as HAR 1.2, for the tools that read it; from the redacted lines only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import parse_qsl

import orjson

from validator import __version__


def write_har(record: Path, har: Path) -> int:
    """Writes `har` from `exchanges.ndjson`, an entry at a time; how many there are."""
    head = {"version": "1.2", "creator": {"name": "lienthong", "version": __version__}, "pages": []}
    count = 0
    har.touch(mode=0o600)  # as private as the record it is made from
    with record.open("rb") as lines, har.open("wb") as out:
        out.write(b'{"log":' + orjson.dumps(head)[:-1] + b',"entries":[')
        for entry in _entries(lines):
            out.write((b",\n" if count else b"\n") + orjson.dumps(entry))
            count += 1
        out.write(b"\n]}}\n")
    return count


def _entries(lines: BinaryIO) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line.endswith(b"\n"):
            yield _entry(orjson.loads(line))


def _entry(exchange: Mapping[str, Any]) -> dict[str, Any]:
    milliseconds = round(exchange["seconds"] * 1000, 3)
    entry = {
        "startedDateTime": exchange["started_at"],
        "time": milliseconds,
        "request": _request(exchange["request"]),
        "response": _response(exchange),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "_number": exchange["number"],
    }
    if "failure" in exchange:
        entry["comment"] = f"{exchange['failure']['kind']}: {exchange['failure']['detail']}"
    return entry


def _request(request: Mapping[str, Any]) -> dict[str, Any]:
    made = {
        "method": request["method"],
        "url": request["url"],
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(request["headers"]),
        "queryString": _query(request["url"]),
        "headersSize": -1,
        "bodySize": request["body"]["size"],
    }
    if request["body"]["size"]:
        made["postData"] = {"mimeType": _value(request["headers"], "content-type"), "text": _text(request["body"])}
        if "base64" in request["body"]:
            made["postData"]["comment"] = "base64"
    return made


def _response(exchange: Mapping[str, Any]) -> dict[str, Any]:
    response = exchange.get("response") or {"status": 0, "headers": [], "body": {"size": 0, "text": ""}}
    body = response["body"]
    content = {"size": body["size"], "mimeType": _value(response["headers"], "content-type"), "text": _text(body)}
    if "base64" in body:
        content["encoding"] = "base64"
    if "cut_at" in body:
        content["comment"] = f"first {body['cut_at']} bytes; sha256 of the whole {body['sha256']}"
    return {
        "status": response["status"],
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(response["headers"]),
        "content": content,
        "redirectURL": _value(response["headers"], "location"),
        "headersSize": -1,
        "bodySize": body["size"] if "response" in exchange else -1,
    }


def _headers(headers: list[list[str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]


def _query(url: str) -> list[dict[str, str]]:
    query = url.partition("?")[2].partition("#")[0]
    return [{"name": name, "value": value} for name, value in parse_qsl(query, keep_blank_values=True)]


def _value(headers: list[list[str]], wanted: str) -> str:
    return next((value for name, value in headers if name.lower() == wanted), "")


def _text(body: Mapping[str, Any]) -> str:
    return str(body.get("text", body.get("base64", "")))
