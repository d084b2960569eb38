"""An exchange as a finding carries it: redacted already, its bodies cut to what a person reads, with a curl."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from validator.api.curl import curl

EXCERPT: Final = 2000


def shown_exchange(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The redacted entry of the record in short."""
    request, response = entry["request"], entry.get("response")
    failure = entry.get("failure")
    return {
        "number": entry["number"],
        "started_at": entry["started_at"],
        "seconds": entry["seconds"],
        "credential": entry["credential"],
        "method": request["method"],
        "url": request["url"],
        "request_headers": request["headers"],
        "request_body": _excerpt(request["body"]),
        "status": response["status"] if response else None,
        "response_headers": response["headers"] if response else [],
        "response_body": _excerpt(response["body"]) if response else None,
        "failure": f"{failure['kind']}: {failure['detail']}" if failure else None,
        "curl": curl(entry),
    }


def _excerpt(body: Mapping[str, Any]) -> str | None:
    if not body.get("size"):
        return None
    text = str(body.get("text", f"({body['size']} bytes)"))
    return text if len(text) <= EXCERPT else text[:EXCERPT] + "…"
