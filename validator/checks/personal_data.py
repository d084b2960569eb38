"""Kind `personal_data`: direct personal identifiers in data that anyone may read, free text included.

The setting `ask: identifiers` makes a record check with `scanner`; small cells of public health
counts are a question for SQL and are asked by rules. A finding carries the place and the category
of what was seen, never the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from validator.checks.bytes import strings
from validator.checks.personal_patterns import IDENTIFIERS, is_birth_date, is_full_name, sieve
from validator.model.finding import Finding, Location
from validator.model.record import UNREADABLE, Batch
from validator.model.standard import Check, Dataset, Requirement

PUBLIC: Final = "public"
ASK: Final = "identifiers"
RAW_VALUES: Final = ("schema.", "bytes.", "form.", "codelist.")
LAWFUL: Final = {"org_code": "phone", "tax_code": "phone", "sender": "email"}
"""Roles whose values look like an identifier but are an organisation's: its code, its sender address."""
NOTHING: Final[Mapping[str, str]] = {}
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
    lawful = {"/" + "/".join(c.path): LAWFUL[c.role] for c in dataset.columns if c.role in LAWFUL}

    def scan(batch: Batch) -> Iterator[Finding]:
        for index in _suspects(batch):
            place = Location(batch.file, batch.lines[index], None, batch.number(index))
            for pointer, category in identifiers(batch.values[index], lawful):
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


def identifiers(record: Any, lawful: Mapping[str, str] = NOTHING) -> Iterator[tuple[str, str]]:
    """(pointer, category) of every identifier in a record's strings.

    `lawful` maps the places of organisations' own codes and addresses to the category that they
    may look like.
    """
    name_at, born = None, False
    for pointer, text in strings(record):
        allowed = lawful.get(_INDEX.sub("", pointer))
        for category, finds in IDENTIFIERS.items():
            if finds(text) and category != allowed:
                yield pointer, category
        key = pointer.rsplit("/", 1)[-1]
        if name_at is None and is_full_name(key, text):
            name_at = pointer
        born = born or is_birth_date(key, text)
    if name_at is not None and born:
        yield name_at, "name_birth_date"


def protected(finding: Finding) -> Finding:
    """The finding, marked personal when the raw value that it shows holds an identifier.

    Other checks show what they found as it stood; a telephone number in a field of the wrong form
    must not reach a report by that way. Figures that a rule worked out are not raw values.
    """
    if not finding.message_id.startswith(RAW_VALUES):
        return finding
    shown = {"found": finding.found or "", **{k: v for k, v in finding.params.items() if k != "pointer"}}
    return replace(finding, personal=True) if any(identifiers(shown)) else finding
