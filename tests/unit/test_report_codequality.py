"""The report as GitLab Code Quality JSON."""

from __future__ import annotations

import json

import pytest

from tests.unit.projections import CASES, REPORTS, faults
from tests.unit.sample_report import sample_report
from validator.report.codequality import render


def issues(report, lang="en"):
    return json.loads(render(report, lang))


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_document_is_valid(name, lang):
    assert not faults("gitlab-codequality.schema.json", issues(REPORTS[name], lang))


@pytest.mark.parametrize("name", REPORTS)
def test_fingerprints_are_unique(name):
    marks = [issue["fingerprint"] for issue in issues(REPORTS[name])]

    assert len(set(marks)) == len(marks)


def test_fingerprints_survive_a_move_of_lines():
    def change(report):
        for result in report["results"]:
            for finding in result["findings"]:
                finding["location"]["line"] = finding["location"]["line"] and finding["location"]["line"] + 10

    before, after = issues(sample_report()), issues(sample_report(change))

    assert [i["fingerprint"] for i in before] == [i["fingerprint"] for i in after]
    assert [i["location"] for i in before] != [i["location"] for i in after]


def test_problems_only_and_what_is_undecided_among_them():
    names = {issue["check_name"].removeprefix("lienthong/") for issue in issues(REPORTS["files"])}

    assert {"VSC-BUD-R05", "VSC-BUD-R02", "VSC-BUD-R08"} <= names
    assert "VSC-CORE-R01" not in names
    assert issues(REPORTS["clean"]) == []


def test_a_live_finding_stands_at_the_report():
    assert {issue["location"]["path"] for issue in issues(REPORTS["live"])} == {"report.json"}
