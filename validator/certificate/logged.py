"""The face of a transparency log that a register writes its events to."""

from __future__ import annotations

from typing import Protocol


class Log(Protocol):
    """A log that only grows; a proof is the text of a `.tlog-proof` file."""

    @property
    def origin(self) -> str: ...

    def append(self, leaf: bytes) -> str:
        """One more leaf, kept when this returns; the proof that it is in the log. Raises EngineError."""
        ...
