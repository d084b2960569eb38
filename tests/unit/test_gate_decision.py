"""The gate's decision: failures may be known or accepted, what is undecided may not."""

from __future__ import annotations

import pytest

from tests.unit.gating import TODAY, gated, result_of, waiver, waivers, written
from tests.unit.sample_report import clean_report, sample_report
from validator.errors import UsageError
from validator.gate.baseline import read_baseline, renewed
from validator.gate.decision import Accepted, Required, decide
from validator.gate.waivers import read_waivers, waived
from validator.report.digest import render as render_json
from validator.report.digest import sealed
from validator.report.load import parse_report

BUD, CODE = "VSC-BUD-R05", "VSC-CODE-R01"


def code_of(report, *required, at=TODAY, **accepted):
    return decide(report, [Required.parse(r) for r in required], Accepted(**accepted), at).exit_code


def known(report, folder):
    return read_baseline(written(folder, "baseline.json", renewed(report, None, accept_new=False)[0]))


def test_what_is_claimed_is_required_when_nothing_is_named():
    assert code_of(clean_report()) == 0
    assert code_of(gated()) == 1


def test_a_recommendation_not_met_closes_no_gate():
    def only_should(report):
        report["results"] = [r for r in report["results"] if r["requirement"] not in (BUD, CODE)]
        for verdict in report["verdicts"]:
            verdict["verdict"] = "conformant"

    assert code_of(gated(only_should)) == 0


def test_a_class_below_the_failure_may_pass():
    def mend(report):
        report["results"] = [r for r in report["results"] if r["requirement"] != CODE]
        report["verdicts"][0]["verdict"] = "conformant"

    assert code_of(gated(mend), "VSC-BUD@1.0/basic") == 0
    assert code_of(gated(mend), "VSC-BUD@1.0/standard") == 1


def test_a_profile_that_others_build_on_counts_with_them():
    def mend(report):
        report["results"] = [r for r in report["results"] if r["requirement"] != BUD]

    assert code_of(gated(mend), "VSC-BUD@1.0/basic") == 1


@pytest.mark.parametrize("name", ["VSC-BUD@2.0/basic", "VSC-XXX@1.0/basic"])
def test_what_the_report_does_not_judge_is_undecided(name):
    assert code_of(clean_report(), name) == 3


@pytest.mark.parametrize("text", ["", "VSC-BUD", "VSC-BUD@1.0", "VSC-BUD@1.0/best", "VSC-BUD@1.0/basic/x", "@/basic"])
def test_a_malformed_requirement_is_a_wrong_call(text):
    with pytest.raises(UsageError):
        Required.parse(text)


def test_known_findings_open_the_gate_and_one_new_closes_it(tmp_path):
    def change(report):
        result_of(report, BUD)["findings"].append(result_of(report, BUD)["findings"][0] | {"found": "1"})
        result_of(report, BUD)["findings_count"] += 1

    baseline = known(gated(), tmp_path)

    assert code_of(gated(), baseline=baseline) == 0
    assert code_of(gated(change), baseline=baseline) == 1
    assert code_of(gated(change), baseline=baseline, most_new=1) == 0


def test_a_stale_entry_closes_the_gate_even_when_all_is_met(tmp_path):
    assert code_of(clean_report(), baseline=known(gated(), tmp_path)) == 1


def test_findings_that_are_counted_and_not_shown_are_new(tmp_path):
    def cut(report):
        result_of(report, BUD).update(findings_count=17_432, truncated=True)

    decision = decide(gated(cut), (), Accepted(known(gated(), tmp_path)), TODAY)

    assert decision.new == 17_432 - 8
    assert decision.exit_code == 1


def test_nothing_accepts_what_is_undecided(tmp_path):
    def undecide(report):
        result_of(report, "VSC-BUD-R01").update(
            outcome="cantTell", cause="error", reason={"vi": "x", "en": "x"}, findings_count=0
        )

    baseline = known(gated(), tmp_path)

    assert code_of(gated(undecide), baseline=baseline, most_new=100) == 3
    assert code_of(sample_report(lambda r: [r["results"].pop(7), r["results"].pop(7)]), waivers=()) == 3


