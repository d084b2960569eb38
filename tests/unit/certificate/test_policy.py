"""Policies: whose word about a log counts, and how many witnesses must have signed."""

from __future__ import annotations

import pytest

from tests import tlogs
from tests.verifier_page import called
from validator.certificate.note import vkey
from validator.certificate.policy import parse_policy, policy_text
from validator.errors import EvidenceError, UsageError

LOG = vkey(tlogs.SIGNER.key)
A, B = (witness.key for witness in tlogs.WITNESSES)
C = tlogs.WitnessSigner("DEMO.witness.example/5", tlogs.SIGNER.private, 0).key
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


GOOD = [
    "", "# only a remark", LOG, f"{LOG}\r\n{vkey(A)}\r\n", f"{NAMED}quorum none",
    f"\t log \t{LOG}  https://x.example \n",
    f"{NAMED}group g 2 a b\nquorum g", f"{NAMED}group g all a b\ngroup h any g\nquorum h", f"{NAMED}quorum a\nquorum b",
    f"{NAMED}group unused 9 a nobody", f"{LOG}\n{vkey(A)}\n{vkey(B)}", f"{NAMED}group __proto__ 1 a\nquorum __proto__",
    f"{NAMED}group g\u00a0h 1 a\nquorum g\u00a0h", f"{NAMED}quorum nobody\nquorum none",
]  # fmt: skip
BAD = [
    "log", "log x", f"log {vkey(A)}", f"witness a {LOG}", f"{NAMED}witness c {vkey(A)}", f"{NAMED}quorum c",
    f"{NAMED}group g 3 a b\nquorum g", f"{NAMED}group g 0 a b\nquorum g", f"{NAMED}group g 2 a a\nquorum g",
    f"{NAMED}group g 1 g\nquorum g", f"{NAMED}group a 1 b", f"{NAMED}group none 1 a", "hello there", "\udcff",
    "#" * 70_000, f"{NAMED}group g 1_0 a b", f"{NAMED}group g +1 a b", f"{NAMED}group g \u0661 a b",
    f"{NAMED}group g 01 a b", f"{NAMED}group g 1.0 a b", f"{NAMED}group g 0x1 a b", f"{NAMED}group g all",
    f"{NAMED}group g", f"{NAMED}quorum", "witness a", f"{NAMED}witness a {vkey(C)}", f"{vkey(A)}\n{vkey(A)}",
    f"{NAMED}{vkey(A)}", f"{NAMED}group g 1 a nobody\nquorum g", f"\ufeff{LOG}", f"log\u00a0{LOG}", f"log\x1f{LOG}",
    f"{NAMED}" + "".join(f"group g{n} 1 g{n + 1}\n" for n in range(9)) + "group g9 1 a\nquorum g0", LOG[:-4],
]  # fmt: skip


@pytest.mark.parametrize("text", BAD)
def test_a_policy_that_cannot_be_meant_is_refused(text: str) -> None:
    with pytest.raises(EvidenceError, match=r"tlog\.bad_policy"):
        parse_policy(text.encode("utf-8", "surrogateescape"), "p")


def test_the_page_reads_and_refuses_the_same_policies() -> None:
    shown = (
        "async (text) => { const p = await readPolicy(text); return [p.logs.length, witnessesOf(p).length, p.quorum]; }"
    )
    told = called(shown, GOOD + BAD)
    read = [parse_policy(text.encode(), "p") for text in GOOD]

    assert told[: len(GOOD)] == [("ok", [len(p.logs), len(p.witnesses), p.quorum]) for p in read]
    assert {word for word, _ in told[len(GOOD) :]} == {"refused"}
    assert {why for _, why in told[len(GOOD) :]} == {"log.bad_key", "log.bad_policy"}
