"""Our own faults and the user's mistakes at the command line; never the subject's faults.

The subject's faults are `Finding`s. What is raised here ends a run (`UsageError`, exit 2) or
makes results `cantTell` (`EngineError`), and never lets a class pass.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class LienthongError(Exception):
    """Something that stops the work; `message_id` names its text in the message catalogues."""

    message_id: str
    params: dict[str, object] = field(default_factory=dict)

    def __reduce__(self) -> tuple[type[LienthongError], tuple[str, dict[str, object]]]:
        """Sent between processes by its fields alone: a frozen instance takes no others."""
        return type(self), (self.message_id, self.params)

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.message_id}({shown})"


class UsageError(LienthongError):
    """The call or its input cannot be worked with: wrong option, unreadable manifest. Exit code 2."""


class CatalogueError(LienthongError):
    """A standard, code list or profile is broken: our fault. Exit code 4."""


class EngineError(LienthongError):
    """A check could not be carried out: our fault. The result is `cantTell`, cause `error`."""


class EvidenceError(LienthongError):
    """Recorded evidence that does not hold together, such as a log with a broken chain. Exit code 5."""
