"""Stopping on request: Ctrl-C, SIGTERM or a closed terminal end a run once, wherever it is.

The first signal raises `Stopped` where the program is; what comes after it is ignored, so that
cleaning up is not itself interrupted. Native code may swallow the exception: `check` raises it
again, and is called at every step of a run.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
EXIT_STOPPED: Final = 128
"""Added to the signal's number: 130 for SIGINT, 143 for SIGTERM, 129 for SIGHUP."""


class Stopped(BaseException):
    """The user or the system asked the run to end. Not an `Exception`: no check of ours may take it for a fault."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = EXIT_STOPPED + number


class _State:
    received: int | None = None
    held = False
    too_late = False


_state = _State()


def _receive(number: int, _frame: FrameType | None) -> None:
    if _state.received is None and not _state.too_late:
        _state.received = number
        if not _state.held:
            raise Stopped(number)


@contextmanager
def stoppable() -> Iterator[None]:
    """Signals to stop raise `Stopped` in this block; a signal that was ignored before stays ignored.

    After a stop the signals stay ignored: the process is about to end. Only the main thread can
    receive signals; in another one nothing changes.
    """
    _state.received, _state.held, _state.too_late = None, False, False
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}
    mine = [number for number, handler in before.items() if handler not in (signal.SIG_IGN, None)]
    for number in mine:
        signal.signal(number, _receive)
    try:
        yield
    finally:
        for number in mine:
            signal.signal(number, before[number] if _state.received is None else signal.SIG_IGN)


def check() -> None:
    """Raises `Stopped` when a signal was received, however it was lost since."""
    if _state.received is not None:
        raise Stopped(_state.received)


@contextmanager
def completing() -> Iterator[None]:
    """A short block that is not interrupted. Once it is done, stopping comes too late to mean anything.

    Held here and not by the system's signal mask, which other threads of the process do not share.
    """
    _state.held = True
    try:
        check()
        yield
        _state.received, _state.too_late = None, True
    finally:
        _state.held = False
        check()
