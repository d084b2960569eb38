"""Counts the function calls per record of a whole run on a fixed small submission, by module.

The cost of one more record is the difference between a run on two stations and one on one station:
what a run costs once is left out. Calls are those that `sys.setprofile` tells of (Python and C).
Frames of list, dict and set comprehensions are left out, as Python has none of them from 3.12 on.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any
from unittest.mock import patch

import validator
from tests.bench import env, variants
from validator.engine import local
from validator.run import Options, validate

KEPT = Path(__file__).with_name("cost.json")
ALLOWED = 1.2
SLACK = 0.5
"""Below this share of what is kept, the number kept guards nothing any more."""
UNSTEADY = 1.0
"""Blocks held are sampled, unlike calls: so many a record come and go by themselves."""
SMALLEST = 1.0
"""Modules with fewer calls per record are not looked at one by one."""
EVERY = 100
SEED = 7
FILTERED = "filtered lines"
SCENARIOS = {FILTERED: 0.0, "lines": 0.0, "faulty lines": 0.2, "csv": 0.0}
"""Each with the share of wrong records; only the first goes through the accept filter, as much data do."""
TOTAL, HELD = "all", "blocks held"
RENEW = "python -m tests.guard"

_PACKAGE = str(Path(validator.__file__).parent) + "/"
_INLINED = frozenset({"<listcomp>", "<dictcomp>", "<setcomp>"})


@dataclass(slots=True)
class Counted:
    """Calls by module and the most memory blocks that were held at once beyond those before the run."""

    calls: Counter[str]
    held: int


def costs(scenario: str, folder: Path) -> dict[str, float]:
    """Calls per record by module, in all, and blocks held per record; `folder` is for the data."""
    hours = env.hours_of(0)
    small, large = (submission(scenario, folder / str(n), n * hours) for n in (1, 2))
    filter_from = 0 if scenario == FILTERED else sys.maxsize
    with patch.object(local, "FILTER_FROM_BYTES", filter_from):
        examine(small)
        one, two = counted(small), counted(large)
    found = {name: (two.calls[name] - one.calls[name]) / hours for name in sorted(two.calls)}
    kept = {name: round(calls, 3) for name, calls in found.items() if calls >= SMALLEST}
    return {TOTAL: round(sum(found.values()), 3), HELD: max(0.0, round((two.held - one.held) / hours, 3)), **kept}


def apart(scenario: str, folder: Path) -> dict[str, float]:
    """The same, counted in a process of its own: what others have loaded, kept or patched counts nothing there."""
    command = [sys.executable, "-m", "tests.guard.cost", scenario, str(folder)]
    ran = subprocess.run(command, cwd=Path(__file__).parents[2], check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(ran.stdout)
    return found


def submission(scenario: str, folder: Path, records: int) -> Path:
    """A submission of so many records as the scenario has it."""
    plain = folder / "plain"
    env.write_submission(plain, records, SCENARIOS[scenario], SEED)
    if scenario != "csv":
        return plain
    variants.submission_of_csv(plain, folder / "csv")
    return folder / "csv"


def examine(given: Path) -> None:
    validate(given, Options(as_of=datetime.fromisoformat(env.AS_OF), jobs=1))


def counted(given: Path) -> Counted:
    """One run under the profiler, in one process."""
    gc.collect()
    found, before = Counted(Counter(), 0), sys.getallocatedblocks()
    events = 0

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal events
        code = frame.f_code
        if event not in ("call", "c_call") or (event == "call" and code.co_name in _INLINED):
            return
        found.calls[_module(code.co_filename)] += 1
        events += 1
        if events % EVERY == 0:
            found.held = max(found.held, sys.getallocatedblocks() - before)

    gc.disable()  # when it runs depends on all that came before
    sys.setprofile(note)
    try:
        examine(given)
    finally:
        sys.setprofile(None)
        gc.enable()
    return found


def _module(file: str) -> str:
    return file.removeprefix(_PACKAGE) if file.startswith(_PACKAGE) else "elsewhere"


def excesses(found: dict[str, float], kept: dict[str, float]) -> Iterator[str]:
    """What costs over a fifth more than kept, each as a sentence; a module that is new counts in the total only."""
    for name, before in kept.items():
        now = found.get(name, 0.0)
        if now > before * ALLOWED + (UNSTEADY if name == HELD else 0):
            yield f"{name}: {now:.2f} a record, kept are {before:.2f}; if that is meant, renew with `{RENEW}`"


def slack(found: dict[str, float], kept: dict[str, float]) -> Iterator[str]:
    """What fell so far that its kept number would let a regression pass."""
    for name in (TOTAL, HELD):
        if found[name] < kept[name] * SLACK - (UNSTEADY if name == HELD else 0):
            yield f"{name}: only {found[name]:.2f} a record, kept are {kept[name]:.2f}; renew with `{RENEW}`"


def kept_costs() -> dict[str, dict[str, float]]:
    loaded: dict[str, dict[str, float]] = json.loads(KEPT.read_text(encoding="utf-8"))
    return loaded


if __name__ == "__main__":
    print(json.dumps(costs(sys.argv[1], Path(sys.argv[2]))))
