"""Reads a report.json that somebody hands in: nothing of it is believed before it is checked."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import rfc8785

from validator.canonical import DoubledKeyError, strict
from validator.errors import UsageError
from validator.report.digest import digest_of

MOST_BYTES: Final = 256 * 1024 * 1024
_SCHEMA = Path(__file__).resolve().parent / "report.schema.json"


def read_report(path: Path) -> dict[str, Any]:
    """The report in this file, its shape and digest checked.

    Raises:
        UsageError: the file cannot be read, is no report, or was changed after it was written.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as fault:
        raise UsageError("report.unreadable", {"file": path.name, "reason": fault.strerror or str(fault)}) from fault
    return parse_report(content, path.name)


def parse_report(content: bytes, name: str) -> dict[str, Any]:
    """The report in these bytes; `name` is what messages call it. Raises UsageError as `read_report`."""
    if len(content) > MOST_BYTES:
        raise UsageError("report.too_large", {"file": name, "most": MOST_BYTES})
    report: dict[str, Any] = _parsed(content, name)
    _check_shape(report, name)
    _check_text(report, name)
    _check_digest(report, name)
    return report


def _parsed(content: bytes, name: str) -> Any:
    try:
        return strict(content)
    except DoubledKeyError as fault:
        raise UsageError("report.duplicate_key", {"file": name, "key": str(fault)}) from fault
    except (ValueError, RecursionError) as fault:
        raise UsageError("report.not_json", {"file": name, "reason": str(fault)}) from fault


@cache
def _validator() -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(json.loads(_SCHEMA.read_text("utf-8")))


def _check_shape(report: Any, name: str) -> None:
    for fault in _validator().iter_errors(report):
        place = "/" + "/".join(str(step) for step in fault.instance_path)
        raise UsageError("report.not_a_report", {"file": name, "pointer": place, "reason": fault.message})


def _check_text(report: Mapping[str, Any], name: str) -> None:
    """Text must be NFC: two spellings of one sentence would give two digests."""
    for text in _texts(report):
        if not unicodedata.is_normalized("NFC", text):
            raise UsageError("report.not_nfc", {"file": name, "text": text})


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, member in value.items():
            yield key
            yield from _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)


def _check_digest(report: Mapping[str, Any], name: str) -> None:
    try:
        computed = digest_of(report)
    except rfc8785.CanonicalizationError as fault:
        raise UsageError("report.not_canonical", {"file": name, "reason": str(fault)}) from fault
    if report["digest"] != computed or report["report_id"] != f"urn:{computed}":
        raise UsageError("report.digest_mismatch", {"file": name, "stated": report["digest"], "computed": computed})
