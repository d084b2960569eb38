"""Every standard, example and case of the catalogue, found and not listed."""

from pathlib import Path

import pytest

from validator.cases import Case, cases_of, examples_of, run_case, run_example
from validator.catalogue.load import standards
from validator.lint import lint
from validator.model.standard import Standard

STANDARDS = list(standards().values())
EXAMPLES = [(standard, path) for standard in STANDARDS for path in examples_of(standard)]
CASES = [case for standard in STANDARDS for case in cases_of(standard)]


@pytest.mark.parametrize("standard", STANDARDS, ids=lambda s: s.coordinate)
def test_a_standard_keeps_the_rules_of_the_catalogue(standard: Standard) -> None:
    assert list(lint(standard)) == []


@pytest.mark.parametrize(("standard", "path"), EXAMPLES, ids=[f"{s.id}-{p.name}" for s, p in EXAMPLES])
def test_an_example_conforms(standard: Standard, path: Path) -> None:
    assert run_example(standard, path) == ()


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_a_case_trips_what_it_names_and_nothing_else(case: Case) -> None:
    assert run_case(case).problems == ()
