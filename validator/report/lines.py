"""Lines of a terminal: wrapped by cells to the width asked for, coloured only when asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from validator.report.visible import cells, one_line

NARROWEST = 40
_CODES = {
    "failed": "31",
    "nonconformant": "1;31",
    "conformant": "1;32",
    "inconclusive": "1;33",
    "strong": "1",
}


@dataclass(frozen=True, slots=True)
class Pen:
    """How lines are drawn: the width in cells, and whether escape codes may be used."""

    width: int
    colour: bool

    def wrap(self, text: str, indent: int = 0, style: str | None = None) -> Iterator[str]:
        """The text as lines; those after the first stand two cells further in."""
        room = max(self.width, NARROWEST)
        line, used, fresh = " " * indent, indent, True
        for piece in _pieces(one_line(text), room - indent - 2):
            size = cells(piece)
            if not fresh and used + 1 + size > room:
                yield self._drawn(line, style)
                line, used, fresh = " " * (indent + 2), indent + 2, True
            line, used = (line + piece, used + size) if fresh else (f"{line} {piece}", used + 1 + size)
            fresh = False
        yield self._drawn(line, style)

    def line(self, text: str, style: str | None = None) -> str:
        """The text as one line, however long."""
        return self._drawn(one_line(text), style)

    def heading(self, text: str) -> Iterator[str]:
        yield ""
        yield self.line(text, "strong")

    def _drawn(self, line: str, style: str | None) -> str:
        return f"\x1b[{_CODES[style]}m{line}\x1b[0m" if self.colour and style in _CODES else line


def _pieces(text: str, longest: int) -> Iterator[str]:
    """The words, those longer than a line cut to fit one."""
    for word in text.split(" "):
        rest = word
        while cells(rest) > longest:
            cut = _fitting(rest, longest)
            yield rest[:cut]
            rest = rest[cut:]
        yield rest


def _fitting(text: str, longest: int) -> int:
    """How many characters fill at most `longest` cells, and at least one."""
    used = 0
    for index, char in enumerate(text):
        used += cells(char)
        if used > longest:
            return max(index, 1)
    return len(text)
