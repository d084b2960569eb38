"""RFC 8785 (JSON Canonicalization Scheme), fast where a faster serialiser gives the same bytes.

orjson with sorted keys writes the canonical form but for four things: integral floats, whose `.0` is
taken away here; exponents, member names beyond the Basic Multilingual Plane and integers beyond 2^53.
Text that may hold one of these goes to the reference implementation.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import orjson
import rfc8785

_DIFFERS = re.compile(rb"[0-9][eE][+-]?[0-9]|[\xf0-\xf4]|[0-9]{16}|-0\.0")
_MAY_DIFFER = re.compile(rb"[0-9][eE][+-]?[0-9]|[\xf0-\xf4]|[0-9]{16}|\.0[,}\]]|\.0\Z")
_BEYOND = re.compile(rb"[\xf0-\xf4]")
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_STRING_OR_INTEGRAL = re.compile(rb'("(?:[^"\\]++|\\.)*+")|\.0(?=[,}\]]|\Z)', re.DOTALL)


class DoubledKeyError(ValueError):
    """A member name stands twice in one object: two readers could see two different documents."""


def strict(content: bytes) -> Any:
    """The JSON of UTF-8 bytes, read in the one way that everybody must read it.

    Raises:
        DoubledKeyError: a member name stands twice.
        ValueError: no JSON, or NaN or an infinity; RecursionError: nested too deeply.
    """
    return json.loads(content.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for key, value in pairs:
        if key in members:
            raise DoubledKeyError(key)
        members[key] = value
    return members


def _no_constant(word: str) -> Any:
    raise ValueError(word)


def canonical(value: Any) -> bytes:
    """The JCS bytes of a JSON value. Integers beyond 2^53, which JCS cannot say, are written plainly."""
    fast = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    if not _MAY_DIFFER.search(fast):
        return fast
    if not _DIFFERS.search(fast):
        return _STRING_OR_INTEGRAL.sub(rb"\1", fast)
    # Digests in hex are full of what looks like an exponent; but for the order of names, only numbers count.
    bare = _STRING.sub(b'""', fast)
    if fast.isascii() or not _BEYOND.search(fast):
        if not _MAY_DIFFER.search(bare):
            return fast
        if not _DIFFERS.search(bare):
            return _STRING_OR_INTEGRAL.sub(rb"\1", fast)
    try:
        return rfc8785.dumps(value)
    except rfc8785.IntegerDomainError:
        return _with_long_integers(value)


def sha256_of(path: Path) -> str:
    """The hex SHA-256 of a file, read piece by piece. Raises OSError."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def digest(value: Any) -> str:
    """`sha256:` and the hex SHA-256 of the value's JCS bytes."""
    return "sha256:" + hashlib.sha256(canonical(value)).hexdigest()


def _with_long_integers(value: Any) -> bytes:
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return b"{" + b",".join(rfc8785.dumps(n) + b":" + _with_long_integers(value[n]) for n in names) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(_with_long_integers, value)) + b"]"
    return str(value).encode() if type(value) is int else rfc8785.dumps(value)
