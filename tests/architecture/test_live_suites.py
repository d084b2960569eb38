"""Live suites and their standards agree: every message is said by a test, every text that a test says exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from validator import lint_live
from validator.api.opening import has_live
from validator.catalogue.load import standards
from validator.messages import catalogue
from validator.model.standard import Requirement

ROOT = Path(__file__).parents[2]
SUITES = ROOT / "conformance_suites"
LIVE = [
    (requirement, str(check.settings["suite"]))
    for standard in standards().values()
    if has_live(standard)
    for requirement in standard.requirements
    for check in requirement.checks
    if check.kind == "api"
]
SAID = re.compile(r'"((?:live|api)\.[a-z0-9_]+)"')


def words(suite: str) -> set[str]:
    """Every text in the suite's code, and in the tools that make findings for it; parts of f-strings too."""
    found: set[str] = set()
    for path in [*(SUITES / suite).glob("*.py"), *(ROOT / "validator" / "api").glob("*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found |= {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return found


@pytest.mark.parametrize(("requirement", "suite"), LIVE, ids=[r.id for r, _ in LIVE])
def test_every_message_of_a_requirement_is_said(requirement: Requirement, suite: str) -> None:
    said = words(suite)
    made = {part for part in said if part.endswith("_")}
    silent = [n for n in requirement.messages if n not in said and not any(n.startswith(part) for part in made)]

    assert silent == []


@pytest.mark.parametrize("path", sorted(SUITES.rglob("*.py")), ids=lambda path: path.stem)
def test_every_reason_that_a_suite_gives_exists(path: Path) -> None:
    missing = set(SAID.findall(path.read_text(encoding="utf-8"))) - set(catalogue("findings", "en"))

    assert missing == set()


@pytest.mark.parametrize(("requirement", "suite"), LIVE, ids=[r.id for r, _ in LIVE])
def test_a_finding_of_a_suite_is_a_message_of_its_requirement(requirement: Requirement, suite: str) -> None:
    told: set[str] = set()
    for path in (SUITES / suite).glob("test_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        owner = [
            ast.literal_eval(n.value)
            for n in tree.body
            if isinstance(n, ast.Assign) and getattr(n.targets[0], "id", "") == "REQUIREMENT"
        ]
        if owner == [requirement.id]:
            told |= {
                n.args[0].value
                for n in ast.walk(tree)
                if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "find" and n.args
                if isinstance(n.args[0], ast.Constant)
            }

    assert {name for name in told if "." not in name} <= set(requirement.messages)
    assert lint_live.tests_of(suite)[requirement.id]


def test_no_two_tests_of_suites_have_one_name() -> None:
    """Outcomes are kept by name: an equal one would hide another's."""
    names = [
        name for suite in {suite for _, suite in LIVE} for tests in lint_live.tests_of(suite).values() for name in tests
    ]

    assert len(set(names)) == len(names)
