"""The second verifier says what the first one says: its script, run by Node, on certificates made by the first."""

from __future__ import annotations

import gzip
import json
import random
import re
import unicodedata
import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import html as parser

from tests.unit.certificate.conftest import NOW
from tests.unit.certificate.grounds import Json, edited
from tests.unit.certificate.page_samples import CERTIFICATE, HISTORY, POLICY, Sample, sample
from tests.verifier_page import Case, Told, judged
from validator.canonical import canonical
from validator.certificate import proof
from validator.certificate.history import Event
from validator.certificate.keeping import method, refresh
from validator.certificate.multibase import plain_base64url
from validator.certificate.register import KEYS, list_path
from validator.certificate.status_list import bitstring, encode
from validator.certificate.trust import controller_document
from validator.certificate.verifier_page import HERE, PAGE, PARTS, page
from validator.messages import catalogue

DAY = timedelta(days=1)
FLIPS = 500


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, report: Json) -> Sample:
    """A certificate that nothing is wrong with, not to be changed."""
    return sample(tmp_path_factory.mktemp("whole"), report, NOW)


@pytest.fixture
def own(tmp_path: Path, report: Json) -> Sample:
    return sample(tmp_path, report, NOW)


def one(case: Case) -> Told:
    (told,) = judged([case])
    return told


def signed_again(made: Sample, document: Any) -> bytes:
    bare = {name: value for name, value in document.items() if name != "proof"}
    return canonical(proof.sign(bare, made.key.private, method(made.register, made.key), made.certificate["validFrom"]))


def test_a_good_certificate_is_valid_and_every_step_holds(whole: Sample) -> None:
    told = one(whole.case())

    assert {name: state for name, (state, _) in told.steps.items()} == dict.fromkeys(
        ("reading", "proof", "issuer", "contents", "dates", "revocation", "suspension", "history", "log", "witnesses"),
        "holds",
    )
    assert (told.verdict, told.demo, told.unused) == ("valid", False, [])
    assert whole.verified(whole.files()[CERTIFICATE]).word == "valid"


@pytest.mark.parametrize(
    ("after", "step", "reason"),
    [
        (-DAY, "proof", "proof.no_key"),
        (400 * DAY, "dates", "dates.expired"),
        (8 * DAY, "revocation", "status.stale"),
    ],
)
def test_time_is_looked_at(whole: Sample, after: timedelta, step: str, reason: str) -> None:
    told = one(whole.case(after))

    assert told.steps[step][1] == reason
    assert agree(told, whole.verified(whole.files()[CERTIFICATE], after).word)


def agree(told: Told, word: str) -> bool:
    """Whether both verifiers say the same; what is not known to be good is never good to either."""
    return told.verdict == {"valid": "valid", "refused": "invalid", "unknown": "cannotTell"}[word]


def test_suspension_is_seen_and_ends(own: Sample) -> None:
    content = own.files()[CERTIFICATE]
    own.change(Event.SUSPENDED)
    suspended, first = one(own.case(DAY)), own.verified(content, DAY)
    own.change(Event.REINSTATED, 2 * DAY)
    reinstated, second = one(own.case(3 * DAY)), own.verified(content, 3 * DAY)

    assert suspended.steps["suspension"] == ("fails", "status.suspension.set")
    assert (suspended.verdict, reinstated.verdict) == ("invalid", "valid")
    assert agree(suspended, first.word)
    assert agree(reinstated, second.word)


def test_revocation_is_seen_in_the_list_the_history_and_the_log(own: Sample) -> None:
    before = {name: content for name, content in own.files().items() if name.endswith(("ion.json", HISTORY))}
    own.change(Event.REVOKED)
    told = one(own.case(DAY))
    logged = one(Case({**own.files(), **before}, own.at + DAY))

    assert told.steps["revocation"] == ("fails", "status.revocation.set")
    assert told.steps["history"][0] == "holds"
    assert agree(told, own.verified(own.files()[CERTIFICATE], DAY).word)
    assert (logged.verdict, logged.steps["log"][1]) == ("invalid", "log.knows_more")


def test_an_old_list_beside_a_history_that_goes_on_is_noticed(own: Sample) -> None:
    lists = {name: content for name, content in own.files().items() if name.endswith("ion.json")}
    own.change(Event.SUSPENDED)
    told = one(Case({**own.files(), **lists}, own.at + DAY))

    assert (told.verdict, told.steps["history"][1]) == ("invalid", "history.disagrees")


