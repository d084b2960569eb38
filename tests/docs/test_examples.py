"""The examples in README and docs run, and print what they say."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from validator.cli.main import main

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)\)")
LEFT_OUT = "…"


def examples() -> list[tuple[str, str]]:
    found = [(page.name, block) for page in PAGES for block in CONSOLE.findall(page.read_text(encoding="utf-8"))]
    return [(name, "$ " + part) for name, block in found for part in re.split(r"(?m)^\$ ", block) if part.strip()]


@pytest.mark.parametrize(("page", "example"), examples())
def test_an_example_prints_what_it_says(
    page: str, example: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    command, *expected = example.strip().splitlines()
    program, *arguments = shlex.split(command.removeprefix("$ "))
    main(arguments)
    printed = iter(capsys.readouterr().out.splitlines())

    assert program == "lienthong"
    for line in expected:
        if line.strip() != LEFT_OUT:
            assert any(line.rstrip() == said.rstrip() for said in printed), f"{page}: not printed in order: {line}"


def test_there_is_an_example_in_the_readme() -> None:
    assert [page for page, _ in examples() if page == "README.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    dead = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]

    assert dead == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_pages_name_no_path_of_one_machine(page: Path) -> None:
    assert not re.search(r"/(work|root|home|tmp)/", page.read_text(encoding="utf-8"))
