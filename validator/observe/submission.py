"""A received folder or single file as a `Submission`: manifest read, files observed once."""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import jsonschema_rs

from validator.errors import UsageError
from validator.model.record import UNREADABLE
from validator.model.standard import ConformanceClass
from validator.model.submission import Claim, Missing, Observation, Submission
from validator.observe.limits import MAX_DOCUMENT_BYTES
from validator.observe.parse import parse

MANIFEST = "manifest.json"
FORMAT_BY_SUFFIX = {
    ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv",
    ".geojson": "geojson", ".xml": "xml", ".cap": "xml",
}  # fmt: skip
ROLES = ("envelope", "descriptor")


@cache
def _manifest_schema() -> jsonschema_rs.Validator:
    schema = json.loads((Path(__file__).with_name("manifest.schema.json")).read_text(encoding="utf-8"))
    return jsonschema_rs.validator_for(schema, validate_formats=True)


def read_manifest(root: Path) -> dict[str, Any]:
    """The folder's manifest. Raises UsageError with the place and the reason."""
    path = root / MANIFEST
    if not path.is_file():
        raise UsageError("usage.no_manifest", {"path": str(root)})
    if path.stat().st_size > 4 * MAX_DOCUMENT_BYTES:
        raise UsageError("usage.manifest_too_large", {"limit_mib": 16})
    raw = path.read_bytes()
    value, faults = parse(raw.removeprefix(b"\xef\xbb\xbf"), 1, None)
    if faults or value is UNREADABLE:
        line = faults[0].line
        raise UsageError("usage.manifest_malformed", {"line": line, "reason": faults[0].message_id})
    errors = list(_manifest_schema().iter_errors(value))
    if errors:
        place = "/" + "/".join(str(step) for step in errors[0].instance_path)
        raise UsageError("usage.manifest_invalid", {"pointer": place, "reason": errors[0].message[:200]})
    manifest: dict[str, Any] = value
    return manifest


def folder_submission(root: Path, name: str) -> Submission:
    """The submission in a folder, as its manifest says."""
    manifest = read_manifest(root)
    entries = list(_entries(manifest))
    files, missing = [], []
    for dataset, entry in entries:
        for role, path in _paths(entry):
            found = _find(root, path)
            if found is None:
                missing.append(Missing(path, role, dataset))
            elif role == "data":
                files.append(_observe(root, found, path, dataset, entry))
    log = manifest.get("delivery_log")
    log_path = _find(root, log) if log else None
    if log and log_path is None:
        missing.append(Missing(log, "delivery_log", None))
    digest = hashlib.sha256((root / MANIFEST).read_bytes())
    for observed in files:
        digest.update(bytes.fromhex(observed.sha256))
    return Submission(
        name=manifest.get("submission") or name,
        root=root,
        manifest=manifest,
        claims=tuple(_claim(item) for item in manifest["claims"]),
        files=tuple(files),
        delivery_log=_observe(root, log_path, log, None, {}) if log_path else None,
        sha256=digest.hexdigest(),
        missing=tuple(missing),
    )


def single_file(path: Path, dataset: str, claim: Claim) -> Submission:
    """One data file without a manifest, read as `dataset`."""
    if not path.is_file():
        raise UsageError("usage.no_such_submission", {"path": str(path)})
    observed = _observe(path.parent, path, path.name, dataset, {})
    return Submission(
        name=path.name, root=path.parent, manifest={"claims": [], "datasets": []}, claims=(claim,),
        files=(observed,), delivery_log=None, sha256=observed.sha256,
    )  # fmt: skip


def _entries(manifest: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for item in manifest["datasets"]:
        for entry in item["files"]:
            yield item["dataset"], entry


def _paths(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "data", entry["path"]
    for role in ROLES:
        if role in entry:
            yield role, entry[role]


def _find(root: Path, name: str) -> Path | None:
    """The regular file `name` inside the submission; None when absent. Raises UsageError on escape."""
    relative = PurePosixPath(name)
    if relative.is_absolute() or ".." in relative.parts or "\\" in name or "\0" in name:
        raise UsageError("usage.path_escape", {"path": name})
    path = root / relative
    here = root
    for part in relative.parts:
        here = here / part
        if here.is_symlink():
            raise UsageError("usage.path_link", {"path": name})
    try:
        mode = path.stat().st_mode
    except OSError:
        return None
    return path if stat.S_ISREG(mode) else None


def _observe(root: Path, path: Path, name: str, dataset: str | None, entry: Mapping[str, Any]) -> Observation:
    try:
        with path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as fault:
        raise UsageError("usage.unreadable_file", {"path": name, "reason": fault.strerror or str(fault)}) from fault
    return Observation(
        name=name,
        path=path,
        media=entry.get("format") or FORMAT_BY_SUFFIX.get(path.suffix.lower(), "json"),
        size=path.stat().st_size,
        sha256=sha256,
        dataset=dataset,
        stated_sha256=entry.get("sha256"),
        edition_of=entry.get("edition_of"),
        **{role: _document(root, entry[role]) for role in ROLES if role in entry},
    )


def _document(root: Path, name: str) -> tuple[str, Path] | None:
    path = _find(root, name)
    return (name, path) if path else None


def _claim(item: Mapping[str, Any]) -> Claim:
    return Claim(item["standard"], item.get("version", ""), ConformanceClass(item["class"]))
