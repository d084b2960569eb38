"""Every requirement with a check over tables gives equal results on both engines, where it fails and where it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.spark.pair import both, edited
from validator.cases import Case, cases_of, examples_of
from validator.catalogue.load import standards
from validator.checks.table_checks import CHECK_FOR_KIND
from validator.engine.results import ResultMaker
from validator.model.result import Cause, Result
from validator.model.standard import Requirement


def asks_tables(requirement: Requirement) -> bool:
    return any(check.kind in CHECK_FOR_KIND for check in requirement.checks)


ASKED = {r.id: r for s in standards().values() for r in s.requirements if asks_tables(r)}
EXAMPLES = [(s, example) for s in standards().values() for example in examples_of(s)]


def results(maker: ResultMaker, requirement: Requirement) -> tuple[Result, ...]:
    """The results of a requirement at every class; none is an error."""
    made = tuple(maker.result(requirement, at) for at in (requirement.conformance_class, *requirement.at_class))
    assert [r.reason for r in made if r.cause is Cause.ERROR] == []
    return made


def tripping(requirement: Requirement) -> Iterator[Case]:
    """Cases that expect the requirement to fail, whichever of its checks they trip."""
    for standard in standards().values():
        yield from (case for case in cases_of(standard) if requirement.id in case.requirements())


@pytest.mark.parametrize("name", ASKED)
def test_a_case_that_fails_over_tables_is_told_alike(name: str, tmp_path: Path, session: Any) -> None:
    for number, case in enumerate(tripping(ASKED[name])):
        root = edited(case, tmp_path / f"case-{number}" / "submission")
        with both(root, tmp_path / f"work-{number}", session, case.raw.get("class"), case.raw.get("as_of")) as pair:
            duck = results(pair.duck, ASKED[name])
            if any(result.findings_count for result in duck):
                assert results(pair.spark, ASKED[name]) == duck
                return
    pytest.fail("no case trips a check over tables")


def test_what_a_recursive_rule_finds_beyond_the_cap_is_counted_alike(tmp_path: Path, session: Any) -> None:
    rule = ASKED["VSC-CORE-R06"]
    repeated = next(case for case in tripping(rule) if case.path.stem == "R06-repeated")
    every_lamp = [{"file": "data/lamp.jsonl", "duplicate": {"/quantity/value": 77}}]
    root = edited(replace(repeated, raw={**repeated.raw, "edits": every_lamp}), tmp_path / "submission")
    with both(root, tmp_path / "work", session, cap=2) as pair:
        duck = results(pair.duck, rule)

        assert [(r.findings_count, len(r.findings)) for r in duck] == [(4, 2)]
        assert results(pair.spark, rule) == duck


@pytest.mark.parametrize(("standard", "example"), EXAMPLES, ids=[f"{s.code}-{e.name}" for s, e in EXAMPLES])
def test_an_example_holds_alike(standard: Any, example: Path, tmp_path: Path, session: Any) -> None:
    own = [r for r in standard.requirements if asks_tables(r)]
    with both(example, tmp_path / "work", session) as pair:
        within = [r for r in own if r.id in pair.duck.requirements]

        assert {r.id: results(pair.spark, r) for r in within} == {r.id: results(pair.duck, r) for r in within}
