"""Worker processes: deaths, retries, faults, and that none outlives its pool."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from validator.engine.pool import OUT_OF_MEMORY, TRIES, Died, Pool, Tell
from validator.errors import EngineError, LienthongError


def prepare() -> None:
    """Nothing to make ready."""


def unheard(_task: int, _size: int, _records: int) -> None:
    """Nobody watches."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def tried(folder: Path, task: int) -> int:
    """How often the task was tried, this time included."""
    path = folder / str(task)
    path.write_text(path.read_text() + "x" if path.exists() else "x")
    return len(path.read_text())


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_outcomes_come_in_the_order_of_tasks(jobs: int) -> None:
    def square(task: int, tell: Tell) -> int:
        return task * task

    assert Pool(jobs, prepare, square).run(range(20), unheard) == [n * n for n in range(20)]
    assert multiprocessing.active_children() == []


def test_no_tasks_need_no_process() -> None:
    def never(task: int, tell: Tell) -> int:
        raise AssertionError

    assert Pool(2, prepare, never).run([], unheard) == []


@pytest.mark.parametrize("deaths", range(TRIES))
def test_a_task_whose_worker_dies_is_tried_again(deaths: int, tmp_path: Path) -> None:
    def fragile(task: int, tell: Tell) -> int:
        if task == 3 and tried(tmp_path, task) <= deaths:
            die()
        return task

    assert Pool(2, prepare, fragile).run(range(8), unheard) == list(range(8))


def test_a_task_that_always_kills_its_worker_is_given_up_and_the_others_are_done(tmp_path: Path) -> None:
    def deadly(task: int, tell: Tell) -> int:
        times = tried(tmp_path, task)
        if task in (0, 5):
            die()
        return times

    outcomes = Pool(2, prepare, deadly).run(range(8), unheard)

    assert outcomes == [Died("SIGKILL") if task in (0, 5) else 1 for task in range(8)]
    assert [len((tmp_path / str(task)).read_text()) for task in (0, 5)] == [TRIES, TRIES]


def test_every_worker_may_die() -> None:
    def deadly(task: int, tell: Tell) -> int:
        die()
        return task

    assert Pool(2, prepare, deadly).run(range(3), unheard) == [Died("SIGKILL")] * 3


def test_memory_that_runs_out_ends_a_worker_like_a_kill() -> None:
    def hungry(task: int, tell: Tell) -> int:
        raise MemoryError

    assert Pool(2, prepare, hungry).run([0], unheard) == [Died(f"exit code {OUT_OF_MEMORY}")]


def test_a_process_that_leaves_by_itself_has_died() -> None:
    def leaves(task: int, tell: Tell) -> int:
        os._exit(7)

    assert Pool(2, prepare, leaves).run([0], unheard) == [Died("exit code 7")]


@pytest.mark.parametrize("fault", [OSError(28, "no room", "/x"), EngineError("engine.scratch", {"reason": "r"})])
def test_what_the_work_raises_is_raised_and_no_process_is_left(fault: Exception) -> None:
    def failing(task: int, tell: Tell) -> int:
        if task == 1:
            raise fault
        return task

    with pytest.raises(type(fault)) as raised:
        Pool(2, prepare, failing).run(range(4), unheard)

    assert str(raised.value) == str(fault)
    assert multiprocessing.active_children() == []


def test_a_fault_that_cannot_be_sent_is_told_in_words() -> None:
    class Local(Exception):  # noqa: N818 - its class cannot be found by another process
        pass

    def failing(task: int, tell: Tell) -> int:
        raise Local("said")

    with pytest.raises(LienthongError, match="Local: said"):
        Pool(2, prepare, failing).run([0], unheard)


def test_a_pool_that_cannot_be_made_ready_says_so() -> None:
    def unready() -> None:
        raise ValueError("not ready")

    def work(task: int, tell: Tell) -> int:
        return task

    with pytest.raises(ValueError, match="not ready"):
        Pool(2, unready, work).run([0], unheard)


def test_how_far_a_task_is_is_heard_and_a_new_try_starts_from_nothing(tmp_path: Path) -> None:
    heard: list[tuple[int, int, int]] = []

    def work(task: int, tell: Tell) -> int:
        tell(10, 1)
        if tried(tmp_path, task) == 1:
            die()
        tell(20, 2)
        return task

    Pool(2, prepare, work).run([0], lambda *step: heard.append(step))

    assert heard == [(0, 10, 1), (0, 0, 0), (0, 10, 1), (0, 20, 2)]


def test_a_stop_of_the_parent_ends_every_worker() -> None:
    def endless(task: int, tell: Tell) -> int:
        tell(1, 1)
        signal.pause()
        return task

    def stop(*_step: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Pool(2, prepare, endless).run(range(2), stop)

    assert multiprocessing.active_children() == []


def test_workers_leave_an_interruption_to_their_parent() -> None:
    def work(task: int, tell: Tell) -> int:
        os.kill(os.getpid(), signal.SIGINT)
        return task

    assert Pool(2, prepare, work).run(range(2), unheard) == [0, 1]
