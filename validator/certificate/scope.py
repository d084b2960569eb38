"""What a certificate speaks of: standards at a class, what they demand there, and what the report says of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from validator.canonical import digest
from validator.catalogue.load import find_standard
from validator.judge.verdict import counts
from validator.model.result import Outcome, Result, VerdictWord
from validator.model.standard import ConformanceClass, Level, Standard

Report = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Granted:
    """One standard of a certificate; `asked` is False for one that the others only depend on."""

    standard: Standard
    conformance_class: ConformanceClass
    asked: bool

    def demanded(self) -> tuple[tuple[str, str], ...]:
        """Every requirement and class that must have a result, in the order of clauses."""
        return tuple(_demanded(self.standard, self.conformance_class))

    def results(self, report: Report) -> tuple[Result, ...]:
        """The report's results of this standard up to the class granted."""
        return tuple(
            result
            for result in results_of(report, self.standard.id)
            if result.conformance_class.rank <= self.conformance_class.rank
        )


def _demanded(standard: Standard, top: ConformanceClass) -> Iterator[tuple[str, str]]:
    for requirement in standard.requirements:
        if requirement.conformance_class.rank > top.rank:
            continue
        yield requirement.id, requirement.conformance_class.value
        stricter = sorted((c for c in requirement.at_class if c.rank <= top.rank), key=lambda c: c.rank)
        yield from ((requirement.id, c.value) for c in stricter)


def granted(names: Iterable[str], at: ConformanceClass) -> tuple[Granted, ...]:
    """The standards asked for and, transitively, those they depend on. Raises UsageError for an unknown one."""
    asked = [find_standard(name) for name in names]
    found = {standard.id: standard for standard in asked}
    waiting = list(asked)
    while waiting:
        for name in waiting.pop().depends_on:
            needed = find_standard(name)
            if needed.id not in found:
                found[needed.id] = needed
                waiting.append(needed)
    own = {standard.id for standard in asked}
    ordered = sorted(found.values(), key=lambda s: (s.id not in own, s.id))
    return tuple(Granted(standard, at, standard.id in own) for standard in ordered)


def results_of(report: Report, standard: str) -> tuple[Result, ...]:
    """The report's results of one standard, as far as a judgement needs them."""
    return tuple(
        Result(
            found["requirement"],
            standard,
            Level(found["level"]),
            ConformanceClass(found["class"]),
            Outcome(found["outcome"]),
            findings_count=found["findings_count"],
        )
        for found in report["results"]
        if found["standard"] == standard
    )


def completeness(scope: Iterable[Granted], report: Report) -> dict[str, Any]:
    """The proof that nothing was left out: what is demanded, by number and digest, and its results by outcome."""
    listed = [list(pair) for item in scope for pair in item.demanded()]
    seen = [result for item in scope for result in item.results(report)]
    return {
        "requirementsInScope": len(listed),
        "requirementListDigest": digest(sorted(listed)),
        "resultsByOutcome": counts(seen),
    }


def classes_not_granted(item: Granted, report: Report) -> list[dict[str, str]]:
    """The other classes of a standard, each with why it is not granted."""
    words = {v["class"]: v["verdict"] for v in report["verdicts"] if v["standard"] == item.standard.id}
    above = [c for c in ConformanceClass if c.rank > item.conformance_class.rank]
    return [{"class": c.value, "reason": _why(words.get(c.value))} for c in above]


def _why(word: str | None) -> str:
    if word is None:
        return "notExamined"
    return "notRequested" if word == VerdictWord.CONFORMANT else word
