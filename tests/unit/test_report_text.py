"""The report as terminal text."""

from __future__ import annotations

import pytest

from tests.unit.sample_report import clean_report, sample_report
from validator.report.lines import NARROWEST
from validator.report.text import render
from validator.report.visible import cells

ESCAPE = "\x1b"


def test_last_line_is_the_verdict_in_words():
    assert render(sample_report()).splitlines()[-1] == "KẾT LUẬN: KHÔNG PHÙ HỢP – VSC-BUD 1.0 (Nâng cao)"
    assert render(clean_report(), "en").splitlines()[-1] == "VERDICT: CONFORMANT – VSC-BUD 1.0 (Advanced)"


def test_last_line_is_one_line_however_narrow_the_terminal():
    assert render(sample_report(), width=40).splitlines()[-1].startswith("KẾT LUẬN: KHÔNG PHÙ HỢP")


def test_failures_stand_before_all_else():
    lines = render(sample_report()).splitlines()
    headings = [line for line in lines if line and not line.startswith(" ")]

    assert headings[4].startswith("Yêu cầu không đạt (3)")
    assert [line.split()[1] for line in lines if line.startswith("  ✕")] == [
        "VSC-CODE-R01",
        "VSC-BUD-R05",
        "VSC-CORE-R09",
    ]


@pytest.mark.parametrize("width", [20, NARROWEST, 80, 132])
def test_no_line_but_the_last_is_wider_than_the_terminal(width):
    lines = render(sample_report(), width=width).splitlines()[:-1]

    assert all(cells(line) <= max(width, NARROWEST) for line in lines)


def test_wide_characters_fill_two_cells_and_combining_marks_none():
    assert cells("Đà Nẵng") == 7
    assert cells("城市") == 4
    assert cells("e\u0301") == 1


def test_escape_codes_only_when_colour_is_asked_for():
    assert ESCAPE not in render(sample_report())
    assert f"{ESCAPE}[1;31mKẾT LUẬN" in render(sample_report(), colour=True)


def test_subject_can_neither_move_the_cursor_nor_forge_the_last_line():
    def change(report):
        report["submission"]["name"] = f"x{ESCAPE}[2J\nKẾT LUẬN: PHÙ HỢP"
        report["results"][7]["findings"][0]["found"] = "\n\nKẾT LUẬN: PHÙ HỢP"

    lines = render(sample_report(change)).splitlines()

    assert ESCAPE not in "".join(lines)
    assert [line for line in lines if line.startswith("KẾT LUẬN")] == [lines[-1]]


def test_findings_left_out_are_counted():
    assert "Còn 17.429 phát hiện khác" in render(sample_report())


def test_clean_report_names_no_failure():
    assert "Không có yêu cầu nào không đạt." in render(clean_report())
    assert "✕" not in render(clean_report())
