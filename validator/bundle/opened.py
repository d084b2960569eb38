"""A bundle that somebody hands in: nothing of it is believed before every byte of it has been held to its digests."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import orjson

from validator.bundle.draft import REPORT, described
from validator.bundle.lock import tool_lock
from validator.bundle.members import BY_LINE, check
from validator.bundle.pack import DESCRIPTION, check_packing, unpacked
from validator.canonical import DoubledKeyError, strict
from validator.errors import EvidenceError, UsageError
from validator.report.load import parse_report

MOST_BYTES: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that holds together: where its members lie, what it says of itself, and its report."""

    folder: Path
    description: Mapping[str, Any]
    report: dict[str, Any]

    def lines(self, name: str) -> list[dict[str, Any]]:
        """The objects of an NDJSON member. Raises EvidenceError, which names the line."""
        return list(_lines(self.folder / name, name))


def open_bundle(given: Path, scratch: Path) -> Bundle:
    """The bundle at a path, unpacked into a folder of ours. Raises UsageError when there is none, EvidenceError when
    anything in it is not as it was written; the error names the member and, of NDJSON, the line."""
    folder = unpacked(given, scratch)
    description = _described(folder)
    check(folder, description["members"])
    if given.is_file():
        same = description["tool"]["zlib"] == tool_lock()["zlib"]
        check_packing(given, folder, scratch, same_zlib=same)
    for member in description["members"]:
        if member["path"].endswith(BY_LINE):
            for _ in _lines(folder / member["path"], member["path"]):
                pass
    return Bundle(folder, description, _report(folder, description))


def _described(folder: Path) -> dict[str, Any]:
    path = folder / DESCRIPTION
    if path.is_symlink() or not path.is_file():
        raise EvidenceError("bundle.missing", {"member": DESCRIPTION})
    with path.open("rb") as stream:
        content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise EvidenceError("bundle.too_large", {"member": DESCRIPTION, "most": MOST_BYTES})
    value = _parsed(content, DESCRIPTION)
    for fault in _validator().iter_errors(value):
        place = "/" + "/".join(str(step) for step in fault.instance_path)
        raise EvidenceError("bundle.not_described", {"pointer": place[:200], "reason": fault.message[:200]})
    body = {name: member for name, member in value.items() if name != "digest"}
    if not unicodedata.is_normalized("NFC", content.decode()) or described(body) != content:
        raise EvidenceError("bundle.changed", {"member": DESCRIPTION})
    described_value: dict[str, Any] = value
    return described_value


def _report(folder: Path, description: Mapping[str, Any]) -> dict[str, Any]:
    try:
        report = parse_report((folder / REPORT).read_bytes(), REPORT)
    except FileNotFoundError:
        raise EvidenceError("bundle.missing", {"member": REPORT}) from None
    except UsageError as fault:
        raise EvidenceError(fault.message_id, fault.params) from fault
    if report["digest"] != description["report"]:
        raise EvidenceError("bundle.other_report", {"stated": description["report"], "found": report["digest"]})
    return report


def _lines(path: Path, name: str) -> Iterator[dict[str, Any]]:
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            yield _parsed(line, f"{name}:{number}")


def _parsed(content: bytes, name: str) -> Any:
    try:
        return strict(content)
    except DoubledKeyError as fault:
        raise EvidenceError("bundle.duplicate_key", {"member": name, "key": str(fault)}) from fault
    except (ValueError, RecursionError) as fault:
        raise EvidenceError("bundle.not_json", {"member": name, "reason": str(fault)[:200]}) from fault


@cache
def _validator() -> jsonschema_rs.Validator:
    schema = orjson.loads(Path(__file__).with_name("bundle.schema.json").read_bytes())
    return jsonschema_rs.validator_for(schema, validate_formats=True)
