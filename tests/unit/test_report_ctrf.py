"""The report in the Common Test Report Format."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from tests.unit.projections import CASES, REPORTS, faults
from validator.report.ctrf import STATUSES, render


def document(name, lang="en"):
    return json.loads(render(REPORTS[name], lang))


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_document_is_valid(name, lang):
    assert not faults("ctrf.schema.json", document(name, lang))


@pytest.mark.parametrize("name", REPORTS)
def test_the_summary_counts_the_tests(name):
    results = document(name)["results"]
    counts = Counter(test["status"] for test in results["tests"])

    assert results["summary"]["tests"] == len(results["tests"])
    assert {status: results["summary"][status] for status in STATUSES} == {s: counts[s] for s in STATUSES}


def test_nothing_undecided_is_passed_or_lost():
    statuses = {test["testId"]: (test["status"], test["rawStatus"]) for test in document("files")["results"]["tests"]}

    assert len(statuses) == len(REPORTS["files"]["results"])
    assert statuses["VSC-BUD-R02/advanced"] == ("other", "cantTell:evidence")
    assert statuses["VSC-BUD-R08/advanced"] == ("pending", "untested")
    assert statuses["VSC-BUD-R12/basic"] == ("skipped", "inapplicable")
    assert statuses["VSC-CODE-R01/basic"] == ("failed", "failed")


def test_a_live_run_has_a_test_for_each_of_its_own_with_their_own_findings():
    tests = {test["name"]: test for test in document("live")["results"]["tests"]}

    assert "limit=abc" not in tests["VSC-API-R03 test_R03_other_methods_are_405"]["trace"]
    assert tests["VSC-API-R03 test_R03_answers_show_nothing_of_the_inside"]["status"] == "passed"
    assert document("live")["results"]["summary"]["stop"] - document("live")["results"]["summary"]["start"] == 65_000


def test_the_same_report_has_the_same_id():
    assert document("files")["reportId"] == document("files")["reportId"] != document("live")["reportId"]
