"""VSC-API 5.7: protected data are given only to a token that is right, in time, in scope, and in the header."""

from __future__ import annotations

from validator.api.capability import Collection
from validator.api.collector import Collector
from validator.api.outcomes import NotClaimed, Unknown
from validator.api.own import JSON_BODY
from validator.api.problems import judge_problem
from validator.api.records import item_path
from validator.api.sut import EXPIRED, LIMITED, MAIN, Sut

REQUIREMENT = "VSC-API-R07"
WRONG_TOKEN = "khong-phai-ma-that"  # noqa: S105 - that it is none is the point


def guarded(sut: Sut) -> list[Collection]:
    """Protected collections. Raises NotClaimed when all data are public."""
    found = [c for c in sut.collections() if c.protected]
    if not found:
        raise NotClaimed("live.nothing_protected")
    return found


def places(sut: Sut) -> list[str]:
    """A page and, where it can be known, an item of every protected collection."""
    found = []
    for collection in guarded(sut):
        found.append(f"{collection.path}/items")
        if MAIN in sut.context.roles and collection.dataset is not None:
            records = sut.everything(collection).records
            found += [item_path(collection.path, records[0], collection.dataset)] if records else []
    return found


def test_R07_nothing_without_a_token(sut: Sut, find: Collector) -> None:
    for path in places(sut):
        for method in ("GET", "HEAD"):
            exchange = sut.send(method, path)
            refusals = (401,) if method == "GET" else (401, 405)  # a system without HEAD gives nothing away
            judge_problem(find, exchange, refusals, f"{method}, no token", body=False)
            answer = exchange.answer
            if answer is not None and answer.status == 401 and not answer.header("www-authenticate"):
                find("no_www_authenticate", exchange, expected="WWW-Authenticate: Bearer …", found="∅")


def test_R07_right_token_is_let_in(sut: Sut, find: Collector) -> None:
    paths = places(sut)
    if MAIN not in sut.context.roles:
        raise Unknown("live.no_credential", role=MAIN)
    for path in paths:
        exchange = sut.get(path, role=MAIN)
        find.looked()
        if exchange.answer is None or exchange.answer.status >= 300:
            find("right_refused", exchange, expected=200, found=exchange.status)


def test_R07_wrong_token_is_refused(sut: Sut, find: Collector) -> None:
    for path in places(sut):
        exchange = sut.send("GET", path, headers={"Authorization": f"Bearer {WRONG_TOKEN}"})
        judge_problem(find, exchange, (401,), "wrong token", body=False)


def refused(sut: Sut, find: Collector, role: str, status: int, case: str) -> None:
    """Notes every place that does not refuse a role. Raises Unknown without a credential for it."""
    paths = places(sut)
    if role not in sut.context.roles:
        raise Unknown("live.no_credential", role=role)
    for path in paths:
        judge_problem(find, sut.send("GET", path, role=role), (status,), case, body=False)


def test_R07_expired_token_is_refused(sut: Sut, find: Collector) -> None:
    refused(sut, find, EXPIRED, 401, "expired token")


def test_R07_scope_is_kept(sut: Sut, find: Collector) -> None:
    refused(sut, find, LIMITED, 403, "token without the scope")


def test_R07_token_in_the_query_is_refused(sut: Sut, find: Collector) -> None:
    """The right token at the wrong place (RFC 6750, 2.3 and 5.3)."""
    sut.require("test_R07_nothing_without_a_token")
    paths = places(sut)
    secret = sut.client.token(MAIN)
    if secret is None:
        raise Unknown("live.no_token_to_place")
    for path in paths:
        for name in ("access_token", "token", "api_key"):
            exchange = sut.send("GET", path, [(name, secret)])
            find.looked()
            if exchange.answer is not None and exchange.answer.status < 400:
                find("token_in_query", exchange, name=name, expected="401 | 400", found=exchange.answer.status)


def test_R07_writing_needs_a_token(sut: Sut, find: Collector) -> None:
    """Sent to a place of the run's own."""
    writable = [c for c in sut.collections() if c.writable]
    if not writable:
        raise NotClaimed("live.not_writable")
    for collection in sut.writable():
        own = sut.own_record(collection)
        for role, status in ((None, 401), *(((LIMITED, 403),) if LIMITED in sut.context.roles else ())):
            exchange = sut.send("PUT", own.path, headers=JSON_BODY, body=sut.own.text(own), role=role)
            sut.own.left[own.path] = own
            judge_problem(find, exchange, (status,), f"PUT, {role or 'no token'}", body=False)
            sut.own.delete(own)
