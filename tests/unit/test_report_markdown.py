"""The report as a short Markdown page."""

from __future__ import annotations

import re
from copy import deepcopy

import pytest
from markdown_it import MarkdownIt

from tests.unit.projections import CASES, REPORTS
from tests.unit.sample_report import sample_report
from validator.report.markdown import LONGEST, code, prose, render

READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
NASTY = "@team #12 !3 [a](http://x.example) ![i](y) <img src=x> `c` **b** | www.x.example :x: &lt; $1 ~l\n# h\n- l"


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_the_first_heading_is_the_verdict(name, lang):
    page = READER.render(render(REPORTS[name], lang))

    assert page.startswith("<h2>")
    assert page.count("<table>") == 1
    assert {"files": "❌", "clean": "✅", "live": "❌"}[name] in page.split("</h2>")[0]


@pytest.mark.parametrize("write", [code, prose])
def test_text_stays_text(write):
    tokens = READER.parse(f"- {write(NASTY)}")
    inner = [t for token in tokens for t in token.children or ()]
    plain = re.sub(r"<code>.*?</code>", "", READER.renderInline(write(NASTY)))

    assert {t.type for t in inner} <= {"text", "text_special", "entity", "html_inline"}
    assert {t.content for t in inner if t.type == "html_inline"} <= {"<code>", "</code>"}
    assert not re.search(r"[@#!$~]|://", plain)
    assert "www." not in write(NASTY)


def test_a_page_fits_a_comment_and_says_what_it_left_out():
    def change(report):
        row = report["results"][7]
        report["results"] = [deepcopy(row) | {"requirement": f"VSC-BUD-R{n}" + "*" * 900} for n in range(300)]

    page = render(sample_report(change), "en")

    assert len(page) < LONGEST + 4000
    assert "More in the full report: 260." in page or "Lines left out" in page
    assert "Report id" in page


def test_waivers_stand_beside_their_failure():
    page = re.sub(r"&#(\d+);", lambda found: chr(int(found[1])), render(sample_report(), "en"))

    assert page.count("W-2026-003") == 2
    assert "applied" in page
