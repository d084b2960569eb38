"""A run's reports on their way into a folder: written aside, moved in together when all are whole.

The order of moving in: an old report.json goes first, since it is what the others are projections
of; then the other old reports, asked for anew or not; then the new projections come in, and
report.json comes last. So a report.json never lies beside a report of another run, and where one
lies the rest is complete, even if the machine stops half-way.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Final

from validator.cli.interrupts import completing
from validator.errors import UsageError
from validator.report import RENDERERS

SOURCE: Final = RENDERERS["json"].file


class Outbox:
    """Holds reports until `send`; leaves nothing in the folder when the run ends before."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Outbox:
        """Makes the folder, so that one that cannot be written to is told before the work. Raises UsageError."""
        with self._writing():
            self.made = not self.folder.exists()
            self.folder.mkdir(parents=True, exist_ok=True)
            self.aside = tempfile.TemporaryDirectory(prefix=".lienthong-", dir=self.folder, ignore_cleanup_errors=True)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.aside.cleanup()
        if self.made:
            with suppress(OSError):  # something was sent
                self.folder.rmdir()

    def put(self, name: str, report: str | bytes) -> None:
        """Keeps one report. Raises UsageError."""
        with self._writing():
            (Path(self.aside.name) / name).write_bytes(report.encode() if isinstance(report, str) else report)

    def send(self) -> list[Path]:
        """Moves in all that was put, and removes reports of earlier runs; where it lies now. Raises UsageError."""
        with self._writing(), completing():
            new = sorted(Path(self.aside.name).iterdir(), key=lambda path: (path.name == SOURCE, path.name))
            for old in sorted(RENDERERS.values(), key=lambda renderer: renderer.file != SOURCE):
                if _is_report(self.folder / old.file, old.mark.encode()):
                    (self.folder / old.file).unlink()
            return [path.replace(self.folder / path.name) for path in new]

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as fault:
            reason = fault.strerror or str(fault)
            raise UsageError("usage.cannot_write", {"path": str(self.folder), "reason": reason}) from fault


def _is_report(path: Path, mark: bytes) -> bool:
    """Whether the file is a report of ours: another tool's file of the same name is not ours to remove."""
    return path.is_file() and mark in path.read_bytes()
