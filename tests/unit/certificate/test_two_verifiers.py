"""Two verifiers, same certificates, same verdicts: the one in Python (offline) and the script of the page in Node."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.unit.certificate.conftest import NOW
from tests.unit.certificate.grounds import Json, reasons
from tests.unit.certificate.page_samples import Sample, sample
from tests.unit.certificate.verdict_rows import ROWS, Handed, happened, held, rotated
from tests.verifier_page import DATA, Case, Told, judged
from validator.certificate.copies import CERTIFICATE, Bundle
from validator.certificate.history import Event
from validator.certificate.outcome import Line, Mark, Verification, Word
from validator.certificate.policy import parse_policy
from validator.certificate.presented import Presented, presented
from validator.certificate.register import KEYS, PAGE, POLICY, list_path, proof_path
from validator.certificate.status_list import PURPOSES
from validator.certificate.trust import parse_jwks
from validator.certificate.verify import Means, verify
from validator.errors import EvidenceError

WORDS = {"valid": "valid", "refused": "invalid", "unknown": "cannotTell"}


@dataclass(frozen=True)
class Both:
    """What both say of the files in hand, and of the one file that carries them all, unconfirmed and confirmed."""

    first: tuple[Verification, ...]
    second: tuple[Told, ...]


def first(handed: Handed, content: bytes | None = None, confirmed: bool = True) -> Verification:
    """The verifier in Python on these files, or on the bundle of them."""
    try:
        files = Bundle({path: text.decode() for path, text in handed.files.items()})
        found = Presented(handed.files[CERTIFICATE], files) if content is None else presented(content, "bundle.json")
        copy = found.along
        assert copy is not None
        keys, stated = parse_jwks(copy.read(KEYS) or b"", KEYS), copy.read(POLICY)
        policy = None if stated is None else parse_policy(stated, POLICY)
        return verify(found.content, Means(keys, handed.at, copy, policy, offline=True, confirmed=confirmed))
    except EvidenceError as fault:
        return Verification(Word.REFUSED, (Line(Mark.PROBLEM, fault.message_id, fault.params),))


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory, report: Json) -> Mapping[str, Both]:
    """Every row before both; the page's script is run once."""
    rows = {name: make(sample(tmp_path_factory.mktemp("row"), report, NOW, "demo" in name)) for name, (make, *_) in
            ROWS.items()}  # fmt: skip
    cases = []
    for row in rows.values():
        bundle = {"bundle.json": row.bundle()}
        cases += [Case(row.files, row.at), Case(bundle, row.at), Case(bundle, row.at, confirmed=True)]
    told = judged(cases)
    return {
        name: Both(
            (first(row), first(row, row.bundle(), confirmed=False), first(row, row.bundle())),
            tuple(told[3 * at : 3 * at + 3]),
        )
        for at, (name, row) in enumerate(rows.items())
    }


@pytest.mark.parametrize("name", ROWS)
def test_two_verifiers_same_certificates_same_verdicts(said: Mapping[str, Both], name: str) -> None:
    _, word, why, reason = ROWS[name]
    ours, theirs = said[name].first[0], said[name].second[0]

    assert (ours.word, theirs.verdict) == (word, WORDS[word])
    assert why in reasons(ours) if why else reasons(ours) == []
    told = [step for state, step in theirs.steps.values() if state in ("fails", "cannotTell")]
    assert reason in told if reason else told == []


@pytest.mark.parametrize("name", ROWS)
def test_a_bundle_gets_the_same_verdicts_and_is_valid_only_by_keys_that_were_compared(
    said: Mapping[str, Both], name: str
) -> None:
    word = ROWS[name][1]
    unconfirmed = "unknown" if word == "valid" else word

    assert [outcome.word for outcome in said[name].first[1:]] == [unconfirmed, word]
    assert [told.verdict for told in said[name].second[1:]] == [WORDS[unconfirmed], WORDS[word]]


def test_what_stands_at_the_path_of_another_is_refused_by_the_first_and_missing_to_the_second(
    tmp_path: Path, report: Json
) -> None:
    """The page takes files in any order and has no paths: it knows a file by what it says."""
    made = sample(tmp_path / "one", report, NOW)
    other = held(sample(tmp_path / "two", report, NOW))
    whole = happened(made, Event.SUSPENDED, Event.REINSTATED)
    revocation, suspension = map(list_path, PURPOSES)
    proofs = [proof_path(made.number, at) for at in range(3)]
    foreign = next(content for path, content in other.files.items() if path.startswith("proofs"))
    rows = {
        "status.other_list": whole.with_files({revocation: whole.files[suspension]}),
        "tlog.other_leaf": whole.with_files({proofs[1]: whole.files[proofs[2]]}),
        "of another certificate": whole.with_files({proofs[1]: foreign}),
    }
    told = judged([Case(row.files, row.at) for row in rows.values()])

    assert [reasons(first(row)) for row in rows.values()] == [
        ["status.other_list"],
        ["tlog.other_leaf"],
        ["tlog.other_leaf"],
    ]
    assert [t.verdict for t in told] == ["cannotTell"] * 3
    assert told[0].steps["revocation"][1] == "status.missing"
    assert [t.steps["log"][1] for t in told[1:]] == ["log.missing"] * 2


def test_the_page_of_a_register_needs_no_confirmation_also_after_a_change_of_keys(tmp_path: Path, report: Json) -> None:
    made = sample(tmp_path / "one", report, NOW)
    stranger = sample(tmp_path / "two", report, NOW)

    def said_by(keeper: Sample, handed: Handed) -> str:
        """The page as it lies in the register, its pinned files beside the bundle."""
        text = (keeper.register.folder / PAGE).read_text("utf-8")
        pinned = json.loads(dict(DATA.findall(text))["pinned"])
        own = {name: content.encode() for name, content in pinned.items()}
        (told,) = judged([Case({"bundle.json": handed.bundle()}, handed.at, pinned=own)], text)
        return told.verdict

    assert said_by(made, held(made)) == "valid"
    assert said_by(stranger, held(made)) == "invalid"
    before = (made.register.folder / PAGE).read_text("utf-8")
    assert said_by(made, rotated(made)) == "valid"
    assert (made.register.folder / PAGE).read_text("utf-8") != before
