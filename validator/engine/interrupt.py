"""A signal reaches a long query: the main thread is inside the database then and cannot see it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from validator.engine.pool import STOPPING

_OVER = b"\0"


@contextmanager
def interruptible(interrupt: Callable[[], None]) -> Iterator[None]:
    """Calls `interrupt` from a thread of its own as soon as a signal to stop arrives.

    What the signal's handler does, it does when the query has given up. Outside the main thread,
    which alone receives signals, nothing is watched.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    read, write = os.pipe()
    os.set_blocking(write, False)
    before = signal.set_wakeup_fd(write)
    watcher = threading.Thread(target=_watch, args=(read, interrupt), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        os.write(write, _OVER)
        watcher.join()
        os.close(read)
        os.close(write)


def _watch(read: int, interrupt: Callable[[], None]) -> None:
    while (number := os.read(read, 1)) != _OVER:
        if number[0] in STOPPING:
            interrupt()
