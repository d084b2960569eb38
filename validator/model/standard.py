"""What is demanded: standards, requirements, parameters, datasets and code lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from validator.model.text import Text


class Level(StrEnum):
    """RFC 2119 word of a requirement; held by the requirement, never by a check."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"


class ConformanceClass(StrEnum):
    """Cumulative classes of this project; not the three official maturity levels."""

    BASIC = "basic"
    STANDARD = "standard"
    ADVANCED = "advanced"

    @property
    def rank(self) -> int:
        return list(ConformanceClass).index(self)

    @classmethod
    def up_to(cls, top: ConformanceClass) -> tuple[ConformanceClass, ...]:
        return tuple(cls)[: top.rank + 1]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number or text of a standard that a profile may set within its bounds.

    `basis` is L (law), I (international specification) or P (project choice, never shown as law).
    """

    name: str
    value: Any
    unit: str
    basis: str
    source: Text
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A document that a standard builds on, with the certainty of what is known of it (S1 S2 M U)."""

    name: str
    certainty: str
    checked_on: str


@dataclass(frozen=True, slots=True)
class Check:
    """One way to find out: a kind of the closed list and its settings (data)."""

    kind: str
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One typed column of a dataset, derived from its JSON Schema.

    `path` is the property path in the record, `sql_type` a DuckDB type, `role` the meaning shared
    across standards (`commune_code`, `money`, ...), `personal` whether values are redacted,
    `null_when_empty` whether an empty CSV cell means null: the member is required and may be null.
    """

    name: str
    path: tuple[str, ...]
    sql_type: str
    role: str | None = None
    personal: bool = False
    null_when_empty: bool = False


@dataclass(frozen=True, slots=True)
class Dataset:
    """A kind of data that a standard defines: formats, schema, key and times."""

    standard: str
    name: str
    title: Text
    formats: tuple[str, ...]
    schema: Mapping[str, Any]
    schema_requirement: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    subject_time: str | None
    available_at: str | None
    optional: bool

    @property
    def id(self) -> str:
        """The name a submission uses, such as `VSC-BUD/line`."""
        return f"{self.standard}/{self.name}"


@dataclass(frozen=True, slots=True)
class Document:
    """A package document that accompanies datasets (envelope, delivery log, CSV descriptor)."""

    name: str
    schema: Mapping[str, Any]
    schema_requirement: str


@dataclass(frozen=True, slots=True)
class Requirement:
    """One testable demand, or one that says why it is not tested.

    `at_class` holds stricter settings for higher classes: `{advanced: {otr_min: 0.99}}`.
    """

    id: str
    standard: str
    clause: str
    level: Level
    conformance_class: ConformanceClass
    title: Text
    statement: Text
    basis: str
    sources: tuple[str, ...]
    applies_to: tuple[str, ...]
    needs: tuple[str, ...]
    checks: tuple[Check, ...]
    not_tested: Text | None
    messages: Mapping[str, Text]
    fix: Text | None
    at_class: Mapping[ConformanceClass, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Standard:
    """A proposed profile with its requirements; `sha256` covers every file of its folder."""

    id: str
    version: str
    title: Text
    scope: Text
    legal_basis_checked_on: str
    depends_on: tuple[str, ...]
    builds_on: tuple[Reference, ...]
    parameters: Mapping[str, Parameter]
    datasets: Mapping[str, Dataset]
    documents: Mapping[str, Document]
    requirements: tuple[Requirement, ...]
    folder: Path
    sha256: str

    @property
    def code(self) -> str:
        """Short lower-case name, the SQL schema of its tables: `bud` for VSC-BUD."""
        return self.id.rsplit("-", 1)[-1].lower()

    @property
    def coordinate(self) -> str:
        return f"{self.id}@{self.version}"


@dataclass(frozen=True, slots=True)
class CodeList:
    """One dated edition of a code list; `valid_to` is exclusive, None while in force."""

    id: str
    edition: str
    title: Text
    valid_from: str
    valid_to: str | None
    source: str
    licence: str
    certainty: str
    path: Path
    sha256: str
