"""A register: its files are whole at any moment, its events follow one another, its log is told all."""

from __future__ import annotations

import base64
import json
import unicodedata
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.certificate.conftest import NOW
from tests.unit.certificate.grounds import BASIC, Json, Kept, founded, keeper_of, log_of, reasons
from validator.canonical import digest
from validator.certificate import keeper as keeper_module
from validator.certificate.credential import Terms
from validator.certificate.files import locked, write_whole
from validator.certificate.history import Event, state
from validator.certificate.issue import issue
from validator.certificate.keeping import refresh, renew_proofs, rotate
from validator.certificate.keys import generate
from validator.certificate.lifecycle import change
from validator.certificate.log_proof import verify_inclusion
from validator.certificate.outcome import Word
from validator.certificate.register import Register, open_register
from validator.certificate.scope import granted
from validator.errors import EngineError, EvidenceError, UsageError
from validator.model.text import Text

HOUR = timedelta(hours=1)


def test_a_register_comes_back_from_its_folder(kept: Kept) -> None:
    assert open_register(kept.register.folder) == kept.register
    assert kept.register.row(kept.number)["digest"] == digest(kept.certificate)
    assert kept.register.row(kept.certificate["id"])["number"] == kept.number


def test_a_register_is_made_once(kept: Kept) -> None:
    with pytest.raises(UsageError, match=r"register\.exists"):
        founded(kept.register, kept.key, NOW)


@pytest.mark.parametrize(
    "url", ["http://a.example", "https://a.example/", "https://a.example?x", "ftp://x", "https://"]
)
def test_a_register_has_a_plain_https_address(register: Register, url: str) -> None:
    with pytest.raises(UsageError, match=r"register\.bad_url"):
        founded(replace(register, url=url), generate(demo=False), NOW)


@pytest.mark.parametrize("name", ["urn:x", "did:key:z6Mk", "https://a.example#x", "https://đ.example", ""])
def test_an_issuer_has_an_identifier_that_leads_to_its_keys(register: Register, name: str) -> None:
    with pytest.raises(UsageError, match=r"register\.bad_issuer"):
        founded(replace(register, issuer=replace(register.issuer, id=name)), generate(demo=False), NOW)


def test_a_did_web_issuer_publishes_its_did_document(register: Register, report: Json) -> None:
    own = replace(register, issuer=replace(register.issuer, id="did:web:dang-ky.example"))
    keeper = founded(own, generate(demo=False), NOW)
    made = issue(report, granted(["VSC-ENV"], BASIC), Terms(NOW, 12, 6), keeper)
    document = json.loads((own.folder / "did.json").read_bytes())

    assert made["proof"]["verificationMethod"] in document["assertionMethod"]
    assert Kept(keeper, made, NOW).verified().word is Word.VALID


def test_an_issuer_has_a_name_and_an_address(register: Register) -> None:
    for wrong in ({"address": " "}, {"name": Text("A", "")}):
        with pytest.raises(UsageError, match=r"register\.no_name"):
            founded(replace(register, issuer=replace(register.issuer, **wrong)), generate(demo=False), NOW)


def test_what_verifiers_would_refuse_is_not_issued(kept: Kept, report: Json) -> None:
    broken = replace(kept.register, issuer=replace(kept.register.issuer, address=""))

    with pytest.raises(EngineError, match=r"certificate\.unfit"):
        issue(report, granted(["VSC-ENV"], BASIC), Terms(NOW, 12, 6), keeper_of(broken, kept.key))
    assert len(kept.register.index()) == 1


def test_names_are_kept_in_nfc(register: Register) -> None:
    twin = Text(unicodedata.normalize("NFD", "Sở Đà Nẵng"), "x")
    founded(replace(register, issuer=replace(register.issuer, name=twin)), generate(demo=False), NOW)

    assert open_register(register.folder).issuer.name.vi == "Sở Đà Nẵng"


