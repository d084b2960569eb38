"""What must be shown, each beside what was measured; a figure is never rounded towards its target."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.bench import attest
from tests.bench.agreement import UNEXPLAINED
from tests.bench.groups import TWENTY_MILLION
from tests.bench.results import OURS, Row, Table

MIB_PER_GIB = 1024


@dataclass(frozen=True, slots=True)
class Target:
    """`found` is None where nothing was measured; `least` says that it is to be at least `bound`, else at most.

    A target without a unit is a count; one without a bound is told, not judged.
    """

    text: str
    bound: float | None
    unit: str
    least: bool
    found: float | None

    @property
    def reached(self) -> bool | None:
        if self.found is None or self.bound is None:
            return None
        return self.found >= self.bound if self.least else self.found <= self.bound

    def figure(self) -> str:
        """The figure to three digits, rounded away from the target."""
        if self.found is None:
            return "–"
        if not self.unit:
            return f"{self.found:,.0f}"
        digits = max(0, 2 - math.floor(math.log10(abs(self.found)))) if self.found else 0
        scaled = self.found * 10**digits
        away = (math.floor if self.least else math.ceil)(scaled) / 10**digits
        return f"{away:,.{digits}f}{self.unit}"


def targets(table: Table) -> list[Target]:
    """All targets in the order of the issue."""
    return [*_schema(table), *_whole(table), *_scaling(table), *_other(table), *_equal(table), *_attest(table)]


def _over(table: Table, mine: tuple[str, str, str, int], theirs: tuple[str, str, str, int],
          by: Callable[[Row], float] = lambda row: row.work) -> float | None:  # fmt: skip
    """How many times as long the first takes as the second."""
    first, second = table.find(*mine), table.find(*theirs)
    if first is None or second is None or not first.seconds or not second.seconds:
        return None
    return by(first) / by(second)


def _schema(table: Table) -> Iterator[Target]:
    for peer, bound in (("ajv", 3.0), ("orjson", 1.0)):
        for jobs in (1, 2):
            found = _over(table, ("schema", "1 % wrong", peer, jobs), ("schema", "1 % wrong", OURS, jobs))
            yield Target(
                f"schema and formats, exact errors, against {peer}, {jobs} process(es)", bound, " ×", True, found
            )


def _whole(table: Table) -> Iterator[Target]:
    for case in ("clean", "1 % wrong"):
        ours, ajv = ("whole", case, OURS, 2), ("whole", case, "ajv", 2)
        found = _over(table, ours, ajv, lambda row: row.wall)
        yield Target(f"whole VSC-ENV run, {case}, in times of ajv's schema check alone", 1.0, " ×", False, found)


def _scaling(table: Table) -> Iterator[Target]:
    one, two = (("schema", "1 % wrong", OURS, jobs) for jobs in (1, 2))
    yield Target("schema check, 2 processes against 1", 1.7, " ×", True, _over(table, one, two))
    one, two = (("whole", "clean", OURS, jobs) for jobs in (1, 2))
    yield Target("whole run, 2 processes against 1", 1.7, " ×", True, _over(table, one, two))
    clean = ("errors", "clean", OURS, 2)
    for case, bound in (("10 % wrong", 1.5), ("all wrong", 2.0)):
        found = _over(table, ("errors", case, OURS, 2), clean)
        yield Target(f"schema check, {case}, in times of clean", bound, " ×", False, found)


def _other(table: Table) -> Iterator[Target]:
    for case in ("shuffled", "spaced"):
        found = _over(table, ("forms", case, "ajv", 2), ("forms", case, OURS, 2))
        yield Target(f"{case} members, against ajv" if case == "shuffled" else f"{case} JSON, against ajv",
                     1.0, " ×", True, found)  # fmt: skip
    rows = table.find("csv", "rows", OURS, 2)
    yield Target("CSV, rows with all constraints", 0.5e6, " rows/s", True, rows.rate if rows else None)
    found = _over(table, ("xml", "clean", "iterparse", 1), ("xml", "clean", OURS, 2))
    yield Target("XML, in rates of iterparse without schema", 0.9, " ×", True, found)
    row = table.find("xml", "clean", OURS, 2)
    yield Target("XML, memory for 200 MB", 300, " MiB", False, row.tree_mib if row else None)
    start = table.find("start", "--help", OURS, 1)
    yield Target("lienthong --help", 150, " ms", False, start.wall * 1000 if start else None)
    memory = [row.tree_mib for case in ("clean", "1 % wrong") if (row := table.find("whole", case, OURS, 2))]
    known = [mib for mib in memory if mib is not None]
    yield Target("memory of the whole run, all processes, 1 M records", 600, " MiB", False, max(known, default=None))
    large = [row for row in table.rows if row.group == "large"]
    big = next((row for row in large if row.records == TWENTY_MILLION), None)
    small = next((row for row in large if row.records != TWENTY_MILLION), None)
    yield Target("memory of the whole run, all processes, 20 M records", 1.5 * MIB_PER_GIB, " MiB", False,
                 big.tree_mib if big else None)  # fmt: skip
    linear = small.rate / big.rate if big and small else None
    yield Target("20 M records, time per record in times of 1 M", 1.15, " ×", False, linear)


def _equal(table: Table) -> Iterator[Target]:
    for case in ("clean", "1 % wrong"):
        rows = [table.find("whole", case, OURS, jobs) for jobs in (1, 2)]
        digests = {row.digest for row in rows if row}
        found = float(len(digests)) if all(rows) else None
        yield Target(f"different report digests among 1 and 2 jobs, {case}", 1, "", False, found)
    agreed = table.agreement
    unexplained = None if agreed is None else float(sum(kinds.get(UNEXPLAINED, 0) for kinds in agreed.values()))
    yield Target("records that engines judge differently without a listed reason", 0, "", False, unexplained)


def _attest(table: Table) -> Iterator[Target]:
    """Asked for without a bound: each figure, and what it is in times of its peer."""
    single, held = (attest.GROUP, attest.EMPTY, OURS, 1), (attest.GROUP, attest.HELD, OURS, 1)
    yield _milliseconds(table, "a certificate issued, its log and register on the disk", single)
    yield _milliseconds(table, "a certificate verified", (attest.GROUP, attest.VERIFY, OURS, 1))
    for text, case in (("an empty register", attest.EMPTY), ("a register of 1,000", attest.HELD)):
        found = _over(table, (attest.GROUP, case, OURS, 1), (attest.GROUP, case, attest.DISK, 1))
        yield Target(f"issue into {text}, in times of writing and syncing as many bytes", None, " ×", False, found)
    found = _over(table, held, single)
    yield Target("issue into a register of 1,000, in times of an empty one", None, " ×", False, found)
    for text, case, first, second in (
        ("verification by the second verifier, in times of the first", attest.VERIFY, attest.SECOND, OURS),
        ("replay of the sample city, in times of validate", attest.CITY_AGAIN, OURS, attest.FIRST),
        ("replay of a live run, in times of test", attest.LIVE_AGAIN, OURS, attest.FIRST_LIVE),
    ):
        found = _over(table, (attest.GROUP, case, first, 1), (attest.GROUP, case, second, 1))
        yield Target(text, None, " ×", False, found)
    for name in (OURS, attest.BROWSER):
        row = table.find(attest.GROUP, attest.LONG, name, 1)
        pages = row.rate if row and row.seconds else None
        yield Target(f"pages of a long PDF, {name}", None, " pages/s", True, pages)


def _milliseconds(table: Table, text: str, place: tuple[str, str, str, int]) -> Target:
    row = table.find(*place)
    return Target(text, None, " ms", False, row.work * 1000 if row and row.seconds else None)
