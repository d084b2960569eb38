"""The reference server agrees with its own document, exchange by exchange, and says what the contract says."""

import http.client
import json
import subprocess
import sys
import time
from urllib.parse import quote, urlsplit

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from fixtures.reference_sut import access
from fixtures.reference_sut.asked import Reply
from fixtures.reference_sut.reference import Reference
from fixtures.reference_sut.running import ROOT, running
from tests.unit.reference_sut.contract import Contract
from validator.api.document import Offered, assemble
from validator.catalogue.load import find_standard

WALK = [
    ("/", "", 200), ("/conformance", "", 200), ("/openapi.json", "", 200), ("/collections", "", 200),
    ("/collections/env-station", "", 200), ("/collections/nowhere", "", 404), ("/status", "", 200),
    ("/collections/env-station/items", "", 200), ("/collections/env-observation/items", "limit=5", 200),
    ("/collections/core-health-count/items", "commune_code=00004", 200),
    ("/collections/plan-permit/items", "", 200), ("/collections/plan-permit/items", "datetime=../..", 400),
    ("/collections/plan-permit/items", "datetime=2026-11-26T05:00:00", 400),
    ("/collections/bud-snapshot/items", "limit=3", 200), ("/collections/core-reading/items", "", 200),
    ("/collections/env-station/items", "bbox=108,16,109,17", 200),
    ("/collections/env-station/items", "bbox=108,17,109,16", 400),
    ("/collections/env-station/items", "limit=0", 400), ("/collections/env-station/items", "limit=10001", 400),
    ("/collections/env-station/items", "colour=red", 400), ("/collections/env-station/items", "cursor=x", 400),
    ("/collections/env-station/items/TPM-KK-01", "", 200), ("/collections/env-station/items/TPM-KK-99", "", 404),
    ("/collections/env-observation/latest", "", 200), ("/collections/bud-snapshot/latest", "", 200),
]  # fmt: skip
NAME = quote("do-thu~48~2026-11-01T05:06:07+07:00")
RECORD = {
    "series": "do-thu", "area_code": "48", "observed_at": "2026-11-01T05:06:07+07:00", "status": "final",
    "quantity": {"value": 1.5, "unit": "mm"}, "note": "Đường Nguyễn Huệ",
}  # fmt: skip


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract(Reference())


@pytest.fixture(scope="module")
def sent() -> dict[str, str]:
    token = access.token(access.MAIN.scopes, time.time() + 3600)
    return {"authorization": f"Bearer {token}", "content-type": "application/json"}


def test_the_document_is_valid(contract: Contract) -> None:
    assert list(OpenAPIV31SpecValidator(contract.document).iter_errors()) == []


@pytest.mark.parametrize(("path", "query", "status"), WALK, ids=[f"{path}?{query}" for path, query, _ in WALK])
def test_every_answer_agrees_with_the_document(
    contract: Contract, sent: dict[str, str], path: str, query: str, status: int
) -> None:
    assert contract.holds(path, query, **sent).status == status


def put(contract: Contract, sent: dict[str, str], record: dict, **headers: str) -> Reply:
    body = json.dumps(record).encode()
    return contract.holds(f"/collections/core-reading/items/{NAME}", method="PUT", body=body, **sent, **headers)


def test_writing_agrees_with_the_document_and_leaves_no_trace(contract: Contract, sent: dict[str, str]) -> None:
    before = contract.server.store.dump()
    first = put(contract, sent, RECORD)
    again = put(contract, sent, RECORD)
    other = put(contract, sent, {**RECORD, "status": "revised"}, **{"if-match": again.headers["ETag"]})
    late = put(contract, sent, RECORD, **{"if-match": again.headers["ETag"]})
    taken = put(contract, sent, RECORD, **{"if-none-match": "*"})
    path = f"/collections/core-reading/items/{NAME}"
    removed = [contract.holds(path, method="DELETE", **sent).status for _ in range(2)]

    assert [one.status for one in (first, again, other, late, taken)] == [201, 200, 200, 412, 412]
    assert first.headers["ETag"] == again.headers["ETag"] != other.headers["ETag"]
    assert removed == [204, 404]
    assert contract.server.store.dump() == before


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"\xff", b"\xef\xbb\xbf{}", b'{"a":1,"a":2}', b'{"a":1e999}', b"[" * 100_000, b"9" * 5000,
        b'{"a":"\\ud800"}', b"NaN", json.dumps({**RECORD, "status": "other"}).encode(),
        json.dumps({**RECORD, "area_code": "49"}).encode(),
        json.dumps({**RECORD, "observed_at": "2026-02-30T05:06:07+07:00"}).encode(),
    ],
)  # fmt: skip
def test_what_is_no_record_is_refused_and_not_kept(contract: Contract, sent: dict[str, str], body: bytes) -> None:
    before = contract.server.store.dump()
    reply = contract.holds(f"/collections/core-reading/items/{NAME}", method="PUT", body=body, **sent)

    assert (reply.status, reply.media) == (400, "application/problem+json")
    assert contract.server.store.dump() == before


