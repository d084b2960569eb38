"""What a system says of itself: landing page, claimed classes, OpenAPI document, collections.

Read as it is, faults and all: what is missing is empty here and a finding of the suite.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from validator.catalogue.load import find_standard
from validator.errors import UsageError
from validator.model.exchange import Exchange
from validator.model.standard import ConformanceClass, Dataset

CLASS_URI: Final = re.compile(r"urn:vsc:([a-z]{2,6}):([0-9]+\.[0-9]+):conf:([a-z][a-z-]*)")


@dataclass(frozen=True, slots=True)
class Collection:
    """One collection as the system describes it; `dataset` is None when the catalogue has no such dataset."""

    id: str
    path: str
    dataset_name: str
    dataset: Dataset | None
    protected: bool
    filters: tuple[str, ...]
    writable: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """`urn:vsc:CODE:VERSION:conf:NAME`: a class, or a named ability, of one standard."""

    code: str
    version: str
    name: str


def parsed(exchange: Exchange) -> Any:
    """The body as JSON; None when there is none, or it is none, or a name stands twice in an object."""
    if exchange.answer is None:
        return None
    try:
        return json.loads(exchange.answer.body, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a name stands twice in an object")
    return made


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def claims_of(document: Any) -> tuple[Claim, ...]:
    """The claims of a conformance page that follow the form of this project."""
    listed = document.get("conformsTo") if isinstance(document, Mapping) else None
    found = (CLASS_URI.fullmatch(uri) for uri in listed or () if isinstance(uri, str))
    return tuple(Claim(m[1], m[2], m[3]) for m in found if m)


def claimed_class(claims: tuple[Claim, ...], code: str, version: str) -> ConformanceClass | None:
    """The highest class that is claimed of a standard."""
    names = {claim.name for claim in claims if (claim.code, claim.version) == (code, version)}
    ranked = [c for c in ConformanceClass if c.value in names]
    return ranked[-1] if ranked else None


def collections_of(document: Any) -> Iterator[Collection]:
    """The collections that can be made out in a collections page."""
    listed = document.get("collections") if isinstance(document, Mapping) else None
    for item in listed if isinstance(listed, list) else ():
        if isinstance(item, Mapping) and isinstance(item.get("id"), str) and item["id"]:
            yield _collection(item)


def _collection(item: Mapping[str, Any]) -> Collection:
    name = str(item.get("dataset"))
    filters = item.get("filters")
    return Collection(
        id=item["id"],
        path=f"/collections/{quote(item['id'], safe='~')}",
        dataset_name=name,
        dataset=_dataset(name, str(item.get("version", ""))),
        protected=item.get("access") == "protected",
        filters=tuple(f for f in filters if isinstance(f, str)) if isinstance(filters, list) else (),
        writable=item.get("writable") is True,
    )


def _dataset(name: str, version: str) -> Dataset | None:
    standard, _, short = name.partition("/")
    try:
        return find_standard(f"{standard}@{version}" if version else standard).datasets.get(short)
    except UsageError:
        return None
