"""What was measured: one row per program and case, with every single time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

OURS = "lienthong"


@dataclass(slots=True)
class Row:
    """A program on a case, in `jobs` processes.

    `seconds` are work times by the programs' own clocks, from opening the file to the last answer;
    `walls` whole processes from start to end. `records` of the case; `scaled_from` is how many of
    them were really run when fewer, and times are scaled up. Memory in MiB.
    """

    group: str
    case: str
    name: str
    jobs: int
    records: int = 0
    failing: int = 0
    errors: int = 0
    seconds: list[float] = field(default_factory=list)
    walls: list[float] = field(default_factory=list)
    main_mib: float | None = None
    tree_mib: float | None = None
    digest: str | None = None
    verdict: str | None = None
    scaled_from: int | None = None

    @property
    def work(self) -> float:
        """Median work time in seconds."""
        return median(self.seconds)

    @property
    def wall(self) -> float:
        """Median time of the whole processes in seconds."""
        return median(self.walls)

    @property
    def rate(self) -> float:
        """Records per second of work."""
        return self.records / self.work


class Table:
    """All rows of a run, or of several, found by group, case, name and jobs."""

    def __init__(self, about: dict[str, Any], unmeasured: list[str] | None = None) -> None:
        self.about = about
        self.unmeasured = unmeasured or []
        """What could not be measured, each with its reason."""
        self.rows: list[Row] = []
        self.stamps: dict[str, dict[str, Any]] = {}
        """For each group the `about` of the run that measured it, and what this could not measure of it."""
        self.agreement: dict[str, dict[str, int]] | None = None
        """How many records each engine refuses, and how many of them differ from ours for each reason."""

    def row(self, group: str, case: str, name: str, jobs: int) -> Row:
        """The row, made when it is asked for first."""
        found = self.find(group, case, name, jobs)
        if found is None:
            found = Row(group, case, name, jobs)
            self.rows.append(found)
        return found

    def find(self, group: str, case: str, name: str, jobs: int) -> Row | None:
        """The row if it was measured."""
        wanted = (group, case, name, jobs)
        return next((row for row in self.rows if (row.group, row.case, row.name, row.jobs) == wanted), None)

    def groups(self) -> Iterator[tuple[str, str, list[Row]]]:
        """(group, case, rows) in the order of measuring."""
        for group, case in dict.fromkeys((row.group, row.case) for row in self.rows):
            yield group, case, [row for row in self.rows if (row.group, row.case) == (group, case)]

    def stamp(self, group: str, unmeasured: list[str]) -> None:
        """Says that this run measured a group."""
        self.stamps[group] = {**self.about, "unmeasured": unmeasured}

    def over(self, older: Table) -> Table:
        """These groups, and those that only an older run measured, each with its own stamp."""
        versions = {**older.about.get("versions", {}), **self.about["versions"]}
        made = Table({**self.about, "versions": versions})
        made.rows = [*(row for row in older.rows if row.group not in self.stamps), *self.rows]
        made.stamps = {**older.stamps, **self.stamps}
        made.agreement = older.agreement if self.agreement is None else self.agreement
        made.unmeasured = list(dict.fromkeys(line for s in made.stamps.values() for line in s["unmeasured"]))
        return made

    def save(self, path: Path) -> None:
        document = {
            "about": self.about, "unmeasured": self.unmeasured, "stamps": self.stamps, "agreement": self.agreement,
            "rows": [asdict(row) for row in self.rows],
        }  # fmt: skip
        path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def load(path: Path) -> Table:
    """What was saved; an empty table where nothing was."""
    if not path.exists():
        return Table({})
    document = json.loads(path.read_text(encoding="utf-8"))
    table = Table(document["about"], document["unmeasured"])
    table.rows = [Row(**row) for row in document["rows"]]
    table.stamps, table.agreement = document["stamps"], document["agreement"]
    return table
