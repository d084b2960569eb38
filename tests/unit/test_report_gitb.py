"""The report as a GITB test report."""

from __future__ import annotations

import hashlib

import pytest
from lxml import etree

from tests.unit.projections import CASES, REPORTS, SCHEMAS, only_should_fails, undecided
from tests.unit.sample_report import sample_report
from validator.report.gitb import TR, render

SCHEMA = etree.XMLSchema(etree.parse(SCHEMAS / "gitb_tr.xsd"))
IN = {"t": TR}


def document(report, lang="en"):
    return etree.fromstring(render(report, lang).encode())


def test_schemas_of_others_are_unedited():
    for line in (SCHEMAS / "sha256sums.txt").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((SCHEMAS / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_document_is_valid(name, lang):
    SCHEMA.assertValid(document(REPORTS[name], lang))


def test_counters_are_the_counts_of_the_items():
    for report in REPORTS.values():
        root = document(report)
        for kind, name in (("info", "nrOfAssertions"), ("error", "nrOfErrors"), ("warning", "nrOfWarnings")):
            assert int(root.findtext(f".//t:{name}", namespaces=IN)) == len(root.findall(f".//t:reports/t:{kind}", IN))


def test_what_is_inconclusive_is_undefined_and_its_undecided_requirements_are_errors():
    root = document(sample_report(undecided))

    assert root.findtext("t:result", namespaces=IN) == "UNDEFINED"
    assert {e.findtext("t:type", namespaces=IN) for e in root.findall(".//t:error", IN)} == {"cantTell"}


def test_a_recommendation_not_met_makes_a_success_with_warnings():
    assert document(sample_report(only_should_fails)).findtext("t:result", namespaces=IN) == "WARNING"
    assert document(REPORTS["clean"]).findtext("t:result", namespaces=IN) == "SUCCESS"
    assert document(REPORTS["files"]).findtext("t:result", namespaces=IN) == "FAILURE"


def test_what_does_not_apply_is_told_with_its_outcome():
    kinds = {i.findtext("t:type", namespaces=IN) for i in document(REPORTS["files"]).findall(".//t:info", IN)}

    assert kinds == {"passed", "inapplicable"}


def test_characters_that_xml_forbids_are_spelled_out():
    def change(report):
        report["results"][7]["findings"][0]["found"] = "a\x00b\x1b\ufffe]]>&<"

    assert "a⟨U+0000⟩b⟨U+001B⟩⟨U+FFFE⟩]]>&<" in {v.text for v in document(sample_report(change)).iter(f"{{{TR}}}value")}
