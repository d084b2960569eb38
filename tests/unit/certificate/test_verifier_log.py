"""The second verifier reads proofs of the transparency log as the log's own verifier does."""

from __future__ import annotations

import base64
import json
import random
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests import tlogs
from tests.verifier_page import called
from validator.certificate import log
from validator.certificate.checkpoint import Trust
from validator.certificate.log_proof import verify_inclusion
from validator.certificate.note import NoteSigner, vkey
from validator.errors import EvidenceError

DEMO = json.loads((Path(__file__).parents[2] / "vectors" / "tlog" / "demo.json").read_text("utf-8"))
SHOWS = """async ({ proof, keys, origin }) => {
  const policy = await readPolicy(keys.join("\\n"));
  const read = parseLogProof(Uint8Array.from(atob(proof), (letter) => letter.charCodeAt(0)));
  const trust = logTrust(policy, origin);
  if (trust === null) throw new Refused("log.no_keys");
  const shown = await checkedLogProof(read, { event: "issued" }, trust);
  const states = [inclusionStep([shown], [shown.entry], origin).state, witnessStep([shown], policy).state];
  if (states.includes("fails")) throw new Refused("witness.too_few");
  return [Number(shown.index), Number(shown.size), ...states];
}"""


def asked(proof: bytes, keys: list[str], origin: str = tlogs.ORIGIN) -> dict[str, Any]:
    return {"proof": base64.b64encode(proof).decode(), "keys": keys, "origin": origin}


def test_the_published_proof_holds_with_both_witnesses() -> None:
    keys = [DEMO["key"], *DEMO["witnesses"]]
    told = called(SHOWS, [asked(DEMO["proof"].encode(), keys), asked(DEMO["proof"].encode(), keys[:1])])

    assert told == [("ok", [123, 300, "holds", "holds"]), ("ok", [123, 300, "holds", "passedOver"])]


def test_a_policy_with_groups_counts_witnesses() -> None:
    one, two = DEMO["witnesses"]
    stranger = vkey(tlogs.WitnessSigner("x", tlogs.SIGNER.private, 0).key)
    base = [f"log {DEMO['key']}", f"witness a {one}", f"witness b {two}", f"witness c {stranger} https://x.example"]
    policies = {
        "all of three": (["group g all a b c", "quorum g"], "refused"),
        "two of three": (["group g 2 a b c", "quorum g"], "ok"),
        "any": (["group g any c a", "quorum g"], "ok"),
        "within one another": (["group g all a b", "group h 2 g c", "quorum h"], "refused"),
        "nobody": (["quorum none"], "ok"),
        "a group that is not there": (["quorum g"], "refused"),
        "a group of itself": (["group g any g", "quorum g"], "refused"),
        "more than there are": (["group g 4 a b c", "quorum g"], "refused"),
    }
    told = called(SHOWS, [asked(DEMO["proof"].encode(), base + lines) for lines, _ in policies.values()])

    assert dict(zip(policies, (word for word, _ in told), strict=True)) == {
        name: word for name, (_, word) in policies.items()
    }


def first(proof: bytes) -> str:
    try:
        verify_inclusion(proof, tlogs.WITNESSED)
    except EvidenceError:
        return "refused"
    return "ok"


def test_every_flip_that_the_log_refuses_is_refused() -> None:
    rng, whole = random.Random(11), DEMO["proof"].encode()
    flips = [bytearray(whole) for _ in range(300)]
    for flipped in flips:
        flipped[rng.randrange(len(whole))] ^= rng.randrange(1, 256)
    told = called(SHOWS, [asked(bytes(flipped), [DEMO["key"], *DEMO["witnesses"]]) for flipped in flips])

    assert [word for word, _ in told] == [first(bytes(flipped)) for flipped in flips]
    assert {word for word, _ in told} == {"refused"}


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 300])
def test_every_leaf_of_a_log_is_found_and_no_other(tmp_path: Path, size: int) -> None:
    made = tlogs.filled(tmp_path / "log", size)
    places = range(size) if size < 10 else (0, 1, 255, 256, 299)
    proofs = [made.prove(index).encode() for index in places]
    moved = [
        proof.replace(b"\nindex %d\n" % i, b"\nindex %d\n" % (i + 1), 1)
        for i, proof in zip(places, proofs, strict=True)
    ]
    keys = [vkey(tlogs.SIGNER.key)]

    told = called(SHOWS, [asked(proof, keys) for proof in proofs + moved])

    assert [(word, value[0]) for word, value in told[: len(proofs)]] == [("ok", index) for index in places]
    assert {word for word, _ in told[len(proofs) :]} == {"refused"}


def test_a_p256_key_of_the_log_is_enough(tmp_path: Path) -> None:
    """What a reader bound to the algorithms of the circular goes by; twelve keys, since DER lengths vary."""
    rows = []
    for number in range(12):
        second = NoteSigner(tlogs.ORIGIN, ec.generate_private_key(ec.SECP256R1()))
        made = log.create(tmp_path / f"{number}", [tlogs.SIGNER, second])
        made.append([tlogs.leaf(0)])
        made.publish([tlogs.SIGNER, second])
        proof = made.prove(0).encode()
        verify_inclusion(proof, Trust(tlogs.ORIGIN, (second.key,)))
        rows.append(asked(proof, [vkey(second.key)]))

    assert called(SHOWS, rows) == [("ok", [0, 1, "holds", "passedOver"])] * 12
    stranger = vkey(NoteSigner(tlogs.ORIGIN, ec.generate_private_key(ec.SECP256R1())).key)
    assert called(SHOWS, [{**rows[0], "keys": [stranger]}]) == [("refused", "log.unsigned")]
