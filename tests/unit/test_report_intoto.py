"""The report as an in-toto Statement, and envelopes around it."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.unit.projections import REPORTS, faults, only_should_fails, undecided
from tests.unit.sample_report import sample_report
from validator.certificate.dsse import pae, sign, verify
from validator.certificate.es256 import SoftwareKey
from validator.errors import EvidenceError
from validator.report.intoto import render, statement

KEY = SoftwareKey(ec.derive_private_key(7, ec.SECP256R1()))
OTHER = SoftwareKey(ec.derive_private_key(8, ec.SECP256R1()))
KEYS = {"k1": KEY.public_key()}


@pytest.mark.parametrize("name", REPORTS)
def test_statement_has_the_shape_of_the_specification(name):
    assert not faults("intoto-test-result.schema.json", json.loads(render(REPORTS[name])))


def test_result_follows_the_verdict_and_never_passes_what_is_undecided():
    results = [
        statement(r)["predicate"]["result"] for r in (REPORTS["clean"], REPORTS["files"], sample_report(undecided))
    ]

    assert results == ["PASSED", "FAILED", "FAILED"]
    assert statement(sample_report(only_should_fails))["predicate"]["result"] == "WARNED"


def test_names_tell_decided_from_undecided_by_level():
    predicate = statement(REPORTS["files"])["predicate"]

    assert "VSC-BUD-R02/basic" in predicate["passedTests"]
    assert {"VSC-BUD-R02/advanced", "VSC-BUD-R08/advanced", "VSC-CODE-R01/basic"} <= set(predicate["failedTests"])
    assert {"VSC-CORE-R09/basic", "VSC-BUD-R11/advanced"} == set(predicate["warnedTests"])
    assert not any("VSC-BUD-R12" in name for names in predicate.values() for name in names)


def test_pae_is_that_of_the_specification():
    assert pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_an_envelope_gives_its_payload_to_the_key_that_signed_it():
    payload = render(REPORTS["files"]).encode()
    envelope = sign(payload, KEY, "k1")

    assert not faults("dsse.schema.json", json.loads(envelope))
    assert verify(envelope, KEYS) == (payload, "k1")
    assert sign(payload, KEY, "k1") == envelope


def test_a_second_signature_may_be_the_one_that_counts():
    payload = render(REPORTS["clean"]).encode()
    both, own = json.loads(sign(payload, OTHER, "k2")), json.loads(sign(payload, KEY, "k1"))
    both["signatures"] += own["signatures"]

    assert verify(json.dumps(both), KEYS) == (payload, "k1")


def test_another_key_payload_or_type_is_refused():
    envelope = json.loads(sign(render(REPORTS["files"]).encode(), KEY, "k1"))
    changed = {**envelope, "payload": json.loads(sign(b"{}", KEY, "k1"))["payload"]}
    for given, key in ((envelope, OTHER), (changed, KEY), ({**envelope, "payloadType": "text/plain"}, KEY)):
        with pytest.raises(EvidenceError):
            verify(json.dumps(given), {"k1": key.public_key()})


def envelope(signatures: str, payload: str = '""') -> str:
    return f'{{"payload": {payload}, "payloadType": "application/vnd.in-toto+json", "signatures": {signatures}}}'


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", "[" * 100_000, '{"payload": 1}'),
        *(envelope("[]", '"*"'), envelope("[7]"), envelope('[{"sig": 7}]'), envelope('[{"sig": "é"}]')),
    ],
    ids=range(9),
)
def test_what_is_no_envelope_is_refused_without_a_fault_of_ours(text):
    with pytest.raises(EvidenceError):
        verify(text, KEYS)
