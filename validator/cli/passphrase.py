"""Where the passphrase of a key comes from: the environment or a file, never an argument that others can see."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from validator.errors import UsageError

VARIABLE: Final = "LIENTHONG_KEY_PASSPHRASE"
LONGEST: Final = 4096


def passphrase(file: str | None) -> str:
    """The passphrase, without the line break at the end of its file. Raises UsageError."""
    if file is None:
        if not os.environ.get(VARIABLE):
            raise UsageError("key.no_passphrase", {"variable": VARIABLE})
        return os.environ[VARIABLE]
    try:
        with Path(file).open("rb") as stream:
            return stream.read(LONGEST).decode().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as fault:
        reason = getattr(fault, "strerror", None) or "UTF-8"
        raise UsageError("key.unreadable", {"path": file, "reason": reason}) from None
