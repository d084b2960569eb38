"""One record's bytes to a value, with every fault of JSON text that parsers let pass named.

Sources: RFC 8259 (JSON), RFC 7493 (I-JSON: no duplicate names, no lone surrogates, numbers within
what others can read). orjson decides; what it accepts in silence (duplicate names, integers beyond
64 bits) is looked for here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

import orjson

from validator.model.record import UNREADABLE, ReadFault
from validator.observe.json_text import STRING, STRING_TEXT, brackets, name_of
from validator.observe.limits import MAX_DEPTH, MAX_RECORD_BYTES, MAX_RECORD_COST, MIB
from validator.observe.locate import position

MAX_REPEATED_TOLD: Final = 1000
SHOWN_CHARACTERS: Final = 200

_KEY_ENDS = re.compile(rb'"[ \t\r\n]*+:')
_KEYS_AND_BRACKETS = re.compile(rb"(" + STRING_TEXT + rb")[ \t\r\n]*+(:)?+|[{}\[\]]", re.DOTALL)
_SPACED_COLONS: Final = (b" :", b"\t:", b"\n:", b"\r:")
_DIGITS_ALIKE: Final = bytes.maketrans(b"123456789", b"000000000")
_TWENTY_DIGITS: Final = b"0" * 20
_LONG_INTEGER = re.compile(rb"(?<![0-9.eE+])(?<![eE]-)[0-9]{20}")
_NOT_A_NUMBER = re.compile(rb"[+-]?(?:NaN|Infinity)(?![A-Za-z0-9_])")
_OPENS: Final = ord("[")

# What orjson says, in our words: a part of its message, the id of ours.
_REASONS: Final = (
    ("surrogate", "read.lone_surrogate"),
    ("infinity", "read.number_too_large"),
    ("trailing comma", "read.trailing_comma"),
    ("control character", "read.raw_control"),
    ("escaped sequence", "read.bad_escape"),
    ("leading zero", "read.bad_number"),
    ("no digit", "read.bad_number"),
    ("expected a string key", "read.key_expected"),
    ("expected ':'", "read.colon_expected"),
    ("expected ','", "read.comma_expected"),
    ("a JSON value", "read.value_expected"),
    ("invalid literal", "read.value_expected"),
    ("after document", "read.trailing_text"),
    ("end of data", "read.ends_early"),
    ("empty", "read.value_expected"),
)  # fmt: skip


def parse(raw: bytes, line: int | None, record: int | None) -> tuple[Any, list[ReadFault]]:
    """The value (or UNREADABLE) of one JSON text and the faults met; `line` is where the text starts."""
    if len(raw) > MAX_RECORD_BYTES:
        return UNREADABLE, [_fault("size", "read.record_too_large", line, record, limit_mib=MAX_RECORD_BYTES // MIB)]
    if too_deep(raw):
        return UNREADABLE, [_fault("depth", "read.too_deep", line, record, limit=MAX_DEPTH)]
    if len(raw) > MAX_RECORD_COST // 3 and _cost(raw) > MAX_RECORD_COST:
        return UNREADABLE, [_fault("size", "read.too_many_values", line, record)]
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as fault:
        return UNREADABLE, [explain(raw, fault, line, record)]
    faults = []
    if _key_ends(raw) != _count_keys(value):
        for name, at in islice(_repeated(raw), MAX_REPEATED_TOLD):
            key = name[:SHOWN_CHARACTERS]
            faults.append(_fault_at(raw, at, "duplicate_key", "read.duplicate_key", line, record, key=key))
    if _TWENTY_DIGITS in raw.translate(_DIGITS_ALIKE):
        long = _LONG_INTEGER.search(_blanked(raw))
        if long:
            faults.append(_fault_at(raw, long.start(), "syntax", "read.number_too_long", line, record))
    return value, faults


def too_deep(raw: bytes) -> bool:
    """Whether the text nests deeper than the limit, counted without recursion."""
    if raw.count(b"{") + raw.count(b"[") <= MAX_DEPTH:
        return False
    marks = left = brackets(raw)
    for _ in range(MAX_DEPTH):  # each pass takes the innermost level away
        left = left.replace(b"[]", b"")
        if not left:
            return False
    depth = 0
    for mark in marks:
        depth += 1 if mark == _OPENS else -1
        if depth > MAX_DEPTH:
            return True
    return False


def explain(raw: bytes, fault: orjson.JSONDecodeError, line: int | None, record: int | None) -> ReadFault:
    """What is wrong with a text that orjson refused, in the most helpful words."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as wrong:
        return encoding_fault(raw, wrong, line, record)
    message_id = next((ours for theirs, ours in _REASONS if theirs in fault.msg), "read.syntax")
    if _NOT_A_NUMBER.match(text[max(fault.pos - 1, 0) : fault.pos + 12].encode().lstrip(b":,[ ")):
        message_id = "read.not_a_number"
    params = (("reason", fault.msg),) if message_id == "read.syntax" else ()
    shown = None if line is None else line + fault.lineno - 1
    return ReadFault("syntax", message_id, shown, fault.colno, record, params)


def encoding_fault(raw: bytes, wrong: UnicodeDecodeError, line: int | None, record: int | None) -> ReadFault:
    return _fault_at(raw, wrong.start, "encoding", "read.not_utf8", line, record, byte=f"0x{raw[wrong.start]:02X}")


def _fault(aspect: str, message_id: str, line: int | None, record: int | None, **params: Any) -> ReadFault:
    return ReadFault(aspect, message_id, line, None, record, tuple(params.items()))


def _fault_at(
    raw: bytes, offset: int, aspect: str, message_id: str, line: int | None, record: int | None, **params: Any
) -> ReadFault:
    shown, column = position(raw, offset, line or 1)
    return ReadFault(aspect, message_id, None if line is None else shown, column, record, tuple(params.items()))


def _cost(raw: bytes) -> int:
    """What the values will cost in memory, roughly: a value 1, a list 2 more, an object 8 more."""
    bare = STRING.sub(b"", raw)
    return bare.count(b",") + 2 * bare.count(b"[") + 8 * bare.count(b"{")


def _blanked(raw: bytes) -> bytes:
    """The text with every string replaced by as many quotation marks, so that offsets stay."""
    return STRING.sub(lambda found: b'"' * len(found.group()), raw)


def _key_ends(raw: bytes) -> int:
    """At least as many as there are member names: closing quotation marks before a colon, and what looks so."""
    if any(spaced in raw for spaced in _SPACED_COLONS):
        return len(_KEY_ENDS.findall(raw))
    return raw.count(b'":')


def _count_keys(value: Any) -> int:
    total, nodes = 0, [value]
    for node in nodes:  # grows while it is walked
        if type(node) is dict:
            total += len(node)
            nodes += [inner for inner in node.values() if type(inner) is dict or type(inner) is list]
        elif type(node) is list:
            nodes += [inner for inner in node if type(inner) is dict or type(inner) is list]
    return total


def _repeated(raw: bytes) -> Iterator[tuple[str, int]]:
    """Member names that repeat within their object, with the offset of each repetition."""
    open_: list[set[str]] = []
    for token in _KEYS_AND_BRACKETS.finditer(raw):
        mark = token.group()[:1]
        if mark == b'"':
            if token.group(2):
                name = name_of(token.group(1))
                if name in open_[-1]:
                    yield name, token.start()
                open_[-1].add(name)
        elif mark in b"{[":
            open_.append(set())
        else:
            open_.pop()