def test_of_two_lists_the_newer_one_counts(own: Sample) -> None:
    old = own.files()["revocation.json"]
    refresh(own.register, own.key, own.at + 6 * DAY)
    case = own.case(8 * DAY)

    assert one(Case({**case.files, "old-revocation.json": old}, case.at)).verdict == "valid"


@pytest.mark.parametrize("name", ["revocation.json", "suspension.json", KEYS, POLICY, "proofs"])
def test_what_is_missing_leaves_it_open(whole: Sample, name: str) -> None:
    files = {
        n: c for n, c in whole.files().items() if n != name and not (name == "proofs" and n.endswith("tlog-proof"))
    }

    assert one(Case(files, whole.at)).verdict == "cannotTell"


def test_a_demo_certificate_is_told_to_be_one(tmp_path: Path, report: Json) -> None:
    made = sample(tmp_path, report, NOW, demo=True)
    told = one(made.case())
    honest = json.loads(made.files()[CERTIFICATE])
    honest["credentialSubject"]["demo"] = False
    forged = one(made.case(certificate=signed_again(made, honest)))

    assert (told.verdict, told.demo) == ("valid", True)
    assert (forged.verdict, forged.demo, forged.steps["issuer"][1]) == ("invalid", True, "issuer.demo_differs")


def test_keys_that_came_with_the_certificate_are_to_be_confirmed(whole: Sample) -> None:
    bundle = {"schema": "lienthong-verification/1.0", "files": {n: c.decode() for n, c in whole.files().items()}}
    files = {"bundle.json": json.dumps(bundle).encode()}
    told, confirmed = judged([Case(files, whole.at), Case(files, whole.at, confirmed=True)])

    assert (told.verdict, told.steps["issuer"]) == ("cannotTell", ("cannotTell", "issuer.unconfirmed"))
    assert told.steps["log"] == told.steps["witnesses"] == ("cannotTell", "log.unconfirmed")
    assert confirmed.verdict == "valid"


@pytest.mark.parametrize("pack", [lambda c: c, gzip.compress, zlib.compress])
def test_an_address_with_a_fragment_is_read(whole: Sample, pack: Any) -> None:
    address = f"https://dang-ky.example/x#{plain_base64url(pack(whole.files()[CERTIFICATE]))}"
    case = whole.case(certificate=address.encode())

    assert one(case).verdict == "valid"


def test_a_did_document_is_taken_for_keys(whole: Sample) -> None:
    document = canonical(controller_document(whole.register.issuer.id, whole.register.keys().values()))
    files = {name: content for name, content in whole.files().items() if name != KEYS}

    assert one(Case({**files, "did.json": document}, whole.at)).verdict == "valid"


def test_what_the_first_verifier_refuses_the_second_refuses(whole: Sample) -> None:
    good = whole.certificate
    text = whole.files()[CERTIFICATE].decode()

    def late(c: Json) -> None:
        c["validUntil"] = "2028-11-26T15:00:00+07:00"

    def short(c: Json) -> None:
        c["credentialSubject"]["completeness"]["requirementsInScope"] += 1

    def strange(c: Json) -> None:
        c["credentialSubject"]["seal"] = "hợp chuẩn"

    def unreal(c: Json) -> None:
        c["validFrom"] = "2026-02-30T15:00:00+07:00"

    bad = {
        "changed": edited(good, lambda c: c["credentialSubject"]["client"].update(name="Khác")),
        "NFD": unicodedata.normalize("NFD", text).encode(),
        "duplicate": text.replace('"demo":false', '"demo":true,"demo":false', 1).encode(),
        "spaced": text.replace('":', '": ', 1).encode(),
        "line feed": text.encode() + b"\n",
        "mark": b"\xef\xbb\xbf" + text.encode(),
        "escaped": text.replace("Phòng", "Ph\\u00f2ng", 1).encode(),
        "float": text.replace('"requirementsInScope":', '"requirementsInScope":0.5e1', 1).encode(),
        "deep": b'{"a":' + b"[" * 40 + b"]" * 40 + b"}",
        "no proof": canonical({k: v for k, v in good.items() if k != "proof"}),
        "twelve months": signed_again(whole, json.loads(edited(good, late))),
        "sum": signed_again(whole, json.loads(edited(good, short))),
        "member": signed_again(whole, json.loads(edited(good, strange))),
        "moment": signed_again(whole, json.loads(edited(good, unreal))),
        "cut": text.encode()[:-1],
    }  # fmt: skip
    told = judged([whole.case(certificate=content) for content in bad.values()])

    assert {name: whole.verified(content).word for name, content in bad.items()} == dict.fromkeys(bad, "refused")
    assert dict(zip(bad, (t.verdict for t in told), strict=True)) == dict.fromkeys(bad, "invalid")


