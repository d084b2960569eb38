"""The report as EARL 1.0 in JSON-LD."""

from __future__ import annotations

import json

import pytest
from rdflib import RDF, Graph, Namespace, URIRef

from tests.unit.projections import CASES, REPORTS, faults
from tests.unit.sample_report import sample_report
from validator.report.earl import render

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # the reader's own
EARL = Namespace("http://www.w3.org/ns/earl#")
DCT = Namespace("http://purl.org/dc/terms/")
# Of the vocabulary: each property that we use with what it may point to.
PROPERTIES = {
    EARL.assertedBy: EARL.Software,
    EARL.subject: EARL.TestSubject,
    EARL.test: (EARL.TestRequirement, EARL.TestCase),
    EARL.result: EARL.TestResult,
    EARL.mode: None,
    EARL.outcome: None,
    EARL.info: None,
}
OUTCOMES = {EARL.passed, EARL.failed, EARL.cantTell, EARL.inapplicable, EARL.untested}


def graph(report, lang="en") -> Graph:
    return Graph().parse(data=render(report, lang), format="json-ld")


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_document_has_the_stated_shape(name, lang):
    assert not faults("earl.schema.json", json.loads(render(REPORTS[name], lang)))


@pytest.mark.parametrize("name", REPORTS)
def test_every_property_of_the_namespace_is_one_of_the_vocabulary_and_points_to_its_class(name):
    triples = graph(REPORTS[name])
    used = {p for _, p, _ in triples if str(p).startswith(str(EARL))}

    assert used <= set(PROPERTIES)
    for _, predicate, value in triples:
        wanted = PROPERTIES.get(predicate)
        if wanted is not None:
            kinds = {k for _, _, k in triples.triples((value, RDF.type, None))}
            assert kinds & set(wanted if isinstance(wanted, tuple) else (wanted,))


@pytest.mark.parametrize("name", REPORTS)
def test_every_assertion_has_one_of_each_part_and_one_of_the_five_outcomes(name):
    triples = graph(REPORTS[name])
    assertions = list(triples.subjects(RDF.type, EARL.Assertion))
    report = REPORTS[name]

    assert len(assertions) == sum(1 + len(r.get("assertions", ())) for r in report["results"])
    for assertion in assertions:
        for part in (EARL.assertedBy, EARL.subject, EARL.test, EARL.mode, EARL.result):
            assert len(list(triples.objects(assertion, part))) == 1
        (result,) = triples.objects(assertion, EARL.result)
        assert set(triples.objects(result, EARL.outcome)) < OUTCOMES


def test_outcomes_are_those_of_the_report():
    triples = graph(sample_report())
    requirement = URIRef("urn:lienthong:requirement:VSC-BUD:1.0:VSC-BUD-R02:advanced")
    (assertion,) = triples.subjects(EARL.test, requirement)
    (result,) = triples.objects(assertion, EARL.result)

    assert list(triples.objects(result, EARL.outcome)) == [EARL.cantTell]
    assert {text.language for text in triples.objects(requirement, DCT.title)} == {"vi", "en"}


def test_a_waived_failure_stays_failed_and_tells_its_waiver():
    rows = json.loads(render(sample_report(), "en"))["@graph"]
    (row,) = [r for r in rows if r["@type"] == "Assertion" and "VSC-CODE-R01:" in r["test"]]

    assert row["result"]["outcome"] == "earl:failed"
    assert "W-2026-003" in row["result"]["info"]["en"]


def test_text_of_a_report_makes_no_other_address():
    def change(report):
        report["results"][0]["requirement"] = "x y><http://evil.example/#\u202e"

    triples = graph(sample_report(change))

    assert not [
        node for triple in triples for node in triple if "evil.example/" in str(node) and isinstance(node, URIRef)
    ]
