"""What a bundle of an examination of files keeps: the digest of every file that was read, or the files too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from validator.bundle.draft import Draft
from validator.bundle.pack import copy
from validator.canonical import sha256_of
from validator.errors import UsageError
from validator.model.submission import Submission
from validator.observe.submission import MANIFEST, entries, find_file, paths_of
from validator.run import Options

KIND: Final = "files"
DATA: Final = "data"


class FilesBundle:
    """Shown the files of a run while they are there (`Options.kept`), then the report."""

    def __init__(self, draft: Draft, *, with_data: bool) -> None:
        self.draft, self.with_data = draft, with_data
        self.files: list[dict[str, Any]] = []
        self.name = ""

    def keep(self, submission: Submission) -> None:
        """Raises UsageError when the data have not come to this machine."""
        self.name = submission.name
        known = {seen.name: seen.sha256 for seen in submission.files}
        for name, path in _read(submission):
            sha256 = known.get(name) or sha256_of(path)
            self.files.append({"path": name, "bytes": path.stat().st_size, "sha256": sha256})
            if self.with_data:
                copy(path, self.draft.folder / DATA / sha256)
        for name in known.keys() - {file["path"] for file in self.files}:
            raise UsageError("usage.bundle_far_data", {"path": name})

    def send(self, report: Mapping[str, Any], options: Options) -> Path:
        """Writes the bundle. Raises UsageError."""
        chosen = options.conformance_class
        given = {
            "as_of": (options.as_of or datetime.fromisoformat(report["as_of"])).isoformat(),
            "standard": options.standard,
            "class": chosen.value if chosen else None,
            "dataset": options.dataset,
            "samples": options.samples,
            "second_opinion": options.second_opinion,
            "profile": profile_of(options.profile),
        }
        return self.draft.send(KIND, report, given, {"name": self.name, "files": self.files})


def profile_of(profile: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What of a profile decides: its name and its values."""
    return {"name": profile["name"], "parameters": profile.get("parameters") or {}} if profile else None


def files_below(root: Path, manifest: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    """(name, path) of every file that an examination of a folder reads."""
    yield MANIFEST, root / MANIFEST
    named = [name for _, entry in entries(manifest) for _, name in paths_of(entry)]
    log = manifest.get("delivery_log")
    for name in dict.fromkeys([*named, *([log] if log else [])]):
        found = find_file(root, name)
        if found is not None:
            yield name, found


def _read(submission: Submission) -> Iterator[tuple[str, Path]]:
    if "lienthong" in submission.manifest:
        yield from files_below(submission.root, submission.manifest)
    else:  # one data file, without a manifest
        yield from ((seen.name, seen.path) for seen in submission.files)
