"""The HTML report: what stands in it, in which order, in which language."""

from __future__ import annotations

import re

import pytest
from lxml import html as parser

from tests.unit.sample_report import clean_report, sample_report
from tests.unit.sample_results import finding, series, text
from validator.messages import catalogue
from validator.report.digest import render as render_json
from validator.report.html import CHARTS_MOST, SAMPLES_MOST, SAMPLES_OPEN, render
from validator.report.load import parse_report

PAGE = render(sample_report())


def page(report, lang="vi"):
    return parser.document_fromstring(render(report, lang))


def words(element, lang="vi"):
    """What a reader of one language sees: the other language's marked text taken out."""
    hidden = "en" if lang == "vi" else "vi"
    copy = parser.fromstring(parser.tostring(element))
    for other in copy.xpath(f".//*[@lang='{hidden}']"):
        other.drop_tree()
    return re.sub(r"\s+", " ", " ".join(copy.itertext())).strip()


def test_verdict_in_words_comes_before_everything_else_in_main():
    main = page(sample_report()).get_element_by_id("main")

    assert "KHÔNG PHÙ HỢP" in words(main[0])
    assert main[0].xpath(".//h1")


def test_title_says_the_verdict_first_in_the_language_of_the_page():
    assert page(sample_report()).findtext(".//title").startswith("KHÔNG PHÙ HỢP – ")
    assert page(sample_report(), "en").findtext(".//title").startswith("NOT CONFORMANT – ")


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_page_opens_in_the_language_asked_for_and_holds_both(lang):
    document = page(sample_report(), lang)

    assert document.get("lang") == lang
    assert document.xpath("//input[@checked]/@value") == [lang]
    assert "Yêu cầu không đạt" in words(document, "vi")
    assert "Requirements not met" in words(document, "en")


def test_words_of_one_language_hold_none_of_the_other():
    assert "Requirements" not in words(page(sample_report()), "vi")
    assert "Yêu cầu không đạt" not in words(page(sample_report()), "en")


def test_failed_musts_stand_before_failed_shoulds():
    codes = page(sample_report()).xpath("//article[contains(@class,'requirement')]//span[@class='code']/text()")

    assert codes == ["VSC-CODE-R01", "VSC-BUD-R05", "VSC-CORE-R09"]


def test_a_failure_shows_clause_place_both_values_and_how_to_fix_it():
    article = page(sample_report()).xpath("//article[.//span[text()='VSC-BUD-R05']]")[0]
    shown = words(article)

    assert "Khoản 5.5" in shown
    assert "data/line.jsonl dòng 13 bản ghi 13 /amount_ytd" in shown
    assert "Mong đợi 1211500000 Thực tế 1211499999" in shown
    assert "Cách khắc phục: Tính lại lũy kế" in shown
    assert "18(2)(b) [S1, 23/11/2026" in shown


def test_counts_are_exact_and_samples_are_capped():
    def change(report):
        row = next(r for r in report["results"] if r["requirement"] == "VSC-BUD-R05")
        row["findings"] = [finding(text(f"Lỗi {n}", f"Fault {n}")) for n in range(100)]

    article = page(sample_report(change)).xpath("//article[.//span[text()='VSC-BUD-R05']]")[0]

    assert len(article.xpath("./ol[@class='findings']/li")) == SAMPLES_OPEN
    assert len(article.xpath(".//ol[@class='findings']/li")) == SAMPLES_MOST
    assert f"Hiển thị {SAMPLES_MOST} mẫu trong tổng số 17.432 phát hiện" in words(article)


def test_redacted_values_are_said_to_be_redacted():
    article = page(sample_report()).xpath("//article[.//span[text()='VSC-CORE-R09']]")[0]

    assert "Giá trị đã được che" in words(article)


def test_waiver_stands_beside_a_result_that_stays_failed():
    article = page(sample_report()).xpath("//article[.//span[text()='VSC-CODE-R01']]")[0]

    assert "Không đạt" in words(article)
    assert "W-2026-003 – còn hiệu lực" in words(article)


