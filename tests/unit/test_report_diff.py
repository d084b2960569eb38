"""What changed between two reports."""

from __future__ import annotations

import json
from copy import deepcopy

from tests.unit.sample_report import clean_report, sample_report
from validator.report.diff import compare, render_json, render_text, worse


def names(changes):
    return [change.requirement for change in changes]


def outcome(requirement, new, findings=0):
    def change(report):
        for result in report["results"]:
            if result["requirement"] == requirement:
                result.update(outcome=new, findings_count=findings, findings=[], cause=None, truncated=findings > 0)

    return change


def test_a_report_does_not_differ_from_itself():
    same = compare(sample_report(), sample_report())

    assert (same.inputs, same.verdicts, same.newly_failing, same.fixed, same.changed) == ((), (), (), (), ())
    assert names(same.still_failing) == ["VSC-BUD-R05", "VSC-CODE-R01", "VSC-CORE-R09"]
    assert same.comparable
    assert not worse(same)


def test_fixed_and_newly_failing_are_told_apart():
    fixed = compare(sample_report(), sample_report(outcome("VSC-BUD-R05", "passed")))
    broken = compare(sample_report(), sample_report(outcome("VSC-BUD-R07", "failed", 3)))

    assert names(fixed.fixed) == ["VSC-BUD-R05"]
    assert not worse(fixed)
    assert names(broken.newly_failing) == ["VSC-BUD-R07"]
    assert worse(broken)


def test_a_failure_that_became_unknown_is_changed_not_fixed():
    difference = compare(sample_report(), sample_report(outcome("VSC-BUD-R05", "inapplicable")))

    assert not difference.fixed
    assert names(difference.changed) == ["VSC-BUD-R05"]


def test_results_that_come_or_go_are_named():
    difference = compare(sample_report(), clean_report())

    assert "VSC-BUD-R08" in names(difference.changed)
    assert next(c for c in difference.changed if c.requirement == "VSC-BUD-R08").new is None


def test_one_requirement_at_two_classes_is_two_results():
    difference = compare(sample_report(), sample_report(outcome("VSC-BUD-R02", "failed", 1)))

    assert [(c.requirement, c.conformance_class) for c in difference.newly_failing] == [
        ("VSC-BUD-R02", "basic"),
        ("VSC-BUD-R02", "advanced"),
    ]


def test_a_lost_verdict_is_worse_even_if_nothing_newly_fails():
    before, after = clean_report(), clean_report()
    after["verdicts"] = deepcopy(after["verdicts"])
    after["verdicts"][0]["verdict"] = "inconclusive"

    assert compare(before, after).verdicts[0].old == "conformant"
    assert worse(compare(before, after))
    assert not worse(compare(after, before))


def test_other_data_can_be_compared_and_other_standards_cannot():
    def data(report):
        report["submission"]["sha256"] = "0" * 64
        report["as_of"] = "2026-11-24T09:30:00+07:00"

    def standard(report):
        report["standards"][0].update(version="1.1", sha256="0" * 64)
        report["tool"]["version"] = "0.2.0"
        report["parameters"][1]["value"] = 0.99

    assert {c.what for c in compare(sample_report(), sample_report(data)).inputs} == {"submission", "as_of"}
    assert compare(sample_report(), sample_report(data)).comparable

    other = compare(sample_report(), sample_report(standard))
    assert {c.what for c in other.inputs} == {"standard", "tool", "parameter"}
    assert not other.comparable
    assert "có thể không do đối tượng được thử nghiệm" in render_text(other, width=400)


def test_text_ends_with_both_verdicts():
    shown = render_text(compare(sample_report(), clean_report()))

    assert shown.splitlines()[-1] == "KẾT LUẬN: KHÔNG PHÙ HỢP → PHÙ HỢP"
    assert "Vẫn không đạt" not in shown


def test_text_says_counts_before_and_after():
    shown = render_text(compare(sample_report(outcome("VSC-BUD-R05", "failed", 2)), sample_report()), "en")

    assert "Failed (Findings: 2) → Failed (Findings: 17,432)" in shown


def test_json_holds_the_same_changes():
    data = json.loads(render_json(compare(sample_report(), sample_report(outcome("VSC-BUD-R05", "passed")))))

    assert data["schema"] == "lienthong-report-diff/1.0"
    assert data["comparable"] is True
    assert data["fixed"][0]["requirement"] == "VSC-BUD-R05"
