"""What a table check is asked with, and what it may answer: rows, a count, measures, or that it cannot tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from validator.model.result import Cause
from validator.model.standard import Check, ConformanceClass, Dataset, Requirement, Standard

Row = dict[str, Any]
Query = Callable[[str, Mapping[str, Any] | None], Iterator[Row]]


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure worth reporting whether or not it meets the demand (timeliness, coverage)."""

    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CannotTell:
    """The check could not judge; `message_id` of the findings catalogue says why."""

    cause: Cause
    message_id: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Further:
    """Findings beyond the rows given: counted, never fetched."""

    count: int


Answer = Row | Further | Measure | CannotTell


@dataclass(frozen=True, slots=True)
class Ask:
    """One requirement's check at one class, with the parameters in force and a way to query.

    `shown` is how many findings a report shows: no more rows of violations need be fetched.
    """

    requirement: Requirement
    check: Check
    standard: Standard
    conformance_class: ConformanceClass
    parameters: Mapping[str, Any]
    datasets: Mapping[str, Dataset]
    answers: Mapping[str, str]
    query: Query
    shown: int

    def setting(self, name: str, default: Any = None) -> Any:
        """A setting of the check; `$name` stands for the parameter of that name."""
        return self.resolve(self.check.settings.get(name, default))

    def resolve(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith("$"):
            return self.parameters[value[1:]]
        return value

    def violations(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Iterator[Row | Further]:
        """The first rows of a SELECT that ends in its ORDER BY, and how many more there are."""
        rows = list(self.query(f"{sql}\nLIMIT {self.shown}", parameters))
        yield from rows
        if len(rows) == self.shown:
            counted = next(self.query(f"SELECT count(*) AS n FROM (\n{sql}\n) AS violation", parameters))
            yield Further(counted["n"] - len(rows))


TableCheck = Callable[[Ask], Iterator[Answer]]
