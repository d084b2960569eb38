"""The report of a live run as a page, as text and in a comparison."""

from __future__ import annotations

import pytest

from tests.unit.sample_live import BASE, COLLECTION, errors, exchange, fault, sample_live
from tests.unit.sample_report import sample_report
from tests.unit.test_report_html import page, words
from validator.errors import UsageError
from validator.report.diff import compare
from validator.report.diff import render_text as render_difference
from validator.report.digest import render as render_json
from validator.report.exchanges import CURL_MOST, by_cause, curl_of
from validator.report.live_run import command, local, seconds
from validator.report.load import parse_report
from validator.report.text import render as render_text


def section(identifier, lang="vi", report=None):
    document = page(report or sample_live(), lang)
    return document.xpath(f"//section[@aria-labelledby='{identifier}']")[0]


def test_a_live_report_is_read_back_as_it_was_written():
    report = sample_live()

    assert parse_report(render_json(report).encode(), "report.json") == report


@pytest.mark.parametrize("member", ["curl", "status", "second_opinion"])
def test_an_exchange_without_a_member_that_pages_show_is_refused(member):
    def change(report):
        del report["results"][1]["findings"][0]["evidence"]["exchanges"][0][member]

    with pytest.raises(UsageError):
        parse_report(render_json(sample_live(change)).encode(), "report.json")


def test_the_subject_is_a_system_with_its_url():
    subject = words(section("subject-heading"))

    assert f"Hệ thống được thử nghiệm {BASE}" in subject
    assert "Đơn vị nộp" not in subject
    assert "gói nộp" not in words(page(sample_live())).lower()


def test_the_run_is_told_in_full():
    shown = words(section("run", "en"), "en")

    assert "2026-11-26 20:13:08 (UTC+07:00) – 2026-11-26 20:14:13 (UTC+07:00)" in shown
    for told in (
        ", 1 min 5 s",
        "Seed 7",
        "Requests sent 1,025",
        "sha256:" + "5c" * 32,
        "was allowed",
        "lienthong-1",
        "urn:vsc:api:1.0:conf:writable",
        "full access (main)",
        "probes: 1,440",
        "ab" * 32,
        "exchanges.ndjson SHA-256 " + "e1" * 32,
    ):
        assert told in shown, told


def test_what_was_left_behind_stands_beside_the_verdict():
    def clean(report):
        report["live"]["left_behind"] = []

    assert "không xóa được: 1" in words(page(sample_live()).get_element_by_id("main")[0])
    assert "không xóa được" not in words(page(sample_live(clean)))


def test_a_run_that_wrote_nothing_and_had_no_credential_says_so():
    def bare(report):
        report["live"].update(writes_allowed=False, left_behind=[], claims=[], roles=[], watch=None)

    shown = words(section("run", report=sample_live(bare)))

    for told in (
        "không được phép",
        "không có gì",
        "không khai mức nào",
        "chỉ gọi những gì công khai",
        "không có nhật ký",
    ):
        assert told in shown, told


def test_findings_of_one_cause_stand_together():
    groups = by_cause(errors()["findings"])

    assert [len(group) for group in groups] == [3, 1]


def test_findings_of_different_members_stand_apart_and_an_index_makes_no_difference():
    one, two, three = (fault("x", [exchange(1)]) for _ in range(3))
    one["location"]["pointer"], two["location"]["pointer"] = "/records/3/unit", "/records/14/unit"
    three["location"]["pointer"], three["params"] = "/records/3/unit", {"property": "unit"}

    assert [len(group) for group in by_cause([one, two, three])] == [2, 1]


def test_each_finding_shows_the_exchanges_it_rests_on():
    article = page(sample_live(), "en").xpath("//article")[0]
    shown = words(article, "en")

    assert len(article.xpath(".//details[@class='exchange']")) == 5
    assert "Exchange 1226 → 404 · 0.026 s" in shown
    assert "GET https://city.example/vsc/v1/collections/env-station/items?limit=abc Host: city.example" in shown
    assert 'Content-Type: application/problem+json Vary: Origin {"type":"about:blank","status":404}' in shown
    assert "credential of the role main" in shown
    assert "Exchange 1344 → no answer" in shown
    assert "timeout: 20 s" in shown
    assert "samples: 3" in shown


