"""Asks a server, without a network and at a standing clock, everything by which its defects can be told apart."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from unittest.mock import patch
from urllib.parse import quote

from fixtures.reference_sut import access
from fixtures.reference_sut.asked import Asked, Reply
from fixtures.reference_sut.reference import Reference

ORIGIN = "http://test.example"
CLOCK = datetime(2026, 11, 26, 5, 30, 10, tzinfo=UTC).timestamp()
Seen = tuple[str, int, tuple[tuple[str, str], ...], bytes]


@contextmanager
def standing_clock() -> Iterator[None]:
    with (
        patch("time.time", lambda: CLOCK),
        patch("time.monotonic", lambda: CLOCK),
        patch.object(Reference, "now", lambda _self: datetime.fromtimestamp(CLOCK, UTC)),
    ):
        yield


class Probe:
    """One server and all that it has answered."""

    def __init__(self, server: Reference) -> None:
        self.server = server
        self.seen: list[Seen] = []
        main = access.token(access.MAIN.scopes, time.time() + 3600)
        self.main = {"authorization": f"Bearer {main}"}

    def ask(
        self,
        path: str,
        query: str = "",
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Reply:
        sent = self.main if headers is None else headers
        path = f"{self.server.base}{path}"
        reply = self.server.handle(Asked(method, path, query, dict(sent), ORIGIN, body))
        kept = tuple(sorted({**reply.headers, "Content-Type": reply.media or ""}.items()))
        self.seen.append((f"{method} {path}?{query}", reply.status, kept, reply.body))
        return reply

    def walk(self, collection: str, query: str) -> None:
        """At most twelve pages."""
        for _ in range(12):
            reply = self.ask(f"/collections/{collection}/items", query)
            link = reply.headers.get("Link", "")
            if reply.status != 200 or 'rel="next"' not in link:
                break
            query = link.partition("?")[2].partition(">")[0]


def probe(server: Reference) -> list[Seen]:
    """All answers of a server to the same questions."""
    asker = Probe(server)
    describe(asker)
    page(asker)
    refuse(asker)
    guard(asker)
    write(asker)
    overload(asker)
    return asker.seen


def describe(asker: Probe) -> None:
    for path in ("/", "/conformance", "/openapi.json", "/collections", "/status", "/nowhere", "/collections/nowhere"):
        asker.ask(path)
        asker.ask(path, method="HEAD")
    for collection in asker.server.collections:
        asker.ask(collection.path)
        asker.ask(f"{collection.path}/items")
        asker.ask(f"{collection.path}/latest")
    asker.ask("/collections/plan-permit/items/TPM-GP-001")
    for _ in range(5):
        asker.ask("/collections/plan-permit/items", "limit=100")
    asker.ask("/status", method="POST")
    for accept in ("application/xml", "text/html", "application/vnd.oai.openapi+json"):
        asker.ask("/openapi.json", headers={"accept": accept})


def page(asker: Probe) -> None:
    for name, query in (
        ("env-observation", "limit=1000"), ("core-health-count", "limit=60"), ("core-health-count", "limit=7"),
        ("env-station", "bbox=108.12,16.0702,108.2201,16.2&limit=1"), ("env-station", "bbox=107,15,109,17&limit=1"),
        ("core-health-count", "province_code=01&limit=20"), ("core-health-count", "commune_code=00004"),
        ("core-health-count", "commune_code=20242&province_code=01"), ("core-health-count", "commune_code=20242"),
    ):  # fmt: skip
        asker.walk(name, query)
    newest = "2026-11-26T10:00:00%2B07:00"
    for when in (newest, "2026-11-26T03:00:00Z", f"2026-11-26T02:00:00Z/{newest}", f"{newest}/..", f"../{newest}"):
        asker.ask("/collections/env-observation/items", f"datetime={when}&limit=5")
        asker.ask("/collections/core-health-count/items", "datetime=2026-11-24T17:00:00Z")
    tag = asker.ask("/collections/env-station/items").headers.get("ETag", "")
    for headers in (
        {"if-none-match": tag},
        {"if-none-match": '"other"'},
        {"if-modified-since": "Thu, 01 Jan 2026 00:00:00 GMT"},
    ):
        asker.ask("/collections/env-station/items", headers=headers)


def refuse(asker: Probe) -> None:
    for query in ("limit=0", "datetime=x", "bbox=1,2", "colour=red", "cursor=x", "limit=5&limit=6"):
        asker.ask("/collections/env-station/items", query)
        asker.ask("/collections/core-reading/items", query)
    for name in ("none", "%FF", "%00", "e%CC%81", "%F0%9F%98%80", "a" * 400):
        asker.ask(f"/collections/env-station/items/{name}")


def guard(asker: Probe) -> None:
    limited = access.token(access.LIMITED.scopes, time.time() + 3600)
    expired = access.token(access.MAIN.scopes, time.time() - 3600)
    protected = "/collections/bud-snapshot/items"
    item = f"{protected}/48~2026-11-25"
    for path in (protected, item):
        for method in ("GET", "HEAD", "DELETE"):
            asker.ask(path, method=method, headers={})
        for token in (limited, expired, "junk"):
            asker.ask(path, headers={"authorization": f"Bearer {token}"})
        asker.ask(path, "access_token=" + asker.main["authorization"][7:], headers={})
        asker.ask(path, headers={"x-api-key": access.MAIN.api_key})
    reading = "/collections/core-reading/items/none"
    asker.ask(reading, method="DELETE", headers={})
    asker.ask(reading, method="DELETE", headers={"authorization": f"Bearer {limited}"})
    asker.ask(reading, method="DELETE")


def write(asker: Probe) -> None:
    record = {
        "series": "do-thu", "area_code": "48", "observed_at": "2026-11-26T05:00:00+07:00",
        "available_at": "2026-11-26T05:10:00Z", "quantity": {"value": 1.23456789, "unit": "mm"}, "status": "final",
        "note": "Đường 😀",
    }  # fmt: skip
    name = "do-thu~48~2026-11-26T05:00:00+07:00"
    path = f"/collections/core-reading/items/{quote(name)}"
    for change in ({}, {}, {"status": "revised"}, {"status": "wrong"}, {"note": "Đường phố"}, {"area_code": "49"}):
        body = json.dumps({**record, **change}).encode()
        for media in ("text/plain", "application/json"):
            asker.ask(path, method="PUT", headers={**asker.main, "content-type": media}, body=body)
        put = {**asker.main, "content-type": "application/json"}
        asker.ask(path, method="PUT", headers={**put, "if-match": '"other"'}, body=body)
        asker.ask(path, method="PUT", headers={**put, "if-none-match": "*"}, body=body)
        asker.ask(path)
        asker.ask(path, headers={"if-modified-since": "Thu, 26 Nov 2026 05:28:10 GMT"})
    less = json.dumps({key: value for key, value in record.items() if key != "note"}).encode()
    asker.ask(path, method="PUT", headers={**asker.main, "content-type": "application/json"}, body=less)
    asker.ask(path)
    asker.ask("/status")
    asker.ask("/collections/core-reading/items", "datetime=2026-11-26T05:00:00%2B07:00")
    asker.ask(path, method="DELETE")
    asker.ask(path)
    asker.ask("/collections/core-reading/items", "datetime=2026-11-26T05:00:00%2B07:00")


def overload(asker: Probe) -> None:
    for _ in range(420):
        asker.ask("/conformance")
    asker.server.arrivals.clear()
    asker.ask("/conformance")
