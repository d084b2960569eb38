"""Data files that lie in an object store: one worker fetches, hashes and scans each, and keeps nothing of it.

What comes back is small: counts, samples, the file's digests. Its columns stay in the shared folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from validator.engine.local import checksum, goes_through_filter, placed_in_order, readable_files
from validator.engine.plan import Placed, Plan
from validator.engine.pool import Died
from validator.engine.scan import Part, prepare_worker, scan_unit
from validator.engine.spark_tasks import Tasks
from validator.engine.tools import How
from validator.engine.units import Unit, plan_units
from validator.errors import EngineError
from validator.model.progress import Phase
from validator.model.scope import Scope
from validator.model.standard import Dataset
from validator.model.submission import Observation, Submission
from validator.observe.limits import UNIT_BYTES
from validator.observe.remote import Source, with_digests

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import SparkSession

FEWEST_BYTES: Final = UNIT_BYTES // 2
"""No unit but the last of a file is smaller: so many numbers are kept free for each file."""


@dataclass(frozen=True, slots=True)
class FileTask:
    """One data file; its units are numbered from `number`. One that is not `read` is only hashed."""

    number: int
    observation: Observation
    read: bool


@dataclass(frozen=True, slots=True)
class FileSeen:
    """What a worker found in one file."""

    sha256: str
    units: tuple[Unit, ...] = ()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """Carries out file tasks in a worker."""

    source: Source
    filtered: bool
    datasets: Mapping[str, Dataset]

    def __call__(self, task: FileTask) -> FileSeen:
        seen = task.observation
        with TemporaryDirectory(prefix="lienthong-") as folder:
            path = Path(folder) / "data"
            sha256 = self.source.fetch(seen.name, path)
            if not task.read:
                return FileSeen(sha256)
            here = replace(seen, path=path, sha256=sha256, size=path.stat().st_size)
            planned = plan_units((here,), self.filtered, self.datasets)
            units = [replace(unit, number=task.number + unit.number) for unit in planned]
            parts = [scan_unit(unit, lambda _size, _records: None) for unit in units]
            parts = _with_checksum(parts) if seen.media != "xml" else parts
        there = replace(here, path=seen.path)
        return FileSeen(sha256, tuple(replace(unit, observation=there) for unit in units), tuple(parts))


def _with_checksum(parts: list[Part]) -> list[Part]:
    """The parts with the envelope checksum of their file at the first, their canonical text gone."""
    computed = checksum(parts)
    return [replace(part, canonical=None, checksum=computed) for part in parts]


def scan_remote(
    scope: Scope, submission: Submission, source: Source, work: Path, plan: Plan, session: SparkSession
) -> tuple[Submission, tuple[Placed, ...]]:
    """The submission with its digests, and every known data file scanned where a worker took it.

    Raises EngineError for a file that no worker could do: without its digest there is no report.
    """
    files = readable_files(scope, submission)
    filtered = goes_through_filter(files, plan)
    prepare = partial(prepare_worker, scope, work, How(plan.cap, plan.second_opinion, filtered))
    reading = Reading(source, filtered, scope.datasets())
    tasks = _numbered(submission.files, {f.name for f in files})
    sizes = {task.observation.name: task.observation.size for task in tasks}
    done = [0, 0]

    def heard(task: FileTask, seen: FileSeen) -> None:
        done[0] += sizes[task.observation.name]
        done[1] += sum(part.records for part in seen.parts)
        plan.progress(Phase.SCANNING, done[0], sum(sizes.values()), done[1])

    outcomes = Tasks(session, work, prepare, reading).run(tasks, heard)
    for task, outcome in zip(tasks, outcomes, strict=True):
        if isinstance(outcome, Died):
            raise EngineError("engine.file_lost", {"path": task.observation.name, "reason": outcome.how})
    placed = placed_in_order(
        [unit for seen in outcomes for unit in seen.units], {p.unit: p for seen in outcomes for p in seen.parts}
    )
    for p in placed:
        if p.part.envelope is not None and p.unit.observation.media == "json":
            source.fetch(p.unit.observation.name, p.unit.observation.path)  # its members are placed in its text
    digests = {task.observation.name: seen.sha256 for task, seen in zip(tasks, outcomes, strict=True)}
    return with_digests(submission, digests), placed


def _numbered(files: Sequence[Observation], read: set[str]) -> list[FileTask]:
    tasks: list[FileTask] = []
    number = 0
    for seen in files:
        tasks.append(FileTask(number, seen, seen.name in read))
        number += seen.size // FEWEST_BYTES + 2
    return tasks
