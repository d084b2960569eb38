"""Other contents for a record of the run's own, each still valid by the schema of its dataset."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any, Final

import jsonschema_rs

from validator.api.records import Record
from validator.model.standard import Dataset

PRECISE: Final = 1234.5678901234
TEXT: Final = "Đà Nẵng – ngã ba Huế, «thuỷ điện» 𠀋"


def other_content(record: Record, dataset: Dataset) -> dict[str, Any] | None:
    """The record with one member changed that is not of its key; None when the schema allows none."""
    return next(_changed(record, dataset, lambda value: _others(value)), None)


def precise_content(record: Record, dataset: Dataset) -> dict[str, Any]:
    """The record with a number of many digits and a Vietnamese text wherever the schema allows it."""
    made = dict(record)
    for wanted in (PRECISE, TEXT):
        found = next(_changed(made, dataset, lambda value, w=wanted: [w] if _alike(value, w) else []), None)
        made = found or made
    validator = jsonschema_rs.validator_for(dict(dataset.schema), validate_formats=True)
    for name in dataset.schema.get("properties", {}):
        if name not in made and validator.is_valid({**made, name: TEXT}):
            made = {**made, name: TEXT}
    return made


def optional_twins(record: Record, dataset: Dataset) -> tuple[Record, Record] | None:
    """The record with an optional member and without it; None when it has none."""
    validator = jsonschema_rs.validator_for(dict(dataset.schema), validate_formats=True)
    columns = {column.path[0] for column in dataset.columns if column.name in dataset.key}
    for name in record:
        if name in dataset.schema.get("required", ()) or name in columns:
            continue
        without = {n: v for n, v in record.items() if n != name}
        if validator.is_valid(without):
            return record, without
    full = {**record, "note": TEXT}
    return (full, record) if "note" not in record and validator.is_valid(full) else None


def _changed(record: Record, dataset: Dataset, values: Any) -> Iterator[dict[str, Any]]:
    validator = jsonschema_rs.validator_for(dict(dataset.schema), validate_formats=True)
    key = {column.path for column in dataset.columns if column.name in dataset.key}
    for path in _leaves(record, ()):
        if path in key:
            continue
        for value in values(_at(record, path)):
            made = copy.deepcopy(dict(record))
            node: Any = made
            for step in path[:-1]:
                node = node[step]
            node[path[-1]] = value
            if validator.is_valid(made):
                yield made


def _leaves(node: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(node, Mapping):
        for name, value in node.items():
            yield from _leaves(value, (*path, name))
    elif not isinstance(node, list):
        yield path


def _at(record: Record, path: tuple[str, ...]) -> Any:
    node: Any = record
    for step in path:
        node = node[step]
    return node


def _others(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value + 1, value + 0.5]
    return [f"{value} (2)", TEXT] if isinstance(value, str) else []


def _alike(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, str):
        return isinstance(value, str)
    return isinstance(value, int | float) and not isinstance(value, bool)