@pytest.mark.parametrize("content", [b"", b"{}", b'{"schema":"lienthong-register/1.0"}', b"[]"])
def test_what_is_no_register_is_a_usage_error(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UsageError, match=r"register\.none"):
        open_register(tmp_path)
    (tmp_path / "register.json").write_bytes(content)
    with pytest.raises(UsageError, match=r"register\.malformed"):
        open_register(tmp_path)


def test_events_follow_one_another_and_change_what_is_verified(kept: Kept) -> None:
    steps = [(Event.SUSPENDED, ["verify.suspended"]), (Event.REINSTATED, []), (Event.SUSPENDED, ["verify.suspended"])]
    for number, (event, expected) in enumerate(steps, 1):
        change(kept.keeper, kept.number, event, f"lý do {number}", NOW + number * HOUR)
        assert reasons(kept.verified(after=number * HOUR)) == expected
    past = change(kept.keeper, kept.number, Event.REVOKED, "hết", NOW + 4 * HOUR)

    assert reasons(kept.verified(after=4 * HOUR)) == ["verify.revoked"]
    assert [event["event"] for event in past] == ["issued", "suspended", "reinstated", "suspended", "revoked"]


@pytest.mark.parametrize("event", [Event.SUSPENDED, Event.REINSTATED, Event.REVOKED, Event.ISSUED])
def test_a_revocation_is_for_good(kept: Kept, event: Event) -> None:
    change(kept.keeper, kept.number, Event.REVOKED, "x", NOW)

    with pytest.raises(UsageError, match=r"certificate\.not_now"):
        change(kept.keeper, kept.number, event, "x", NOW)
    assert reasons(kept.verified()) == ["verify.revoked"]


def test_what_is_in_force_cannot_be_reinstated(kept: Kept) -> None:
    with pytest.raises(UsageError, match=r"certificate\.not_now"):
        change(kept.keeper, kept.number, Event.REINSTATED, "x", NOW)


@pytest.mark.parametrize("reason", ["", "  ", "a\x00b", "a\u202eb", "x" * 2001])
def test_a_change_needs_a_reason_that_can_be_read(kept: Kept, reason: str) -> None:
    with pytest.raises(UsageError, match=r"certificate\.no_reason"):
        change(kept.keeper, kept.number, Event.SUSPENDED, reason, NOW)


def test_only_a_key_of_the_register_may_change_it(kept: Kept) -> None:
    for key in (generate(demo=False), generate(demo=True)):
        with pytest.raises(UsageError, match=r"register\.other_key"):
            change(replace(kept.keeper, key=key), kept.number, Event.REVOKED, "x", NOW)


STEPS = ("write_whole", "sign_lists", "unlinked")


