"""What keywords of JSON Schema 2020-12 say, as far as the accept filter takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from validator.accept import program as p
from validator.accept.shapes import Node

_KINDS: Final = {
    "null": p.NULL, "boolean": p.BOOLEAN, "integer": p.INTEGER, "number": p.INTEGER | p.FRACTION, "string": p.TEXT,
    "object": p.OBJECT, "array": p.LIST,
}  # fmt: skip
KNOWN: Final = frozenset(
    {"type", "enum", "const", "minLength", "maxLength", "pattern", "format", "minimum", "maximum",
     "exclusiveMinimum", "exclusiveMaximum", "properties", "required", "additionalProperties", "items", "prefixItems",
     "minItems", "maxItems", "anyOf", "allOf", "if", "then", "else"}
)  # fmt: skip
_STRUCTURE: Final = frozenset({"properties", "additionalProperties", "items", "prefixItems", "if", "then", "else"})
"""Keywords that look at each other: they count only in the schema that they stand in."""
_LIMITS: Final = {
    "minimum": ("low", False), "maximum": ("high", False), "exclusiveMinimum": ("low", True),
    "exclusiveMaximum": ("high", True),
}  # fmt: skip


class NotTakenError(Exception):
    """The filter cannot judge this node."""


def without_null(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """`anyOf` of one schema and null as that schema with null among its types or values."""
    branches = schema.get("anyOf")
    if not isinstance(branches, list) or len(branches) != 2 or {"type": "null"} not in branches:
        return schema
    other = next((b for b in branches if b != {"type": "null"}), branches[0])
    own = {k: v for k, v in schema.items() if k != "anyOf"}
    if set(own) & set(other) & KNOWN or set(own) & _STRUCTURE:
        return schema
    values, declared = values_of(other), other.get("type")
    if values is not None:
        bare = {k: v for k, v in other.items() if k not in ("type", "const")}
        return {**bare, **own, "enum": [*values, None]} if declared in (None, "string") else schema
    if declared is None:
        return schema
    return {**other, **own, "type": [*(declared if isinstance(declared, list) else [declared]), "null"]}


def merged(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema with the parts of its `allOf` that say of it what nothing else does; conditions stay."""
    whole = {k: v for k, v in schema.items() if k != "allOf"}
    left = []
    for part in schema.get("allOf", ()):
        if set(part) & _STRUCTURE or set(part) & set(whole) & KNOWN:
            left.append(part)
        else:
            whole.update(part)
    return {**whole, "allOf": left} if left else whole


def kinds_of(schema: Mapping[str, Any]) -> int:
    if "anyOf" in schema:
        raise NotTakenError("alternatives")
    declared = schema.get("type")
    names = declared if isinstance(declared, list) else [declared]
    allowed = None if declared is None else sum({_KINDS[str(name)] for name in names})
    values = values_of(schema)
    if values is None:
        if allowed is None:
            raise NotTakenError("any type")
        return allowed | (p.INTEGER if allowed & p.FRACTION else 0)
    if _whole_range(values):
        listed = p.INTEGER
    elif all(value is None or isinstance(value, str) for value in values):
        listed = (p.NULL if None in values else 0) | (p.TEXT if any(isinstance(v, str) for v in values) else 0)
    else:
        raise NotTakenError("listed values of mixed kinds")
    return listed if allowed is None else listed & allowed


def values_of(schema: Mapping[str, Any]) -> list[Any] | None:
    """The values that `const` and `enum` leave; None where neither is said."""
    if "const" in schema:
        return [schema["const"]] if schema["const"] in schema.get("enum", [schema["const"]]) else []
    return list(schema["enum"]) if "enum" in schema else None


def _whole_range(values: Sequence[Any]) -> bool:
    """Whether the values are whole numbers without a gap between them."""
    if not values or not all(type(value) is int for value in values):
        return False
    return bool(len(set(values)) == max(values) - min(values) + 1)


def words_of(schema: Mapping[str, Any]) -> list[str] | None:
    values = values_of(schema)
    return None if values is None else [value for value in values if isinstance(value, str)]


def names_of(kinds: int) -> list[str]:
    return [name for name, bits in _KINDS.items() if bits & kinds == bits]


def set_limits(made: Node, schema: Mapping[str, Any]) -> None:
    listed = values_of(schema)
    if listed:
        if not _LIMITS.keys().isdisjoint(schema):
            raise NotTakenError("listed numbers and limits")
        schema = {**schema, "minimum": min(listed), "maximum": max(listed)}
    for name, (side, open_) in _LIMITS.items():
        if name not in schema:
            continue
        if getattr(made, f"{side}_open") or np.isfinite(getattr(made, side)):
            raise NotTakenError("two limits on one side")
        limit = float(schema[name])
        if limit != schema[name]:
            raise NotTakenError("a limit that is no float")
        setattr(made, side, limit)
        setattr(made, f"{side}_open", open_)
