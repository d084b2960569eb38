"""Puts together the checks that see the stream of one dataset's records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from validator.checks import personal_data, xml
from validator.checks.bytes import BytesCheck
from validator.checks.personal_patterns import may_hold
from validator.checks.schema import SchemaCheck
from validator.errors import LienthongError
from validator.model.finding import Finding
from validator.model.record import Batch
from validator.model.scope import Scope
from validator.model.standard import Check, Dataset, Requirement, Standard

RecordCheck = Callable[[Batch], Iterable[Finding]]
Sieve = Callable[[bytes], bool]
EVERY_DATASET = "*"


@dataclass(frozen=True, slots=True)
class Other:
    """A further check of a requirement. `sieve` tells of a record's bytes whether it may find something
    (False is certain); None: it has to see every record."""

    requirement: str
    check: RecordCheck
    sieve: Sieve | None


@dataclass(frozen=True, slots=True)
class RecordChecks:
    """The schema check, the text check, and the others."""

    schema: SchemaCheck
    bytes: BytesCheck
    others: tuple[Other, ...]

    def sieve(self) -> Sieve | None:
        """What tells of bytes that the schema accepts whether any check may find something; None: nothing can."""
        sieves = [self.bytes.may_find, *(other.sieve for other in self.others)]
        if None in sieves:
            return None
        return lambda raw: any(may_find(raw) for may_find in sieves if may_find)


def applies(requirement: Requirement, dataset: Dataset) -> bool:
    """Whether the requirement speaks of this dataset."""
    if EVERY_DATASET in requirement.applies_to:
        return True
    return requirement.standard == dataset.standard and dataset.name in requirement.applies_to


def aspect_owners(scope: Scope) -> dict[str, str]:
    """Which requirement demands each aspect of text."""
    return {
        aspect: requirement.id
        for requirement in scope.requirements()
        for check in requirement.checks
        if check.kind == "bytes"
        for aspect in check.settings["aspects"]
    }


def record_checks(scope: Scope, dataset: Dataset, media: str) -> RecordChecks:
    """Every record check in scope for a file of the dataset in one format."""
    return RecordChecks(
        SchemaCheck(dataset.schema, dataset.schema_requirement, scope.known_ids()),
        BytesCheck(aspect_owners(scope), dataset.columns),
        tuple(_others(scope, dataset, media)),
    )


def _others(scope: Scope, dataset: Dataset, media: str) -> Iterator[Other]:
    homes: dict[str, Standard] = {standard.id: standard for standard in scope.standards}
    for requirement in scope.requirements():
        if not applies(requirement, dataset):
            continue
        for check in requirement.checks:
            if check.kind == "xml" and media != "xml":
                continue
            made = _made(requirement, check, dataset, homes[requirement.standard])
            if made is not None:
                yield made


def _made(requirement: Requirement, check: Check, dataset: Dataset, home: Standard) -> Other | None:
    """The check, or one that raises why it could not be made: only its own requirement suffers."""
    try:
        return _make(requirement, check, dataset, home)
    except LienthongError as fault:
        return Other(requirement.id, _unmakable(fault), None)


def _unmakable(fault: LienthongError) -> RecordCheck:
    def check(_batch: Batch) -> Iterable[Finding]:
        raise fault

    return check


def _make(requirement: Requirement, check: Check, dataset: Dataset, home: Standard) -> Other | None:
    if check.kind == "personal_data" and check.settings.get("ask") == "identifiers":
        scan = personal_data.scanner(requirement, check, dataset, "public")
        return Other(requirement.id, scan, may_hold)
    if check.kind == "xml" and check.settings.get("dataset", dataset.name) == dataset.name:
        return Other(requirement.id, xml.scanner(requirement, check, dataset, home.folder), None)
    return None
