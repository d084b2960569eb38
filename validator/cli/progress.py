"""Progress on a terminal: one line that is rewritten, and cleared at the end."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Final, TextIO

from validator.cli.interrupts import check
from validator.cli.words import say
from validator.model.progress import Phase
from validator.report.wording import duration, integer

SECONDS_BETWEEN: Final = 0.1
SECONDS_REMEMBERED: Final = 5.0
"""Rates are averages of about these last seconds: what is older counts ever less."""
CLEAR: Final = "\r\x1b[K"


def shows_lines(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether a line can be rewritten there: a terminal that is not a dumb one."""
    return stream.isatty() and environment.get("TERM", "") not in ("", "dumb")


class Rate:
    """Something per second, smoothed: the mean of a short past, then a sliding one."""

    def __init__(self, now: float) -> None:
        self.start = self.then = now
        self.amount = 0
        self.value = 0.0

    def update(self, now: float, amount: int) -> None:
        """`amount` so far, at the moment `now` in seconds."""
        elapsed = now - self.then
        if elapsed <= 0:
            return
        fresh = max(0, amount - self.amount) / elapsed
        weight = min(1.0, elapsed / min(now - self.start, SECONDS_REMEMBERED))
        self.value += weight * (fresh - self.value)
        self.then, self.amount = now, amount


class Progress:
    """Told of every step; shows phase, share done, records per second and time left. Stops a run on request."""

    def __init__(self, lang: str, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.lang, self.stream, self.clock = lang, sys.stderr if stream is None else stream, clock
        self.on = shows_lines(self.stream, os.environ)
        self.phase: Phase | None = None
        self.work, self.rows = Rate(0), Rate(0)
        self.last = 0.0
        self.shown = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self.shown:
            self._put(CLEAR)
            self.shown = False

    def __call__(self, phase: Phase, done: int, total: int, records: int) -> None:
        check()
        if not self.on:
            return
        now = self.clock()
        if phase is not self.phase:
            self.phase, self.work, self.rows = phase, Rate(now), Rate(now)
        elif now - self.last < SECONDS_BETWEEN:
            return
        self.last = now
        self.work.update(now, done)
        self.rows.update(now, records)
        self.show(self._line(phase, done, total))

    def _line(self, phase: Phase, done: int, total: int) -> str:
        """The line's text; `total` 0 means that nobody knows how much there is."""
        if not total:
            return say(self.lang, f"progress.{phase.value}_begins")
        parts = [
            say(
                self.lang, f"progress.{phase.value}",
                share=100 * done // total, done=integer(done, self.lang), total=integer(total, self.lang),
            )
        ]  # fmt: skip
        if self.rows.value:
            parts.append(say(self.lang, "progress.rate", rate=integer(round(self.rows.value), self.lang)))
        if self.work.value:
            left = duration((total - done) / self.work.value, self.lang)
            parts.append(say(self.lang, "progress.left", left=left))
        return " · ".join(parts)

    def show(self, text: str) -> None:
        """Rewrites the line, cut so that it never wraps, in letters that the terminal can show."""
        try:
            width = os.get_terminal_size(self.stream.fileno()).columns
        except (OSError, ValueError):
            width = shutil.get_terminal_size().columns
        encoding = self.stream.encoding or "ascii"
        cut = text[: max(0, (width or 80) - 1)]
        self._put(CLEAR + cut.encode(encoding, "replace").decode(encoding))
        self.shown = True

    def _put(self, text: str) -> None:
        try:
            self.stream.write(text)
            self.stream.flush()
        except OSError:  # the terminal is gone; the work goes on
            self.on = False
