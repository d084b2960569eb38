"""`lienthong replay`: opens a bundle, runs its examination again, compares."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from validator.bundle.files import KIND as FILES
from validator.bundle.lock import differences as lock_differences
from validator.bundle.opened import open_bundle
from validator.errors import UsageError
from validator.model.progress import Progress, no_progress
from validator.replay.compare import Difference, differences
from validator.replay.files import examine_again
from validator.run import scratch_folder


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of it. `bundle` is the bundle's own digest, `then` and `now` are those of the report; `requirements`
    were judged again; `lock` is what of the tool is another one now; `taken` counts what a replay cannot see again and
    takes from the record."""

    kind: str
    bundle: str
    then: str
    now: str
    requirements: int
    differences: tuple[Difference, ...]
    lock: tuple[tuple[str, str, str], ...]
    taken: int


def replay(
    given: Path,
    submission: Path | None = None,
    *,
    strict_lock: bool = False,
    jobs: int = 1,
    progress: Progress = no_progress,
) -> Replayed:
    """Runs a bundle again. With `strict_lock` only by the very code that decided then.

    Raises UsageError (no bundle, no data, another tool) and EvidenceError (the bundle or the data were changed).
    """
    with scratch_folder() as scratch:
        bundle = open_bundle(given, scratch)
        lock = tuple(lock_differences(bundle.description["tool"]))
        if lock and strict_lock:
            told = ", ".join(f"{name} {then} → {now}" for name, then, now in lock)
            raise UsageError("usage.other_tool_lock", {"differences": told})
        beside: tuple[Difference, ...] = ()
        taken = 0
        if bundle.description["kind"] == FILES:
            report = examine_again(bundle, submission, scratch, jobs, progress)
        else:
            from validator.replay.live import looks, run_again  # what live runs import takes most of a second

            taken = looks(bundle)
            report, beside = run_again(bundle, scratch)
        found = (*differences(bundle.report, report), *beside)
        return Replayed(
            bundle.description["kind"], bundle.description["digest"], bundle.report["digest"], report["digest"],
            len(report["results"]), found, lock, taken,
        )  # fmt: skip
