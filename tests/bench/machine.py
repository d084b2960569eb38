"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from tests.bench.programs import ROOT, packages, version_of
from tests.verifier_page import BROWSERS

PACKAGES = (
    "orjson", "jsonschema-rs", "jsonschema", "check-jsonschema", "lxml", "duckdb", "pyarrow", "numpy", "cryptography",
    "typst",
)  # fmt: skip


def about(ajv: Path | None, command: str) -> dict[str, Any]:
    """Machine, versions, date and command line; nothing that identifies the machine."""
    node = {"node": (version_of("node") or "absent").removeprefix("v"), **(packages(ajv) if ajv else {})}
    browser = next(filter(None, map(version_of, BROWSERS)), None)
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "command": command,
        "revision": _revision(),
        "machine": {
            "processor": _field("/proc/cpuinfo", "model name") or platform.machine(),
            "cores": len(os.sched_getaffinity(0)),
            "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
            "system": platform.system(),
        },
        "versions": {
            "python": platform.python_version(),
            **node,
            **_installed(),
            **({"chromium": browser.split()[1]} if browser else {}),
        },
    }


def _installed() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "absent"
    return found


def _field(path: str, name: str) -> str | None:
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), None)


def _revision() -> str | None:
    """The commit that was measured, with `+` when files differ from it."""
    try:
        said = [
            subprocess.run(["git", *what], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
            for what in (("rev-parse", "--short", "HEAD"), ("status", "--porcelain", "validator", "standards"))
        ]
    except (OSError, subprocess.SubprocessError):
        return None
    return said[0] + ("+" if said[1] else "")
