"""What a verification makes of the log: every event of the history and no other, witnessed where that is asked."""

from __future__ import annotations

import base64
import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.certificate.conftest import NOW
from tests.unit.certificate.grounds import LOG_KEY, Json, Kept, log_of, reasons
from tests.unit.certificate.page_samples import Sample, sample
from tests.unit.certificate.test_verify import FLIPS, flipped, rewrite
from validator.canonical import canonical
from validator.certificate.copies import Bundle, FolderCopy, bundle_of, read_bundle
from validator.certificate.history import Event, document
from validator.certificate.keeping import renew_proofs
from validator.certificate.lifecycle import change
from validator.certificate.note import NoteSigner
from validator.certificate.outcome import Word
from validator.certificate.policy import parse_policy, policy_text
from validator.certificate.register import POLICY, history_path, list_path, proof_path
from validator.certificate.register_audit import audit
from validator.certificate.status_list import PURPOSES
from validator.certificate.verify import Means
from validator.errors import EvidenceError

DAY = timedelta(days=1)


def proof_of(kept: Kept, event: int = 0) -> Path:
    return kept.register.folder / proof_path(kept.number, event)


@FLIPS
@given(place=st.integers(0, 1 << 30), by=st.integers(1, 255))
def test_any_byte_that_is_flipped_in_a_proof_of_the_log_is_refused(kept: Kept, place: int, by: int) -> None:
    path = proof_path(kept.number, 0)
    whole = proof_of(kept).read_bytes()
    try:
        rewrite(kept, path, flipped(whole, place, by))
        assert kept.verified().word is Word.REFUSED
    finally:
        rewrite(kept, path, whole)


def test_without_a_proof_it_is_not_known_whether_the_log_has_it(kept: Kept) -> None:
    change(kept.keeper, kept.number, Event.SUSPENDED, "x", NOW)
    change(kept.keeper, kept.number, Event.REINSTATED, "x", NOW)
    assert kept.verified().word is Word.VALID
    proof_of(kept, 1).unlink()

    assert reasons(kept.verified()) == ["verify.no_log_proof"]
    assert kept.verified(offline=True).word is Word.UNKNOWN


def test_without_a_key_of_the_log_nothing_is_valid(kept: Kept) -> None:
    stranger = policy_text([NoteSigner("another.example/log", LOG_KEY).key]).encode()

    for policy in (None, parse_policy(stranger, "p")):
        assert reasons(kept.verified(policy=policy)) == ["verify.no_log_key"]
        assert kept.verified(policy=policy, offline=True).word is Word.UNKNOWN


def test_an_event_that_only_the_log_knows_is_unmasked(kept: Kept, tmp_path: Path) -> None:
    """Who sets history and lists back to before a revocation is caught by the proof of it."""
    shutil.copytree(kept.register.folder, tmp_path / "before")
    change(kept.keeper, kept.number, Event.REVOKED, "x", NOW)
    for path in (history_path(kept.number), *map(list_path, PURPOSES)):
        shutil.copy(tmp_path / "before" / path, kept.register.folder / path)

    assert reasons(kept.verified()) == ["history.log_knows_more"]


def test_the_proof_of_another_event_does_not_stand_in(kept: Kept) -> None:
    change(kept.keeper, kept.number, Event.SUSPENDED, "x", NOW)
    shutil.copy(proof_of(kept, 1), proof_of(kept, 0))

    assert reasons(kept.verified()) == ["verify.suspended", "tlog.other_leaf"]


def test_without_a_history_the_proof_must_be_of_the_issue(kept: Kept) -> None:
    (kept.register.folder / history_path(kept.number)).unlink()
    change_free = kept.verified(offline=True)
    shutil.copy(proof_of(kept), proof_of(kept).with_name("kept"))
    leaf = canonical({"certificate": kept.certificate["id"], "event": "issued", "subject": "sha256:" + "0" * 64})
    rewrite(kept, proof_path(kept.number, 0), kept.keeper.log.append(leaf).encode())

    assert reasons(change_free) == ["verify.no_history"]
    assert reasons(kept.verified(offline=True)) == ["verify.no_history", "tlog.other_leaf"]


def test_without_a_history_the_proof_of_a_revocation_is_not_overlooked(kept: Kept) -> None:
    before = {path: (kept.register.folder / path).read_bytes() for path in map(list_path, PURPOSES)}
    change(kept.keeper, kept.number, Event.SUSPENDED, "x", NOW)
    change(kept.keeper, kept.number, Event.REVOKED, "x", NOW)
    (kept.register.folder / history_path(kept.number)).unlink()
    for path, content in before.items():
        rewrite(kept, path, content)
    proof_of(kept, 3).write_bytes(proof_of(kept, 0).read_bytes())

    assert reasons(kept.verified(offline=True)) == ["verify.no_history", "history.log_knows_more"]
    proof_of(kept, 2).write_bytes(proof_of(kept, 1).read_bytes())
    assert reasons(kept.verified(offline=True)) == ["verify.no_history", "tlog.other_leaf"]


