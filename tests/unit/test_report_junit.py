"""The report as JUnit XML."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from lxml import etree

from tests.unit.sample_live import sample_live
from tests.unit.sample_report import clean_report, sample_report
from validator.report.junit import render

VENDOR = Path(__file__).parent / "vendor"
SCHEMA = etree.XMLSchema(etree.parse(VENDOR / "junit-10.xsd"))


def suites(report, lang="vi"):
    return etree.fromstring(render(report, lang).encode())


def test_document_is_valid_junit():
    for report in (sample_report(), clean_report(), sample_live()):
        SCHEMA.assertValid(suites(report))


def test_one_suite_per_standard_and_one_case_per_result():
    root = suites(sample_report())

    assert [suite.get("package") for suite in root] == ["VSC-BUD", "VSC-CORE", "VSC-CODE"]
    assert len(root.findall(".//testcase")) == len(sample_report()["results"])


def test_counts_of_a_suite_are_the_counts_of_its_elements():
    for suite in (*suites(sample_report()), *suites(sample_live())):
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


def test_a_live_run_has_a_case_for_each_test_and_for_what_had_none():
    cases = suites(sample_live()).findall(".//testcase")

    assert [(case.get("classname"), case[0].tag if len(case) else None) for case in cases] == [
        ("VSC-API-R02", None),
        ("VSC-API-R03", "failure"),
        ("VSC-API-R03", "failure"),
        ("VSC-API-R03", None),
        ("VSC-API-R05", "skipped"),
        ("VSC-API-R05", "error"),
        ("VSC-API-R11", "skipped"),
        ("VSC-API", "skipped"),
    ]
    assert cases[0].get("name") == "test_R02_own_pages_agree[/status]"


def test_failure_of_a_live_test_tells_its_own_findings_with_a_command():
    failure = suites(sample_live(), "en").xpath("//testcase[@name='test_R03_other_methods_are_405']/failure")[0]

    assert failure.get("message") == "POST: the error lacks title, or title is wrong"
    assert failure.text.count("curl --include") == 1
    assert "Exchanges: 1301" in failure.text
    assert "limit=abc" not in failure.text


def test_findings_whose_test_is_not_known_are_told_with_every_failure_of_their_requirement():
    def change(report):
        for finding in report["results"][1]["findings"]:
            del finding["evidence"]["test"]

    failures = suites(sample_live(change), "en").xpath("//testcase[@classname='VSC-API-R03']/failure")

    assert [failure.text.count("curl --include") for failure in failures] == [4, 4]


def test_what_a_live_test_could_not_tell_says_why():
    case = suites(sample_live(), "en").xpath("//testcase[@name='test_R05_never_304']/error")[0]

    assert case.get("message") == "Cannot tell (Fault of the test harness): The test itself failed: KeyError"
    assert suites(sample_live()).xpath("//property[@name='requests_digest']/@value") == ["sha256:" + "5c" * 32]
