"""One record's bytes to a value, with every fault of JSON text that parsers let pass named.

Sources: RFC 8259 (JSON), RFC 7493 (I-JSON: no duplicate names, no lone surrogates, numbers within
what others can read). orjson decides; what it accepts in silence (duplicate names, integers beyond
64 bits) is looked for here.
"""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from validator.model.record import UNREADABLE, ReadFault
from validator.observe.limits import MAX_DEPTH, MAX_RECORD_BYTES

_KEY_ENDS = re.compile(rb'(?<!\\)"[ \t\r\n]*:')
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"')
_LONG_INTEGER = re.compile(rb"[0-9]{20}")
_NOT_A_NUMBER = re.compile(rb"(?<![A-Za-z0-9_])-?(?:NaN|Infinity)(?![A-Za-z0-9_])")
_SURROGATE = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}|\\u[dD][c-fC-F][0-9a-fA-F]{2}")


def parse(raw: bytes, line: int | None, record: int | None) -> tuple[Any, list[ReadFault]]:
    """The value (or UNREADABLE) of one JSON text and the faults met."""
    if len(raw) > MAX_RECORD_BYTES:
        limit = MAX_RECORD_BYTES // (1024 * 1024)
        return UNREADABLE, [_fault("size", "read.record_too_large", line, record, limit_mib=limit)]
    if too_deep(raw):
        return UNREADABLE, [_fault("depth", "read.too_deep", line, record, limit=MAX_DEPTH)]
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as fault:
        return UNREADABLE, [explain(raw, fault, line, record)]
    faults = []
    if len(_KEY_ENDS.findall(raw)) != _count_keys(value):
        faults += [_fault("duplicate_key", "read.duplicate_key", line, record, key=key) for key in _duplicates(raw)]
    if _LONG_INTEGER.search(raw) and _LONG_INTEGER.search(_STRING.sub(b'""', raw)):
        faults.append(_fault("syntax", "read.number_too_long", line, record))
    return value, faults


def too_deep(raw: bytes) -> bool:
    """Whether the text nests deeper than the limit, counted without recursion."""
    if raw.count(b"{") + raw.count(b"[") <= MAX_DEPTH:
        return False
    depth = 0
    for byte in _STRING.sub(b"", raw):
        if byte in b"{[":
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif byte in b"}]":
            depth -= 1
    return False


def explain(raw: bytes, fault: orjson.JSONDecodeError, line: int | None, record: int | None) -> ReadFault:
    """What is wrong with a text that orjson refused, in the most helpful words."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as wrong:
        return encoding_fault(raw, wrong, line, record)
    bare = _STRING.sub(b'""', raw)
    if _NOT_A_NUMBER.search(bare):
        return _fault("syntax", "read.not_a_number", line, record)
    if _SURROGATE.search(raw) and "surrogate" in str(fault):
        return _fault("syntax", "read.lone_surrogate", line, record)
    shift = raw[: fault.pos].count(b"\n")
    return ReadFault(
        "syntax",
        "read.syntax",
        None if line is None else line + shift,
        fault.colno,
        record,
        (("reason", fault.msg),),
    )


def encoding_fault(raw: bytes, wrong: UnicodeDecodeError, line: int | None, record: int | None) -> ReadFault:
    at = wrong.start
    column = at - (raw.rfind(b"\n", 0, at) + 1) + 1
    shift = raw[:at].count(b"\n")
    shown = None if line is None else line + shift
    return ReadFault("encoding", "read.not_utf8", shown, column, record, (("byte", f"0x{raw[at]:02X}"),))


def _fault(aspect: str, message_id: str, line: int | None, record: int | None, **params: Any) -> ReadFault:
    return ReadFault(aspect, message_id, line, None, record, tuple(params.items()))


def _count_keys(value: Any) -> int:
    total, stack = 0, [value]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            total += len(node)
            stack.extend(v for v in node.values() if isinstance(v, dict | list))
        elif isinstance(node, list):
            stack.extend(v for v in node if isinstance(v, dict | list))
    return total


def _duplicates(raw: bytes) -> list[str]:
    seen_twice: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(items)
        if len(made) != len(items):
            names = [name for name, _ in items]
            seen_twice.extend(sorted({name for name in names if names.count(name) > 1}))
        return made

    json.loads(raw, object_pairs_hook=pairs, parse_int=str)
    return seen_twice
