"""The tool lock: which code decided. Two runs at the same lock and on the same evidence give the same report."""

from __future__ import annotations

import hashlib
import platform
import unicodedata
import zlib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from validator import __version__
from validator.canonical import sha256_of
from validator.resources import PACKAGE, data_folder

DECIDING: Final = (
    "cryptography", "duckdb", "hypothesis", "jsonschema", "jsonschema-rs", "lxml", "numba", "numpy", "openapi-core",
    "orjson", "pyarrow", "pyproj", "pytest", "pyyaml", "rfc3339-validator", "rfc3986-validator", "rfc8785", "shapely",
    "signxml", "werkzeug",
)  # fmt: skip
SOURCES: Final = (".py", ".toml", ".json")


def tool_lock() -> dict[str, Any]:
    """Versions of this tool, its libraries and of what Python brings along, and the digest of our own source."""
    return {
        "lienthong": __version__,
        "source": _source(),
        "python": platform.python_version(),
        "unicode": unicodedata.unidata_version,
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        "libraries": {name: _version(name) for name in DECIDING},
    }


def suites_lock() -> list[dict[str, str]]:
    """Digests of the modules of the live suites."""
    home = data_folder("conformance_suites")
    return [{"path": path.relative_to(home).as_posix(), "sha256": sha256_of(path)} for path in sorted(_modules(home))]


def differences(then: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(what, version then, version now) wherever a recorded lock is not the one of this installation."""
    now = tool_lock()
    old = {**then, **then["libraries"]}
    new = {**now, **now["libraries"]}
    names = [name for name in (*now, *now["libraries"]) if name != "libraries"]
    return [(name, str(old.get(name, "-")), str(new[name])) for name in names if old.get(name) != new[name]]


@cache
def _source() -> str:
    digest = hashlib.sha256()
    for path in sorted(p for p in PACKAGE.rglob("*") if p.suffix in SOURCES and "_data" not in p.parts):
        digest.update(f"{path.relative_to(PACKAGE).as_posix()}\0{sha256_of(path)}\n".encode())
    return f"sha256:{digest.hexdigest()}"


def _modules(home: Path) -> Iterator[Path]:
    return (path for path in home.rglob("*.py") if "__pycache__" not in path.parts)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