def test_witnesses_that_the_policy_asks_for_must_have_signed(tmp_path: Path, report: Json) -> None:
    made: Sample = sample(tmp_path, report, NOW)
    content = made.files()["certificate.json"]
    good = made.verified(content)
    alone = log_of(made.register)
    alone.publish([made.keeper.log.signer])  # type: ignore[attr-defined]
    head = alone.published()
    text, _, lines = head.content.decode().rpartition("\n\n")
    own = next(line for line in lines.splitlines() if line.startswith(f"\u2014 {head.head.origin} "))
    path = made.register.folder / proof_path(made.number, 0)
    start, _, _ = path.read_bytes().partition(b"\n\n")
    path.write_bytes(start + f"\n\n{text}\n\n{own}\n".encode())

    assert "verify.witnessed" in [line.message_id for line in good.lines]
    assert reasons(made.verified(content)) == ["verify.too_few_witnesses"]
    assert renew_proofs(made.register) == 1
    assert made.verified(content).word is Word.VALID


def test_a_bundle_brings_all_that_a_verification_needs(kept: Kept) -> None:
    change(kept.keeper, kept.number, Event.SUSPENDED, "x", NOW)
    change(kept.keeper, kept.number, Event.REINSTATED, "x", NOW)
    bundle = read_bundle(canonical(bundle_of(kept.register, kept.number)), "b")
    assert bundle is not None
    (kept.register.folder).rename(kept.register.folder.with_name("gone"))
    keys = FolderCopy(kept.register.folder.with_name("gone"))
    policy = parse_policy(keys.read(POLICY) or b"", POLICY)
    content = bundle.read("certificate.json") or b""
    trusted = replace(kept.register, folder=kept.register.folder.with_name("gone")).keys()

    def outcome(**more: bool) -> Word:
        from validator.certificate.verify import verify

        return verify(content, Means(trusted, NOW, bundle, policy, **more)).word

    assert outcome() is Word.VALID
    assert outcome(confirmed=False) is Word.UNKNOWN


@pytest.mark.parametrize("files", [b"", b'"files":{"a":1},', b'"files":[],'])
def test_a_malformed_bundle_is_told(files: bytes) -> None:
    with pytest.raises(EvidenceError, match=r"verification\.malformed"):
        read_bundle(b'{%b"schema":"lienthong-verification/1.0"}' % files, "b")
    assert read_bundle(b'{"a":"lienthong-verification/1.0"}', "b") is None
    assert Bundle({}).read("x") is None


def found_in(kept: Kept) -> list[str]:
    policy = parse_policy((kept.register.folder / POLICY).read_bytes(), POLICY)
    lines = audit(kept.register, Means(kept.register.keys(), NOW, policy=policy))
    return [line.message_id for line in lines if line.mark == "problem"]


def test_an_audit_holds_register_and_log_to_each_other(kept: Kept) -> None:
    for event in (Event.SUSPENDED, Event.REINSTATED, Event.REVOKED):
        change(kept.keeper, kept.number, event, "x", NOW)
        assert found_in(kept) == []
    log_of(kept.register).append([b"an event that nobody shows"])
    log_of(kept.register).publish(kept.keeper.log.signers)  # type: ignore[attr-defined]

    assert found_in(kept) == ["audit.hidden_events"]


def test_an_audit_sees_an_index_that_says_otherwise_and_a_history_cut_short(kept: Kept) -> None:
    change(kept.keeper, kept.number, Event.SUSPENDED, "x", NOW)
    rows = kept.register.index()
    kept.register.write_index([{**rows[0], "state": "issued"}])
    assert found_in(kept) == ["audit.index_differs"]
    kept.register.write_index(rows)
    events = kept.register.history(kept.certificate)
    rewrite(kept, history_path(kept.number), canonical(document(kept.certificate["id"], events[:1])))

    assert found_in(kept) == ["history.disagrees", "audit.index_differs", "audit.hidden_events"]


def test_an_audit_looks_at_every_byte_of_the_log(kept: Kept) -> None:
    (entries,) = (kept.register.folder / "log" / "tile" / "entries").rglob("1")
    entries.write_bytes(entries.read_bytes().replace(b"issued", b"forged"))

    assert found_in(kept) == ["tlog.bad_tile"]
    assert json.loads(base64.b64decode(proof_of(kept).read_text().split("\n")[1][6:]))["event"] == "issued"
