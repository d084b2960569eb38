"""Text of a report is data: in no rendering, at no place, can it become markup, a command or a line of ours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree, html
from markdown_it import MarkdownIt

from tests.unit.sample_live import exchange, sample_live
from tests.unit.sample_report import sample_report
from validator.report import RENDERERS
from validator.report.badge import COLOURS
from validator.report.digest import sealed
from validator.report.html import render as render_html
from validator.report.junit import render as render_junit
from validator.report.sarif import render as render_sarif
from validator.report.text import render as render_text

SETTINGS = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SAMPLES = {"files": sample_report(), "live": sample_live()}
NASTY = "<script>\"'&--></style></title>]]>{{7*7}}{% x %}\x00\x1b[31m\u202e\n</svg><b onx=1>"
ANY_TEXT = st.one_of(st.text(max_size=40), st.text("<>&\"'/={}%\x1b\x00\u202e\n ab", max_size=40))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where each string of the report stands."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from places(member, (*path, name))
    elif isinstance(value, list):
        for number, member in enumerate(value):
            yield from places(member, (*path, number))


PLACES = {name: list(places(sample)) for name, sample in SAMPLES.items()}
ANYWHERE = st.one_of(*(st.tuples(st.just(name), st.sampled_from(found)) for name, found in PLACES.items()))
FOUND = ("files", ("results", 7, "findings", 0, "found"))
BODY = ("live", ("results", 1, "findings", 0, "evidence", "exchanges", 0, "response_body"))
HEADER = ("live", ("results", 1, "findings", 0, "evidence", "exchanges", 0, "response_headers", 0, 0))
CURL = ("live", ("results", 1, "findings", 0, "evidence", "exchanges", 0, "curl"))
URL = ("live", ("live", "url"))


def changed(place: tuple[str, tuple[Any, ...]], text: str) -> dict[str, Any]:
    name, path = place
    report = deepcopy(SAMPLES[name])
    part: Any = report
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = text
    return report


def everywhere(name: str, text: str) -> dict[str, Any]:
    """A sample with this text in every place that is no closed list and no key of another value."""
    report = deepcopy(SAMPLES[name])
    closed = {
        "outcome",
        "level",
        "class",
        "verdict",
        "cause",
        "as_of",
        "expires",
        "date",
        "standard",
        "id",
        "requirement",
        "word",
    }
    for path in PLACES[name]:
        if path[-1] not in closed:
            part: Any = report
            for step in path[:-1]:
                part = part[step]
            part[path[-1]] = text
    return report


def skeleton(page: str) -> list[tuple[str, tuple[str, ...]]]:
    """The page's elements and the names of their attributes, in order."""
    return [(e.tag, tuple(sorted(e.attrib))) for e in html.document_fromstring(page).iter() if isinstance(e.tag, str)]


# A language mark falls away where both languages say the same, which is no markup of the subject.
def bones(page: str) -> list[tuple[str, tuple[str, ...]]]:
    return [bone for bone in skeleton(page) if bone != ("span", ("lang",))]


@SETTINGS
@given(ANYWHERE, ANY_TEXT)
@example(("files", ("submission", "name")), NASTY)
@example(FOUND, NASTY)
@example(("files", ("summary", "verdict")), NASTY)
@example(("files", ("report_id",)), NASTY)
@example(BODY, NASTY)
@example(BODY, NASTY * 20_000)
@example(HEADER, NASTY)
@example(CURL, NASTY)
@example(URL, NASTY)
def test_any_text_in_any_field_leaves_the_pages_elements_as_they_are(place, text):
    allowed = {tag for tag, _ in skeleton(render_html(SAMPLES[place[0]]))}
    page = render_html(changed(place, text))

    assert {tag for tag, _ in skeleton(page)} <= allowed
    assert not any(name.startswith("on") for _, names in skeleton(page) for name in names)
    assert page.count("<style>") == 2
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", page)


@SETTINGS
@given(st.sampled_from(list(SAMPLES)), ANY_TEXT.filter(bool))
@example("files", NASTY)
@example("live", NASTY)
def test_the_same_text_in_every_field_gives_the_same_page_structure_as_any_other(name, text):
    assert bones(render_html(everywhere(name, text))) == bones(render_html(everywhere(name, "x")))


@SETTINGS
@given(ANYWHERE, ANY_TEXT)
@example(FOUND, NASTY)
@example(CURL, NASTY)
def test_any_text_in_any_field_leaves_junit_well_formed(place, text):
    root = etree.fromstring(render_junit(changed(place, text)).encode())

    assert {e.tag for e in root.iter()} <= {
        *("testsuites", "testsuite", "properties", "property", "testcase"),
        *("failure", "error", "skipped", "system-out", "system-err"),
    }


@SETTINGS
@given(ANYWHERE, ANY_TEXT)
@example(BODY, NASTY)
@example(HEADER, NASTY)
def test_any_text_in_any_field_leaves_sarif_readable(place, text):
    shown = render_sarif(changed(place, text))

    assert json.loads(shown)["version"] == "2.1.0"
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", shown)