def test_a_waiver_in_force_accepts_and_one_that_ran_out_closes():
    both = (waiver(BUD), waiver(CODE))

    assert code_of(gated(), waivers=both) == 0
    assert code_of(gated(), waivers=both[:1]) == 1
    assert code_of(gated(), waivers=both, at="2026-12-31T23:59:59+07:00") == 0
    assert code_of(gated(), waivers=both, at="2027-01-01T00:00:00+07:00") == 1
    assert code_of(gated(), waivers=both, at="2020-01-01T00:00:00+07:00") == 0
    assert code_of(clean_report(), waivers=(waiver("VSC-ENV-R01", expires="2026-11-22"),)) == 1


def test_a_waiver_and_a_baseline_may_each_take_a_part(tmp_path):
    def mend(report):
        report["results"] = [r for r in report["results"] if r["requirement"] != BUD]

    baseline = known(gated(mend), tmp_path)

    assert code_of(gated(), baseline=baseline, waivers=(waiver(BUD),)) == 0


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"pointers": ["/amount_ytd"]}, 0),
        ({"pointers": ["/other"]}, 1),
        ({"files": ["data/*.jsonl"]}, 0),
        ({"files": ["data/*.csv"]}, 1),
        ({"classes": ["standard"]}, 0),
        ({"classes": ["basic"]}, 1),
    ],
    ids=str,
)
def test_a_waiver_covers_only_what_lies_within_its_limits(limits, code):
    limited = waiver(BUD, scope={"description": "a part", **limits})

    assert code_of(gated(), waivers=(limited, waiver(CODE))) == code


def test_limits_cannot_cover_findings_that_are_not_shown():
    def cut(report):
        result_of(report, BUD).update(findings_count=17_432, truncated=True)

    limited = waiver(BUD, scope={"description": "a part", "pointers": ["/amount_ytd"]})

    assert code_of(gated(cut), waivers=(limited, waiver(CODE))) == 1
    assert code_of(gated(cut), waivers=(waiver(BUD), waiver(CODE))) == 0


def test_a_waived_failure_stays_a_failure_with_the_waiver_beside_it(tmp_path):
    given = read_waivers(
        waivers(
            tmp_path,
            waiver(CODE, scope={"description": "until the migration", "files": ["data/line.jsonl"]}),
            waiver(BUD, expires="2026-01-01"),
            waiver("VSC-ENV-R01"),
        )
    )
    report = waived(gated(), given)

    assert result_of(report, CODE)["outcome"] == "failed"
    assert result_of(report, CODE)["waiver"]["id"] == f"W-{CODE}"
    assert "data/line.jsonl" in result_of(report, CODE)["waiver"]["scope"]["en"]
    assert result_of(report, BUD)["waiver"] is None
    assert [w["state"] for w in report["waivers"]] == ["applied", "expired", "unused"]
    assert report["summary"] == gated()["summary"]
    assert report["digest"] != gated()["digest"]
    assert parse_report(render_json(report).encode(), "report.json") == report
    assert sealed(report) == report


def test_without_a_file_of_waivers_a_report_stays_as_it_is():
    assert waived(sample_report(), None) == sample_report()


@pytest.mark.parametrize("name", ["id", "requirement", "reason", "scope", "approved_by", "expires"])
def test_every_part_of_a_waiver_is_needed(tmp_path, name):
    lacking = {k: v for k, v in waiver(BUD).items() if k != name}

    with pytest.raises(UsageError, match="gate_file"):
        read_waivers(waivers(tmp_path, lacking))


@pytest.mark.parametrize(
    "wrong", [{"expires": "2026-02-30"}, {"expires": "31/12/2026"}, {"approved_by": " "}, {"more": 1}], ids=str
)
def test_a_malformed_waiver_is_a_wrong_call(tmp_path, wrong):
    with pytest.raises(UsageError, match="gate_file"):
        read_waivers(waivers(tmp_path, waiver(BUD, **wrong)))


def test_two_waivers_of_one_id_are_a_wrong_call(tmp_path):
    with pytest.raises(UsageError, match="gate_file"):
        read_waivers(waivers(tmp_path, waiver(BUD), waiver(BUD)))
