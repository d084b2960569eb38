"""One run of another tool against one server: schemathesis as `lienthong test --with-schemathesis` runs it, and
openapi-core over a fixed walk."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fixtures.reference_sut.running import Running, running
from tests.kill.run import UNPROVED, Job
from validator.api.capability import parsed
from validator.api.client import Client, Limits
from validator.api.credential_file import load
from validator.api.description import Description
from validator.api.guard import Guard
from validator.api.redact import Redactor
from validator.api.schemathesis import Asked, find_executable, run
from validator.api.second_opinion import INVALID, SecondOpinion
from validator.api.secret import Secret
from validator.api.tls import TlsSettings
from validator.api.unrecorded import Unrecorded
from validator.model.exchange import Exchange

LONGEST = 240.0
RECORDS = "core-reading"
NO_DOCUMENT = ("no document", "", "")


@dataclass(frozen=True)
class Seen:
    """What a tool said of a server: its failures as (check or code, operation, status), errors apart from them,
    and what it cost. `kept` of `records` that were there before are as they were, `added` came with it."""

    tool: str
    kind: str
    name: str
    seed: int
    failures: tuple[tuple[str, str, str], ...]
    errors: tuple[str, ...]
    seconds: float
    requests: int
    records: int
    kept: int
    added: int
    completed: bool = True


def schemathesis(job: Job, executable: str) -> Seen:
    """All checks, default phases, writing allowed: what the tool does when nobody holds it back."""
    named: dict[str, Any] = {} if job.kind == "reference" else {job.kind: job.name}
    with running(**named, tls=job.tls) as there:
        before, client, tls = there.state(), _client(there, job), _tls(there, job)
        document = parsed(client.send("GET", client.url("openapi.json"), role=None))
        if not isinstance(document, Mapping):
            return _seen("schemathesis", job, [NO_DOCUMENT], (), 0.0, 1, before, there)
        headers, _ = client.identity("main")
        client.close()
        header = (headers[0][0], Secret(headers[0][1]))
        path = find_executable(executable)
        ran = run(Asked(path, there.base_url, document, job.seed, True, 0.0, 10.0, header, tls, LONGEST))
        failures = sorted({(f"{k.check} {k.code}", k.operation, str(k.status)) for k in ran.tally.failures})
        errors = tuple(sorted({re.sub(r"\d+", "N", text)[:200] for text in ran.tally.errors}))
        done = ran.tally.completed
        return _seen("schemathesis", job, failures, errors, ran.seconds, ran.tally.requests, before, there, done)


def openapi_core(job: Job) -> Seen:
    """Every exchange of the walk, judged by openapi-core with the system's own document."""
    named: dict[str, Any] = {} if job.kind == "reference" else {job.kind: job.name}
    with running(**named, tls=job.tls) as there:
        before, client = there.state(), _client(there, job)
        started = time.monotonic()
        document = parsed(client.send("GET", client.url("openapi.json"), role=None))
        try:
            opinion = SecondOpinion(document if isinstance(document, Mapping) else {}, there.base_url)
            asked = walk(client, before, Description(document))
            failures = sorted({found for name, one in asked if (found := _fault(opinion, name, one))})
        except ValueError:
            failures = [NO_DOCUMENT]
        client.close()
        return _seen("openapi-core", job, failures, (), time.monotonic() - started, client.sent, before, there)


def walk(client: Client, state: Mapping[str, Mapping[str, str]], said: Description) -> Iterator[tuple[str, Exchange]]:
    """Every operation once or twice, as a well-behaved client asks: (operation, exchange). Writing, and the
    deprecated operation, only where the document has them."""
    for path in ("", "conformance", "openapi.json", "collections", "status"):
        yield f"GET /{path}", client.send("GET", client.url(path))
    for name, records in state.items():
        place = f"collections/{name}"
        yield "GET /collections/{collectionId}", client.send("GET", client.url(place))
        page = client.send("GET", client.url(f"{place}/items?limit=5"))
        yield f"GET /{place}/items", page
        if (following := _next(page)) is not None:
            yield f"GET /{place}/items", client.send("GET", following)
        if not records:
            continue
        item = client.send("GET", client.url(f"{place}/items/{quote(next(iter(records)), safe='')}"))
        yield f"GET /{place}/items/{{itemId}}", item
        tag = item.answer.header("etag") if item.answer else None
        if tag:
            again = client.send("GET", item.call.target, headers={"If-None-Match": tag})
            yield f"GET /{place}/items/{{itemId}}", again
        if said.find("get", f"/{place}/latest"):
            yield "GET /collections/{collectionId}/latest", client.send("GET", client.url(f"{place}/latest"))
    if state.get(RECORDS) and said.find("put", f"/collections/{RECORDS}/items/a"):
        yield from _writing(client, state[RECORDS])


def _writing(client: Client, records: Mapping[str, str]) -> Iterator[tuple[str, Exchange]]:
    body = json.loads(next(iter(records.values()))) | {"observed_at": "2026-11-01T05:06:07+07:00"}
    name = quote("~".join((body["series"], body["area_code"], body["observed_at"])), safe="")
    target = client.url(f"collections/{RECORDS}/items/{name}")
    content = json.dumps(body).encode()
    for method in ("PUT", "PUT", "GET", "DELETE", "GET"):
        headers = {"Content-Type": "application/json"} if method == "PUT" else {}
        sent = content if method == "PUT" else b""
        yield f"{method} /{RECORDS}/items/{{itemId}}", client.send(method, target, headers=headers, body=sent)


def _next(page: Exchange) -> str | None:
    document = parsed(page)
    links = document.get("links") if isinstance(document, Mapping) else None
    found = [link.get("href") for link in links or () if isinstance(link, Mapping) and link.get("rel") == "next"]
    return found[0] if found and isinstance(found[0], str) else None


def _fault(opinion: SecondOpinion, operation: str, exchange: Exchange) -> tuple[str, str, str] | None:
    if exchange.answer is None:
        return f"failure {exchange.failure}", operation, "None"
    said = opinion.of(exchange)
    return (said.reason.partition(":")[0], operation, str(exchange.answer.status)) if said.word == INVALID else None


def _client(there: Running, job: Job) -> Client:
    limits = Limits(timeout=10.0, rate=0, waits=1, longest_wait=3.0)
    keys, recorder = load(there.auth_file), Unrecorded(Redactor())
    return Client(there.base_url, limits, Guard.of(there.base_url), keys, recorder, tls=_tls(there, job))


def _tls(there: Running, job: Job) -> TlsSettings:
    return TlsSettings(ca=there.ca_file, verify=job.name not in UNPROVED)


def _seen(
    tool: str, job: Job, failures: list[tuple[str, str, str]], errors: tuple[str, ...], seconds: float, requests: int,
    before: Mapping[str, Mapping[str, str]], there: Running, completed: bool = True,
) -> Seen:  # fmt: skip
    after = there.state()
    flat = {(name, key): text for name, records in before.items() for key, text in records.items()}
    now = {(name, key): text for name, records in after.items() for key, text in records.items()}
    kept = sum(now.get(key) == text for key, text in flat.items())
    return Seen(
        tool, job.kind, job.name, job.seed, tuple(failures), errors, seconds, requests, len(flat), kept,
        len(now.keys() - flat.keys()), completed,
    )  # fmt: skip
