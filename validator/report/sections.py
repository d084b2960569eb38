"""What a reader of a report asks, answered from the report: failures first, then what is not known."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from validator.report.visible import in_language

Report = Mapping[str, Any]
Row = Mapping[str, Any]

OUTCOMES = ("failed", "cantTell", "untested", "passed", "inapplicable")
LEVELS = ("MUST", "SHOULD", "MAY")
CLASSES = ("basic", "standard", "advanced")


def _rank(order: Sequence[str], value: Any) -> int:
    return order.index(value) if value in order else len(order)


def results_with(report: Report, *outcomes: str) -> list[Row]:
    """Results of these outcomes: MUST before SHOULD before MAY, lower classes first, else as reported."""
    chosen = [result for result in report["results"] if result["outcome"] in outcomes]
    return sorted(chosen, key=lambda r: (_rank(LEVELS, r["level"]), _rank(CLASSES, r["class"])))


def not_tested(report: Report) -> list[dict[str, Any]]:
    """Everything that no test looked at, with the result where one stands for it: first what the
    report names (a requirement, or None for a file that nothing asked for), then untested results."""
    results = {result["requirement"]: result for result in report["results"]}
    rows = [{**entry, "result": results.get(entry["requirement"] or "")} for entry in report["not_tested"]]
    named = {row["requirement"] for row in rows}
    rest = (result for result in results_with(report, "untested") if result["requirement"] not in named)
    return rows + [{"requirement": r["requirement"], "reason": r["reason"], "result": r} for r in rest]


def verdict_reason(report: Report) -> tuple[str, dict[str, int]]:
    """The catalogue key, and its number, of the one sentence that says why the verdict is as it is."""
    verdict = report["summary"]["verdict"]
    if verdict == "nonconformant":
        return "why.nonconformant", {"n": _musts(report, "failed")}
    if verdict == "conformant":
        return "why.conformant", {"n": _musts(report, "passed")}
    unknown = _musts(report, "cantTell", "untested")
    return ("why.inconclusive" if unknown else "why.nothing_examined"), {"n": unknown}


def _musts(report: Report, *outcomes: str) -> int:
    return sum(result["level"] == "MUST" for result in results_with(report, *outcomes))


def class_matrix(report: Report) -> list[dict[str, Any]]:
    """One row per standard: its verdict in each class, None where the class was not examined."""
    rows = []
    for standard in report["standards"]:
        own = {v["class"]: v for v in report["verdicts"] if v["standard"] == standard["id"]}
        rows.append({"standard": standard, "verdicts": [own.get(name) for name in CLASSES]})
    return rows


def anchors(report: Report) -> dict[str, str]:
    """Where the page tells of each requirement that is not met or not decided; of several classes, the first."""
    found: dict[str, str] = {}
    for name, outcome in (("failed", "failed"), ("unclear", "cantTell")):
        for number, result in enumerate(results_with(report, outcome), 1):
            found.setdefault(result["requirement"], f"{name}-{number}")
    return found


def needed(row: Row, own: str, known: Mapping[str, str]) -> list[str]:
    """The requirements among those `known` that the reason for skipping this result or test names."""
    if row["cause"] != "skipped" or not row["reason"]:
        return []
    named = set(re.split(r"[^\w-]+", in_language(row["reason"], "en")))
    return [requirement for requirement in known if requirement in named and requirement != own]


def tally(assertions: Sequence[Row]) -> dict[str, int]:
    """How many tests came to each outcome, outcomes that none came to left out."""
    counts = {outcome: sum(a["outcome"] == outcome for a in assertions) for outcome in OUTCOMES}
    return {outcome: count for outcome, count in counts.items() if count}


def waiver_in_force(waiver: Row | None, as_of: str) -> bool:
    """Whether a waiver had not run out on the day of the examination."""
    return waiver is not None and str(waiver["expires"]) >= as_of[: len("2026-11-23")]


def worst_first(series: Sequence[Row]) -> list[Row]:
    """Time series ordered by what leaders miss most: least complete, then least punctual."""
    return sorted(series, key=lambda s: (_share(s["cr"]), _share(s["otr"])))


def _share(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
