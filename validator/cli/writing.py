"""Files that a command writes for its user: a file, a pipe, whatever the path leads to."""

from __future__ import annotations

from pathlib import Path

from validator.errors import UsageError


def write(path: Path | str, content: bytes) -> None:
    """Raises UsageError."""
    try:
        Path(path).write_bytes(content)
    except OSError as fault:
        raise UsageError("usage.cannot_write", {"path": str(path), "reason": fault.strerror or str(fault)}) from fault
