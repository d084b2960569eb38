"""`python -m tests.kill.side_by_side`: our suites, schemathesis and openapi-core on the same servers, in one go.

Prints the table and writes docs/kill-table.md. With `--json F` every run is a line of F as soon as it is done, and
one that is in F already is not made again.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from datetime import date
from importlib.metadata import version
from pathlib import Path

from fixtures.reference_sut import registry
from tests.kill import tools
from tests.kill.__main__ import verdict
from tests.kill.page import TOOLS, Setting, page
from tests.kill.run import Job, run
from tests.kill.tools import Seen
from validator.api.schemathesis import find_executable

PAGE = Path(__file__).parents[2] / "docs" / "kill-table.md"
REFERENCE_RUNS = 3
FEWEST_CONFORMING = 10
Task = tuple[str, Job]


def sample(names: Iterable[tuple[str, str]], every: int) -> list[str]:
    """Of (group, name): the first of each group and every so-manieth after it."""
    groups: dict[str, list[str]] = defaultdict(list)
    for group, name in names:
        groups[group].append(name)
    return [name for names in groups.values() for name in names[::every]]


def conforming(every: int) -> list[Job]:
    """Variants and traps; when sampled, variants only, evenly spread and not fewer than ten."""
    variants = [Job("variant", name) for name in registry.VARIANTS]
    if every == 1:
        return [*variants, *(Job("trap", name) for name in registry.TRAPS)]
    return variants[:: min(every, len(variants) // FEWEST_CONFORMING)]


def tasks(every: int) -> list[Task]:
    registry.load()
    mutants = [Job("mutant", name) for name in registry.MUTANTS]
    few = set(sample(((m.requirement, m.name) for m in registry.MUTANTS.values()), every))
    alike = conforming(every)
    references = [Job("reference", "reference", seed) for seed in range(1, REFERENCE_RUNS + 1)]
    core = [("openapi-core", job) for job in (*references[:1], *conforming(1), *mutants)]
    slow = [("schemathesis", job) for job in (*references, *(m for m in mutants if m.name in few), *alike)]
    return [*core, *slow, *(("lienthong", job) for job in (*references, *alike, *mutants))]


def look(task: Task, executable: str) -> Seen:
    """One run of one tool; one that could not be made is told, so that it is missing in no count."""
    tool, job = task
    try:
        return _looked(tool, job, executable)
    except Exception as fault:  # noqa: BLE001 - whatever a tool does to us, the others go on
        return Seen(tool, job.kind, job.name, job.seed, (), (f"{type(fault).__name__}: {fault}",), 0, 0, 0, 0, 0, False)


def _looked(tool: str, job: Job, executable: str) -> Seen:
    if tool == "openapi-core":
        return tools.openapi_core(job)
    return tools.schemathesis(job, executable) if tool == "schemathesis" else own(job)


def own(job: Job) -> Seen:
    """Our suites; on a mutant only a failure of exactly the requirement that it breaks is one."""
    ran = run(job)
    good, words = verdict(ran)
    if ran.error or (job.kind == "mutant" and not good):
        failures: tuple[tuple[str, str, str], ...] = ()
    else:
        failures = tuple((name, "", "") for name in sorted(ran.failed))
    errors = () if good else (words,)
    changed = 0 if ran.unchanged else 1
    return Seen(
        "lienthong", job.kind, job.name, job.seed, failures, errors, ran.seconds, ran.requests, 1, 1 - changed, 0,
        ran.error is None,
    )  # fmt: skip


def known(file: Path | None) -> list[Seen]:
    if file is None or not file.exists():
        return []
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return [
        Seen(**{**row, "failures": tuple(tuple(f) for f in row["failures"]), "errors": tuple(row["errors"])})
        for row in rows
    ]


def carry_out(todo: list[Task], executable: str, jobs: int, file: Path | None) -> Iterator[Seen]:
    with ProcessPoolExecutor(jobs) as pool:
        for future in as_completed([pool.submit(look, task, executable) for task in todo]):
            seen = future.result()
            if file is not None:
                with file.open("a", encoding="utf-8") as stream:
                    stream.write(json.dumps(asdict(seen), ensure_ascii=False) + "\n")
            found = f"{len(seen.failures)} failures, {len(seen.errors)} errors"
            print(f"{seen.tool:13} {seen.kind:9} {seen.name:34} {seen.seconds:6.1f} s  {found}", flush=True)
            yield seen


def versions(executable: str) -> str:
    said = subprocess.run([find_executable(executable), "--version"], capture_output=True, text=True, timeout=60)
    return f"schemathesis {said.stdout.split()[-1]}, openapi-core {version('openapi-core')}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.kill.side_by_side", description=__doc__)
    parser.add_argument("--sample", type=int, default=1, metavar="N", help="schemathesis on every N-th mutant only")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("--schemathesis", default="", help="its executable, when it has an environment of its own")
    given = parser.parse_args()
    find_executable(given.schemathesis)
    wanted = tasks(given.sample)
    done = known(given.json)
    there = {(seen.tool, seen.kind, seen.name, seen.seed) for seen in done}
    todo = [task for task in wanted if (task[0], task[1].kind, task[1].name, task[1].seed) not in there]
    seen = [*done, *carry_out(todo, given.schemathesis, given.jobs, given.json)]
    setting = Setting(given.sample, os.cpu_count() or 1, date.today().isoformat(), versions(given.schemathesis))
    text = page(seen, setting)
    given.page.write_text(text, encoding="utf-8")
    print(text)
    return 0 if {s.tool for s in seen} == set(TOOLS) else 1


if __name__ == "__main__":
    sys.exit(main())
