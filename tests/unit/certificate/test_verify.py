"""Verification without network: what is not proved fresh and whole is refused."""

from __future__ import annotations

import json
import shutil
import unicodedata
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.certificate.conftest import NOW
from tests.unit.certificate.grounds import Json, Kept, edited, reasons
from validator.canonical import canonical
from validator.certificate import proof
from validator.certificate.history import Event
from validator.certificate.keeping import method, refresh
from validator.certificate.keys import generate
from validator.certificate.lifecycle import change
from validator.certificate.outcome import Word
from validator.certificate.register import history_path, list_path
from validator.certificate.status_list import bitstring, encode
from validator.certificate.trust import TrustedKey

DAY = timedelta(days=1)
FLIPS = settings(
    max_examples=500, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def flipped(content: bytes, place: int, by: int) -> bytes:
    at = place % len(content)
    return content[:at] + bytes([content[at] ^ by]) + content[at + 1 :]


def rewrite(kept: Kept, path: str, content: bytes) -> None:
    (kept.register.folder / path).write_bytes(content)


def signed_again(kept: Kept, document: Json) -> bytes:
    """The document with a change, signed by the register's own key."""
    bare = {name: value for name, value in document.items() if name != "proof"}
    made = proof.sign(bare, kept.key.private, method(kept.register, kept.key), kept.certificate["validFrom"])
    return canonical(made)


def test_a_good_certificate_is_valid(kept: Kept) -> None:
    outcome = kept.verified()

    assert (outcome.word, reasons(outcome)) == (Word.VALID, [])
    assert outcome.certificate == kept.certificate


@FLIPS
@given(place=st.integers(0, 1 << 30), by=st.integers(1, 255))
def test_any_byte_that_is_flipped_in_a_certificate_is_refused(kept: Kept, place: int, by: int) -> None:
    assert kept.verified(flipped(kept.content, place, by)).word is Word.REFUSED


@FLIPS
@given(purpose=st.sampled_from(["revocation", "suspension"]), place=st.integers(0, 1 << 30), by=st.integers(1, 255))
def test_any_byte_that_is_flipped_in_a_status_list_is_refused(kept: Kept, purpose: str, place: int, by: int) -> None:
    path = list_path(purpose)
    whole = (kept.register.folder / path).read_bytes()
    try:
        rewrite(kept, path, flipped(whole, place, by))
        assert kept.verified().word is Word.REFUSED
    finally:
        rewrite(kept, path, whole)


@FLIPS
@given(place=st.integers(0, 1 << 30), by=st.integers(1, 255))
def test_any_byte_that_is_flipped_in_a_history_is_refused(kept: Kept, place: int, by: int) -> None:
    path = history_path(kept.number)
    whole = (kept.register.folder / path).read_bytes()
    try:
        rewrite(kept, path, flipped(whole, place, by))
        assert kept.verified().word is Word.REFUSED
    finally:
        rewrite(kept, path, whole)


def test_the_nfd_twin_of_a_certificate_is_refused(kept: Kept) -> None:
    twin = unicodedata.normalize("NFD", kept.content.decode()).encode()

    assert twin != kept.content
    assert reasons(kept.verified(twin)) == ["json.not_nfc"]


def test_a_member_that_stands_twice_is_refused(kept: Kept) -> None:
    twice = kept.content.replace(b'{"@context":', b'{"validUntil":"2099-01-01T00:00:00+07:00","@context":', 1)

    assert reasons(kept.verified(twice)) == ["json.duplicate_key"]


def test_a_certificate_that_was_printed_anew_is_refused(kept: Kept) -> None:
    assert reasons(kept.verified(json.dumps(kept.certificate, indent=1).encode())) == ["json.not_canonical"]


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\x00", b"%PDF-1.7", b"[" * 100_000])
def test_what_is_no_certificate_is_refused_without_a_traceback(kept: Kept, content: bytes) -> None:
    assert kept.verified(content).word is Word.REFUSED


def test_the_time_of_a_certificate_is_kept_to(kept: Kept) -> None:
    refresh(kept.register, kept.key, NOW + 365 * DAY)

    assert reasons(kept.verified(after=365 * DAY)) == []
    assert reasons(kept.verified(after=366 * DAY)) == ["verify.expired"]
    assert "proof.of_the_future" in reasons(kept.verified(after=-DAY))


def test_surveillance_that_is_overdue_is_told(kept: Kept) -> None:
    refresh(kept.register, kept.key, NOW + 200 * DAY)
    outcome = kept.verified(after=200 * DAY)

    assert outcome.word is Word.VALID
    assert "verify.surveillance_due" in [line.message_id for line in outcome.lines]


def test_a_stale_list_refuses_and_offline_says_how_old_it_is(kept: Kept) -> None:
    outcome = kept.verified(after=9 * DAY + timedelta(hours=5), offline=True)

    assert kept.verified(after=7 * DAY).word is Word.VALID
    assert reasons(kept.verified(after=7 * DAY + timedelta(seconds=1))) == ["verify.list_stale"] * 2
    assert kept.verified(after=8 * DAY).word is Word.REFUSED
    assert outcome.word is Word.UNKNOWN
    assert {line.params["age"] for line in outcome.lines if line.message_id == "verify.list_stale"} == {"9 d 5 h"}


def test_offline_says_how_old_a_fresh_list_is(kept: Kept) -> None:
    outcome = kept.verified(after=2 * DAY, offline=True)

    assert outcome.word is Word.VALID
    assert [line.params["age"] for line in outcome.lines if line.message_id == "verify.list_age"] == ["2 d 0 h"] * 2


def test_a_list_of_later_than_the_moment_asked_about_is_refused(kept: Kept) -> None:
    refresh(kept.register, kept.key, NOW + 3 * DAY)

    assert kept.verified(after=DAY).word is Word.REFUSED


def test_without_status_lists_nothing_is_valid(kept: Kept) -> None:
    assert kept.verified(register=None).word is Word.REFUSED
    assert kept.verified(register=None, offline=True).word is Word.UNKNOWN
    shutil.rmtree(kept.register.folder / "status")
    assert reasons(kept.verified(offline=True)) == ["verify.no_list"] * 2
    assert kept.verified().word is Word.REFUSED


def test_one_list_cannot_stand_in_for_the_other(kept: Kept) -> None:
    change(kept.keeper, kept.number, Event.REVOKED, "x", NOW)
    folder = kept.register.folder
    shutil.copy(folder / list_path("suspension"), folder / list_path("revocation"))

    assert reasons(kept.verified()) == ["status.other_list"]


def test_a_list_of_before_the_revocation_is_unmasked_by_the_history(kept: Kept, tmp_path: Path) -> None:
    shutil.copytree(kept.register.folder / "status", tmp_path / "before")
    change(kept.keeper, kept.number, Event.REVOKED, "x", NOW)
    shutil.copytree(tmp_path / "before", kept.register.folder / "status", dirs_exist_ok=True)

    assert reasons(kept.verified()) == ["history.disagrees"]


def test_a_list_of_another_signer_is_refused(kept: Kept) -> None:
    path = list_path("revocation")
    document = json.loads((kept.register.folder / path).read_bytes())
    other = generate(demo=False)
    bare = {name: value for name, value in document.items() if name != "proof"}
    made = proof.sign(bare, other.private, document["proof"]["verificationMethod"], document["proof"]["created"])
    rewrite(kept, path, canonical(made))

    assert reasons(kept.verified()) == ["proof.wrong"]


def test_a_short_list_is_refused_although_it_is_signed(kept: Kept) -> None:
    path = list_path("revocation")
    document = json.loads((kept.register.folder / path).read_bytes())
    document["credentialSubject"]["encodedList"] = encode(bitstring([])[:100])
    rewrite(kept, path, signed_again(kept, document))

    assert reasons(kept.verified()) == ["status.too_short"]


def test_a_key_that_is_not_trusted_is_refused(kept: Kept) -> None:
    other = generate(demo=False)
    stranger = TrustedKey(other.private.public_key(), demo=False)
    elsewhere = TrustedKey(kept.key.private.public_key(), demo=False, controller="https://another.example")

    assert reasons(kept.verified(keys={stranger.kid: stranger})) == ["proof.untrusted"]
    assert reasons(kept.verified(keys={elsewhere.kid: elsewhere})) == ["proof.untrusted"]
    assert reasons(kept.verified(keys={})) == ["proof.untrusted"]


def test_what_a_compromised_key_signed_is_refused(kept: Kept) -> None:
    stolen = TrustedKey(kept.key.private.public_key(), demo=False, compromised=True)

    assert reasons(kept.verified(keys={stolen.kid: stolen})) == ["proof.key_out_of_use"]


@pytest.mark.parametrize(
    ("member", "value", "reason"),
    [
        ("demo", True, "certificate.demo_mark"),
        ("number", "DEMO-2026-AAAAAAAA", "certificate.demo_mark"),
        ("surveillanceDue", "2029-01-01T00:00:00+07:00", "certificate.moments"),
        ("grantedAt", "2026-13-01T00:00:00+07:00", "certificate.moments"),
        ("scope", [], "certificate.shape"),
        ("mark", "CR", "certificate.shape"),
    ],
)
def test_a_signature_does_not_make_contents_right(kept: Kept, member: str, value: object, reason: str) -> None:
    subject = {**kept.certificate["credentialSubject"], member: value}

    assert reasons(kept.verified(signed_again(kept, {**kept.certificate, "credentialSubject": subject}))) == [reason]


def test_results_that_do_not_add_up_are_refused(kept: Kept) -> None:
    subject = json.loads(json.dumps(kept.certificate["credentialSubject"]))
    subject["completeness"]["requirementsInScope"] += 1

    assert reasons(kept.verified(signed_again(kept, {**kept.certificate, "credentialSubject": subject}))) == [
        "certificate.incomplete"
    ]


def test_more_than_a_year_is_refused_although_it_is_signed(kept: Kept) -> None:
    longer = {**kept.certificate, "validUntil": "2027-11-26T15:00:01+07:00"}

    assert reasons(kept.verified(signed_again(kept, longer))) == ["certificate.moments"]


def test_a_certificate_without_its_status_is_refused(kept: Kept) -> None:
    assert reasons(kept.verified(edited(kept.certificate, lambda copy: copy.pop("credentialStatus")))) == [
        "certificate.shape"
    ]


def test_without_its_history_nothing_is_valid(kept: Kept) -> None:
    """Even where the lists are clear: a history that was taken away may have held another event."""
    shutil.rmtree(kept.register.folder / "history")

    assert reasons(kept.verified()) == ["verify.no_history"]
    assert kept.verified(offline=True).word is Word.UNKNOWN
    assert "verify.logged" in [line.message_id for line in kept.verified().lines]
