"""Work in Spark's workers, its outcomes left in a folder that driver and workers share.

Spark tries a failed task again on its own. What was not done when Spark has given up is tried once
more by itself and then told as lost.
"""

from __future__ import annotations

import os
import pickle
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from validator.engine.pool import Died
from validator.engine.store import Prepare
from validator.errors import EngineError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SECONDS_BETWEEN: Final = 0.2


class Numbered(Protocol):
    """A piece of work with its place in the order of the run."""

    @property
    def number(self) -> int: ...


class Tasks:
    """Pieces of work carried out by Spark's workers, their outcomes left in the shared folder."""

    def __init__(self, session: SparkSession, shared: Path, prepare: Prepare, work: Callable[[Any], Any]) -> None:
        self.context = session.sparkContext
        self.shared = shared
        self.prepare, self.work = prepare, work

    def run(self, tasks: Sequence[Numbered], heard: Callable[[Any, Any], None]) -> list[Any]:
        """One outcome a task (Died for what was lost), in their order; `heard` is told (task, outcome) of each."""
        found: dict[int, Any] = {}

        def gather() -> None:
            for task in tasks:
                path = outcome_path(self.shared, task.number)
                if task.number not in found and path.exists():
                    found[task.number] = pickle.loads(path.read_bytes())  # noqa: S301 - our own workers' bytes
                    heard(task, found[task.number])

        how = self._attempt(tasks, gather)
        missing = [task for task in tasks if task.number not in found] if how else []
        for task in missing:
            found.setdefault(task.number, self._attempt([task], gather))
        return [found[task.number] for task in tasks]

    def _attempt(self, tasks: Sequence[Numbered], gather: Callable[[], None]) -> Died | None:
        """One job over the tasks, watched as it goes on; how it ended when it did not end well."""
        ends: list[str] = []

        def job() -> None:
            shared, prepare, work = self.shared, self.prepare, self.work
            try:
                self.context.parallelize(tasks, len(tasks)).foreach(lambda task: carry_out(shared, prepare, work, task))
            except Exception as fault:  # noqa: BLE001 - Spark raises whatever Java raised; it is told as lost work
                ends.append(str(fault))

        runner = threading.Thread(target=job, daemon=True)
        runner.start()
        try:
            while runner.is_alive():
                runner.join(SECONDS_BETWEEN)
                gather()
        except BaseException:
            self.context.cancelAllJobs()
            raise
        gather()
        if ends and "Traceback" in ends[0]:
            raise EngineError("engine.worker_failed", {"reason": _last_line(ends[0])})
        return Died(_cause(ends[0])) if ends else None


def outcome_path(shared: Path, number: int) -> Path:
    return shared / f"{number}.outcome"


_prepared: list[Any] = []


def carry_out(shared: Path, prepare: Prepare, work: Callable[[Any], Any], task: Numbered) -> None:
    """In a worker: one task, its outcome left whole or not at all."""
    if _prepared != [shared]:
        prepare()
        _prepared[:] = [shared]
    outcome = pickle.dumps(work(task))
    target = outcome_path(shared, task.number)
    beside = target.with_suffix(f".{os.getpid()}-{time.monotonic_ns()}")
    beside.write_bytes(outcome)
    beside.replace(target)


def _last_line(told: str) -> str:
    """The error at the end of a Python traceback."""
    lines = [line for line in told[told.index("Traceback") :].splitlines() if line.strip()]
    return next((line.strip()[:200] for line in lines[1:] if not line.startswith(" ")), lines[0])


def _cause(told: str) -> str:
    """What Spark says of a task that it gave up, in one line."""
    lines = [line.strip() for line in told.splitlines() if line.strip()] or ["?"]
    return next((line for line in lines if "Lost task" in line or "ExecutorLost" in line), lines[0])[:200]
