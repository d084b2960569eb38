"""The page's structure for assistive technology, and its Content-Security-Policy, checked offline."""

from __future__ import annotations

import base64
import hashlib
import re
from itertools import pairwise

import pytest
from lxml import html as parser

from tests.unit.sample_live import sample_live
from tests.unit.sample_report import clean_report, sample_report
from validator.report.html import render

PAGES = {
    "sample-vi": render(sample_report()),
    "sample-en": render(sample_report(), "en"),
    "clean": render(clean_report()),
    "live-vi": render(sample_live()),
    "live-en": render(sample_live(), "en"),
}


@pytest.fixture(params=PAGES)
def page(request):
    return PAGES[request.param]


@pytest.fixture
def document(page):
    return parser.document_fromstring(page)


def test_every_table_has_a_caption_and_scoped_headers(document):
    for table in document.xpath("//table"):
        assert table.xpath("./caption//text()[normalize-space()]")
        assert all(head.get("scope") in ("row", "col") for head in table.xpath(".//th"))
        assert table.xpath("./thead/tr/th")


def test_ids_are_unique_and_references_lead_somewhere(document):
    ids = document.xpath("//@id")
    assert len(ids) == len(set(ids))

    for attribute in ("aria-labelledby", "for"):
        for value in document.xpath(f"//@{attribute}"):
            assert set(value.split()) <= set(ids)
    for link in document.xpath("//a/@href"):
        assert link.startswith("#")
        assert link[1:] in ids


def test_headings_start_at_one_and_leave_no_level_out(document):
    levels = [int(heading.tag[1]) for heading in document.xpath("//h1|//h2|//h3|//h4|//h5|//h6")]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_landmarks_are_there_once(document):
    for landmark in ("header", "main", "footer", "nav"):
        assert len(document.xpath(f"//body//{landmark}")) == 1
    assert all(section.get("aria-labelledby") for section in document.xpath("//section"))


def test_marked_text_has_a_language_and_its_pair_beside_it(document):
    marked = document.xpath("//body//*[@lang and not(contains(@class, 'own'))]")

    assert marked
    assert {element.get("lang") for element in marked} == {"vi", "en"}
    for element in document.xpath("//body//span[@lang='vi' and not(contains(@class,'own'))]"):
        assert element.getnext().get("lang") == "en"


def test_pictures_are_named_and_what_scrolls_can_be_reached_by_keyboard(document):
    for picture in document.xpath("//*[local-name()='svg']"):
        assert picture.get("role") == "img"
        assert picture.get("aria-labelledby")
    for region in document.xpath("//div[@class='scroll']"):
        assert region.get("tabindex") == "0"
        assert region.get("aria-labelledby")


def test_outcomes_are_words_and_signs_are_hidden_from_assistive_technology(document):
    for mark in document.xpath("//span[contains(concat(' ', @class, ' '), ' mark ')]"):
        assert mark.text_content().strip()
    assert all(sign.get("aria-hidden") == "true" for sign in document.xpath("//span[@class='sign']"))


def test_policy_allows_exactly_the_pages_own_style_sheets(page, document):
    policy = document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    sheets = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()}'" for sheet in sheets}

    assert policy.startswith("default-src 'none'; style-src ")
    assert set(re.findall(r"'sha256-[^']+'", policy)) == hashes
    assert "unsafe" not in policy


def test_policy_stands_before_the_first_style_sheet(page):
    assert page.index("Content-Security-Policy") < page.index("<style>")


def test_nothing_runs_and_nothing_is_fetched(page, document):
    assert not document.xpath("//script | //img | //link | //iframe | //object | //embed | //form | //base")
    assert not document.xpath("//@style | //@src | //@srcset | //@action")
    sheets = "".join(document.xpath("//style/text()"))
    assert "url(" not in sheets
    assert "@import" not in sheets
    assert all(fill.startswith("url(#") for fill in document.xpath("//@fill"))
    assert not [value for value in document.xpath("//@*") if "://" in value]
    if "://" in page:  # addresses of a system under test, as text
        assert document.xpath("//*[@id='run']")


def test_no_attribute_is_an_event_handler(document):
    for element in document.iter():
        assert not [name for name in element.attrib if name.lower().startswith("on")]


def test_language_that_is_not_chosen_is_hidden_from_everybody(document):
    sheet = "".join(document.xpath("//style/text()"))

    assert re.search(r"#in-vi:checked\) \[lang=\"en\"\]:not\(\.own\).*\{ display: none; \}", sheet)


def test_sheets_of_paper_carry_the_reports_id(page):
    assert sample_report()["report_id"] in PAGES["sample-vi"].split("@bottom-left")[1][:120]
