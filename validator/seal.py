"""Seals a submission folder: envelope checksums, file digests and the delivery log's hash chain.

For those who make submissions: generators, the case runner, and vendors (`lienthong seal`).
Only values that follow from the rest are written; data stay as they are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from validator.canonical import canonical, digest
from validator.catalogue.load import find_standard
from validator.errors import UsageError
from validator.model.record import UNREADABLE
from validator.observe.parse import parse
from validator.observe.read_csv import read_csv
from validator.observe.read_json import read_json, read_json_lines
from validator.observe.submission import FORMAT_BY_SUFFIX, find_file, read_manifest


def seal_folder(root: Path) -> None:
    """Recomputes every checksum, digest and hash of the submission in `root`, in place."""
    manifest = read_manifest(root)
    for item in manifest["datasets"]:
        for entry in item["files"]:
            _seal_file(root, item["dataset"], entry)
    log = find_file(root, manifest["delivery_log"]) if "delivery_log" in manifest else None
    if log:
        _seal_log(log)
    write_json(root / "manifest.json", manifest)


def write_json(path: Path, document: Mapping[str, Any]) -> None:
    """Writes the document whole or, when it cannot be written as JSON in UTF-8, not at all. Raises ValueError."""
    path.write_bytes((json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode())


def _seal_file(root: Path, dataset: str, entry: dict[str, Any]) -> None:
    path = find_file(root, entry["path"])
    beside = find_file(root, entry["envelope"]) if "envelope" in entry else None
    if path is None:
        return
    media = entry.get("format") or FORMAT_BY_SUFFIX.get(path.suffix.lower(), "json")
    if media != "xml":
        computed = records_checksum(path, dataset, media)
        if computed and media == "json":
            _seal_document(path, computed)
        elif computed and beside:
            _seal_document(beside, computed)
    entry["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()


def _seal_document(path: Path, computed: str) -> None:
    """Sets the checksum of a plain JSON object; what would change by being read and written stays as it is."""
    with suppress(ValueError, RecursionError):
        document = json.loads(
            path.read_text(encoding="utf-8"), object_pairs_hook=_unrepeated, parse_constant=_refuse_constant
        )
        if isinstance(document, dict) and "checksum" in document and document["checksum"] != computed:
            write_json(path, {**document, "checksum": computed})


def _unrepeated(members: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(members)
    if len(made) != len(members):
        raise ValueError("a name repeats")
    return made


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def records_checksum(path: Path, dataset: str, media: str) -> str | None:
    """SHA-256 over the JCS of the file's array of records; None when a record cannot be read."""
    standard, _, name = dataset.partition("/")
    try:
        columns = find_standard(standard).datasets[name].columns
    except (UsageError, KeyError):
        return None
    if media == "csv":
        batches = read_csv(path, path.name, columns)
    elif media == "jsonl":
        batches = read_json_lines(path, path.name, 0, path.stat().st_size)
    else:
        batches = read_json(path, path.name, media)
    total, first = hashlib.sha256(b"["), True
    for batch in batches:
        for value in batch.values:
            if value is UNREADABLE:
                return None
            total.update((b"" if first else b",") + canonical(value))
            first = False
    total.update(b"]")
    return "sha256:" + total.hexdigest()


def chained(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Delivery log entries with `prev` and `hash` set so that each line seals the ones before it."""
    previous, sealed = "", []
    for entry in entries:
        bare = {name: value for name, value in entry.items() if name != "hash"}
        bare["prev"] = previous
        previous = digest(bare).removeprefix("sha256:")
        sealed.append({**bare, "hash": previous})
    return sealed


def _seal_log(path: Path) -> None:
    """Chains a log whose every line is a plain JSON object; another one stays as it is."""
    entries = []
    for raw in filter(bytes.strip, path.read_bytes().split(b"\n")):
        entry, faults = parse(raw, None, None)
        if faults or not isinstance(entry, dict):
            return
        entries.append(entry)
    lines = [json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for entry in chained(entries)]
    path.write_bytes(("\n".join(lines) + "\n").encode())
