"""Members of records that the suite reasons with: key, item id, subject instant, codes, position."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from validator.model.standard import Dataset
from validator.observe.instants import civil_microseconds

KEY_JOINT: Final = "~"
Record = Mapping[str, Any]


def at_path(record: Record, path: tuple[str, ...]) -> Any:
    """The member at a path; None when it is absent or null."""
    node: Any = record
    for step in path:
        node = node.get(step) if isinstance(node, Mapping) else None
    return node


def column_path(dataset: Dataset, name: str) -> tuple[str, ...] | None:
    return next((c.path for c in dataset.columns if c.name == name), None)


def key_of(record: Record, dataset: Dataset) -> tuple[str, ...]:
    """The values of the dataset's key as texts; empty where there is none."""
    return tuple(_text(at_path(record, column_path(dataset, name) or (name,))) for name in dataset.key)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def item_path(collection_path: str, record: Record, dataset: Dataset) -> str:
    """`/collections/c/items/a~b` of a record."""
    return item_at(collection_path, KEY_JOINT.join(key_of(record, dataset)))


def item_at(collection_path: str, item: str) -> str:
    """The path of an item of any id."""
    return f"{collection_path}/items/{quote(item, safe=KEY_JOINT)}"


def instant_of(record: Record, dataset: Dataset) -> int | None:
    """The subject time in microseconds of Vietnamese civil time; a date is its first instant there."""
    path = column_path(dataset, dataset.subject_time or "")
    return civil_of(at_path(record, path)) if path else None


def civil_of(value: object) -> int | None:
    """Microseconds of Vietnamese civil time of a date-time, or of a date's first instant; None of anything else."""
    return civil_microseconds(first_instant(value)) if isinstance(value, str) else None


def first_instant(text: str) -> str:
    """A date as its first instant at UTC+07:00; any other text as it is."""
    return f"{text}T00:00:00+07:00" if len(text) == len("2026-11-26") else text


def code_of(record: Record, dataset: Dataset, name: str) -> Any:
    """The value of the column that a filter of that name compares with."""
    path = column_path(dataset, name)
    return at_path(record, path) if path else None


def positions_of(record: Record) -> tuple[tuple[float, float], ...]:
    """Every (longitude, latitude) of the record's geometry or location."""
    for name in ("geometry", "location"):
        node = record.get(name)
        if isinstance(node, Mapping) and "coordinates" in node:
            return tuple(_positions(node["coordinates"]))
    return ()


def _positions(node: Any) -> Iterator[tuple[float, float]]:
    if isinstance(node, list) and len(node) >= 2 and all(isinstance(n, int | float) for n in node[:2]):
        yield float(node[0]), float(node[1])
    elif isinstance(node, list):
        for inner in node:
            yield from _positions(inner)


def canonical(record: Record) -> str:
    """A text that is equal for equal records, however their members are ordered; 1.0 equals 1."""
    return json.dumps(_plain(record), sort_keys=True, ensure_ascii=False)


def _plain(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {name: _plain(value) for name, value in node.items()}
    if isinstance(node, list):
        return [_plain(item) for item in node]
    return int(node) if isinstance(node, float) and node.is_integer() else node
