"""Rules of the house that a reader relies on."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(p for p in (ROOT / "validator").rglob("*.py") if "_data" not in p.parts)
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 45
STANDARD_NAME = re.compile(r"VSC-[A-Z]")


def test_there_is_no_python_in_standards() -> None:
    assert sorted((ROOT / "standards").rglob("*.py")) == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_code_names_no_standard(path: Path) -> None:
    """Examples in help and docstrings may; code that decides may not."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = {id(node.body[0].value) for node in ast.walk(tree) if _has_docstring(node)}
    named = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented
        if STANDARD_NAME.search(node.value)
    ]

    assert named == []


def _has_docstring(node: ast.AST) -> bool:
    bodied = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    return bodied and ast.get_docstring(node, clean=False) is not None  # type: ignore[arg-type]


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_rooms_are_small(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    functions = [n for n in ast.walk(ast.parse("\n".join(lines))) if isinstance(n, ast.FunctionDef)]
    long = [
        f"{f.name}: {f.end_lineno - f.lineno + 1}" for f in functions if f.end_lineno - f.lineno >= MAX_FUNCTION_LINES
    ]

    assert len(lines) <= MAX_FILE_LINES
    assert long == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
