"""JSON Schemas of the standards: references inlined, columns derived.

Schemas refer only to their own `#/$defs/...` and to `vsc:<code>/<version>/<name>#/$defs/...`
inside standards/; inlining makes the path of an error a plain walk, so that an `x-requirement`
annotation on the way can claim it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from validator.errors import CatalogueError
from validator.model.standard import Column

JSON_TYPES = {"integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "string": "VARCHAR"}
TEXT_FORMATS = {"date": "DATE", "date-time": "TIMESTAMP"}
REF_SCHEME = "vsc:"


@cache
def read_schema(path: Path) -> dict[str, Any]:
    """The schema file as it stands. Raises CatalogueError when it is not JSON."""
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise CatalogueError("catalogue.schema_unreadable", {"path": path.name, "reason": str(fault)}) from fault
    return document


def bundle(path: Path, standards: Path, own_prefix: str) -> dict[str, Any]:
    """The schema with every `$ref` replaced by its target and own requirement ids made full."""
    document = read_schema(path)
    inlined: dict[str, Any] = _inline(document, document, standards, ())
    inlined.pop("$defs", None)
    _qualify(inlined, own_prefix)
    return inlined


def _inline(node: Any, document: dict[str, Any], standards: Path, trail: tuple[str, ...]) -> Any:
    if isinstance(node, list):
        return [_inline(item, document, standards, trail) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" not in node:
        return {key: _inline(value, document, standards, trail) for key, value in node.items()}
    reference = node["$ref"]
    target, home = _resolve(reference, document, standards)
    mark = f"{id(home)}{reference}"
    if mark in trail:
        raise CatalogueError("catalogue.schema_recursive", {"ref": reference})
    resolved = _inline(target, home, standards, (*trail, mark))
    siblings = {key: value for key, value in node.items() if key != "$ref"}
    return {**resolved, **_inline(siblings, document, standards, trail)}


def _resolve(reference: str, document: dict[str, Any], standards: Path) -> tuple[Any, dict[str, Any]]:
    place, _, pointer = reference.partition("#")
    home = document
    if place:
        if not place.startswith(REF_SCHEME):
            raise CatalogueError("catalogue.schema_ref_outside", {"ref": reference})
        code, version, name = place.removeprefix(REF_SCHEME).split("/")
        home = read_schema(standards / code / version / "schemas" / f"{name}.schema.json")
    target: Any = home
    for step in pointer.strip("/").split("/") if pointer.strip("/") else []:
        try:
            target = target[step]
        except (KeyError, TypeError) as fault:
            raise CatalogueError("catalogue.schema_ref_dangling", {"ref": reference}) from fault
    return target, home


def _qualify(node: Any, own_prefix: str) -> None:
    if isinstance(node, dict):
        owner = node.get("x-requirement")
        if isinstance(owner, str) and not owner.startswith("VSC-") and "-" not in owner:
            node["x-requirement"] = f"{own_prefix}-{owner}"
        for value in node.values():
            _qualify(value, own_prefix)
    elif isinstance(node, list):
        for item in node:
            _qualify(item, own_prefix)


def owners(schema: Mapping[str, Any]) -> Iterator[str]:
    """Every requirement id that an `x-requirement` of the bundled schema names."""
    stack: list[Any] = [schema]
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            if isinstance(node.get("x-requirement"), str):
                yield node["x-requirement"]
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)


def columns(schema: Mapping[str, Any]) -> tuple[Column, ...]:
    """Typed columns of a record's bundled schema, in order; nested objects joined by `_`."""
    found = tuple(_walk(schema, ()))
    return tuple(_named(column) for column in found)


def is_feature(schema: Mapping[str, Any]) -> bool:
    """Whether the schema describes a GeoJSON Feature."""
    members = schema.get("properties", {})
    return "geometry" in members and "properties" in members


def _named(column: Column) -> Column:
    path = column.path
    if path[0] == "properties" and len(path) > 1:
        path = path[1:]
    elif path == ("id",) and column.role == "feature":
        path = ("feature_id",)
    return replace(column, name="_".join(path))


def _walk(schema: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Column]:
    feature = not path and is_feature(schema)
    for name, declared in schema.get("properties", {}).items():
        if feature and name == "type":
            continue
        member = _main_branch(declared)
        here = (*path, name)
        if feature and name == "geometry":
            yield Column("geometry", here, "JSON")
        elif feature and name == "id":
            yield Column("feature_id", here, "VARCHAR", "feature")
        elif _is_object(member) and member.get("x-column") != "json":
            yield from _walk(member, here)
        else:
            null = name in schema.get("required", ()) and _may_be_null(declared)
            yield replace(_leaf(member, here), null_when_empty=null)


def _may_be_null(declared: Mapping[str, Any]) -> bool:
    branches = [declared, *declared.get("anyOf", ()), *declared.get("oneOf", ())]
    return any("null" in branch.get("type", ()) or None in branch.get("enum", ()) for branch in branches)


def _leaf(member: Mapping[str, Any], path: tuple[str, ...]) -> Column:
    personal = bool(member.get("x-personal"))
    role = member.get("x-role")
    if member.get("x-column") == "json":
        return Column("", path, "JSON", role, personal)
    if _kind(member) == "array":
        items = _main_branch(member.get("items") or {})  # `items: false` says that prefixItems are all
        if _kind(items) in ("object", "array"):
            return Column("", path, "JSON", role, personal)
        role = role or items.get("x-role")
        return Column("", path, f"{_scalar(items)}[]", role, personal or bool(items.get("x-personal")))
    if _kind(member) == "object":
        return Column("", path, "JSON", role, personal)
    return Column("", path, _scalar(member), role, personal)


def _scalar(member: Mapping[str, Any]) -> str:
    kind = _kind(member)
    if kind == "string":
        return TEXT_FORMATS.get(member.get("format", ""), "VARCHAR")
    return JSON_TYPES.get(kind, "VARCHAR")


def _kind(member: Mapping[str, Any]) -> str:
    declared = member.get("type")
    if isinstance(declared, list):
        declared = next((name for name in declared if name != "null"), "string")
    if isinstance(declared, str):
        return declared
    sample = member.get("const", next(iter(member.get("enum", [""])), ""))
    if isinstance(sample, bool):
        return "boolean"
    if isinstance(sample, int | float):
        return "integer" if isinstance(sample, int) else "number"
    return "object" if "properties" in member else "string"


def _is_object(member: Mapping[str, Any]) -> bool:
    return _kind(member) == "object" and "properties" in member


def _main_branch(member: Mapping[str, Any]) -> Mapping[str, Any]:
    """The first branch that is not null, so that `anyOf [date, null]` is a DATE column."""
    for union in ("anyOf", "oneOf"):
        branches = member.get(union)
        if isinstance(branches, list) and "type" not in member:
            chosen = next((b for b in branches if b.get("type") != "null"), branches[0])
            return {**chosen, **{k: v for k, v in member.items() if k.startswith("x-")}}
    return member