def test_waiver_that_ran_out_is_said_to_be_void():
    def change(report):
        for result in report["results"]:
            if result["waiver"]:
                result["waiver"]["expires"] = "2026-11-22"

    assert "đã hết hạn, không còn giá trị" in words(page(sample_report(change)))


def test_what_was_not_tested_is_listed_with_its_reason():
    table = page(sample_report()).xpath("//table[.//span[@id='untested-list-caption']]")[0]

    assert "VSC-BUD-R13 – – Bộ kiểm thử API trực tiếp chưa chạy." in words(table)
    assert "Gói nộp không có dữ liệu cấp xã." in words(table)
    assert "data/phu-luc.csv" in words(table)


def test_every_class_of_every_standard_has_its_verdict():
    rows = page(sample_report()).xpath("//table[contains(@class,'matrix')]/tbody/tr")

    assert [len(row.xpath("./td")) for row in rows] == [3, 3, 3]
    assert "CHƯA KẾT LUẬN ĐƯỢC" in words(rows[0])


def test_density_pictures_have_tables_with_the_same_days():
    document = page(sample_report())
    pictures = document.xpath("//*[local-name()='svg']")
    tables = document.xpath("//details[@class='days']//table")

    assert len(pictures) == len(tables) == 3
    assert all(len(table.xpath("./tbody/tr")) == 30 for table in tables)


def test_only_the_worst_series_are_drawn_and_all_are_in_the_table():
    def change(report):
        report["timeliness"] = [series(str(n), {n % 30}, set() if n else {3}) for n in range(40)]

    document = page(sample_report(change))

    assert len(document.xpath("//article[@class='series']")) == CHARTS_MOST
    assert words(document.xpath("//article[@class='series']/h3")[0]) == "VSC-BUD/snapshot · 0"
    assert len(document.xpath("//table[contains(@class,'figures')]/tbody/tr")) == 40


def test_clean_report_says_so_in_each_section():
    document = page(clean_report())
    shown = words(document)

    assert "Kết luận: PHÙ HỢP" in shown
    assert "Không có yêu cầu nào không đạt." in shown
    assert "Không có miễn trừ nào." in shown


def test_what_a_submission_may_leave_out_is_said_to_be_missing():
    def bare(report):
        report["submission"].update(vendor={"name": "A"}, product=None, localities=[])
        for waiver in report["waivers"]:
            del waiver["requirement"], waiver["state"]

    report = sample_report(bare)

    assert parse_report(render_json(report).encode(), "report.json") == report
    assert words(page(report)).count("không nêu") == 2


def test_disclaimers_and_the_meaning_of_the_word_are_in_the_page():
    shown = words(page(sample_report()))

    assert "không phải tiêu chuẩn/quy chuẩn do cơ quan nhà nước ban hành" in shown
    assert "không chứng nhận" in shown


def test_markup_in_the_subjects_text_is_shown_not_obeyed():
    def change(report):
        report["submission"]["name"] = "<script>alert(1)</script>\"'&"
        for result in report["results"]:
            result["title"] = text("<img src=x onerror=1>", "</title><b>")

    document = page(sample_report(change))

    assert not document.xpath("//script | //img")
    assert "<script>alert(1)</script>" in words(document)


def test_text_that_would_turn_around_its_neighbours_is_spelled_out():
    def change(report):
        report["submission"]["name"] = "a\u202egnp.exe\x1b[2J"

    shown = render(sample_report(change))

    assert "a⟨U+202E⟩gnp.exe⟨U+001B⟩[2J" in shown
    assert "\u202e" not in shown


def test_both_catalogues_have_the_same_keys_and_placeholders():
    vi, en = catalogue("report", "vi"), catalogue("report", "en")

    assert vi.keys() == en.keys()
    for key in vi:
        holes = [sorted(re.findall(r"{(\w+)}", words[key])) for words in (vi, en)]
        assert holes[0] == holes[1], key


def test_same_report_gives_the_same_page():
    assert render(sample_report()) == PAGE
