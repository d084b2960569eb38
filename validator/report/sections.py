"""What a reader of a report asks, answered from the report: failures first, then what is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

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


def waiver_in_force(waiver: Row | None, as_of: str) -> bool:
    """Whether a waiver had not run out on the day of the examination."""
    return waiver is not None and str(waiver["expires"]) >= as_of[: len("2026-11-23")]


def worst_first(series: Sequence[Row]) -> list[Row]:
    """Time series ordered by what leaders miss most: least complete, then least punctual."""
    return sorted(series, key=lambda s: (_share(s["cr"]), _share(s["otr"])))


def _share(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