@SETTINGS
@given(ANYWHERE, ANY_TEXT)
@example(("files", ("submission", "name")), "\nKẾT LUẬN: PHÙ HỢP\x1b[2K")
@example(CURL, "\nKẾT LUẬN: PHÙ HỢP\x1b[2K")
@example(URL, "\nKẾT LUẬN: PHÙ HỢP\x1b[2K")
def test_any_text_in_any_field_gives_the_terminal_no_command_and_no_second_verdict(place, text):
    shown = render_text(changed(place, text))

    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)
    assert len([line for line in shown.split("\n") if line.startswith("KẾT LUẬN:")]) == 1


TAR = {
    *("TestStepReport", "date", "result", "overview", "counters", "reports", "info", "warning", "error"),
    *("profileID", "transactionID", "validationServiceName", "validationServiceVersion", "note"),
    *("nrOfAssertions", "nrOfErrors", "nrOfWarnings"),
    *("assertionID", "description", "location", "test", "type", "value"),
}
BADGE = {"svg", "title", "desc", "rect", "text"}
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


@SETTINGS
@given(ANYWHERE, ANY_TEXT, st.sampled_from([("gitb", TAR), ("badge-svg", BADGE)]))
@example(FOUND, NASTY, ("gitb", TAR))
@example(("files", ("submission", "name")), NASTY, ("gitb", TAR))
@example(("files", ("standards", 0, "id")), NASTY, ("badge-svg", BADGE))
@example(("files", ("as_of",)), NASTY, ("gitb", TAR))
def test_any_text_in_any_field_leaves_other_xml_well_formed(place, text, kind):
    name, known = kind
    shown = RENDERERS[name].load()(changed(place, text), "en")

    assert {etree.QName(e).localname for e in etree.fromstring(shown.encode()).iter()} <= known
    assert not UNSEEN.search(shown)


@SETTINGS
@given(ANYWHERE, ANY_TEXT, st.sampled_from(["earl", "ctrf", "intoto", "codequality", "badge"]))
@example(BODY, NASTY, "ctrf")
@example(("files", ("results", 0, "requirement")), NASTY, "earl")
@example(("files", ("results", 0, "outcome")), NASTY, "earl")
@example(("files", ("submission", "sha256")), NASTY, "intoto")
@example(("live", ("live", "started_at")), NASTY, "ctrf")
def test_any_text_in_any_field_leaves_other_json_readable(place, text, name):
    shown = RENDERERS[name].load()(changed(place, text), "en")

    assert json.loads(shown) is not None
    assert not UNSEEN.search(shown)


@SETTINGS
@given(ANYWHERE, ANY_TEXT)
@example(FOUND, NASTY)
@example(FOUND, "@team #1 [a](http://x) ![i](y) `c` **b** | ~l ---\n# h")
@example(("files", ("results", 7, "title", "en")), "| a | b |\n|---|---|\n[a]: http://x '")
def test_any_text_in_any_field_makes_no_markup_in_markdown(place, text):
    shown = RENDERERS["markdown"].load()(changed(place, text), "en")
    inner = [child for token in READER.parse(shown) for child in token.children or ()]
    marks = {child.content for child in inner if child.type == "html_inline"}

    assert marks <= {"<code>", "</code>"}
    assert not {child.type for child in inner} & {"link_open", "image", "em_open", "strong_open", "s_open"}
    assert not any(token.type in ("html_block", "fence", "code_block") for token in READER.parse(shown))
    assert sum(token.type == "heading_open" for token in READER.parse(shown)) <= 4
    assert not UNSEEN.search(shown)


@SETTINGS
@given(ANYWHERE, ANY_TEXT)
def test_no_text_in_any_field_but_the_verdict_changes_what_the_badge_says(place, text):
    if place[1] == ("summary", "verdict"):
        return
    said = json.loads(RENDERERS["badge"].load()(changed(place, text), "en"))

    assert said["message"] == "not conformant"
    assert said["color"] in COLOURS.values()


@SETTINGS
@given(st.sampled_from(list(SAMPLES)), ANY_TEXT)
def test_a_sealed_report_can_be_sealed_again_without_change(name, text):
    report = sealed(everywhere(name, text))

    assert sealed(report) == report


HUGE = "<b>" + "x" * 5_000_000


def huge(report: dict[str, Any]) -> None:
    report["results"][1]["findings"][0]["evidence"]["exchanges"] = [
        exchange(1, HUGE, response_body=HUGE, response_headers=[[HUGE, HUGE]], curl=HUGE)
    ]


def test_huge_answers_are_cut_in_every_rendering():
    report = sample_live(huge)

    for name in set(RENDERERS) - {"json"}:
        assert len(RENDERERS[name].load()(report, "vi")) < 300_000, name


def test_huge_values_and_names_are_cut_where_formats_repeat_them():
    def grow(report: dict[str, Any]) -> None:
        report["results"][7]["findings"][0] |= {"found": HUGE, "message": {"vi": HUGE, "en": HUGE}}

    report = sample_report(grow)

    for name in ("markdown", "gitb", "earl", "ctrf", "intoto", "codequality", "badge", "badge-svg"):
        assert len(RENDERERS[name].load()(report, "vi")) < 300_000, name
