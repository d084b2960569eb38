"""Bundles for tests, and what somebody could do to them who knows how they are made."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.live import ROOT
from validator.bundle.draft import described
from validator.bundle.members import listed
from validator.bundle.opened import open_bundle
from validator.errors import EvidenceError
from validator.report.digest import render, sealed

NO_NETWORK = """
import socket
def refused(*_, **__):
    raise AssertionError("a replay asked the network")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refused
"""


def reseal(folder: Path) -> None:
    """Makes list and digests of a folder anew, so that only a replay can tell that it was changed."""
    body = json.loads((folder / "bundle.json").read_bytes())
    del body["digest"]
    body["report"] = json.loads((folder / "report.json").read_bytes())["digest"]
    (folder / "bundle.json").write_bytes(described({**body, "members": listed(folder)}))


def change_report(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Another report with a digest that is right, in a bundle that is sealed again."""
    report = json.loads((folder / "report.json").read_bytes())
    change(report)
    del report["digest"], report["report_id"]
    (folder / "report.json").write_text(render(sealed(report)), encoding="utf-8")
    reseal(folder)


def change_line(file: Path, number: int, change: Callable[[dict[str, Any]], None]) -> None:
    """Another object on a line (from 1) of an NDJSON file."""
    lines = file.read_bytes().splitlines(keepends=True)
    entry = json.loads(lines[number - 1])
    change(entry)
    lines[number - 1] = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
    file.write_bytes(b"".join(lines))


def flip(file: Path, place: int, bits: int = 1) -> None:
    content = bytearray(file.read_bytes())
    content[place] ^= bits
    file.write_bytes(content)


def refusal(given: Path, scratch: Path) -> EvidenceError | None:
    """Why a bundle is not opened; None when it is."""
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    try:
        open_bundle(given, scratch)
    except EvidenceError as fault:
        return fault
    return None


def call(folder: Path, *arguments: str | Path, network: bool = False) -> subprocess.CompletedProcess[str]:
    """`lienthong …` as a process of its own, with no network unless it is allowed."""
    path = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    if not network:
        block = folder / "no-network"
        block.mkdir(exist_ok=True)
        (block / "sitecustomize.py").write_text(NO_NETWORK)
        path.insert(0, str(block))
    return subprocess.run(
        [sys.executable, "-m", "validator", *map(str, arguments)], cwd=folder, capture_output=True, text=True,
        timeout=300, env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, path))}, check=False,
    )  # fmt: skip
