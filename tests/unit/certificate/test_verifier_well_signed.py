"""What is signed rightly but must not count: keys out of use, lists and events that are about something else."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests import tlogs
from tests.unit.certificate.conftest import NOW
from tests.unit.certificate.grounds import Json
from tests.unit.certificate.page_samples import HISTORY, POLICY, Sample, sample
from tests.verifier_page import Case, Told, judged
from validator.canonical import canonical
from validator.certificate import proof
from validator.certificate.history import Event, leaf
from validator.certificate.keeping import method
from validator.certificate.register import KEYS

DAY = timedelta(days=1)
PROOF = "LT.tlog-proof"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, report: Json) -> Sample:
    return sample(tmp_path_factory.mktemp("whole"), report, NOW)


def one(made: Sample, after: timedelta = timedelta(), **changed: bytes) -> Told:
    names = {"keys": KEYS, "history": HISTORY, "revocation": "revocation.json", "policy": POLICY}
    files = {**made.files(), **{names.get(name, name): content for name, content in changed.items()}}
    (told,) = judged([Case(files, made.at + after)])
    return told


def signed_again(made: Sample, document: Json) -> Json:
    bare = {name: value for name, value in document.items() if name != "proof"}
    return proof.sign(bare, made.key.private, method(made.register, made.key), bare.get("at", bare.get("validFrom")))


def keys(made: Sample, **members: object) -> bytes:
    document = json.loads(made.files()[KEYS])
    document["keys"][0].update(members)
    return canonical(document)


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"compromised": True}, "issuer.compromised"),
        ({"compromised": "yes"}, "issuer.compromised"),
        ({"valid_until": "2026-11-26T14:59:59+07:00"}, "issuer.key_not_then"),
        ({"valid_from": "2026-11-26T15:00:01+07:00"}, "issuer.key_not_then"),
        ({"controller": "https://khac.example"}, "issuer.other_controller"),
    ],
)
def test_a_key_counts_for_its_issuer_and_its_time(whole: Sample, members: Json, reason: str) -> None:
    told = one(whole, keys=keys(whole, **members))

    assert (told.verdict, told.steps["issuer"]) == ("invalid", ("fails", reason))


@pytest.mark.parametrize("members", [{"kid": "A" * 43}, {"demo": True}, {"kty": "OKP"}, {"x": "A" * 43}, {"y": "AA"}])
def test_a_key_that_is_not_what_its_id_says_spoils_the_set(whole: Sample, members: Json) -> None:
    told = one(whole, keys=keys(whole, **members))

    assert (told.verdict, told.steps["issuer"]) == ("cannotTell", ("cannotTell", "key.not_a_set"))


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c["credentialSubject"].update(statusPurpose="suspension"),
        lambda c: c["credentialSubject"].update(type="Other"),
        lambda c: c.update(issuer="https://khac.example"),
        lambda c: c.update(type=["VerifiableCredential", "BitstringStatusListCredential", "More"]),
    ],
)
def test_a_list_of_another_purpose_does_not_count(whole: Sample, change: Callable[[Json], object]) -> None:
    document = json.loads(whole.files()["revocation.json"])
    change(document)
    told = one(whole, revocation=canonical(signed_again(whole, document)))

    assert told.steps["revocation"] == ("fails", "status.other_list")


@pytest.mark.parametrize(
    "change", [{"previous": None}, {"subject": "sha256:" + "0" * 64}, {"certificate": "x"}, {"event": "issued"}]
)
def test_an_event_that_does_not_follow_breaks_the_history(tmp_path: Path, report: Json, change: Json) -> None:
    made = sample(tmp_path, report, NOW)
    made.change(Event.SUSPENDED)
    document = json.loads(made.files()[HISTORY])
    document["events"][1] = signed_again(made, {**document["events"][1], **change})

    assert one(made, DAY).steps["history"][0] == "holds"
    assert one(made, DAY, history=canonical(document)).steps["history"] == ("fails", "history.broken")


def test_a_leaf_about_another_text_of_the_certificate_is_refused(tmp_path: Path, report: Json) -> None:
    made = sample(tmp_path, report, NOW)
    issued = json.loads(made.files()[HISTORY])["events"][0]
    other = made.keeper.log.append(leaf({**issued, "subject": "sha256:" + "0" * 64}))

    assert one(made, DAY, **{PROOF: other.encode()}).steps["log"] == ("fails", "log.other_leaf")


def test_a_wrong_signature_of_a_known_witness_spoils_the_checkpoint(whole: Sample) -> None:
    """Also where no witness is asked for: a log that shows such a line is not to be believed."""
    (name,) = [name for name in whole.files() if name.endswith(".tlog-proof")]
    lines = whole.files()[name].decode().rstrip("\n").split("\n")
    start, _, signature = lines[-1].rpartition(" ")
    lines[-1] = f"{start} {signature[:30]}{'A' if signature[30] != 'A' else 'B'}{signature[31:]}"
    policy = whole.files()[POLICY].replace(b"quorum witnesses", b"quorum none")
    good, bad = one(whole, policy=policy), one(whole, policy=policy, **{name: "\n".join([*lines, ""]).encode()})

    assert lines[-1].startswith(f"\u2014 {tlogs.WITNESSES[-1].name}")
    assert (good.verdict, good.steps["witnesses"][1]) == ("valid", "witness.none_asked")
    assert (bad.verdict, bad.steps["log"]) == ("invalid", ("fails", "log.bad_signature"))
