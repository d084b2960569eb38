"""Reading a report.json that somebody hands in."""

from __future__ import annotations

import json

import pytest

from tests.unit.sample_report import clean_report, sample_report
from validator.errors import UsageError
from validator.messages import catalogue
from validator.report import RENDERERS
from validator.report.digest import canonical_value, digest_of, render, sealed
from validator.report.load import parse_report, read_report


def refused(content):
    with pytest.raises(UsageError) as caught:
        parse_report(content if isinstance(content, bytes) else json.dumps(content).encode(), "report.json")
    assert caught.value.message_id in catalogue("report", "vi")
    return caught.value


def test_what_was_written_reads_back_the_same(tmp_path):
    for report in (sample_report(), clean_report()):
        (tmp_path / "report.json").write_text(render(report), "utf-8")
        assert read_report(tmp_path / "report.json") == report


def test_order_and_white_space_do_not_matter():
    report = sample_report()
    shuffled = json.dumps(dict(reversed(report.items())), indent=7).encode()

    assert parse_report(shuffled, "x") == report


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("summary", "verdict"), "conformant"),
        (("submission", "product", "version"), "2.4.2"),
        (("results", 0, "examined"), 901),
        (("digest",), "sha256:" + "0" * 64),
        (("report_id",), "urn:sha256:" + "0" * 64),
    ],
)
def test_any_change_is_noticed(path, value):
    report = sample_report()
    part = report
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value

    assert refused(report).message_id == "report.digest_mismatch"


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError) as caught:
        read_report(tmp_path / "none.json")

    assert caught.value.message_id == "report.unreadable"


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe{}", b"[" * 100_000, b'{"a": NaN}'])
def test_what_is_not_json_is_refused(content):
    assert refused(content).message_id == "report.not_json"


def test_doubled_members_are_refused():
    assert refused(b'{"digest": 1, "digest": 2}').params["key"] == "digest"


def test_other_documents_and_unknown_members_are_refused():
    assert refused({"hello": 1}).message_id == "report.not_a_report"
    assert refused({**sample_report(), "extra": 1}).message_id == "report.not_a_report"


@pytest.mark.parametrize(
    "change",
    [
        lambda r: r["results"][0].update(outcome="failed"),
        lambda r: r["results"][0].update(outcome="cantTell"),
        lambda r: r["results"][0].update(findings_count=1),
        lambda r: r.update(as_of="2026-11-23T02:30:00Z"),
        lambda r: r.update(disclaimers=[]),
    ],
    ids=["failed without finding", "cantTell without cause", "passed with finding", "not +07:00", "no disclaimer"],
)
def test_reports_that_contradict_themselves_are_refused(change):
    assert refused(sample_report(change)).message_id == "report.not_a_report"


def test_text_that_is_not_nfc_is_refused():
    report = sample_report()
    report["submission"]["name"] = "Đa\u0300 Nẵng"

    assert refused({**report, "digest": digest_of(report)}).message_id == "report.not_nfc"


def test_number_without_canonical_form_is_refused():
    report = sample_report()
    report["results"][0]["examined"] = 2**60

    assert refused(report).message_id == "report.not_canonical"


def test_sealing_makes_every_value_canonical():
    report = sealed({"text": "Đa\u0300", "huge": 2**60, "lost": "\ud800", "none": float("nan"), "list": (1, True)})

    assert report["text"] == "Đà"
    assert report["huge"] == str(2**60)
    assert report["lost"] == "⟨U+D800⟩"
    assert report["none"] == "nan"
    assert report["list"] == [1, True]
    assert report["report_id"] == f"urn:{report['digest']}"
    assert canonical_value(report) == report


def test_every_format_has_its_renderer():
    report = sample_report()

    for name, renderer in RENDERERS.items():
        assert renderer.load()(report, "en"), name
    assert len({renderer.file for renderer in RENDERERS.values()}) == len(RENDERERS)
