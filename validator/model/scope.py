"""What one run examines: the standards claimed and those they depend on, each up to a class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from validator.model.standard import ConformanceClass, Dataset, Document, Requirement, Standard


@dataclass(frozen=True, slots=True)
class Scope:
    """`classes` maps each standard's id to the highest class examined; `claimed` are the ids that
    the submission claims itself; `parameters` the values in force."""

    standards: tuple[Standard, ...]
    classes: Mapping[str, ConformanceClass]
    claimed: frozenset[str]
    parameters: Mapping[str, Mapping[str, Any]]

    def requirements(self) -> Iterator[Requirement]:
        """Every requirement in scope, in the order of standards and clauses."""
        for standard in self.standards:
            top = self.classes[standard.id].rank
            yield from (r for r in standard.requirements if r.conformance_class.rank <= top)

    def datasets(self) -> Mapping[str, Dataset]:
        return {d.id: d for standard in self.standards for d in standard.datasets.values()}

    def documents(self) -> Mapping[str, Document]:
        return {name: d for standard in self.standards for name, d in standard.documents.items()}

    def known_ids(self) -> frozenset[str]:
        """Requirement ids of all these standards, above the examined class too."""
        return frozenset(r.id for standard in self.standards for r in standard.requirements)

    def ids(self) -> frozenset[str]:
        return frozenset(r.id for r in self.requirements())
