"""A submission in an object store: what is small comes here, what is large stays until a worker takes it.

Credentials come from the environment alone; a URL that carries them is refused, and no URL is
shown but as the user wrote it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from pyarrow import fs

from validator.canonical import sha256_of
from validator.errors import UsageError
from validator.model.submission import Missing, Observation, Submission
from validator.observe.limits import MAX_DOCUMENT_BYTES, MAX_MANIFEST_BYTES, MAX_RECORD_BYTES, MIB
from validator.observe.locate import LOOK_BACK_BYTES
from validator.observe.submission import (
    MANIFEST,
    ROLES,
    claim_of,
    entries,
    media_of,
    paths_of,
    read_manifest,
    safe_path,
)

_URL: Final = re.compile(r"[a-z][a-z0-9+.-]*://")


def is_url(given: str) -> bool:
    return _URL.match(given) is not None


def local_folder(url: str) -> Path | None:
    """The folder that a `file://` URL names, which needs no fetching; None for any other URL."""
    parts = urlsplit(url)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


@dataclass(frozen=True, slots=True)
class Source:
    """The folder of objects that a URL names; travels to workers."""

    url: str

    @property
    def name(self) -> str:
        return PurePosixPath(urlsplit(self.url).path).name or urlsplit(self.url).netloc

    def _open(self) -> tuple[fs.FileSystem, str]:
        if "@" in urlsplit(self.url).netloc:
            raise UsageError("usage.url_with_credentials")
        try:
            return fs.FileSystem.from_uri(self.url)  # type: ignore[no-any-return]
        except (OSError, ValueError) as fault:
            raise self._unreachable(fault) from fault

    def _unreachable(self, fault: Exception) -> UsageError:
        return UsageError("usage.url_unreachable", {"url": self.url, "reason": str(fault).splitlines()[0][:200]})

    def size(self, name: str) -> int | None:
        """Bytes of an object; None when there is none of that name. Raises UsageError."""
        system, root = self._open()
        try:
            found = system.get_file_info(f"{root}/{safe_path(name)}")
        except OSError as fault:
            raise self._unreachable(fault) from fault
        return int(found.size) if found.type == fs.FileType.File else None

    def fetch(self, name: str, target: Path) -> str:
        """Copies an object to a file; its SHA-256. Raises UsageError."""
        system, root = self._open()
        digest = hashlib.sha256()
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with system.open_input_stream(f"{root}/{safe_path(name)}") as stream, target.open("wb") as out:
                while chunk := stream.read(MIB):
                    digest.update(chunk)
                    out.write(chunk)
        except OSError as fault:
            raise self._unreachable(fault) from fault
        return digest.hexdigest()

    def around(self, name: str, offset: int) -> tuple[bytes, int]:
        """The bytes of the record at an offset with some before it, and where among them it starts."""
        system, root = self._open()
        start = max(0, offset - LOOK_BACK_BYTES - 1)
        with system.open_input_file(f"{root}/{safe_path(name)}") as stream:
            stream.seek(start)
            return stream.read(offset - start + MAX_RECORD_BYTES), offset - start


def remote_submission(source: Source, folder: Path) -> Submission:
    """The submission as its manifest says, its documents fetched to `folder`, its data files only looked up.

    Digests of data files are not known yet: `with_digests` completes the submission.
    """
    if source.size(MANIFEST) is None:
        raise UsageError("usage.no_manifest", {"path": source.url})
    _fetch_small(source, MANIFEST, folder, MAX_MANIFEST_BYTES)
    manifest = read_manifest(folder)
    files, missing = [], []
    for dataset, entry in entries(manifest):
        for role, name in paths_of(entry):
            size = source.size(name)
            if size is None:
                missing.append(Missing(name, role, dataset))
            elif role == "data":
                files.append(_looked_up(source, folder, name, size, dataset, entry))
            else:
                _fetch_small(source, name, folder, MAX_DOCUMENT_BYTES + 1)
    log = _log(source, folder, manifest, missing)
    return Submission(
        name=manifest.get("submission") or source.name,
        root=folder, manifest=manifest, claims=tuple(claim_of(item) for item in manifest["claims"]),
        files=tuple(files), delivery_log=log, sha256="", missing=tuple(missing),
    )  # fmt: skip


def fetch_all(source: Source, folder: Path) -> Path:
    """Everything that the manifest names, fetched to a folder, for an engine that has the data here."""
    submission = remote_submission(source, folder)
    for seen in submission.files:
        source.fetch(seen.name, seen.path)
    return folder


def _fetch_small(source: Source, name: str, folder: Path, most: int) -> str:
    """A document of the package; one that is too long is not fetched whole, and told as if it were here."""
    size = source.size(name) or 0
    if size > most:
        raise UsageError("usage.document_too_large", {"path": name, "limit_mib": most // MIB})
    return source.fetch(name, folder / safe_path(name))


def _log(source: Source, folder: Path, manifest: Mapping[str, Any], missing: list[Missing]) -> Observation | None:
    name = manifest.get("delivery_log")
    if name is None:
        return None
    size = source.size(name)
    if size is None:
        missing.append(Missing(name, "delivery_log", None))
        return None
    path = folder / safe_path(name)
    return Observation(name, path, media_of(name, {}), size, source.fetch(name, path), None)


def _looked_up(
    source: Source, folder: Path, name: str, size: int, dataset: str, entry: Mapping[str, Any]
) -> Observation:
    """A data file that is not here; `path` is where it would lie."""
    sides = {role: entry[role] for role in ROLES if role in entry and source.size(entry[role]) is not None}
    return Observation(
        name=name, path=folder / safe_path(name), media=media_of(name, entry), size=size, sha256="", dataset=dataset,
        stated_sha256=entry.get("sha256"), edition_of=entry.get("edition_of"),
        **{role: (side, folder / safe_path(side)) for role, side in sides.items()},
    )  # fmt: skip


def with_digests(submission: Submission, digests: Mapping[str, str]) -> Submission:
    """The submission with the SHA-256 of its data files by name, and so its own: as if it had lain here."""
    files = tuple(replace(seen, sha256=digests[seen.name]) for seen in submission.files)
    known = {seen.name: seen.sha256 for seen in files}
    absent = {missing.name for missing in submission.missing}
    digest = hashlib.sha256((submission.root / MANIFEST).read_bytes())
    for _, entry in entries(submission.manifest):
        for _, name in paths_of(entry):
            if name not in absent:
                digest.update(bytes.fromhex(known.get(name) or sha256_of(submission.root / safe_path(name))))
    if submission.delivery_log is not None:
        digest.update(bytes.fromhex(submission.delivery_log.sha256))
    return replace(submission, files=files, sha256=digest.hexdigest())