def test_lists_that_are_none_are_refused(whole: Sample) -> None:
    url = whole.register.list_url("revocation")
    good = json.loads(whole.files()["revocation.json"])

    def listed(text: str) -> bytes:
        return signed_again(whole, {**good, "credentialSubject": {**good["credentialSubject"], "encodedList": text}})

    bad = {
        "bomb": listed("u" + plain_base64url(gzip.compress(bytes(50_000_000), mtime=0))),
        "short": listed("u" + plain_base64url(gzip.compress(bytes(100), mtime=0))),
        "no gzip": listed("u" + plain_base64url(b"abc")),
        "trailing": listed(encode(bitstring([])) + plain_base64url(b"\0\0\0")),
        "other": whole.files()["suspension.json"].replace(whole.register.list_url("suspension").encode(), url.encode()),
    }
    told = judged([whole.case(revocation=content) for content in bad.values()])

    assert {name: t.steps["revocation"][0] for name, t in zip(bad, told, strict=True)} == dict.fromkeys(bad, "fails")


@pytest.mark.parametrize("kind", [CERTIFICATE, "revocation.json", "suspension.json", HISTORY, ".tlog-proof"])
def test_no_flipped_byte_is_taken_for_good(whole: Sample, kind: str) -> None:
    """Of what was signed: the certificate, the lists, the history and the log's proof, whichever byte."""
    rng, files = random.Random(kind), whole.files()
    (name,) = [name for name in files if name.endswith(kind)]
    flips = [(rng.randrange(len(files[name])), rng.randrange(1, 256)) for _ in range(FLIPS)]
    told = judged([Case({**files, name: flipped(files[name], *flip)}, whole.at) for flip in flips])

    assert [flip for flip, one in zip(flips, told, strict=True) if one.verdict == "valid"] == []


def flipped(content: bytes, at: int, by: int) -> bytes:
    return content[:at] + bytes([content[at] ^ by]) + content[at + 1 :]


def test_every_step_and_reason_has_its_text() -> None:
    scripts = "\n".join(path.read_text("utf-8") for path in (PARTS / "parts").glob("*.js"))
    frame = (PARTS / "frame.html").read_text("utf-8")
    named = set(re.findall(r'(?:Refused|holds|fails|cannotTell|passedOver|bothUnknown|say)\("([a-z0-9_.]+)"', scripts))
    named |= set(re.findall(r'data-text="([a-z._]+)"', frame)) | {
        f"step.{s}" for s in re.findall(r'add\(report, "(\w+)"', scripts)
    }

    assert named - set(catalogue("verifier", "vi")) == set()


def test_the_page_that_lies_there_is_made_of_its_parts() -> None:
    assert PAGE.read_text("utf-8") == page(), "run python -m validator.certificate.verifier_page"


def test_pinned_keys_are_trusted_and_cannot_break_out_of_the_page(whole: Sample) -> None:
    files = whole.files()
    made = page({KEYS: files.pop(KEYS).decode(), "</script><script>": "<!--"})

    assert made.count("<script>") == 1
    assert one(Case(files, whole.at)).verdict == "cannotTell"
    pinned = judged([Case({KEYS: whole.files()[KEYS]}, whole.at, origin="pinned")], made)
    assert pinned[0].steps["reading"][1] == "intake.no_certificate"
    assert list_path("revocation") not in made
    assert (HERE / "certificate.schema.json").exists()


def test_controls_are_labelled_and_the_verdict_is_announced() -> None:
    document = parser.document_fromstring(PAGE.read_text("utf-8"))
    ids = document.xpath("//@id")

    assert len(ids) == len(set(ids))
    for field in document.xpath("//input|//textarea"):
        assert document.xpath(f"//label[@for='{field.get('id')}']")
    for named in document.xpath("//@aria-labelledby"):
        assert named in ids
    assert document.xpath("//*[@role='status']")
    assert document.xpath("//table/caption")
    assert all(head.get("scope") in ("row", "col") for head in document.xpath("//th"))
    assert not document.xpath("//*[@style or @onclick or @src or @href]")
