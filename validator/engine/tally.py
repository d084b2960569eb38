"""Findings counted exactly and sampled: a requirement keeps its first few, in file order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from validator.model.finding import Finding


@dataclass(slots=True)
class Tally:
    """Exact count and the first `cap` findings of one requirement."""

    cap: int
    count: int = 0
    samples: list[Finding] = field(default_factory=list)

    def wants_sample(self) -> bool:
        return len(self.samples) < self.cap

    def add(self, finding: Finding) -> None:
        self.count += 1
        if self.wants_sample():
            self.samples.append(finding)

    def merge(self, count: int, samples: Iterable[Finding]) -> None:
        self.count += count
        self.samples.extend(list(samples)[: self.cap - len(self.samples)])
