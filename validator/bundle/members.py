"""The list of a bundle's members: made when it is written, held against every byte when it is opened."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from validator.bundle.pack import DESCRIPTION, names
from validator.canonical import sha256_of
from validator.errors import EvidenceError
from validator.observe.limits import MIB

BY_LINE: Final = ".ndjson"
PRINT: Final = 16  # hexadecimal digits that tell which line was changed; the member's own digest proves it


def listed(folder: Path) -> list[dict[str, Any]]:
    """path, bytes and sha256 of each member, and of NDJSON a print of each line."""
    return [_listed(folder, name) for name in names(folder) if name != DESCRIPTION]


def check(folder: Path, members: Sequence[Mapping[str, Any]]) -> None:
    """Holds the files of a folder against the list. Raises EvidenceError, which names the member and the line."""
    there = {name for name in names(folder) if name != DESCRIPTION}
    wanted: set[str] = set()
    for member in members:
        name = str(member["path"])
        if name in wanted:
            raise EvidenceError("bundle.listed_twice", {"member": name})
        if name not in there:
            raise EvidenceError("bundle.missing", {"member": name})
        if "/" in name and name.rpartition("/")[2] != member["sha256"]:
            raise EvidenceError("bundle.misnamed", {"member": name})
        wanted.add(name)
    for name in sorted(there - wanted):
        raise EvidenceError("bundle.extra", {"member": name})
    for member in members:
        _check(folder, member)


def _listed(folder: Path, name: str) -> dict[str, Any]:
    path = folder / name
    member: dict[str, Any] = {"path": name, "bytes": path.stat().st_size, "sha256": sha256_of(path)}
    return {**member, "lines": _prints(path)} if name.endswith(BY_LINE) else member


def _prints(path: Path) -> list[str]:
    """A print of every line; what is too long for a line of ours counts as several."""
    found = []
    with path.open("rb") as stream:
        while line := stream.readline(64 * MIB):
            found.append(hashlib.sha256(line).hexdigest()[:PRINT])
    return found


def _check(folder: Path, member: Mapping[str, Any]) -> None:
    path, name = folder / member["path"], member["path"]
    if path.stat().st_size == member["bytes"] and sha256_of(path) == member["sha256"]:
        return
    stated = member.get("lines")
    if stated is None:
        raise EvidenceError("bundle.changed", {"member": name})
    found = _prints(path)
    line = next((n for n, (a, b) in enumerate(zip(stated, found, strict=False), 1) if a != b), None)
    if line is None and len(stated) == len(found):
        raise EvidenceError("bundle.changed", {"member": name})
    raise EvidenceError("bundle.changed_line", {"member": name, "line": line or min(len(stated), len(found)) + 1})
