"""The report as SARIF 2.1.0."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import jsonschema

from tests.unit.sample_live import BASE, COLLECTION, sample_live
from tests.unit.sample_report import clean_report, sample_report
from validator.report.sarif import FINGERPRINT, MOST, render

VENDOR = Path(__file__).parent / "vendor"
# Its draft-4 patterns are not all regular expressions of jsonschema-rs.
SCHEMA = jsonschema.Draft4Validator(json.loads((VENDOR / "sarif-2.1.0-rtm.5.json").read_text("utf-8")))


def run(report, lang="vi"):
    return json.loads(render(report, lang))["runs"][0]


def of(requirement, report=None):
    return [r for r in run(report or sample_report())["results"] if r["ruleId"] == requirement]


def test_vendored_schemas_are_unedited():
    for line in (VENDOR / "sha256sums.txt").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest


def test_log_is_valid_sarif():
    for report in (sample_report(), clean_report(), sample_live()):
        for lang in ("vi", "en"):
            assert not list(SCHEMA.iter_errors(json.loads(render(report, lang))))


def test_level_follows_the_requirements_word():
    assert {r["level"] for r in of("VSC-BUD-R05")} == {"error"}
    assert {r["level"] for r in of("VSC-CORE-R09")} == {"warning"}


def test_each_sample_is_a_result_with_its_place():
    results = of("VSC-BUD-R05")
    place = results[0]["locations"][0]

    assert len(results) == 8
    assert place["physicalLocation"]["artifactLocation"] == {"uri": "data/line.jsonl", "uriBaseId": "SUBMISSION"}
    assert place["physicalLocation"]["region"] == {"startLine": 13}
    assert place["logicalLocations"] == [{"fullyQualifiedName": "13:/amount_ytd"}]
    assert results[0]["properties"]["findingsCount"] == 17_432


def test_file_names_are_percent_encoded_and_a_finding_without_file_has_no_place():
    first, second = of("VSC-CORE-R09")

    assert first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].startswith("data/b%C3%A1o%20")
    assert second["locations"] == []


def test_passed_results_are_left_out_and_undecided_ones_are_open():
    assert not of("VSC-CORE-R01")
    assert [(r["kind"], r["level"]) for r in of("VSC-BUD-R04")] == [("open", "none")]


def test_our_own_error_makes_the_run_unsuccessful():
    assert run(sample_report())["invocations"][0]["executionSuccessful"] is False
    assert run(clean_report())["invocations"][0]["executionSuccessful"] is True


def test_waiver_in_force_suppresses_and_one_that_ran_out_does_not():
    def change(report):
        for result in report["results"]:
            if result["waiver"]:
                result["waiver"]["expires"] = "2026-11-22"

    assert of("VSC-CODE-R01")[0]["suppressions"][0]["status"] == "accepted"
    assert of("VSC-CODE-R01")[0]["kind"] == "fail"
    assert of("VSC-CODE-R01", sample_report(change))[0]["suppressions"] == []


def test_fingerprints_are_unique_and_survive_a_move_of_lines():
    def change(report):
        for result in report["results"]:
            for finding in result["findings"]:
                finding["location"]["line"] = finding["location"]["line"] and finding["location"]["line"] + 10

    before = [r["partialFingerprints"][FINGERPRINT] for r in of("VSC-BUD-R05")]
    after = [r["partialFingerprints"][FINGERPRINT] for r in of("VSC-BUD-R05", sample_report(change))]

    assert len(set(before)) == len(before)
    assert before == after


def test_a_log_holds_no_more_than_code_scanning_takes_and_says_what_it_left_out():
    def change(report):
        result = next(r for r in report["results"] if r["requirement"] == "VSC-BUD-R05")
        result["findings"] = result["findings"] * (MOST // 8 + 1)

    log = run(sample_report(change), "en")

    assert len(log["results"]) == MOST
    assert "25000 samples shown of 25014" in log["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"]


def test_rules_carry_help_in_both_languages():
    rules = {rule["id"]: rule for rule in run(sample_report())["tool"]["driver"]["rules"]}
    shown = rules["VSC-BUD-R05"]["help"]["text"]

    assert "Khoản 5.5" in shown
    assert "Clause 5.5" in shown
    assert "How to fix: Recompute" in shown


def test_rule_index_leads_to_the_rule():
    log = run(sample_report())

    for result in log["results"]:
        assert log["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_a_finding_of_a_live_run_carries_its_request_and_answer():
    first, second, _third, silent = of("VSC-API-R03", sample_live())

    assert first["webRequest"]["method"] == "GET"
    assert first["webRequest"]["target"] == f"{COLLECTION}?limit=abc"
    assert first["webResponse"]["statusCode"] == 404
    assert first["webResponse"]["headers"]["Vary"] == "Accept, Origin"
    assert first["webResponse"]["body"]["text"].startswith('{"type"')
    assert second["webRequest"]["target"] == f"{COLLECTION}?limit=0"
    assert second["properties"]["exchanges"] == [1227, 1228]
    assert silent["webResponse"] == {"noResponseReceived": True}
    assert silent["properties"]["failure"] == "timeout: 20 s"


def test_the_place_of_a_live_finding_is_the_address_and_no_file():
    first = of("VSC-API-R03", sample_live())[0]

    assert first["locations"] == [
        {"logicalLocations": [{"fullyQualifiedName": f"GET {COLLECTION}?limit=abc /title", "kind": "resource"}]}
    ]
    assert "originalUriBaseIds" not in run(sample_live())
    assert run(sample_live())["properties"]["system"]["url"] == BASE