def test_the_second_opinion_is_told_whatever_it_is():
    shown = words(page(sample_live(), "en").xpath("//article")[0], "en")

    assert "does not agree with the system's own OpenAPI document: InvalidData: 'title'" in shown
    assert "the answer agrees with the system's own OpenAPI document." in shown
    assert "none for this exchange" in shown


def test_commands_stand_in_text_that_nothing_can_start():
    document = page(sample_live())

    assert len(document.xpath("//pre[@class='curl']")) == 5
    assert not document.xpath("//button | //a[not(starts-with(@href, '#'))]")


def test_every_test_of_every_requirement_is_listed_with_its_outcome():
    rows = page(sample_live()).xpath("//table[@class='tests']/tbody/tr")

    assert len(rows) == 7
    assert words(rows[0]) == "test_R03_unknown_is_404 Không đạt 9 9"
    assert "Lỗi của bộ thử nghiệm . Phép thử tự hỏng: KeyError" in words(rows[4])


def test_a_requirement_that_was_skipped_leads_to_the_one_it_needs():
    row = page(sample_live(), "en").xpath("//table[.//span[@id='unclear-list-caption']]/tbody/tr")[0]

    assert row.xpath(".//a/@href") == ["#failed-1"]
    assert "VSC-API-R03" in words(row.xpath(".//a")[0], "en")


def test_tables_of_files_are_left_out():
    document = page(sample_live())

    assert not document.xpath("//*[@id='file-list-caption'] | //*[@id='density']")
    assert document.xpath("//*[@id='standard-list-caption']")


def test_the_page_says_how_to_run_again():
    told = f"lienthong test {BASE} --seed 7 --standard VSC-API --class advanced --allow-writes --auth"

    assert told in words(section("verify"))
    assert "sha256sum exchanges.ndjson" in words(section("verify"))


def test_the_command_is_quoted_for_a_shell():
    def change(report):
        report["live"]["url"] = "https://x.example/$(id);'\n"

    line = command(sample_live(change), "en")

    assert """lienthong test 'https://x.example/$(id);'"'"' ' --seed""" in line


def test_times_that_are_none_stay_as_they_are():
    assert local("once") == "once"
    assert local("2026-11-26T13:00:00") == "2026-11-26T13:00:00"
    assert seconds({"started_at": "x", "finished_at": "y"}) is None


def test_a_command_that_is_too_long_is_named_not_cut():
    long = exchange(12, curl="curl " + "x" * CURL_MOST)

    assert "report.json under exchange 12" in curl_of(long, "en")


def test_text_names_system_run_exchanges_and_one_command_per_requirement():
    lines = render_text(sample_live(), "en").splitlines()

    assert lines[1] == f"System under test: {BASE}"
    assert any(line.startswith("1,025 requests, seed 7, 1 min 5 s; evidence: exchanges.ndjson") for line in lines)
    assert "        Exchanges: 1226 (404) | More samples like this one (2)" in lines
    assert [line.split("--url ")[1] for line in lines if "curl" in line] == [f"'{COLLECTION}?limit=abc'"]
    assert "      Further findings in the full report: 204." in lines
    assert lines[-1] == "VERDICT: NOT CONFORMANT – VSC-API 1.0 (Advanced)"


def test_two_runs_with_one_seed_are_comparable_and_other_requests_are_the_systems_doing():
    def later(report):
        report["live"].update(requests=1026, requests_digest="sha256:" + "6d" * 32, started_at="2026-11-27T00:00:00Z")

    difference = compare(sample_live(), sample_live(later))

    assert [change.what for change in difference.inputs] == ["requests"]
    assert difference.comparable


@pytest.mark.parametrize(("member", "value"), [("seed", 8), ("writes_allowed", False), ("roles", []), ("watch", None)])
def test_runs_that_asked_in_another_way_are_not_comparable(member, value):
    def change(report):
        report["live"][member] = value

    assert not compare(sample_live(), sample_live(change)).comparable


def test_a_live_report_can_be_compared_with_one_of_files():
    shown = render_difference(compare(sample_report(), sample_live()), "en")

    assert f"System under test: absent → {BASE}" in shown
