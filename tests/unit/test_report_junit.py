"""The report as JUnit XML."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from lxml import etree

from tests.unit.sample_report import clean_report, sample_report
from validator.report.junit import render

VENDOR = Path(__file__).parent / "vendor"
SCHEMA = etree.XMLSchema(etree.parse(VENDOR / "junit-10.xsd"))


def suites(report, lang="vi"):
    return etree.fromstring(render(report, lang).encode())


def test_document_is_valid_junit():
    for report in (sample_report(), clean_report()):
        SCHEMA.assertValid(suites(report))


def test_one_suite_per_standard_and_one_case_per_result():
    root = suites(sample_report())

    assert [suite.get("package") for suite in root] == ["VSC-BUD", "VSC-CORE", "VSC-CODE"]
    assert len(root.findall(".//testcase")) == len(sample_report()["results"])


def test_counts_of_a_suite_are_the_counts_of_its_elements():
    for suite in suites(sample_report()):
        kinds = Counter(case[0].tag if len(case) else "passed" for case in suite.iter("testcase"))
        assert int(suite.get("tests")) == sum(kinds.values())
        assert int(suite.get("failures")) == kinds["failure"]
        assert int(suite.get("errors")) == kinds["error"]
        assert int(suite.get("skipped")) == kinds["skipped"]


def test_outcomes_map_to_elements():
    kinds = {
        case.get("name").split()[0] + case.get("name").split("[")[1][:4]: case[0].tag if len(case) else None
        for case in suites(sample_report()).iter("testcase")
    }

    assert kinds["VSC-BUD-R05Tiêu"] == "failure"
    assert kinds["VSC-BUD-R11Nâng"] == "error"
    assert kinds["VSC-BUD-R02Nâng"] == "skipped"
    assert kinds["VSC-BUD-R08Nâng"] == "skipped"
    assert kinds["VSC-BUD-R12Cơ b"] == "skipped"
    assert kinds["VSC-BUD-R01Cơ b"] is None


def test_skipped_case_says_why():
    case = suites(sample_report(), "en").xpath("//testcase[starts-with(@name,'VSC-BUD-R04')]/skipped")[0]

    assert case.get("message") == "Cannot tell (Skipped: a requirement it needs has failed): VSC-BUD-R01 has failed."


def test_failure_tells_places_values_and_the_exact_count():
    failure = suites(sample_report(), "en").xpath("//testcase[starts-with(@name,'VSC-BUD-R05')]/failure")[0]

    assert failure.get("type") == "MUST"
    assert failure.get("message") == "Findings: 17,432"
    assert "data/line.jsonl, line 13, record 13, /amount_ytd" in failure.text
    assert "Expected: 1211500000" in failure.text


def test_characters_that_xml_forbids_do_not_break_the_document():
    def change(report):
        report["results"][0]["title"]["vi"] = "a\x00b\x1b\ufffe]]>&<"

    name = suites(sample_report(change)).xpath("//testcase[starts-with(@name,'VSC-CORE-R01')]/@name")[0]

    assert name.endswith("a⟨U+0000⟩b⟨U+001B⟩⟨U+FFFE⟩]]>&<")


def test_result_of_a_standard_that_the_report_does_not_list_is_not_lost():
    def change(report):
        report["results"][0]["standard"] = "VSC-ZZZ"

    assert suites(sample_report(change)).xpath("//testsuite[@package='VSC-ZZZ']/@tests") == ["1"]
