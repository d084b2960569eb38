"""What an engine offers to a run: a place for its tables, and a way to have its units scanned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from validator.engine.meter import Meter
from validator.engine.plan import Placed, Plan
from validator.engine.pool import Died
from validator.engine.scan import Part
from validator.engine.units import Unit
from validator.model.scope import Scope
from validator.model.standard import CodeList, Dataset
from validator.model.submission import Submission
from validator.observe.remote import Source


class Store(Protocol):
    """The tables of one run: filled, locked, then asked. Every statement is a SELECT of DuckDB's SQL."""

    roles: frozenset[str]

    def create(self, name: str, schema: pa.Schema, rows: Iterable[Mapping[str, Any]]) -> None:
        """A table from plain rows (package documents: small)."""

    def create_schema(self, code: str) -> None: ...

    def load_code_list(self, editions: Sequence[CodeList]) -> None:
        """`codelist.<id>`: all editions together, every column as text, with their validity."""

    def load(self, code: str, dataset: Dataset, pieces: Sequence[Path]) -> None:
        """The base table of a dataset from the columns of its units."""

    def finish_dataset(self, code: str, dataset: Dataset, superseded: bool) -> None:
        """The view that rules read: usable records, the newest edition of each key."""

    def create_roles(self, datasets: Sequence[tuple[str, Dataset]], roles: Iterable[str]) -> None:
        """One view per role over all datasets' columns that bear it."""

    def create_records(self, datasets: Sequence[tuple[str, Dataset]]) -> None:
        """`sub.record`: every parsed record with its key text and a hash of its content."""

    def lock(self) -> None:
        """No access to anything outside from here on (rules are data; data may be hostile)."""

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Iterator[tuple[Any, ...]]: ...

    def named_rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]: ...

    def interrupt(self) -> None:
        """Makes the statements that are running give up; for another thread to call."""

    def close(self) -> None: ...


Prepare = Callable[[], None]
"""Makes a worker ready for the units of the run; travels to it."""


@dataclass(frozen=True, slots=True)
class Work:
    """Around the units: the run's own scratch folder, and what adds up how far they are."""

    scratch: Path
    meter: Meter


class Carrier(Protocol):
    """Whoever has units scanned."""

    def carry(self, units: Sequence[Unit], prepare: Prepare, work: Work) -> list[Part | Died]:
        """Every unit scanned by workers; one outcome a unit, in their order."""


class Engine(Carrier, Protocol):
    """One machine, or many."""

    def scan(
        self, scope: Scope, submission: Submission, work: Path, plan: Plan, source: Source | None = None
    ) -> tuple[Submission, tuple[Placed, ...]]:
        """Every known data file scanned, from `source` if the data are not here; the submission with all digests."""

    def tables(self, scratch: Path, size: int) -> AbstractContextManager[Store]:
        """Empty tables of a run; `size` is the submission's bytes."""
