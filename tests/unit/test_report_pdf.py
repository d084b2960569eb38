"""The report as PDF: PDF/A-3a and PDF/UA-1 declared, every letter whole, text of the subject inert, the same bytes."""

import io
import sys
import unicodedata
from pathlib import Path

import pypdf
import pytest

from tests.unit.sample_live import sample_live
from tests.unit.sample_report import sample_report
from validator.cli.main import main
from validator.errors import UsageError
from validator.report import RENDERERS, pdf, typeset
from validator.report.digest import render as as_json
from validator.report.digest import sealed
from validator.report.pdf_annex import timeliness
from validator.report.wording import say, word

HOSTILE = '#read("/etc/passwd") $x$ *b* <script>a</script> \\u{41} #import "@preview/x:1.0.0": *' + "W" * 300


def text_of(content: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return unicodedata.normalize("NFC", "\n".join(page.extract_text() for page in pages))


def flat(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_pdf_a_3a_and_pdf_ua_1_are_declared_together_in_the_language_of_the_page(lang):
    content = pdf.render(sample_report(), lang)
    root = pypdf.PdfReader(io.BytesIO(content)).trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode()

    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert root["/Lang"] == lang
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]


def test_same_report_gives_the_same_bytes_dated_by_the_report():
    report = sample_report()

    content = pdf.render(report, "vi")

    assert pdf.render(report, "vi") == content
    assert pypdf.PdfReader(io.BytesIO(content)).metadata.creation_date.isoformat() == "2026-11-23T02:30:00+00:00"


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("vi", ["Báo cáo thử nghiệm sự phù hợp", "KHÔNG PHÙ HỢP", "Yêu cầu chưa xác định được", "— Hết báo cáo —"]),
        ("en", ["Conformance test report", "NOT CONFORMANT", "Requirements that could not be decided", "Page 1 of 4"]),
    ],
)
def test_every_letter_can_be_taken_out_again(lang, said):
    text = flat(text_of(pdf.render(sample_report(), lang)))

    assert [sentence for sentence in said if flat(sentence) not in text] == []


