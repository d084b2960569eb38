"""A bundle while it is made: beside the place where it will lie, and moved there whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from validator.bundle.lock import suites_lock, tool_lock
from validator.bundle.members import listed
from validator.bundle.pack import DESCRIPTION, pack
from validator.canonical import canonical, digest
from validator.errors import UsageError
from validator.report.digest import canonical_value
from validator.report.digest import render as report_json

SCHEMA: Final = "lienthong-bundle/1.0"
REPORT: Final = "report.json"
PACKED: Final = (".tar.gz", ".tgz")


class Draft:
    """Holds members in `folder` until `send`; leaves nothing when the run ends before.

    The target is a file when its name ends in .tar.gz or .tgz, else a folder that must not hold anything yet.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        self.packed = target.name.endswith(PACKED)

    def __enter__(self) -> Draft:
        """Raises UsageError before the work when the bundle could not be put there."""
        full = self.target.is_dir() and (self.packed or any(self.target.iterdir()))
        if full or (self.target.exists() and not self.packed and not self.target.is_dir()):
            raise UsageError("usage.bundle_in_the_way", {"path": str(self.target)})
        try:
            self.target.parent.mkdir(parents=True, exist_ok=True)
            self._aside = tempfile.TemporaryDirectory(
                prefix=".lienthong-", dir=self.target.parent, ignore_cleanup_errors=True
            )
        except OSError as fault:
            raise self._cannot(fault) from fault
        self.folder = Path(self._aside.name) / "bundle"
        self.folder.mkdir()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._aside.cleanup()

    def send(
        self, kind: str, report: Mapping[str, Any], options: Mapping[str, Any], subject: Mapping[str, Any]
    ) -> Path:
        """Adds report and description and moves the bundle to its place. Raises UsageError."""
        try:
            (self.folder / REPORT).write_text(report_json(report), encoding="utf-8")
            body = canonical_value({
                "schema": SCHEMA,
                "kind": kind,
                "report": report["digest"],
                "tool": tool_lock(),
                "suites": suites_lock() if kind == "live" else [],
                "standards": [{"id": s["id"], "version": s["version"], "sha256": s["sha256"]}
                              for s in report["standards"]],
                "codelists": report["codelists"],
                "options": options,
                "subject": subject,
                "members": listed(self.folder),
            })  # fmt: skip
            (self.folder / DESCRIPTION).write_bytes(described(body))
            self._move()
        except OSError as fault:
            raise self._cannot(fault) from fault
        return self.target

    def _move(self) -> None:
        if not self.packed:
            if self.target.exists():
                self.target.rmdir()
            self.folder.replace(self.target)
            return
        archive = Path(self._aside.name) / "bundle.tar.gz"
        pack(self.folder, archive)
        os.replace(archive, self.target)  # noqa: PTH105

    def _cannot(self, fault: OSError) -> UsageError:
        return UsageError("usage.cannot_write", {"path": str(self.target), "reason": fault.strerror or str(fault)})


def described(body: Mapping[str, Any]) -> bytes:
    """The bytes of a description: RFC 8785, its own digest in it."""
    return canonical({**body, "digest": digest(dict(body))})
