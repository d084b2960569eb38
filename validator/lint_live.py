"""What kind `api` must hold to: its suite exists and has a test named by the requirement."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache

from validator.model.standard import Check, Requirement
from validator.resources import data_folder

TEST_PREFIX = "test_"


def suite_problems(requirement: Requirement, check: Check) -> Iterator[str]:
    """Every problem of a requirement's entry that sends it to a live suite."""
    suite = str(check.settings.get("suite"))
    if not (data_folder("conformance_suites") / suite).is_dir():
        yield f"suite {suite} does not exist"
        return
    tests = tests_of(suite).get(requirement.id, ())
    if not tests:
        yield f"suite {suite} has no test for it"
    short = requirement.id.rpartition("-")[2]
    yield from (
        f"{t} is not called {TEST_PREFIX}{short}_..." for t in tests if not t.startswith(f"{TEST_PREFIX}{short}_")
    )


@cache
def tests_of(suite: str) -> Mapping[str, tuple[str, ...]]:
    """Names of the tests of each requirement, read from the modules' `REQUIREMENT`."""
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted((data_folder("conformance_suites") / suite).glob("test_*.py")):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        for node in body:
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "REQUIREMENT":
                named = str(ast.literal_eval(node.value))
                tests = tuple(n.name for n in body if isinstance(n, ast.FunctionDef) and n.name.startswith(TEST_PREFIX))
                found[named] = (*found.get(named, ()), *tests)
    return found