def test_pages_give_each_record_once_while_others_come_and_go(sent: dict[str, str]) -> None:
    contract = Contract(Reference())
    records = contract.server.store.dump()["core-reading"]
    seen, query = [], "limit=90"
    while query:
        reply = contract.ask("/collections/core-reading/items", query, **sent)
        page = json.loads(reply.body)
        seen += [json.dumps(record, ensure_ascii=False, separators=(",", ":")) for record in page["records"]]
        query = reply.headers.get("Link", "").partition("?")[2].partition(">")[0]
        number = len(seen)
        put(contract, sent, {**RECORD, "note": f"lần {number}"})
        contract.ask(f"/collections/core-reading/items/{NAME}", method="DELETE", **sent)

    assert sorted(seen) == sorted(records.values())


def test_times_compare_as_instants_and_intervals_are_half_open(contract: Contract) -> None:
    def count(text: str) -> int:
        query = f"limit=1&datetime={quote(text)}"
        found: int = json.loads(contract.holds("/collections/env-observation/items", query).body)["numberMatched"]
        return found

    newest = json.loads(contract.ask("/collections/env-observation/latest").body)["hour"]
    hour_later = newest.replace("+07:00", "+06:00")
    same = newest.replace("+07:00", "+00:00")

    assert count(newest) > 0
    assert count(f"{newest}/{hour_later}") == count(newest) == count(f"{newest}/..")
    assert count(f"../{newest}") + count(newest) == 1300
    assert count(f"{newest}/{newest}") == count(same) == 0


def test_a_date_stands_for_its_first_instant_at_home(contract: Contract) -> None:
    day = json.loads(contract.ask("/collections/core-health-count/latest").body)["date"]
    path = "/collections/core-health-count/items"
    at_home = json.loads(contract.ask(path, f"datetime={day}T00:00:00%2B07:00").body)["numberMatched"]
    at_utc = json.loads(contract.ask(path, f"datetime={day}T00:00:00Z").body)["numberMatched"]

    assert at_home > 0 == at_utc


def test_over_the_wire_heads_have_no_body_and_long_bodies_are_refused(sent: dict[str, str]) -> None:
    with running() as found:
        before = found.state()
        connection = http.client.HTTPConnection(urlsplit(found.base_url).netloc, timeout=10)
        connection.request("HEAD", "/vsc/v1/collections/env-station/items")
        head = connection.getresponse()
        head_body = head.read()
        connection.request("GET", "/vsc/v1/collections/env-station/items")
        got = connection.getresponse()
        body = got.read()
        connection.request("PUT", f"/vsc/v1/collections/core-reading/items/{NAME}", b" " * 3_000_000, sent)
        refused = connection.getresponse()
        refused.read()
        connection.close()

        assert (head.status, head_body, head.getheader("Content-Length")) == (200, b"", str(len(body)))
        assert head.getheader("ETag") == got.getheader("ETag")
        assert refused.status == 413
        assert found.state() == before


def test_it_starts_quickly_and_stops_when_told() -> None:
    started = time.monotonic()
    command = [sys.executable, "-m", "fixtures.reference_sut"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        waited = time.monotonic() - started
        process.terminate()

        assert process.wait(10) == 0
    assert line.startswith("http://127.0.0.1:")
    assert waited < 10  # a fraction of a second on an idle machine


def test_the_document_has_all_that_the_standard_has_for_its_collections(contract: Contract) -> None:
    """Written out by the server and by the tool, apart from each other."""
    offered = [
        Offered(one.id, find_standard(one.dataset.partition("/")[0]).datasets[one.dataset.partition("/")[2]],
                one.filters, one.writable)
        for one in contract.server.collections
    ]  # fmt: skip
    written = operations(assemble(find_standard("VSC-API"), offered))
    served = operations(contract.document)

    assert {key: names for key, (names, _) in served.items() if key in written} == {
        key: names for key, (names, _) in written.items()
    }
    assert all(statuses <= served[key][1] for key, (_, statuses) in written.items())


def operations(document: dict) -> dict[tuple[str, str], tuple[set[str], set[str]]]:
    """Names of parameters and statuses of each operation."""
    found = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            declared = document["components"]["parameters"]
            given = [
                declared.get(one.get("$ref", "").rpartition("/")[2], one) for one in operation.get("parameters", [])
            ]
            found[path, method] = ({one["name"] for one in given}, set(operation["responses"]))
    return found


def test_it_does_not_outlive_the_one_who_started_it() -> None:
    command = [sys.executable, "-m", "fixtures.reference_sut", "--until-eof"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        process.stdin.close()

        assert process.wait(10) == 0
