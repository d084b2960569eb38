"""Bodies with one fault each, made from a sound record and its schema; both engines' refusal is proved first."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any, Final

import jsonschema_rs

from validator.api.inputs import Fault

OF_ANOTHER_TYPE: Final[Mapping[str, Any]] = {
    "string": 12345, "integer": "12", "number": "12.5", "boolean": "true", "object": [], "array": {}, "null": "null",
}  # fmt: skip


def body_faults(record: Mapping[str, Any], schema: Mapping[str, Any]) -> list[Fault]:
    """Every case that the schema refuses: a member missing, extra, of another type, out of its list, form or bounds."""
    validator = jsonschema_rs.validator_for(dict(schema), validate_formats=True)
    found = [fault for fault in _faults(record, schema, ()) if not validator.is_valid(fault.body)]
    return [Fault("array", body=[record]), Fault("text", body="Đà Nẵng"), *found]


def _faults(record: Mapping[str, Any], schema: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Fault]:
    here = _at(record, path)
    for name in schema.get("required", ()):
        if name in here:
            yield _made(record, path, f"missing {name}", lambda node, n=name: node.pop(n))
    yield _made(record, path, "undeclared member", lambda node: node.update({"khong_khai_bao": 1}))
    for name, member in schema.get("properties", {}).items():
        if name not in here:
            continue
        for label, value in _wrong_values(member, here[name]):
            yield _made(record, path, f"{label} {name}", lambda node, n=name, v=value: node.update({n: v}))
        if isinstance(here[name], Mapping) and member.get("type") == "object":
            yield from _faults(record, member, (*path, name))


def _wrong_values(member: Mapping[str, Any], value: Any) -> Iterator[tuple[str, Any]]:
    kind = member.get("type")
    if isinstance(kind, str):
        yield "type of", OF_ANOTHER_TYPE[kind]
        if kind != "null":
            yield "null", None
    if "enum" in member or "const" in member:
        yield "value of", "khong-co-trong-danh-sach"
    if "pattern" in member or "format" in member:
        yield "form of", "?? sai dạng ??"
    if "minimum" in member:
        yield "too small", member["minimum"] - 1
    if "maximum" in member:
        yield "too large", member["maximum"] + 1
    if "maxLength" in member and isinstance(value, str):
        yield "too long", "x" * (member["maxLength"] + 1)


def _at(record: Mapping[str, Any], path: tuple[str, ...]) -> Mapping[str, Any]:
    node: Any = record
    for step in path:
        node = node[step]
    return node if isinstance(node, Mapping) else {}


def _made(record: Mapping[str, Any], path: tuple[str, ...], name: str, change: Any) -> Fault:
    body = copy.deepcopy(dict(record))
    change(_at(body, path))
    return Fault("/".join((*path, name)), body=body)
