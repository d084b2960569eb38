"""Policies: whose word about a log counts, and how many witnesses must have signed."""

from __future__ import annotations

import pytest

from tests import tlogs
from validator.certificate.note import vkey
from validator.certificate.policy import parse_policy, policy_text
from validator.errors import EvidenceError, UsageError

LOG = vkey(tlogs.SIGNER.key)
A, B = (witness.key for witness in tlogs.WITNESSES)
NAMED = f"log {LOG} https://log.example\nwitness a {vkey(A)}\nwitness b {vkey(B)} https://w.example\n"


def test_a_log_is_trusted_by_its_name_only() -> None:
    policy = parse_policy(f"# ours\n\n{NAMED}quorum none\n".encode(), "p")

    assert policy.trust(tlogs.ORIGIN) == tlogs.WITNESSED.__class__(tlogs.ORIGIN, (tlogs.SIGNER.key,), (A, B))
    assert policy.trust("another.example/log") is None
    assert not policy.asks_witnesses


@pytest.mark.parametrize(
    ("rest", "one", "both"),
    [
        ("quorum none", True, True),
        ("quorum a", True, True),
        ("quorum b", False, True),
        ("group g any a b\nquorum g", True, True),
        ("group g all a b\nquorum g", False, True),
        ("group g 2 a b\nquorum g", False, True),
        ("group inner 1 a b\ngroup g all inner b\nquorum g", False, True),
    ],
)
def test_a_quorum_is_reached_by_witnesses_and_groups(rest: str, one: bool, both: bool) -> None:
    policy = parse_policy(f"{NAMED}{rest}\n".encode(), "p")

    assert (policy.enough([A]), policy.enough([A, B])) == (one, both)
    assert policy.enough([]) is not policy.asks_witnesses


def test_of_keys_alone_every_witness_must_have_signed() -> None:
    policy = parse_policy(f"{LOG}\n{vkey(A)}\n{vkey(B)}\n".encode(), "p")

    assert policy.trust(tlogs.ORIGIN)
    assert (policy.enough([A]), policy.enough([A, B])) == (False, True)


def test_what_is_written_is_read_again() -> None:
    policy = parse_policy(policy_text([tlogs.SIGNER.key], [A, B], 1).encode(), "p")

    assert (policy.enough([]), policy.enough([B])) == (False, True)
    assert parse_policy(policy_text([tlogs.SIGNER.key]).encode(), "p").enough([])
    with pytest.raises(UsageError, match=r"tlog\.bad_trust"):
        policy_text([tlogs.SIGNER.key], [A], 2)


@pytest.mark.parametrize(
    "text",
    [
        "log", "log x", f"log {vkey(A)}", f"witness a {LOG}", f"{NAMED}witness c {vkey(A)}", f"{NAMED}quorum c",
        f"{NAMED}group g 3 a b\nquorum g", f"{NAMED}group g 0 a b\nquorum g", f"{NAMED}group g 2 a a\nquorum g",
        f"{NAMED}group g 1 g\nquorum g", f"{NAMED}group a 1 b", f"{NAMED}group none 1 a", "hello there", "\udcff",
        "#" * 70_000,
    ],
)  # fmt: skip
def test_a_policy_that_cannot_be_meant_is_refused(text: str) -> None:
    with pytest.raises(EvidenceError, match=r"tlog\.bad_policy"):
        parse_policy(text.encode("utf-8", "surrogateescape"), "p")
