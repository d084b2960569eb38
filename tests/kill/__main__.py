"""`python -m tests.kill`: runs the suites on the reference and all its relatives and prints the kill table.

Fails (exit 1) unless the reference raises nothing on five seeds, every variant and trap raises nothing, and
every mutant fails exactly the requirement whose clause it breaks.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path

from fixtures.reference_sut import registry
from tests.kill.run import Job, Ran, run

SEEDS = (1, 2, 3, 4, 5)
NOTHING_TO_JUDGE = {"empty": ("R04", "R05", "R06", "R10"), "single": ("R04",)}
STANDARD = "VSC-API"


def jobs(only: set[str]) -> list[Job]:
    registry.load()
    found = [Job("reference", "reference", seed) for seed in SEEDS]
    found += [Job("variant", name) for name in registry.VARIANTS]
    found += [Job("trap", name) for name in registry.TRAPS]
    found += [Job("mutant", name) for name in registry.MUTANTS]
    return [job for job in found if not only or job.name in only or job.kind in only]


def verdict(ran: Ran) -> tuple[bool, str]:
    """Whether a run is as it should be, and a word on it."""
    if ran.error:
        return False, f"not run: {ran.error}"
    passed = [r for r in NOTHING_TO_JUDGE.get(ran.job.name, ()) if ran.outcomes[f"{STANDARD}-{r}"] == "passed"]
    if passed:
        return False, f"passed although there was nothing to judge by: {', '.join(passed)}"
    if ran.job.kind != "mutant":
        words = ", ".join(sorted(ran.failed)) or ("" if ran.unchanged else "records were changed")
        return not ran.failed and ran.unchanged, words
    expected = f"{STANDARD}-{registry.MUTANTS[ran.job.name].requirement}"
    if ran.failed == {expected}:
        messages = dict.fromkeys(message.rpartition(".")[2] for _, message, _ in ran.findings)
        return True, ", ".join(messages)
    return False, f"expected {expected}, failed {', '.join(sorted(ran.failed)) or 'nothing'}"


def row(ran: Ran) -> bool:
    """Prints one line of the table; whether the run is as it should be."""
    good, words = verdict(ran)
    label = f"{ran.job.name} (seed {ran.job.seed})" if ran.job.kind == "reference" else ran.job.name
    print(f"{'ok ' if good else 'NO '} {ran.job.kind:9} {label:32} {ran.seconds:5.1f} s {ran.requests:5}  {words}")
    for requirement, message, text in () if good else ran.findings[:4]:
        print(f"        {requirement} {message.rpartition('.')[2]}: {text[:160]}")
    sys.stdout.flush()
    return good


def summary(results: list[tuple[Ran, bool]]) -> None:
    """Prints kills by requirement."""
    killed: dict[str, list[bool]] = defaultdict(list)
    for ran, good in results:
        if ran.job.kind == "mutant":
            killed[registry.MUTANTS[ran.job.name].requirement].append(good)
    for requirement, hits in sorted(killed.items()):
        print(f"{STANDARD}-{requirement}: {sum(hits)} of {len(hits)} killed")
    total = [hit for hits in killed.values() for hit in hits]
    wrong = sum(not good for _, good in results)
    print(f"{sum(total)} of {len(total)} mutants killed; {len(results)} rows, {wrong} not as they should be")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.kill", description=__doc__)
    parser.add_argument("names", nargs="*", help="names or kinds to run; all when none is given")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", type=Path, help="writes every run's outcome to a file too")
    given = parser.parse_args()
    with ProcessPoolExecutor(given.jobs) as pool:
        results = [(ran, row(ran)) for ran in pool.map(run, jobs(set(given.names)))]
    summary(results)
    if given.json:
        given.json.write_text(json.dumps([asdict(ran) for ran, _ in results], ensure_ascii=False, indent=1), "utf-8")
    return 0 if results and all(good for _, good in results) else 1


if __name__ == "__main__":
    sys.exit(main())
