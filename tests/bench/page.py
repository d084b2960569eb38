"""The results on a terminal and as docs/performance.md."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.bench import attest
from tests.bench.agreement import DIFFERENCES
from tests.bench.results import OURS, Row, Table
from tests.bench.targets import Target, targets

TEMPLATE = Path(__file__).with_name("performance.template.md")
MARKS = {True: "reached", False: "NOT reached", None: "not measured"}
LEAST_TIMES = 0.1
NO_BOUND = "no bound"
ATTEST_HEAD = ("program", "ms", "× ours", "pages", "pages/s", "MiB")
HEAD = ("program", "processes", "seconds", "records/s", "× ours", "failing", "errors", "MiB")
TITLES = {
    "schema": "Schema check alone", "errors": "Cost of faulty records", "forms": "Other forms of JSON",
    "csv": "CSV", "whole": "Whole run of VSC-ENV", "xml": "XML, 200 MB", "start": "Start", "large": "Size",
    "attest": "Attesting: issue, verify, PDF, replay",
}  # fmt: skip


def cells(row: Row, rows: list[Row]) -> tuple[str, ...]:
    """One row of a table; `× ours` is how many times as long it took as ours with as many processes."""
    ours = next((r for r in rows if r.name == OURS and r.jobs == row.jobs and r.seconds), None)
    ours = ours or next((r for r in rows if r.name == OURS and r.seconds), None)
    memory = row.tree_mib or row.main_mib
    found = {
        "program": row.name + (f" (scaled from {row.scaled_from:,})" if row.scaled_from else ""),
        "processes": str(row.jobs),
        "seconds": f"{row.work:.3g}" if row.work < 100 else f"{row.work:,.0f}",
        "ms": _three_digits(row.work * 1000),
        "records/s": f"{row.rate:,.0f}" if row.records else "–",
        "pages/s": f"{row.rate:,.0f}" if row.records else "–",
        "× ours": _times(row.work / ours.work) if ours else "–",
        "pages": f"{row.records:,}" if row.records else "–",
        "failing": f"{row.failing:,}" if row.failing else "–",
        "errors": f"{row.errors:,}" if row.errors else "–",
        "MiB": "–" if memory is None else f"{memory:,.0f}",
    }
    return tuple(found[name] for name in head(row.group))


def head(group: str) -> tuple[str, ...]:
    return ATTEST_HEAD if group == attest.GROUP else HEAD


def _times(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio >= LEAST_TIMES else _three_digits(ratio)


def _three_digits(number: float) -> str:
    return f"{number:,.{max(0, 2 - math.floor(math.log10(number)))}f}"


def markdown_table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def target_cells(target: Target) -> tuple[str, ...]:
    if target.bound is None:
        return target.text, "–", target.figure(), "not measured" if target.found is None else NO_BOUND
    bound = f"{'≥' if target.least else '≤'} {target.bound:,g}{target.unit}"
    return target.text, bound, target.figure(), MARKS[target.reached]


def plain(table: Table) -> str:
    """The whole for a terminal."""
    lines: list[str] = []
    for group, case, rows in table.groups():
        shown = [cells(row, rows) for row in rows if row.seconds]
        lines += [f"{TITLES[group]}: {case}", *_aligned([head(group), *shown]), ""]
    lines += _aligned([("must show", "bound", "found", ""), *map(target_cells, targets(table))])
    return "\n".join([*lines, *_agreement(table), *table.unmeasured])


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  " + "  ".join(
        cell.rjust(width) if i and i < len(row) - (len(row) == 4) else cell.ljust(width)
        for i, (cell, width) in enumerate(zip(row, widths, strict=True))
    ).rstrip() for row in rows]  # fmt: skip


def _agreement(table: Table) -> Iterator[str]:
    found = table.agreement
    if not found:
        return
    for name, kinds in found.items():
        differing = ", ".join(f"{kind} {count}" for kind, count in kinds.items() if kind != "refused")
        yield f"- {name} refuses {kinds['refused']:,}" + (f"; differs from ours on: {differing}" if differing else "")


def markdown(table: Table) -> str:
    """docs/performance.md: the template with its five places filled."""
    body: list[str] = []
    for group in (title for title in TITLES if any(row.group == title for row in table.rows)):
        body += [f"### {TITLES[group]}\n", *_stamp(table, group)]
        for _, case, rows in (found for found in table.groups() if found[0] == group):
            shown = [cells(row, rows) for row in rows if row.seconds]
            body += [f"{case}:\n", *markdown_table(head(group), shown), ""]
    differences = [f"- {difference.name}: {difference.reason}" for difference in DIFFERENCES]
    places = {
        "about": "\n".join(_about(table)),
        "targets": "\n".join(
            markdown_table(("must show", "bound", "found", ""), [target_cells(t) for t in targets(table)])
        ),
        "tables": "\n".join(body).rstrip(),
        "agreement": "\n".join([*_stamp(table, "agreement"), *_agreement(table), "", *differences]),
        "unmeasured": "\n".join(table.unmeasured),
    }
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, filled in places.items():
        text = text.replace(f"<!-- {name} -->", filled)
    return text.rstrip() + "\n"


def _about(table: Table) -> Iterator[str]:
    yield f"- {_machine(table.about)}"
    yield "- " + _versions(table.about["versions"])


def _machine(about: Mapping[str, Any]) -> str:
    machine = about["machine"]
    return f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB, {machine['system']}"


def _versions(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in versions.items())


def _stamp(table: Table, group: str) -> Iterator[str]:
    """When a group was measured, and what was otherwise than in the newest run."""
    about = table.stamps.get(group)
    if about is None:
        return
    newest = table.about
    said = [about["date"], *([f"revision {about['revision']}"] if about["revision"] else []), f"`{about['command']}`"]
    if about["machine"] != newest["machine"]:
        said.append(_machine(about))
    others = {n: v for n, v in about["versions"].items() if newest["versions"].get(n, v) != v}
    yield ", ".join([*said, *([_versions(others)] if others else [])]) + ":\n"
