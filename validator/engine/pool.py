"""Tasks in worker processes: a worker that dies costs its task another try, and never the run.

Each worker has a pipe of its own, so that a death is noticed at once and its task is known. Tasks
whose worker died are tried again at the end, one at a time: memory may have been short. Workers
leave signals to the parent and end when it ends, however it ends.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import Any, Final, Generic, TypeVar

from validator.errors import EngineError

TRIES: Final = 3
OUT_OF_MEMORY: Final = 137
STOPPING: Final = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})

Task = TypeVar("Task")
Done = TypeVar("Done")
Tell = Callable[[int, int], None]
"""Told by the work how far it is: (bytes, records) of its task."""
Work = Callable[[Task, Tell], Done]
Heard = Callable[[int, int, int], None]
"""Told (index of a task, bytes, records) as its work goes on."""


@dataclass(frozen=True, slots=True)
class Died:
    """A task that ended its process at every try; `how` is the last end: a signal's name or an exit code."""

    how: str


@dataclass(frozen=True, slots=True)
class _Reached:
    size: int
    records: int


@dataclass(frozen=True, slots=True)
class _Finished:
    outcome: Any


@dataclass(frozen=True, slots=True)
class _Failed:
    fault: Exception


@dataclass(slots=True)
class _Worker:
    process: ForkProcess
    pipe: Connection
    task: int | None = None


class Pool(Generic[Task, Done]):
    """Up to `jobs` processes, each made ready by `prepare`, that carry out `work` on tasks."""

    def __init__(self, jobs: int, prepare: Callable[[], None], work: Work[Task, Done]) -> None:
        self.jobs, self.prepare, self.work = jobs, prepare, work
        self.workers: list[_Worker] = []

    def run(self, tasks: Sequence[Task], heard: Heard) -> list[Done | Died]:
        """One outcome a task, in their order. What the work raises is raised; no process is left in any case."""
        outcomes: dict[int, Done | Died] = {}
        waiting: list[int] = list(range(len(tasks)))
        try:
            for attempt in range(TRIES):
                outcomes.update(self._round(tasks, waiting, 1 if attempt else self.jobs, heard))
                waiting = sorted(i for i, outcome in outcomes.items() if isinstance(outcome, Died))
        finally:
            self._end_all()
        return [outcomes[i] for i in range(len(tasks))]

    def _round(
        self, tasks: Sequence[Task], chosen: list[int], jobs: int, heard: Heard
    ) -> Iterator[tuple[int, Done | Died]]:
        """Every chosen task tried once."""
        self._end_all()
        waiting = deque(chosen)
        while True:
            while waiting and len(self.workers) < jobs:
                self._start()
            for worker in self.workers:
                if worker.task is None and waiting:
                    worker.task = waiting.popleft()
                    _give(worker.pipe, tasks[worker.task])
            busy = {worker.pipe: worker for worker in self.workers if worker.task is not None}
            if not busy:
                return
            for pipe in wait(list(busy)):
                yield from self._hear(busy[pipe], heard)  # type: ignore[index]

    def _hear(self, worker: _Worker, heard: Heard) -> Iterator[tuple[int, Done | Died]]:
        task = worker.task
        assert task is not None
        try:
            said = worker.pipe.recv()
        except (EOFError, OSError):
            self.workers.remove(worker)
            heard(task, 0, 0)
            yield task, Died(_end(worker))
            return
        if isinstance(said, _Failed):
            raise said.fault
        if isinstance(said, _Reached):
            heard(task, said.size, said.records)
        else:
            worker.task = None
            yield task, said.outcome

    def _start(self) -> None:
        context = multiprocessing.get_context("fork")
        mine, theirs = context.Pipe()
        with _signals_held():
            process = context.Process(target=_serve, args=(theirs, self.prepare, self.work), daemon=True)
            process.start()
            self.workers.append(_Worker(process, mine))
        theirs.close()

    def _end_all(self) -> None:
        while self.workers:
            _end(self.workers.pop())


def _give(pipe: Connection, task: Any) -> None:
    try:
        pipe.send(task)
    except OSError:
        return  # the worker is dead, which is heard when its pipe is read


def _end(worker: _Worker) -> str:
    """Makes sure that a worker is gone; how it had ended."""
    worker.process.kill()
    worker.process.join()
    worker.pipe.close()
    code = worker.process.exitcode or 0
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


@contextmanager
def _signals_held() -> Iterator[None]:
    """A process being born is not interrupted: it would run its parent's clean-up."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(pipe: Connection, prepare: Callable[[], None], work: Work[Any, Any]) -> None:
    """The life of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def tell(size: int, records: int) -> None:
        pipe.send(_Reached(size, records))

    try:
        prepare()
        while True:
            pipe.send(_Finished(work(pipe.recv(), tell)))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except Exception as fault:  # noqa: BLE001 - whatever it is, the parent tells it
        with suppress(OSError):  # without a parent there is nobody to tell
            pipe.send(_Failed(_portable(fault)))


def _end_with_parent() -> None:
    """Waits for the end of the parent, be it killed, and ends this process with it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _portable(fault: Exception) -> Exception:
    """The fault with its traceback as a note, or what can be said of it when it cannot be sent as it is."""
    fault.add_note(traceback.format_exc())
    try:
        pickle.loads(pickle.dumps(fault))  # noqa: S301 - our own bytes
    except Exception:  # noqa: BLE001 - a class of any library may refuse
        return EngineError("engine.worker_failed", {"reason": f"{type(fault).__name__}: {fault}"})
    return fault
