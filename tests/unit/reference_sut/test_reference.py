"""The reference server agrees with its own document, exchange by exchange, and says what the contract says."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import pytest
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_spec_validator import OpenAPIV31SpecValidator
from werkzeug.datastructures import Headers, ImmutableMultiDict

from fixtures.reference_sut.running import Running, running


@dataclass
class Got:
    """An answer, in the form that openapi-core takes (`data`, `status_code`, `content_type`)."""

    status_code: int
    headers: Headers
    data: bytes

    @property
    def content_type(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0]

    def json(self):
        return json.loads(self.data)


class Call:
    """A request, in the form that openapi-core takes."""

    content_type = "application/json"

    def __init__(self, base: str, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes):
        self.host_url, self.path = base.removesuffix("/vsc/v1"), f"/vsc/v1{path}"
        self.method, self.body, self.sent = method.lower(), body or None, headers
        self.url = f"{base}{path}" + (f"?{urlencode(query)}" if query else "")
        self.parameters = RequestParameters(query=ImmutableMultiDict(query), header=Headers(headers))

    def send(self) -> Got:
        request = urllib.request.Request(self.url, self.body, self.sent, method=self.method.upper())
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return Got(answer.status, Headers(list(answer.headers.items())), answer.read())
        except urllib.error.HTTPError as answer:
            with answer:
                return Got(answer.code, Headers(list(answer.headers.items())), answer.read())


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running() as found:
        yield found


@pytest.fixture(scope="module")
def token(server: Running) -> str:
    form = urlencode({
        "grant_type": "client_credentials", "client_id": "suite-main", "client_secret": "s3cret-main-5f1d0c",
    }).encode()  # fmt: skip
    with urllib.request.urlopen(f"{server.origin}/oauth/token", form, timeout=10) as answer:
        return json.load(answer)["access_token"]


@pytest.fixture(scope="module")
def document(server: Running) -> dict:
    return Call(server.base_url, "GET", "/openapi.json", {}, {}, b"").send().json()


@pytest.fixture(scope="module")
def contract(server: Running, document: dict) -> OpenAPI:
    problem = {"application/problem+json": json.loads, "application/vnd.oai.openapi+json": json.loads}
    here = {**document, "servers": [{"url": server.base_url}]}
    return OpenAPI.from_dict(here, config=Config(extra_media_type_deserializers=problem))


def test_the_document_is_valid(document: dict) -> None:
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


WALK = [
    ("/", {}, 200), ("/conformance", {}, 200), ("/openapi.json", {}, 200), ("/collections", {}, 200),
    ("/collections/env-station", {}, 200), ("/collections/nowhere", {}, 404), ("/status", {}, 200),
    ("/collections/env-station/items", {}, 200), ("/collections/env-observation/items", {"limit": "5"}, 200),
    ("/collections/core-health-count/items", {"commune_code": "00004"}, 200),
    ("/collections/plan-permit/items", {"datetime": "../.."}, 400), ("/collections/plan-permit/items", {}, 200),
    ("/collections/bud-snapshot/items", {"limit": "3"}, 200), ("/collections/core-reading/items", {}, 200),
    ("/collections/env-station/items", {"bbox": "108,16,109,17"}, 200),
    ("/collections/env-station/items", {"bbox": "108,17,109,16"}, 400),
    ("/collections/env-station/items", {"limit": "0"}, 400),
    ("/collections/env-station/items", {"colour": "red"}, 400),
    ("/collections/env-station/items/TPM-KK-01", {}, 200), ("/collections/env-station/items/TPM-KK-99", {}, 404),
    ("/collections/env-observation/latest", {}, 200), ("/collections/bud-snapshot/latest", {}, 200),
]  # fmt: skip


@pytest.mark.parametrize(("path", "query", "status"), WALK, ids=[f"{path} {query}" for path, query, _ in WALK])
def test_every_answer_agrees_with_the_document(
    server: Running, token: str, contract: OpenAPI, path: str, query: dict[str, str], status: int
) -> None:
    call = Call(server.base_url, "GET", path, query, {"Authorization": f"Bearer {token}"}, b"")
    got = call.send()

    assert got.status_code == status
    contract.validate_response(call, got)


def test_writing_agrees_with_the_document_and_leaves_no_trace(server: Running, token: str, contract: OpenAPI) -> None:
    before = server.state()
    body = json.loads(next(iter(before["core-reading"].values())))
    body |= {"observed_at": "2026-11-01T05:06:07+07:00", "note": "Đường Nguyễn Huệ"}
    name = "~".join((body["series"], body["area_code"], body["observed_at"]))
    path = f"/collections/core-reading/items/{quote(name, safe='')}"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    answers = []
    for method in ("PUT", "PUT", "DELETE", "DELETE"):
        content = json.dumps(body).encode() if method == "PUT" else b""
        call = Call(server.base_url, method, path, {}, headers, content)
        answers.append(got := call.send())
        contract.validate_response(call, got)

    assert [got.status_code for got in answers] == [201, 200, 204, 404]
    assert server.state() == before


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"\xff", b'{"a":1,"a":2}', b'{"a":1e999}', b"[" * 100_000, b"9" * 5000, b'{"a":"\\ud800"}'],
)
def test_what_is_no_record_is_refused_and_not_kept(server: Running, token: str, body: bytes) -> None:
    before = server.state()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    got = Call(server.base_url, "PUT", "/collections/core-reading/items/x", {}, headers, body).send()

    assert (got.status_code, got.content_type) == (400, "application/problem+json")
    assert server.state() == before


def test_pages_give_each_record_once(server: Running, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    for collection, records in server.state().items():
        seen, url = [], f"/collections/{collection}/items?limit=90"
        while url:
            page = Call(server.base_url, "GET", url, {}, headers, b"").send().json()
            seen += [json.dumps(record) for record in page["records"]]
            following = [link["href"] for link in page["links"] if link["rel"] == "next"]
            url = following[0].removeprefix(server.base_url) if following else ""

        assert len(seen) == len(set(seen)) == len(records) == page["numberMatched"]


def test_times_compare_as_instants_and_intervals_are_half_open(server: Running) -> None:
    path = "/collections/env-observation/items"

    def count(text: str) -> int:
        return (
            Call(server.base_url, "GET", path, {"datetime": text, "limit": "1"}, {}, b"").send().json()["numberMatched"]
        )

    newest = Call(server.base_url, "GET", "/collections/env-observation/latest", {}, {}, b"").send().json()["hour"]
    here, there = newest, newest.replace("+07:00", "+06:00")  # an hour later

    assert count(here) > 0
    assert count(f"{here}/{there}") == count(here) == count(f"{here}/..")
    assert count(f"../{here}") + count(here) == 1300
    assert count(f"{here}/{here}") == 0


def test_with_tls_plain_http_only_redirects() -> None:
    with running(tls=True) as found:
        assert found.ca_file is not None
        assert found.ca_file.is_file()
        assert found.base_url.startswith("https://")
        assert found.http_port is not None
        assert "env-station" in found.state()
