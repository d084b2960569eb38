"""The examples in README and docs run, and print what they say."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from validator.cli.main import main

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
SHELL = re.compile(r"```sh\n(.*?)```", re.DOTALL)
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


def test_the_life_of_an_attestation_runs_as_it_is_written(tmp_path: Path) -> None:
    (script, *_) = SHELL.findall((ROOT / "docs" / "certificates.md").read_text(encoding="utf-8"))
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path, env={**os.environ, "PATH": path, "LIENTHONG_LANG": "en"}, capture_output=True, text=True,
    )  # fmt: skip
    said = [line for line in ran.stdout.splitlines() if line.startswith(("RESULT", "GATE", "SAME", "exit code"))]

    assert ran.returncode == 0, ran.stderr
    assert [line.split(" – ")[0].split(": every")[0] for line in said] == [
        "SAME", "RESULT: VALID", "RESULT: VALID", "GATE: OPEN", "RESULT: REFUSED", "exit code 5", "RESULT: VALID",
        "RESULT: REFUSED", "exit code 5", "RESULT: GOOD",
    ]  # fmt: skip
