"""Variants and traps agree with the documents that they give out, and answer nothing with a failure of their own."""

import json
import time

import pytest

from fixtures.reference_sut import access, registry
from fixtures.reference_sut.running import running
from tests.unit.reference_sut.contract import Contract
from tests.unit.reference_sut.probe import probe, standing_clock

registry.load()
TABLE = {**registry.VARIANTS, **registry.TRAPS}


def credentials(*, api_keys: bool) -> dict[str, str]:
    if api_keys:
        return {"x-api-key": access.MAIN.api_key}
    return {"authorization": f"Bearer {access.token(access.MAIN.scopes, time.time() + 3600)}"}


@pytest.mark.parametrize("name", TABLE)
def test_it_agrees_with_its_document(name: str) -> None:
    server = TABLE[name].build()
    contract = Contract(server)  # openapi-core takes valid documents only
    sent = credentials(api_keys=server.api_keys)

    for path in ("/", "/conformance", "/collections", "/status"):
        assert contract.holds(path).status == 200
    for collection in server.collections:
        assert contract.holds(f"{collection.path}/items", "limit=3", **sent).status == 200
        assert contract.holds(f"{collection.path}/items/none", **sent).status in (404, 503)


@pytest.mark.parametrize("name", TABLE)
def test_it_never_fails_of_its_own(name: str) -> None:
    with standing_clock():
        assert 500 not in {status for _, status, _, _ in probe(TABLE[name].build())}


def test_there_are_enough_of_them() -> None:
    assert len(registry.VARIANTS) >= 12
    assert set(registry.TRAPS) == {"empty", "single", "busy", "limited", "live", "no_live_data"}


def test_a_live_feed_grows_and_the_status_follows() -> None:
    with running(trap="live") as found:
        before = len(found.state()["env-observation"])
        deadline = time.monotonic() + 10
        while len(found.state()["env-observation"]) == before:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_numbers_keep_their_digits_in_variants_that_write_records_anew() -> None:
    for variant in ("pretty_json", "escaped_json", "integral_floats", "zulu_times", "local_times"):
        server = registry.VARIANTS[variant].build()
        collection = server.collection("core-reading")
        record = '{"series":"so","area_code":"48","observed_at":"2026-11-26T05:00:00+07:00","status":"final",'
        record += '"quantity":{"value":1.234567890123456789012,"unit":"mm"}}'
        path = f"{collection.path}/items/so~48~2026-11-26T05:00:00%2B07:00"
        contract = Contract(server)
        sent = {**credentials(api_keys=server.api_keys), "content-type": "application/json"}
        contract.ask(path, method="PUT", body=record.encode(), **sent)
        body = contract.ask(path, **sent).body

        assert b"1.234567890123456789012" in body
        assert json.loads(body)["quantity"]["unit"] == "mm"
