"""A received folder or single file as a `Submission`: manifest read, files observed once."""

from __future__ import annotations

import errno
import hashlib
import json
import stat
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import jsonschema_rs

from validator.errors import UsageError
from validator.model.progress import Phase, Progress, no_progress
from validator.model.record import UNREADABLE
from validator.model.standard import ConformanceClass
from validator.model.submission import Claim, Missing, Observation, Submission
from validator.observe.limits import MAX_MANIFEST_BYTES, MIB
from validator.observe.parse import parse

MANIFEST = "manifest.json"
FORMAT_BY_SUFFIX = {
    ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".txt": "csv",
    ".geojson": "geojson", ".xml": "xml", ".cap": "xml",
}  # fmt: skip
ROLES = ("envelope", "descriptor")

Heard = Callable[[int], None]
"""Told how many bytes were just read."""


@cache
def _manifest_schema() -> jsonschema_rs.Validator:
    schema = json.loads((Path(__file__).with_name("manifest.schema.json")).read_text(encoding="utf-8"))
    return jsonschema_rs.validator_for(schema, validate_formats=True)


def read_manifest(root: Path) -> dict[str, Any]:
    """The folder's manifest. Raises UsageError with the place and the reason."""
    raw = _manifest_bytes(root)
    value, faults = parse(raw.removeprefix(b"\xef\xbb\xbf"), 1, None)
    if faults or value is UNREADABLE:
        fault = faults[0]
        raise UsageError(
            "usage.manifest_malformed", {**dict(fault.params), "line": fault.line, "reason": fault.message_id}
        )
    wrong = next(_manifest_schema().iter_errors(value), None)
    if wrong is not None:
        place = "/" + "/".join(str(step) for step in wrong.instance_path)
        raise UsageError("usage.manifest_invalid", {"pointer": place[:200], "reason": wrong.message[:200]})
    manifest: dict[str, Any] = value
    _refuse_repeated(manifest)
    return manifest


