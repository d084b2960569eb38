"""VSC-API 5.2: the OpenAPI 3.1 document is served and true; every documented GET answers as it says."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from urllib.parse import urlsplit

import jsonschema_rs
import pytest

from validator.api.capability import Collection, claimed_class, parsed
from validator.api.collector import Collector
from validator.api.description import Description
from validator.api.document import offered_filters
from validator.api.inputs import page_sizes
from validator.api.outcomes import Needs
from validator.api.records import canonical, instant_of, item_path
from validator.api.second_opinion import SecondOpinion
from validator.api.sut import LARGEST_PAGE, Sut
from validator.checks.schema import SchemaCheck
from validator.model.exchange import Exchange
from validator.model.finding import Location

REQUIREMENT = "VSC-API-R02"
OWN_PAGES = {"/": "Landing", "/conformance": "Conformance", "/collections": "Collections", "/status": "Status"}
RELATIONS = ("service-desc", "conformance", "data", "status")
JSON = "application/json"
OPENAPI_TYPES = ("application/vnd.oai.openapi+json", JSON)
ELSEWHERE = "https://ban-do.example"
SAMPLED_ITEMS = 3


def schema_of(sut: Sut, name: str) -> dict[str, object]:
    """A schema of the contract with what it refers to."""
    return {"$ref": f"#/components/schemas/{name}", "components": sut.contract["components"]}


def is_json(find: Collector, exchange: Exchange, types: tuple[str, ...] = (JSON,)) -> bool:
    """Notes an answer that is no 200 with JSON of these media types; whether its body can be looked at."""
    answer = exchange.answer
    find.looked()
    if answer is None:
        find("no_answer", exchange, found=f"{exchange.failure}: {exchange.detail}")
        return False
    if answer.status != 200:
        find("not_ok", exchange, expected=200, found=answer.status)
        return False
    if answer.media_type not in types:
        find("media_type", exchange, expected=" | ".join(types), found=answer.media_type or "∅")
    if parsed(exchange) is None:
        find("not_json", exchange)
        return False
    return True


def agrees(find: Collector, exchange: Exchange, schema: Mapping[str, object]) -> bool:
    """Notes every error of the body against a schema."""
    before = find.count
    check = SchemaCheck(schema, REQUIREMENT, frozenset({REQUIREMENT}))
    validator = jsonschema_rs.validator_for(dict(schema), validate_formats=True)
    document = parsed(exchange)
    if not validator.is_valid(document):
        place = Location(f"{exchange.call.method} {exchange.call.target}"[:300])
        for finding in check.faults(document, place):
            find.add(finding, (exchange,), schema=True)
    return find.count == before


def records_agree(find: Collector, collection: Collection, exchange: Exchange, records: tuple[object, ...]) -> None:
    """Notes every error of records against the closed schema of their dataset."""
    assert collection.dataset is not None
    check = SchemaCheck(collection.dataset.schema, REQUIREMENT, frozenset({REQUIREMENT}))
    find.looked(len(records))
    for index in check.failing(records):
        place = Location(f"{exchange.call.method} {exchange.call.target}"[:300], record=index + 1)
        for finding in check.explain(records[index], place):
            find.add(finding, (exchange,), schema=True)


def test_R02_document_is_openapi_3_1(sut: Sut, find: Collector) -> None:
    exchange = sut.send("GET", "/openapi.json")
    if not is_json(find, exchange, OPENAPI_TYPES):
        return
    document = parsed(exchange)
    stated = document.get("openapi") if isinstance(document, Mapping) else None
    if not isinstance(stated, str) or not stated.startswith("3.1."):
        find("not_openapi_31", exchange, pointer="/openapi", expected="3.1.x", found=stated)
        return
    try:
        SecondOpinion(document, sut.context.base)
    except ValueError as fault:
        find("document_invalid", exchange, reason=str(fault))


def test_R02_document_has_the_operations(sut: Sut, find: Collector) -> None:
    sut.require("test_R02_document_is_openapi_3_1")
    exchange = sut.page("/openapi.json")
    said = Description(parsed(exchange))
    wanted = [("get", path) for path, item in sut.contract["paths"].items() if not item.get("x-per-collection")]
    for collection in sut.collections():
        wanted += [("get", f"{collection.path}/items"), ("get", f"{collection.path}/items/x")]
        if collection.writable:
            wanted.append(("put", f"{collection.path}/items/x"))
    for method, path in wanted:
        find.looked()
        if said.find(method, path.replace("{collectionId}", "x")) is None:
            find("operation_missing", exchange, pointer="/paths", operation=f"{method.upper()} {path}")


@pytest.mark.parametrize("path", OWN_PAGES)
def test_R02_own_pages_agree(sut: Sut, find: Collector, path: str) -> None:
    exchange = sut.send("GET", path)
    if is_json(find, exchange):
        agrees(find, exchange, schema_of(sut, OWN_PAGES[path]))


def test_R02_landing_leads_to_the_rest(sut: Sut, find: Collector) -> None:
    exchange = sut.page("/")
    document = parsed(exchange)
    listed = document.get("links") if isinstance(document, Mapping) else None
    links = {link.get("rel"): link.get("href") for link in listed or () if isinstance(link, Mapping)}
    for relation in RELATIONS:
        find.looked()
        if not isinstance(links.get(relation), str):
            find("link_missing", exchange, pointer="/links", relation=relation)
            continue
        target = sut.resolve(links[relation])
        if urlsplit(target).netloc != urlsplit(sut.context.base).netloc:
            find("link_elsewhere", exchange, pointer="/links", relation=relation, found=target)
            continue
        there = sut.send("GET", target)
        if there.answer is None or there.answer.status != 200:
            find("link_dead", exchange, there, relation=relation, found=there.status)


def test_R02_claims_are_made_and_kept(sut: Sut, find: Collector) -> None:
    exchange = sut.page("/conformance")
    code, version = sut.context.standard.code, sut.context.standard.version
    mine = [c for c in sut.claims() if (c.code, c.version) == (code, version)]
    find.looked()
    if not any(c.name in ("basic", "standard", "advanced") for c in mine):
        find("claims_nothing", exchange, pointer="/conformsTo", expected=f"urn:vsc:{code}:{version}:conf:…")
    stated = claimed_class(sut.claims(), code, version)
    vendor = sut.context.manifest_class
    if vendor is not None and stated is not None and stated.rank < vendor.rank:
        find("claims_less", exchange, pointer="/conformsTo", expected=vendor.value, found=stated.value)
    said = Description(sut.document("/openapi.json"))
    for collection in sut.collections():
        find.looked()
        if collection.writable and said.paths and said.find("put", f"{collection.path}/items/x") is None:
            find("claims_writing", sut.page("/collections"), collection=collection.id)
        for name in offered_filters(collection.dataset) if collection.dataset else ():
            if name not in collection.filters:
                find("filter_not_offered", sut.page("/collections"), collection=collection.id, filter=name)


def test_R02_collections_agree_one_by_one(sut: Sut, find: Collector) -> None:
    for collection in sut.collections():
        exchange = sut.send("GET", collection.path, role=sut.role_of(collection))
        if is_json(find, exchange) and agrees(find, exchange, schema_of(sut, "Collection")):
            stated = parsed(exchange)["id"]
            if stated != collection.id:
                find("other_collection", exchange, pointer="/id", expected=collection.id, found=stated)


def test_R02_every_record_agrees(sut: Sut, find: Collector) -> None:
    for collection in sut.known():
        first = sut.send("GET", f"{collection.path}/items", {"limit": LARGEST_PAGE}, role=sut.role_of(collection))
        if not (is_json(find, first) and agrees(find, first, schema_of(sut, "Page"))):
            continue
        for page in sut.everything(collection).pages:
            records_agree(find, collection, page.exchange, page.records)


def test_R02_single_items_agree_with_the_list(sut: Sut, find: Collector) -> None:
    for collection in sut.filled():
        assert collection.dataset is not None
        records = sut.everything(collection).records
        for record in (records[0], records[len(records) // 2], records[-1])[:SAMPLED_ITEMS]:
            exchange = sut.send(
                "GET", item_path(collection.path, record, collection.dataset), role=sut.role_of(collection)
            )
            if is_json(find, exchange):
                item = parsed(exchange)
                if not isinstance(item, Mapping) or canonical(item) != canonical(record):
                    find("item_differs", exchange, expected=canonical(record), found=canonical(item))


def test_R02_sample_of_calls_is_documented(sut: Sut, find: Collector) -> None:
    """Valid calls with sizes drawn from the seed and times taken from the data: each status is in the document."""
    sut.require("test_R02_document_is_openapi_3_1")
    said = Description(sut.document("/openapi.json"))
    wanted = int(sut.context.parameters["sample_calls_min"])
    filled = sut.filled()
    sizes = itertools.cycle(page_sizes(sut.context.seed, 40, 50))
    for number in range(wanted):
        collection = filled[number % len(filled)]
        query = [("limit", str(next(sizes))), *_time_of(sut, collection, number)]
        exchange = sut.send("GET", f"{collection.path}/items", query, role=sut.role_of(collection))
        if is_documented(find, said, exchange, f"{collection.path}/items") and is_json(find, exchange):
            agrees(find, exchange, schema_of(sut, "Page"))


def _time_of(sut: Sut, collection: Collection, number: int) -> list[tuple[str, str]]:
    """Every second call asks from the time of one of the records on."""
    dataset = collection.dataset
    if number % 2 or dataset is None or "datetime" not in collection.filters:
        return []
    records = sut.everything(collection).records
    record = records[(number * 7) % len(records)]
    if instant_of(record, dataset) is None:
        return []
    return [("datetime", f"{sut.times.text(record, dataset)}/..")]


def is_documented(find: Collector, said: Description, exchange: Exchange, path: str) -> bool:
    find.looked()
    if exchange.answer is None:
        find("no_answer", exchange, found=f"{exchange.failure}: {exchange.detail}")
        return False
    operation = said.find("get", path)
    if operation is None:
        raise Needs(REQUIREMENT)
    if not operation.documents(exchange.answer.status):
        find(
            "status_undocumented",
            exchange,
            expected=", ".join(sorted(operation.statuses)),
            found=exchange.answer.status,
        )
        return False
    return True


def test_R02_head_is_get_without_body(sut: Sut, find: Collector) -> None:
    paths = [("/", None), ("/collections", None)]
    paths += [(f"{c.path}/items", sut.role_of(c)) for c in sut.known()]
    for path, role in paths:
        got = sut.get(path, role=role)
        head = sut.send("HEAD", path, role=role)
        find.looked()
        if head.answer is None or got.answer is None:
            find("no_answer", head, found=f"{head.failure}: {head.detail}")
            continue
        if head.answer.status != got.answer.status:
            find("head_status", got, head, expected=got.answer.status, found=head.answer.status)
            continue
        if head.answer.body:
            find("head_has_body", head, found=len(head.answer.body))
        for name in ("content-type", "etag"):
            if head.answer.header(name) != got.answer.header(name) and _unchanged(sut, path, role, got, name):
                find(
                    "head_header",
                    got,
                    head,
                    header=name,
                    expected=got.answer.header(name),
                    found=head.answer.header(name),
                )


def _unchanged(sut: Sut, path: str, role: str | None, got: Exchange, name: str) -> bool:
    """Whether a second GET still says the same, so that the difference is HEAD's."""
    again = sut.get(path, role=role).answer
    return again is not None and got.answer is not None and again.header(name) == got.answer.header(name)


def test_R02_public_data_can_be_read_by_browsers(sut: Sut, find: Collector) -> None:
    public = [c for c in sut.collections() if not c.protected]
    for collection in public:
        exchange = sut.get(f"{collection.path}/items", {"limit": 1}, headers={"Origin": ELSEWHERE})
        assert exchange.answer is not None
        find.looked()
        allowed = exchange.answer.header("access-control-allow-origin")
        if exchange.answer.status == 200 and allowed not in ("*", ELSEWHERE):
            find("cors_missing", exchange, collection=collection.id, expected="*", found=allowed or "∅")
    if not public:
        find.cannot_tell("live.no_public_collections")
