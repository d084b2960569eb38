"""Seals a submission folder: envelope checksums, file digests and the delivery log's hash chain.

For those who make submissions: generators, the case runner, and vendors (`lienthong seal`).
Only values that follow from the rest are written; data stay as they are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from validator.catalogue.load import find_standard
from validator.errors import UsageError
from validator.model.record import UNREADABLE
from validator.observe.canonical import canonical, digest
from validator.observe.read_csv import read_csv
from validator.observe.read_json import read_json, read_json_lines
from validator.observe.submission import FORMAT_BY_SUFFIX, read_manifest


def seal_folder(root: Path) -> None:
    """Recomputes every checksum, digest and hash of the submission in `root`, in place."""
    manifest = read_manifest(root)
    for item in manifest["datasets"]:
        for entry in item["files"]:
            _seal_file(root, item["dataset"], entry)
    if "delivery_log" in manifest:
        _seal_log(root / manifest["delivery_log"])
    write_json(root / "manifest.json", manifest)


def write_json(path: Path, document: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _seal_file(root: Path, dataset: str, entry: dict[str, Any]) -> None:
    path = root / entry["path"]
    if not path.is_file():
        return
    media = entry.get("format") or FORMAT_BY_SUFFIX.get(path.suffix.lower(), "json")
    if media != "xml":
        computed = records_checksum(path, dataset, media)
        if computed and media == "json":
            _seal_document(path, computed)
        elif computed and "envelope" in entry and (root / entry["envelope"]).is_file():
            _seal_document(root / entry["envelope"], computed)
    entry["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()


def _seal_document(path: Path, computed: str) -> None:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return
    if isinstance(document, dict) and "checksum" in document and document["checksum"] != computed:
        document["checksum"] = computed
        write_json(path, document)


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
    try:
        entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError):
        return
    lines = [json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for entry in chained(entries)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