def _manifest_bytes(root: Path) -> bytes:
    path = root / MANIFEST
    try:
        if path.is_symlink():
            raise UsageError("usage.path_link", {"path": MANIFEST})
        if not path.is_file():
            raise UsageError("usage.no_manifest", {"path": str(root)})
        if path.stat().st_size > MAX_MANIFEST_BYTES:
            raise UsageError("usage.manifest_too_large", {"limit_mib": MAX_MANIFEST_BYTES // MIB})
        return path.read_bytes()
    except OSError as fault:
        raise _unreadable(MANIFEST, fault) from fault


def _refuse_repeated(manifest: Mapping[str, Any]) -> None:
    seen: set[PurePosixPath] = set()
    for _, entry in entries(manifest):
        path = PurePosixPath(entry["path"])
        if path in seen:
            raise UsageError("usage.manifest_repeats_file", {"path": entry["path"]})
        seen.add(path)


def _unreadable(name: str, fault: OSError) -> UsageError:
    return UsageError("usage.unreadable_file", {"path": name, "reason": fault.strerror or str(fault)})


def folder_submission(root: Path, name: str, progress: Progress = no_progress) -> Submission:
    """The submission in a folder, as its manifest says. Its digest covers every file that is read."""
    manifest = read_manifest(root)
    digest = hashlib.sha256(_manifest_bytes(root))
    files, missing = [], []
    named = [(d, e, role, p, find_file(root, p)) for d, e in entries(manifest) for role, p in paths_of(e)]
    hear = _heard(progress, sum(found.stat().st_size for *_, found in named if found))
    for dataset, entry, role, path, found in named:
        if found is None:
            missing.append(Missing(path, role, dataset))
        elif role == "data":
            files.append(_observe(root, found, path, dataset, entry, hear))
            digest.update(bytes.fromhex(files[-1].sha256))
        else:
            digest.update(bytes.fromhex(_sha256(found, path, hear)))
    log = _delivery_log(root, manifest, missing, hear)
    if log is not None:
        digest.update(bytes.fromhex(log.sha256))
    return Submission(
        name=manifest.get("submission") or name.encode("utf-8", "replace").decode(),
        root=root,
        manifest=manifest,
        claims=tuple(claim_of(item) for item in manifest["claims"]),
        files=tuple(files),
        delivery_log=log,
        sha256=digest.hexdigest(),
        missing=tuple(missing),
    )


def _heard(progress: Progress, total: int) -> Heard:
    done = 0

    def hear(size: int) -> None:
        nonlocal done
        done += size
        progress(Phase.READING, min(done, total), total, 0)

    return hear


def _delivery_log(root: Path, manifest: Mapping[str, Any], missing: list[Missing], hear: Heard) -> Observation | None:
    name = manifest.get("delivery_log")
    if name is None:
        return None
    found = find_file(root, name)
    if found is None:
        missing.append(Missing(name, "delivery_log", None))
        return None
    return _observe(root, found, name, None, {}, hear)


def single_file(path: Path, dataset: str, claim: Claim, progress: Progress = no_progress) -> Submission:
    """One data file without a manifest, read as `dataset`."""
    if not path.is_file():
        raise UsageError("usage.no_such_submission", {"path": str(path)})
    name = path.name.encode("utf-8", "replace").decode()
    observed = _observe(path.parent, path, name, dataset, {}, _heard(progress, path.stat().st_size))
    return Submission(
        name=name, root=path.parent, manifest={"claims": [], "datasets": []}, claims=(claim,),
        files=(observed,), delivery_log=None, sha256=observed.sha256,
    )  # fmt: skip


def entries(manifest: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for item in manifest["datasets"]:
        for entry in item["files"]:
            yield item["dataset"], entry


def paths_of(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "data", entry["path"]
    for role in ROLES:
        if role in entry:
            yield role, entry[role]


def _drive(relative: PurePosixPath) -> bool:
    """Whether the path would start at a drive on another system."""
    return bool(relative.parts) and ":" in relative.parts[0]


def safe_path(name: str) -> PurePosixPath:
    """A path that a manifest names, inside the submission. Raises UsageError on escape."""
    relative = PurePosixPath(name)
    if relative.is_absolute() or ".." in relative.parts or "\\" in name or "\0" in name or _drive(relative):
        raise UsageError("usage.path_escape", {"path": name})
    return relative


def find_file(root: Path, name: str) -> Path | None:
    """The regular file `name` inside the submission; None when absent. Raises UsageError on escape."""
    relative = safe_path(name)
    path = root / relative
    here = root
    try:
        for part in relative.parts:
            here = here / part
            if here.is_symlink():
                raise UsageError("usage.path_link", {"path": name})
        mode = path.stat().st_mode
    except OSError as fault:
        if fault.errno == errno.EACCES:
            raise _unreadable(name, fault) from fault
        return None
    return path if stat.S_ISREG(mode) else None


def _observe(
    root: Path, path: Path, name: str, dataset: str | None, entry: Mapping[str, Any], hear: Heard
) -> Observation:
    sha256 = _sha256(path, name, hear)
    return Observation(
        name=name,
        path=path,
        media=media_of(name, entry),
        size=path.stat().st_size,
        sha256=sha256,
        dataset=dataset,
        stated_sha256=entry.get("sha256"),
        edition_of=entry.get("edition_of"),
        **{role: _document(root, entry[role]) for role in ROLES if role in entry},
    )


def media_of(name: str, entry: Mapping[str, Any]) -> str:
    """The format of a data file: as the manifest says, else as its name ends."""
    return entry.get("format") or FORMAT_BY_SUFFIX.get(PurePosixPath(name).suffix.lower(), "json")


def _sha256(path: Path, name: str, hear: Heard) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(MIB):
                digest.update(chunk)
                hear(len(chunk))
        return digest.hexdigest()
    except OSError as fault:
        raise _unreadable(name, fault) from fault


def _document(root: Path, name: str) -> tuple[str, Path] | None:
    path = find_file(root, name)
    return (name, path) if path else None


def claim_of(item: Mapping[str, Any]) -> Claim:
    return Claim(item["standard"], item.get("version", ""), ConformanceClass(item["class"]))
