"""Kind `personal_data`: direct personal identifiers in data that anyone may read, free text included.

The setting `ask: identifiers` makes a record check with `scanner`; small cells of public health
counts are a question for SQL and are asked by rules. A finding carries the place and the category
of what was seen, never the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from validator.checks.bytes import strings
from validator.checks.personal_patterns import IDENTIFIERS, is_birth_date, is_full_name, sieve
from validator.model.finding import Finding, Location
from validator.model.record import UNREADABLE, Batch
from validator.model.standard import Check, Dataset, Requirement

PUBLIC: Final = "public"
ASK: Final = "identifiers"
CODE_ROLES: Final = frozenset({"org_code", "tax_code"})
_INDEX = re.compile(r"/[0-9]+(?=/|\Z)")

Scan = Callable[[Batch], Iterable[Finding]]


def scanner(requirement: Requirement, check: Check, dataset: Dataset, dataset_disclosure: str | None) -> Scan:
    """The record check of one dataset: `scanner(...)(batch)` yields a finding per identifier seen.

    `dataset_disclosure` is what the dataset's envelope states (public, internal, restricted) or
    None when it is not known; only public data are looked at. `check` has the one setting
    `ask: identifiers`. One finding per record, pointer and category; message ids are
    `personal.personal_id`, `.old_id`, `.phone`, `.email`, `.plate`, `.name_birth_date`.
    """
    if dataset_disclosure != PUBLIC or check.settings.get("ask") != ASK:
        return _nothing
    codes = frozenset("/" + "/".join(c.path) for c in dataset.columns if c.role in CODE_ROLES)

    def scan(batch: Batch) -> Iterator[Finding]:
        for index in _suspects(batch):
            place = Location(batch.file, batch.lines[index], None, batch.first + index)
            for pointer, category in identifiers(batch.values[index], codes):
                where = Location(place.file, place.line, None, place.record, pointer)
                yield Finding(requirement.id, f"personal.{category}", where, {"pointer": pointer or "/"}, personal=True)

    return scan


def _nothing(_batch: Batch) -> Iterable[Finding]:
    return ()


def _suspects(batch: Batch) -> Iterator[int]:
    """Records whose bytes may hold an identifier; a record without bytes of its own always may."""
    may_hold = sieve(b"\n".join(batch.raws))
    for index, (value, raw) in enumerate(zip(batch.values, batch.raws, strict=True)):
        if value is not UNREADABLE and (not raw or (may_hold is not None and may_hold(raw))):
            yield index


def identifiers(record: Any, code_pointers: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
    """(pointer, category) of every identifier in a record's strings.

    `code_pointers` are places of organisation and tax codes, whose ten digits may look like a
    telephone number.
    """
    name_at, born = None, False
    for pointer, text in strings(record):
        is_code = _INDEX.sub("", pointer) in code_pointers
        for category, finds in IDENTIFIERS.items():
            if finds(text) and not (is_code and category == "phone"):
                yield pointer, category
        key = pointer.rsplit("/", 1)[-1]
        if name_at is None and is_full_name(key, text):
            name_at = pointer
        born = born or is_birth_date(key, text)
    if name_at is not None and born:
        yield name_at, "name_birth_date"