def test_every_vietnamese_letter_comes_out_as_it_went_in():
    vowels, tones = "aăâeêioôơuưy", ["", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"]
    letters = "".join(unicodedata.normalize("NFC", v + t) for v in vowels + vowels.upper() for t in tones) + "đĐ"
    report = sample_report()
    for result in report["results"]:
        result["title"] = {"vi": letters, "en": ""}
        result["findings"] = [
            {**item, "location": {**item["location"], "file": letters}, "found": letters} for item in result["findings"]
        ]

    text = flat(text_of(pdf.render(report, "vi")))

    assert text.count(letters) > 9
    assert len(letters) == 146


def test_report_id_stands_on_every_page_with_its_number():
    report = sample_report()
    pages = [flat(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(pdf.render(report, "vi"))).pages]

    assert all(report["report_id"] in page for page in pages)
    assert all(f"Trang{number}/{len(pages)}" in page for number, page in enumerate(pages, 1))


def test_verdict_stands_before_all_else_and_failures_with_their_first_samples():
    text = text_of(pdf.render(sample_report(), "vi"))

    assert text.index("KHÔNG PHÙ HỢP") < text.index("Đối tượng được thử nghiệm") < text.index("Yêu cầu không đạt")
    assert flat("data/line.jsonl, dòng 13, bản ghi 13, /amount_ytd") in flat(text)
    assert "Còn 17.429 phát hiện khác" in text


def test_live_report_tells_of_its_run():
    text = text_of(pdf.render(sample_live(), "en"))

    assert "https://city.example/vsc/v1" in text
    assert "Requests sent" in text


def test_markup_in_the_subject_is_printed_and_does_nothing():
    report = sample_report()
    report["submission"]["name"] = HOSTILE
    report["results"][0]["findings"] = [{**f, "found": HOSTILE} for f in report["results"][0]["findings"]]

    text = flat(text_of(pdf.render(sealed(report), "vi")))

    assert flat(HOSTILE) in text
    assert "root:x:" not in text


def test_what_the_fonts_cannot_draw_or_the_eye_not_see_is_spelled_out():
    report = sample_report()
    report["submission"]["name"] = "Trạm 中 \U0001f642 \u202e \ue000 \x00 e\u0301"

    text = text_of(pdf.render(report, "vi"))

    for spelled in ("⟨U+4E2D⟩", "⟨U+1F642⟩", "⟨U+202E⟩", "⟨U+E000⟩", "⟨U+0000⟩", "é"):
        assert spelled in text


def test_every_character_that_is_let_through_can_be_drawn():
    letters = [
        c for c in map(chr, range(0x20, 0x3000)) if typeset.printable(c) == c and unicodedata.category(c) != "Cn"
    ]
    report = sample_report()
    report["results"][0]["statement"] = {"vi": " ".join(letters), "en": ""}
    report["results"][0]["title"] = report["results"][0]["statement"]

    assert len(letters) > 1500
    assert pdf.render(report, "vi")


def test_command_line_renders_to_a_file_only(tmp_path: Path, capsys):
    source, made = tmp_path / "report.json", tmp_path / "report.pdf"
    source.write_text(as_json(sample_report()), encoding="utf-8")

    assert main(["report", "render", str(source), "--format", "pdf"]) == 2
    assert "--out" in capsys.readouterr().err
    assert main(["report", "render", str(source), "--format", "pdf", "--out", str(made)]) == 0
    assert made.read_bytes().startswith(b"%PDF-1.7")


def test_without_the_extra_the_call_is_refused_before_any_work(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "typst", None)

    with pytest.raises(UsageError, match=r"usage\.no_pdf"):
        RENDERERS["pdf"].load()(sample_report(), "vi")
    assert main(["validate", "nowhere", "--format", "pdf", "--out", "nowhere", "--lang", "en"]) == 2
    assert "lienthong[pdf]" in capsys.readouterr().err


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_result_is_on_paper_with_its_outcome_and_why_it_does_not_apply(lang):
    report = sample_report()
    text = flat(text_of(pdf.render(report, lang)))

    for result in report["results"]:
        assert text.count(flat(result["requirement"])) >= 1
        assert flat(word(lang, "outcome", result["outcome"])) in text
        if result["outcome"] == "inapplicable" and result["reason"]:
            assert flat(result["reason"][lang]) in text
    assert flat(say(lang, "pdf.results")) + f"({len(report['results'])})" in text


def test_each_timed_requirement_shows_its_lowest_grade_of_evidence_its_window_and_its_worst_series():
    report = sample_report()
    report["timeliness"][0] |= {"grade": "E1", "cr": 0.5, "otr": None}
    (table,) = [block for block in timeliness(report, "en") if block["kind"] == "table"]

    assert [row[:5] for row in table["rows"]] == [
        ["VSC-BUD-R02", "VSC-BUD/snapshot", "2", "E1", "2026-10-24 – 2026-11-23"],
        ["VSC-BUD-R02", "VSC-ENV/observation", "1", "E2", "2026-10-24 – 2026-11-23"],
    ]
    assert table["rows"][0][5] == "50%"
    assert flat("VSC-ENV/observation") in flat(text_of(pdf.render(report, "en")))


def test_what_a_second_tool_saw_is_marked_as_deciding_nothing():
    report = sample_live()
    report["live"]["supporting"] = {
        "tool": "schemathesis", "version": "4.32.0", "state": "run", "reason": None, "seed": 7, "seconds": 3.2,
        "requests": 120, "unread_lines": 0, "errors_count": 0, "findings_count": 4, "kinds_count": 2, "findings": [],
    }  # fmt: skip
    text = flat(text_of(pdf.render(report, "vi")))

    assert flat(say("vi", "supporting.rule")) in text
    assert "schemathesis4.32.0" in text
