"""The badges: JSON for shields.io and our own SVG."""

from __future__ import annotations

import json

import pytest
from lxml import etree

from tests.unit.projections import CASES, REPORTS, faults, undecided
from tests.unit.sample_report import sample_report
from validator.report.badge import COLOURS, State, endpoint, label, render, state_of
from validator.report.badge_svg import SVG, draw
from validator.report.badge_svg import render as render_svg


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_json_is_what_the_service_takes(name, lang):
    assert not faults("shields-endpoint.schema.json", json.loads(render(REPORTS[name], lang)))


def test_a_report_that_nobody_signed_never_says_conformant_alone():
    assert [state_of(r) for r in REPORTS.values()] == [State.NONCONFORMANT, State.SELF_TESTED, State.NONCONFORMANT]
    assert state_of(sample_report(undecided)) is State.INCONCLUSIVE
    assert json.loads(render(REPORTS["clean"], "vi"))["message"] == "phù hợp, tự thử"


def test_every_state_has_a_word_and_a_colour_of_its_own():
    for lang in ("vi", "en"):
        badges = [json.loads(endpoint("x", state, lang)) for state in State]
        assert len({badge["message"] for badge in badges}) == len({badge["color"] for badge in badges}) == len(State)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colour", COLOURS.values())
def test_white_text_can_be_read_on_every_colour(colour):
    assert 1.05 / (luminance(colour) + 0.05) >= 4.5


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_svg_holds_shapes_and_text_only(name, lang):
    root = etree.fromstring(render_svg(REPORTS[name], lang).encode())

    assert {etree.QName(e).localname for e in root.iter()} == {"svg", "title", "desc", "rect", "text"}
    assert root.get("aria-label") == root.findtext(f"{{{SVG}}}title")
    assert root.findtext(f"{{{SVG}}}desc") == REPORTS[name]["report_id"]
    assert not [a for e in root.iter() for a in e.attrib if "href" in a or a.startswith("on")]


def test_text_in_the_svg_is_escaped_and_short():
    def change(report):
        report["standards"][0]["id"] = '"/><script>alert(1)</script>\x00\u202e' + "x" * 10_000

    svg = render_svg(sample_report(change), "en")

    assert "<script" not in svg
    assert "⟨U+202E⟩" in svg
    assert len(svg) < 2500


def test_several_profiles_are_counted():
    def change(report):
        for standard in report["standards"]:
            standard["claimed"] = True

    assert label(sample_report(change)) == "Liên thông VSC-BUD 1.0 +2"
    assert "conformant" in draw("x", State.CONFORMANT, "en", "y")
