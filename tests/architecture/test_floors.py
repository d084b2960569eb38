"""Imports run down only: the floors of docs/ARCHITECTURE.md, read from the source."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "validator"

FLOORS = {
    "validator.model": 1,
    "validator.errors": 1,
    "validator.resources": 1,
    "validator": 1,
    "validator.messages": 2,
    "validator.canonical": 2,
    "validator.xml_document": 2,
    "validator.xml_pieces": 2,
    "validator.catalogue": 3,
    "validator.judge": 3,
    "validator.certificate": 4,
    "validator.report": 4,
    "validator.gate": 4,
    "validator.observe": 4,
    "validator.checks": 5,
    "validator.accept": 5,
    "validator.engine": 6,
    "validator.run": 7,
    "validator.scoping": 6,
    "validator.seal": 7,
    "validator.edits": 8,
    "validator.cases": 9,
    "validator.lint": 10,
    "validator.lint_xml": 10,
    "validator.lint_live": 10,
    "validator.api": 5,
    "validator.live": 7,
    "validator.bundle": 8,
    "validator.replay": 9,
    "validator.cli": 11,
    "validator.__main__": 12,
}

FORBIDDEN = [
    ("validator.checks", "validator.observe"),
    ("validator.accept", "validator.checks"),
    ("validator.judge", "validator.checks"),
    ("validator.judge", "validator.observe"),
    ("validator.judge", "validator.engine"),
    ("validator.report", "validator.checks"),
    ("validator.report", "validator.observe"),
    ("validator.report", "validator.engine"),
    ("validator.certificate", "validator.observe"),
    ("validator.report", "validator.certificate"),
    ("validator.report", "validator.gate"),
    ("validator.gate", "validator.checks"),
    ("validator.gate", "validator.observe"),
]

ONE_ROOM = {
    "numba": {"validator.accept"},
    "duckdb": {"validator.engine.tables"},
    "pyproj": {"validator.checks"},
    "shapely": {"validator.checks"},
    "jinja2": {"validator.report.html"},
    "signxml": {"validator.checks.xml_signature"},
    "click": {"validator.cli"},
    "httpcore": {"validator.api"},
    "typst": {"validator.report.typeset"},
    "segno": {"validator.certificate.qr"},
    "pyhanko": {"validator.certificate.pades"},
    "pkcs11": {"validator.certificate.token_key"},
}


def modules() -> list[tuple[str, Path]]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        if "_data" in path.parts:
            continue
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        found.append((".".join(parts[:-1] if parts[-1] == "__init__" else parts), path))
    return found


def imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def room(module: str) -> str:
    """The longest name of the floor plan that the module lies in."""
    return max((name for name in FLOORS if module == name or module.startswith(name + ".")), key=len)


@pytest.mark.parametrize(("module", "path"), modules(), ids=[name for name, _ in modules()])
def test_a_module_imports_nothing_from_a_higher_floor(module: str, path: Path) -> None:
    mine = room(module)
    up = [
        name
        for name in imports(path)
        if name.startswith("validator.") and room(name) != mine and FLOORS[room(name)] > FLOORS[mine]
    ]

    assert up == []


@pytest.mark.parametrize(("module", "path"), modules(), ids=[name for name, _ in modules()])
def test_the_two_wings_never_import_each_other(module: str, path: Path) -> None:
    crossed = [
        (wing, other)
        for wing, other in FORBIDDEN
        if room(module) == wing and any(name == other or name.startswith(other + ".") for name in imports(path))
    ]

    assert crossed == []


@pytest.mark.parametrize(("library", "rooms"), ONE_ROOM.items())
def test_a_third_party_engine_stays_in_its_room(library: str, rooms: set[str]) -> None:
    users = {module for module, path in modules() if any(n.split(".")[0] == library for n in imports(path))}

    assert {
        m for m in users if not any(m == r or m.startswith(r + ".") or m.startswith(r + "_") for r in rooms)
    } == set()


def test_no_circle_of_modules() -> None:
    graph = {module: {n for n in imports(path) if n.startswith("validator.")} for module, path in modules()}
    known = set(graph)
    done: set[str] = set()

    def walk(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " -> ".join((*trail, module))
        if module in done:
            return
        for name in sorted(graph[module] & known):
            if name != module:
                walk(name, (*trail, module))
        done.add(module)

    for module in sorted(known):
        walk(module, ())
