"""What a certificate says, and every reason for which none is issued."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.unit.certificate.conftest import NOW, URL
from tests.unit.certificate.grounds import (
    ADVANCED,
    BASIC,
    STANDARD,
    Json,
    Kept,
    changed,
    founded,
    keeper_of,
    rejudged,
    result,
)
from validator.catalogue.load import find_standard
from validator.certificate.credential import Terms
from validator.certificate.grounds import refusals
from validator.certificate.issue import issue, read_ground
from validator.certificate.issuer import Issuer, Role
from validator.certificate.keys import generate
from validator.certificate.refusal import Kind, RefusedError
from validator.certificate.register import Register
from validator.certificate.scope import granted
from validator.certificate.shape import check_shape
from validator.errors import EvidenceError, UsageError
from validator.messages import catalogue
from validator.model.standard import ConformanceClass
from validator.model.text import Text
from validator.report.digest import render

TERMS = Terms(NOW, 12, 6)
WAIVER: Json = {
    "id": "W-1", "reason": "x", "scope": "x", "approved_by": "x", "expires": "2027-03-31", "requirement": "VSC-ENV-R01",
    "state": "applied",
}  # fmt: skip


def refused(report: Json, at: ConformanceClass = BASIC, standard: str = "VSC-ENV") -> dict[str, Kind]:
    against = refusals(report, granted([standard], at), NOW)
    assert all(refusal.message_id in catalogue("certificate", "vi") for refusal in against)
    return {refusal.message_id: refusal.kind for refusal in against}


def outcome(word: str, requirement: str = "VSC-ENV-R01") -> Any:
    """A change of one result to an outcome, in a form that the schema allows."""
    said = {"vi": "x", "en": "x"}
    more = {
        "failed": {"findings_count": 3, "truncated": True},
        "cantTell": {"cause": "error", "reason": said},
        "untested": {"reason": said},
        "inapplicable": {},
    }[word]

    def change(report: Json) -> None:
        result(report, requirement, "basic").update(outcome=word, **more)

    return change


def test_a_conformant_class_has_nothing_against_it(report: Json) -> None:
    assert refused(report, BASIC) == {}
    assert refused(report, STANDARD) == {}


@pytest.mark.parametrize("word", ["cantTell", "untested"])
def test_an_inconclusive_class_is_refused(report: Json, word: str) -> None:
    assert refused(rejudged(report, outcome(word))) == {"refusal.inconclusive": Kind.INCONCLUSIVE}


def test_a_nonconformant_class_is_refused(report: Json) -> None:
    assert refused(rejudged(report, outcome("failed"))) == {"refusal.nonconformant": Kind.NONCONFORMANT}


def test_a_waiver_does_not_make_a_failure_a_pass(report: Json) -> None:
    def change(copy: Json) -> None:
        outcome("failed")(copy)
        copy["waivers"] = [WAIVER]

    assert refused(rejudged(report, change)) == {"refusal.nonconformant": Kind.NONCONFORMANT}


def test_a_standard_below_that_does_not_hold_refuses_what_depends_on_it(report: Json) -> None:
    assert refused(rejudged(report, outcome("failed", "VSC-CORE-R01"))) == {"refusal.nonconformant": Kind.NONCONFORMANT}


def test_a_report_whose_digest_is_not_its_own_is_refused(report: Json) -> None:
    assert refused({**report, "profile": "x"}) == {"refusal.digest": Kind.CONTRADICTION}


def test_a_report_file_that_was_changed_is_refused_as_evidence(report: Json, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(render(report).replace("Trạm Xanh", "Trạm Xinh"), "utf-8")
    with pytest.raises(EvidenceError, match=r"report\.digest_mismatch"):
        read_ground(path)


def test_counts_that_are_not_those_of_the_results_are_refused(report: Json) -> None:
    def rows(copy: Json) -> None:
        copy["verdicts"][0]["counts"]["passed"] += 1

    def summary(copy: Json) -> None:
        copy["summary"]["counts"]["passed"] += 1

    assert refused(changed(report, rows)) == {"refusal.counts": Kind.CONTRADICTION}
    assert refused(changed(report, summary)) == {"refusal.summary": Kind.CONTRADICTION}


def test_a_verdict_that_does_not_follow_from_its_results_is_refused(report: Json) -> None:
    def change(copy: Json) -> None:
        rows, summary = copy["verdicts"], copy["summary"]["verdict"]
        kept = [row["verdict"] for row in rows]
        honest = rejudged(copy, outcome("untested"))
        copy.update(honest)
        copy["summary"]["verdict"] = summary
        for row, word in zip(copy["verdicts"], kept, strict=True):
            row["verdict"] = word

    assert refused(changed(report, change)) == {
        "refusal.verdict": Kind.CONTRADICTION,
        "refusal.inconclusive": Kind.INCONCLUSIVE,
    }


def test_a_missing_requirement_is_refused(report: Json) -> None:
    def change(copy: Json) -> None:
        copy["results"].remove(result(copy, "VSC-ENV-R01"))

    assert refused(rejudged(report, change)) == {"refusal.missing": Kind.INCONCLUSIVE}


def test_a_requirement_that_the_standard_does_not_have_is_refused(report: Json) -> None:
    def change(copy: Json) -> None:
        copy["results"].append({**result(copy, "VSC-ENV-R01"), "requirement": "VSC-ENV-R99"})

    assert refused(rejudged(report, change)) == {"refusal.unknown_requirement": Kind.CONTRADICTION}


def test_a_result_that_stands_twice_is_refused(report: Json) -> None:
    def change(copy: Json) -> None:
        copy["results"].append(result(copy, "VSC-ENV-R01"))

    assert refused(rejudged(report, change)) == {"refusal.repeated": Kind.CONTRADICTION}


def test_a_must_that_was_made_a_should_is_refused(report: Json) -> None:
    def change(copy: Json) -> None:
        result(copy, "VSC-ENV-R01")["level"] = "SHOULD"

    assert refused(rejudged(report, change)) == {"refusal.level": Kind.CONTRADICTION}


@pytest.mark.parametrize("word", ["failed", "cantTell", "untested", "inapplicable"])
def test_a_pass_that_its_own_tests_do_not_bear_out_is_refused(report: Json, word: str) -> None:
    test = {"name": "t", "outcome": word, "cause": None, "reason": None, "examined": 1, "requests": 1}

    def change(copy: Json) -> None:
        result(copy, "VSC-ENV-R01")["assertions"] = [test]

    assert refused(rejudged(report, change)) == {"refusal.assertions": Kind.CONTRADICTION}


def test_an_expired_waiver_is_refused(report: Json) -> None:
    for change in ({"expires": "2026-11-25"}, {"state": "expired"}):
        waived = changed(report, lambda copy, c=change: copy["waivers"].append({**WAIVER, **c}))
        assert refused(waived) == {"refusal.waiver_expired": Kind.NONCONFORMANT}


def test_a_class_that_was_not_claimed_is_refused(report: Json) -> None:
    assert refused(report, ADVANCED) == {"refusal.class_not_claimed": Kind.USAGE}


def test_a_standard_that_was_not_claimed_is_refused(report: Json) -> None:
    assert refused(report, BASIC, "VSC-CORE") == {"refusal.not_claimed": Kind.USAGE}
    assert refused(report, BASIC, "VSC-BUD") == {"refusal.not_in_report": Kind.USAGE}


def test_another_edition_of_the_standard_is_refused(report: Json) -> None:
    def change(copy: Json) -> None:
        for standard in copy["standards"]:
            if standard["id"] == "VSC-ENV":
                standard["sha256"] = "0" * 64

    assert refused(changed(report, change)) == {"refusal.edition": Kind.USAGE}


def test_results_of_the_future_or_older_than_a_year_are_refused(report: Json) -> None:
    later = changed(report, lambda copy: copy.update(as_of="2026-11-27T08:00:00+07:00"))
    older = changed(report, lambda copy: copy.update(as_of="2025-11-25T08:00:00+07:00"))

    assert refused(later) == {"refusal.future": Kind.CONTRADICTION}
    assert refused(older) == {"refusal.old": Kind.USAGE}


def test_a_verdict_row_that_is_missing_is_refused(report: Json) -> None:
    assert "refusal.verdict_rows" in refused(changed(report, lambda copy: copy["verdicts"].pop()))


def test_every_reason_is_told_and_the_worst_decides(report: Json, register: Register) -> None:
    keeper = founded(register, generate(demo=False), NOW)

    def change(copy: Json) -> None:
        outcome("failed")(copy)
        copy["results"].remove(result(copy, "VSC-CORE-R02"))

    with pytest.raises(RefusedError) as caught:
        issue(rejudged(report, change), granted(["VSC-ENV"], STANDARD), TERMS, keeper)

    assert {r.message_id for r in caught.value.refusals} == {"refusal.nonconformant", "refusal.missing"}
    assert caught.value.exit_code == Kind.INCONCLUSIVE
    assert register.index() == []


def test_a_certificate_has_the_published_shape(kept: Kept) -> None:
    check_shape(kept.certificate, "certificate")

    assert kept.register.certificate(kept.number) == kept.certificate


def test_the_scope_names_what_is_granted_and_what_is_not(kept: Kept) -> None:
    scope = kept.certificate["credentialSubject"]["scope"]
    own = find_standard("VSC-ENV")

    assert (scope[0]["standard"], scope[0]["askedFor"]) == ("VSC-ENV", True)
    assert {item["standard"] for item in scope if not item["askedFor"]} == {"VSC-CORE", "VSC-CODE"}
    assert scope[0]["digest"] == f"sha256:{own.sha256}"
    assert scope[0]["classGranted"] == "basic"
    assert scope[0]["classesNotGranted"] == [
        {"class": "standard", "reason": "notRequested"},
        {"class": "advanced", "reason": "notExamined"},
    ]


def test_the_completeness_proof_adds_up(kept: Kept, report: Json) -> None:
    subject = kept.certificate["credentialSubject"]
    proof = subject["completeness"]

    assert proof["requirementsInScope"] == sum(proof["resultsByOutcome"].values()) > 0
    assert subject["report"]["digest"] == report["digest"]


def test_the_dates_are_within_a_year_and_surveillance_within_them(kept: Kept) -> None:
    subject = kept.certificate["credentialSubject"]

    assert kept.certificate["validFrom"] == subject["grantedAt"] == "2026-11-26T15:00:00+07:00"
    assert kept.certificate["validUntil"] == "2027-11-26T15:00:00+07:00"
    assert subject["surveillanceDue"] == "2027-05-26T15:00:00+07:00"


@pytest.mark.parametrize("terms", [Terms(NOW, 13, 6), Terms(NOW, 6, 7), Terms(NOW, 0, 0)])
def test_longer_than_a_year_is_refused(terms: Terms, report: Json, register: Register) -> None:
    with pytest.raises(UsageError, match=r"certificate\.months"):
        issue(report, granted(["VSC-ENV"], BASIC), terms, keeper_of(register, generate(demo=False)))


def test_a_certificate_never_outlives_a_waiver_that_it_relies_on(report: Json, register: Register) -> None:
    keeper = founded(register, generate(demo=False), NOW)
    waived = changed(report, lambda copy: copy["waivers"].append(WAIVER))
    made = issue(waived, granted(["VSC-ENV"], BASIC), TERMS, keeper)

    assert made["validUntil"] == "2027-03-31T23:59:59+07:00"
    assert [w["id"] for w in made["credentialSubject"]["waivers"]] == ["W-1"]


def test_the_issuer_declares_its_role_and_is_no_registered_body_by_default(kept: Kept) -> None:
    issuer = kept.certificate["issuer"]

    assert (issuer["id"], issuer["partyRole"], issuer["registeredCertificationBody"]) == (URL, "first", False)
    assert issuer["standing"]["vi"].startswith("Đơn vị phát hành không phải tổ chức")


def test_a_registered_body_names_its_registration() -> None:
    issuer = Issuer(URL, Text("A", "A"), "x", Role.THIRD, registration="VICAS 000").as_credential()

    assert (issuer["registeredCertificationBody"], issuer["registration"]) == (True, "VICAS 000")
    assert Issuer.of(issuer).as_credential() == issuer


def test_it_is_named_an_attestation_and_claims_no_conformity_mark(kept: Kept) -> None:
    names = {entry["@language"]: entry["@value"] for entry in kept.certificate["name"]}
    statements = [s["vi"] for s in kept.certificate["credentialSubject"]["statements"]]

    assert names["vi"] == "Xác nhận kết quả thử nghiệm"
    assert any("không phải giấy chứng nhận hợp chuẩn, hợp quy" in said for said in statements)
    assert len(statements) == 9


def test_the_holder_may_be_another_than_the_vendor(report: Json, register: Register) -> None:
    keeper = founded(register, generate(demo=False), NOW)
    terms = Terms(NOW + timedelta(seconds=1), 6, 6, {"name": "Sở TT&TT", "taxCode": "9900000009"})
    made = issue(report, granted(["VSC-ENV"], BASIC), terms, keeper)

    assert made["credentialSubject"]["client"] == {"name": "Sở TT&TT", "taxCode": "9900000009"}


def test_what_a_demo_key_signs_says_so_in_every_place(report: Json, register: Register) -> None:
    keeper = founded(register, generate(demo=True), NOW)
    made = issue(report, granted(["VSC-ENV"], BASIC), TERMS, keeper)
    subject = made["credentialSubject"]

    assert subject["demo"] is True
    assert subject["number"].startswith("DEMO-")
    assert all(entry["@value"].startswith("DEMO") for entry in made["name"])
    assert "#DEMO-" in made["proof"]["verificationMethod"]
