"""VSC-API 5.3: errors are problem details with the right status, and show nothing of the inside."""

from __future__ import annotations

from validator.api.bodies import body_faults
from validator.api.capability import Collection, parsed
from validator.api.collector import Collector
from validator.api.inputs import ODD, Fault, decomposed, parameter_faults, unknown_parameters, vietnamese
from validator.api.outcomes import NotClaimed
from validator.api.own import JSON_BODY, WRITER, Own
from validator.api.problems import judge_problem, leaks
from validator.api.records import canonical, item_at
from validator.api.sut import Sut

REQUIREMENT = "VSC-API-R03"
REFUSED = (400, 404, 414)
INVALID = (400, 422)


def test_R03_unknown_is_404(sut: Sut, find: Collector) -> None:
    absent = f"khong-co-{sut.mark}"
    for path in (f"/{absent}", f"/collections/{absent}", f"/collections/{absent}/items"):
        judge_problem(find, sut.send("GET", path), (404,), path)
    for collection in sut.known():
        path = f"{collection.path}/items/{absent}"
        judge_problem(find, sut.send("GET", path, role=sut.role_of(collection)), (404,), path)


def test_R03_refusals_are_problems(sut: Sut, find: Collector) -> None:
    """Whether protected data are refused is R07's; a refusal is an error like any other."""
    guarded = [c for c in sut.collections() if c.protected]
    if not guarded:
        raise NotClaimed("live.nothing_protected")
    for collection in guarded:
        exchange = sut.send("GET", f"{collection.path}/items")
        find.looked()
        if exchange.answer is not None and exchange.answer.status >= 400:
            judge_problem(find, exchange, (exchange.answer.status,), "no token")


def test_R03_wrong_parameters_are_400(sut: Sut, find: Collector) -> None:
    for collection in sut.known():
        for fault in parameter_faults(("limit", "cursor", *collection.filters)):
            exchange = sut.send("GET", f"{collection.path}/items", fault.query, role=sut.role_of(collection))
            judge_problem(find, exchange, (400,), fault.name)


def test_R03_unknown_parameters_are_400(sut: Sut, find: Collector) -> None:
    drawn = unknown_parameters(sut.context.seed, 2)
    for collection in sut.known():
        for name, value in drawn:
            exchange = sut.send("GET", f"{collection.path}/items", [(name, value)], role=sut.role_of(collection))
            judge_problem(find, exchange, (400,), name)


def test_R03_any_text_is_answered(sut: Sut, find: Collector) -> None:
    """NFC and NFD twins, rare and hostile characters in an item's id: not found or refused, never a fault."""
    collection = sut.known()[0]
    role = sut.role_of(collection)
    for text in (*vietnamese(sut.context.seed, 4), *ODD):
        statuses = []
        for form in dict.fromkeys((text, decomposed(text))):
            exchange = sut.send("GET", item_at(collection.path, form), role=role)
            judge_problem(find, exchange, REFUSED, "odd text")
            statuses.append(exchange.status)
        if len(set(statuses)) > 1 and None not in statuses:
            find("twins_differ", exchange, found=statuses)


def test_R03_other_methods_are_405(sut: Sut, find: Collector) -> None:
    """Asked with an empty body, which nothing could be made of."""
    for path in ("/status", "/conformance"):
        exchange = sut.send("POST", path)
        judge_problem(find, exchange, (405,), f"POST {path}")
        answer = exchange.answer
        if answer is not None and answer.status == 405 and "GET" not in (answer.header("allow") or "").upper():
            find("allow_missing", exchange, expected="Allow: GET, …", found=answer.header("allow") or "∅")


def test_R03_other_media_types_are_406(sut: Sut, find: Collector) -> None:
    """RFC 9110, 12.5.1 leaves two ways: 406, or JSON after all; never JSON under another name, never a fault."""
    for collection in sut.known():
        exchange = sut.send(
            "GET", f"{collection.path}/items", {"limit": 1}, {"Accept": "application/xml"}, role=sut.role_of(collection)
        )
        find.looked()
        answer = exchange.answer
        if answer is not None and answer.status == 200:
            if not answer.media_type.endswith("json") and parsed(exchange) is not None:
                find("mislabelled", exchange, expected="application/json", found=answer.media_type)
        else:
            judge_problem(find, exchange, (406,), "Accept: application/xml")


def test_R03_bodies_of_other_media_types_are_415(sut: Sut, find: Collector) -> None:
    for collection in sut.writable():
        own = sut.own_record(collection)
        exchange = sut.own.put(own, headers={"Content-Type": "text/plain"})
        judge_problem(find, exchange, (415,), "Content-Type: text/plain")
        _not_there(sut, find, own, Fault("Content-Type: text/plain"))


def test_R03_wrong_bodies_are_refused_and_change_nothing(sut: Sut, find: Collector) -> None:
    """One fault a body, sent to a place that can be written: refused, and still nothing there."""
    for collection in sut.writable():
        own = sut.own_record(collection)
        broken = sut.send("PUT", own.path, headers=JSON_BODY, body=b'{"khong ket thuc": ', role=WRITER)
        judge_problem(find, broken, (400,), "no JSON")
        assert collection.dataset is not None
        # a sound record, but another one than the path names: written as it is, it would change nothing either
        other = Fault("key that differs from the path", body=sut.everything(collection).records[0])
        for fault in (*body_faults(own.record, collection.dataset.schema), other):
            exchange = sut.own.put(own, fault.body)
            judge_problem(find, exchange, INVALID, fault.name)
            _not_there(sut, find, own, fault)


def _not_there(sut: Sut, find: Collector, own: Own, fault: Fault) -> None:
    exchange = sut.get(own.path, role=WRITER)
    if exchange.answer is not None and exchange.answer.status == 200:
        find("refused_but_stored", exchange, case=fault.name)
        sut.own.delete(own)


def test_R03_wrong_bodies_leave_what_is_there(sut: Sut, find: Collector) -> None:
    for collection in sut.writable():
        own = sut.own_record(collection)
        created = sut.own.put(own)
        if created.answer is None or created.answer.status not in (200, 201, 204):
            find.cannot_tell("live.not_written", path=own.path)
            continue
        before = sut.get(own.path, role=WRITER)
        _leaves(sut, find, collection, own, canonical(parsed(before)))
        sut.own.delete(own)


def _leaves(sut: Sut, find: Collector, collection: Collection, own: Own, before: str) -> None:
    assert collection.dataset is not None
    for fault in body_faults(own.record, collection.dataset.schema)[:4]:
        judge_problem(find, sut.own.put(own, fault.body), INVALID, fault.name)
        after = sut.get(own.path, role=WRITER)
        if canonical(parsed(after)) != before:
            find("refused_but_stored", after, case=fault.name)
            return


def test_R03_answers_show_nothing_of_the_inside(sut: Sut, find: Collector) -> None:
    """Whatever error the run has met before."""
    for exchange in sut.errors:
        assert exchange.answer is not None
        find.looked()
        for kind, found in leaks(exchange.answer.body):
            find("leak", exchange, case="any request", kind=kind, found=found)
    if not sut.errors:
        find.cannot_tell("live.no_errors_met")
