"""Two verifiers, same certificates, same verdicts: the one in Python (offline) and the script of the page in Node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from tests.unit.certificate.conftest import NOW
from tests.unit.certificate.grounds import Json, reasons
from tests.unit.certificate.page_samples import sample
from tests.unit.certificate.verdict_rows import ROWS, Handed, happened, held
from tests.verifier_page import Case, Told, judged
from validator.certificate.copies import CERTIFICATE, Bundle
from validator.certificate.history import Event
from validator.certificate.outcome import Line, Mark, Verification, Word
from validator.certificate.policy import parse_policy
from validator.certificate.presented import Presented, presented
from validator.certificate.register import KEYS, POLICY, list_path, proof_path
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