@pytest.mark.parametrize("step", STEPS)
def test_a_change_that_was_broken_off_is_completed_by_the_next_one(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(keeper_module, step, stop)
        with pytest.raises(KeyboardInterrupt):
            change(kept.keeper, kept.number, Event.REVOKED, "x", NOW)
    for waits in (lambda: refresh(kept.register, kept.key, NOW), lambda: renew_proofs(kept.register)):
        with pytest.raises(UsageError, match=r"register\.pending"):
            waits()
    with pytest.raises(UsageError, match=r"certificate\.not_now"):
        change(kept.keeper, kept.number, Event.SUSPENDED, "y", NOW)

    assert reasons(kept.verified()) == ["verify.revoked"]
    assert len(kept.register.history(kept.certificate)) == 2
    assert log_of(kept.register).folder.state().size == 2
    refresh(kept.register, kept.key, NOW)


def test_an_issue_that_was_broken_off_is_completed_by_the_next_one(
    kept: Kept, report: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(keeper_module, "write_whole", stop)
        with pytest.raises(KeyboardInterrupt):
            issue(report, granted(["VSC-ENV"], BASIC), Terms(NOW, 12, 6), kept.keeper)
    assert len(kept.register.index()) == 1
    change(kept.keeper, kept.number, Event.SUSPENDED, "x", NOW)
    rows = kept.register.index()

    assert [row["state"] for row in rows] == ["suspended", "issued"]
    other = Kept(kept.keeper, kept.register.certificate(rows[1]["number"]), NOW)
    assert other.verified().word is Word.VALID


def test_a_rotated_key_signs_no_more_but_what_it_signed_holds(kept: Kept) -> None:
    new = generate(demo=False)
    rotate(kept.register, kept.key, new, NOW + HOUR)

    assert kept.verified(after=2 * HOUR).word is Word.VALID
    with pytest.raises(UsageError, match=r"register\.other_key"):
        refresh(kept.register, kept.key, NOW + 2 * HOUR)
    past = change(replace(kept.keeper, key=new), kept.number, Event.SUSPENDED, "x", NOW + 2 * HOUR)
    assert state(past) is Event.SUSPENDED
    assert reasons(kept.verified(after=2 * HOUR)) == ["verify.suspended"]
    document = json.loads((kept.register.folder / "controller.json").read_bytes())
    assert [m["id"].rpartition("#")[2] for m in document["verificationMethod"]] == [kept.key.kid, new.kid]


def test_what_a_key_signed_that_others_may_have_had_holds_no_more(kept: Kept) -> None:
    rotate(kept.register, kept.key, generate(demo=False), NOW + HOUR, compromised=True)

    assert reasons(kept.verified(after=2 * HOUR)) == ["proof.key_out_of_use"]
    document = json.loads((kept.register.folder / "controller.json").read_bytes())
    assert len(document["assertionMethod"]) == 1


def test_a_register_does_not_change_between_demo_and_real(kept: Kept) -> None:
    with pytest.raises(UsageError, match=r"register\.demo_differs"):
        rotate(kept.register, kept.key, generate(demo=True), NOW)


def test_the_log_gets_a_leaf_of_every_event_and_its_proofs_are_kept(kept: Kept) -> None:
    for event in (Event.SUSPENDED, Event.REINSTATED, Event.REVOKED):
        change(kept.keeper, kept.number, event, "lý do riêng", NOW)
    proofs = [(kept.register.folder / f"proofs/{kept.number}-{n}.tlog-proof").read_bytes() for n in range(4)]
    trust = log_of(kept.register).trust
    leaves = [json.loads(verify_inclusion(content, trust).leaf) for content in proofs]

    assert kept.certificate["credentialSubject"]["log"] == {"origin": "dang-ky.example/lienthong/log"}
    assert [leaf["event"] for leaf in leaves] == ["issued", "suspended", "reinstated", "revoked"]
    assert [leaf["digest"] for leaf in leaves] == [digest(event) for event in kept.register.history(kept.certificate)]
    assert {leaf["subject"] for leaf in leaves} == {digest(kept.certificate)}
    assert all("lý do".encode() not in base64.b64decode(content.split(b"\n")[1][6:]) for content in proofs)


def test_a_register_whose_making_was_broken_off_is_made_by_asking_again(register: Register) -> None:
    key = generate(demo=False)
    founded(register, key, NOW)
    (register.folder / "register.json").unlink()
    founded(register, key, NOW)

    assert open_register(register.folder) == register


def test_a_log_that_was_changed_stops_every_change(kept: Kept) -> None:
    (tile,) = (kept.register.folder / "log" / "tile" / "0").rglob("1")
    tile.write_bytes(bytes(32))

    with pytest.raises(EvidenceError, match=r"tlog\.rewritten"):
        change(kept.keeper, kept.number, Event.REVOKED, "x", NOW)
    assert len(kept.register.history(kept.certificate)) == 1


def test_numbers_and_bits_are_of_one_certificate_each(kept: Kept, report: Json) -> None:
    for _ in range(20):
        issue(report, granted(["VSC-ENV"], BASIC), Terms(NOW, 12, 6), kept.keeper)
    rows = kept.register.index()

    assert len({row["number"] for row in rows}) == len({row["index"] for row in rows}) == 21


def test_a_second_process_waits_and_then_says_so(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(UsageError, match=r"register\.in_use"), locked(tmp_path, 0.1):
        pass


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_whole(tmp_path / "f", b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(UsageError, match=r"usage\.cannot_write"):
        write_whole(tmp_path / "f", b"new")

    assert (tmp_path / "f").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["f"]
