"""The digest that identifies a report, and the report as a JSON file."""

from __future__ import annotations

import hashlib
import math
import unicodedata
from collections.abc import Mapping
from typing import Any

import orjson
import rfc8785

from validator.canonical import digest
from validator.report.visible import visible

LARGEST_INTEGER = 2**53 - 1
OUTSIDE_THE_DIGEST = frozenset({"digest", "report_id"})


def digest_of(report: Mapping[str, Any]) -> str:
    """`sha256:` and the hex SHA-256 of the report's RFC 8785 form, without its own digest and id.

    Raises:
        rfc8785.CanonicalizationError: a number or text has no canonical form.
    """
    return "sha256:" + hashlib.sha256(rfc8785.dumps(_body(report))).hexdigest()


def _body(report: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in report.items() if name not in OUTSIDE_THE_DIGEST}


def sealed(report: Mapping[str, Any]) -> dict[str, Any]:
    """The report in canonical values, with its digest and the id made of it."""
    body = {name: canonical_value(value) for name, value in report.items()}
    made = digest(_body(body))
    return {**body, "report_id": f"urn:{made}", "digest": made}


def canonical_value(value: Any) -> Any:
    """The value with its text in NFC, and with text in place of what RFC 8785 cannot say.

    That is: integers beyond 2^53, infinities, NaN and lone surrogates, which a subject's data may
    hold and a finding may quote.
    """
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value if value.isascii() or _encodable(value) else visible(value))
    if isinstance(value, Mapping):
        return {canonical_value(str(name)): canonical_value(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [canonical_value(member) for member in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        return str(value)
    return value


def _encodable(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)


def render(report: Mapping[str, Any], lang: str = "vi") -> str:  # noqa: ARG001 - one face for all
    """The report as JSON for a file; both languages are always in it."""
    return orjson.dumps(report, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()
