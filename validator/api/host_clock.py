"""Whether the kernel of this machine holds its clock for kept by a time server (NTP)."""

from __future__ import annotations

import ctypes
from typing import Final

TIME_ERROR: Final = 5
"""The state of `adjtimex(2)` for a clock that nobody keeps right."""
_SIZE_OF_TIMEX: Final = 1024  # greater than struct timex anywhere; all zero: only asks, sets nothing


def synchronised() -> bool | None:
    """What the kernel says; None where it cannot be asked."""
    try:
        state: int = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_SIZE_OF_TIMEX))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else state != TIME_ERROR
