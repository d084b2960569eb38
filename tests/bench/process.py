"""Runs programs side by side and measures them from outside: wall time, work time, memory of the whole tree."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

PROC = Path("/proc")
LAUNCH = Path(__file__).with_name("launch.py")
LONGEST_S = 3600
LAST_WORDS = 800


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of programs started together.

    `wall` is from the first start to the last end, in seconds; `outputs` what each wrote on stdout;
    `main_mib` the kernel's highest resident set of one process, `tree_mib` the highest sum of
    proportional set sizes of all processes with their descendants (None when it was not sampled).
    """

    wall: float
    outputs: tuple[str, ...]
    codes: tuple[int, ...]
    main_mib: float
    tree_mib: float | None

    def answers(self) -> list[dict[str, Any]]:
        """What each said in JSON on its last line."""
        return [json.loads(output.strip().splitlines()[-1]) for output in self.outputs]


class FailedError(Exception):
    """A program did not do its work."""


def run(
    commands: Sequence[Sequence[str]], *, cwd: Path | None = None, sample: float | None = None,
    good: Sequence[int] = (0,),
) -> Ran:  # fmt: skip
    """Runs all commands at once to their end; memory is sampled every `sample` seconds. Raises FailedError."""
    with ExitStack() as kept:
        folder = Path(kept.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        files = [(kept.enter_context(tempfile.TemporaryFile()), kept.enter_context(tempfile.TemporaryFile()))
                 for _ in commands]  # fmt: skip
        started = [
            subprocess.Popen(
                [sys.executable, "-I", str(LAUNCH), str(folder / str(n)), *command],
                cwd=cwd, stdout=out, stderr=err, start_new_session=True,
            )
            for n, (command, (out, err)) in enumerate(zip(commands, files, strict=True))
        ]  # fmt: skip
        sampler = Sampler([p.pid for p in started], sample) if sample else None
        try:
            codes = tuple(process.wait(LONGEST_S) for process in started)
        except BaseException:
            _end(started)
            raise
        finally:
            tree = sampler.stop() if sampler else None
        said = [(_text(out), _text(err)) for out, err in files]
        for command, code, (_, err) in zip(commands, codes, said, strict=True):
            if code not in good:
                raise FailedError(f"{' '.join(command)[:300]}\nexit {code}: {err[-LAST_WORDS:]}")
        seen = [json.loads((folder / str(n)).read_text(encoding="utf-8")) for n in range(len(commands))]
    wall = max(each["end"] for each in seen) - min(each["begin"] for each in seen)
    return Ran(wall, tuple(out for out, _ in said), codes, max(each["peak_kib"] for each in seen) / 1024, tree)


def _text(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode(errors="replace")


def _end(started: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


class Sampler:
    """Watches the memory of all descendants of processes from a thread."""

    def __init__(self, roots: Sequence[int], every: float) -> None:
        self.roots, self.every, self.highest = frozenset(roots), every, 0
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()

    def _watch(self) -> None:
        while not self.stopped.wait(self.every):
            self.highest = max(self.highest, sum(map(proportional_kib, descendants(self.roots))))

    def stop(self) -> float:
        """The highest sum seen, in MiB."""
        self.stopped.set()
        self.thread.join()
        return self.highest / 1024


def descendants(roots: frozenset[int]) -> set[int]:
    """The living descendants of the processes."""
    parents = dict(filter(None, (_parent(entry) for entry in PROC.iterdir() if entry.name.isdigit())))
    found, grew = set(roots), True
    while grew:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        found |= more
        grew = bool(more)
    return found - roots


def _parent(entry: Path) -> tuple[int, int] | None:
    try:
        after_name = (entry / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(entry.name), int(after_name[1])


def proportional_kib(pid: int) -> int:
    """The process's share of memory in KiB, pages in common divided among those that have them; 0 when it is gone."""
    try:
        for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:
        return 0
    return 0
