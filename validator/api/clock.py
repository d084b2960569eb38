"""Time as a thing that is handed in, so that tests can drive it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What the client knows of time."""

    def now(self) -> datetime:
        """The instant, aware and in UTC."""

    def monotonic(self) -> float:
        """Seconds from some fixed point; never runs backwards."""

    def sleep(self, seconds: float) -> None:
        """Waits; not at all for zero or less."""


class _System:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            time.sleep(seconds)


SYSTEM: Clock = _System()
