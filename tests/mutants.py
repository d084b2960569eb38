"""Mutation proof of the catalogue: each requirement's check is made to always pass, in turn.

A case must then fail; a requirement whose mutant survives has a check that nothing would miss.
`python -m tests.mutants [VSC-BUD ...]` prints the table and exits 1 below 100 %.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

from validator.cases import Case, cases_of, run_case
from validator.catalogue.load import find_standard, standards
from validator.engine.results import ResultMaker
from validator.model.result import Outcome, Result
from validator.model.standard import ConformanceClass, Requirement

Mutant = tuple[str, str]
LIVE = "api"  # only a running system shows it: such a suite is tried on systems with one fault each


def always_passing(target: str) -> Any:
    """`ResultMaker._work_out` in which the target requirement passes whatever the subject holds."""
    honest = ResultMaker._work_out

    def work_out(self: ResultMaker, requirement: Requirement, at: ConformanceClass) -> Result:
        if requirement.id != target:
            return honest(self, requirement, at)
        return Result(requirement.id, requirement.standard, requirement.level, at, Outcome.PASSED)

    return work_out


def killer(mutant: Mutant) -> tuple[Mutant, str | None]:
    """The first case that notices the mutant, or None."""
    standard, target = mutant
    for case in cases_that_trip(standard, target):
        with patch.object(ResultMaker, "_work_out", always_passing(target)):
            if run_case(case).problems:
                return mutant, case.name
    return mutant, None


def cases_that_trip(standard: str, target: str) -> Iterator[Case]:
    return (case for case in cases_of(find_standard(standard)) if target in case.requirements())


def mutants(names: list[str]) -> list[Mutant]:
    chosen = [find_standard(name) for name in names] if names else list(standards().values())
    return [(s.coordinate, r.id) for s in chosen for r in s.requirements if any(c.kind != LIVE for c in r.checks)]


def main(names: list[str]) -> int:
    todo = mutants(names)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        done = pool.map(killer, todo, chunksize=1)
    survivors = [target for (_, target), case in done if case is None]
    for (_, target), case in done:
        print(f"{target}  {'killed by ' + case if case else 'SURVIVED'}")
    print(f"{len(done) - len(survivors)} killed of {len(done)}")
    return 1 if survivors else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
