"""An examination of files, once more: every digest first, then the whole run with the recorded options."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from validator.bundle.files import DATA, files_below
from validator.bundle.opened import Bundle
from validator.bundle.pack import copy
from validator.canonical import sha256_of
from validator.errors import EvidenceError, UsageError
from validator.model.progress import Progress
from validator.model.standard import ConformanceClass
from validator.observe.intake import is_archive, receive
from validator.observe.submission import MANIFEST, read_manifest, safe_path
from validator.run import Options, validate


def examine_again(
    bundle: Bundle, submission: Path | None, scratch: Path, jobs: int, progress: Progress
) -> dict[str, Any]:
    """The report of the run as it comes out now. Raises UsageError without the data, EvidenceError for other data."""
    options = bundle.description["options"]
    there = _received(submission, scratch) if submission else _laid_out(bundle, scratch / "submission")
    single = options["dataset"] is not None
    _check(bundle, there, single=single)
    chosen = options["class"]
    return validate(
        there,
        Options(
            as_of=datetime.fromisoformat(options["as_of"]),
            standard=options["standard"],
            conformance_class=ConformanceClass(chosen) if chosen else None,
            dataset=options["dataset"],
            jobs=jobs,
            samples=options["samples"],
            profile=options["profile"],
            second_opinion=options["second_opinion"],
            progress=progress,
            name=bundle.description["subject"]["name"],
        ),
    )


def _received(submission: Path, scratch: Path) -> Path:
    """Where the data lie that somebody hands in; an archive is unpacked."""
    if not submission.exists():
        raise UsageError("usage.no_such_submission", {"path": str(submission)})
    if not is_archive(submission):
        return submission
    room = scratch / "given"
    room.mkdir()
    return receive(submission, room)


def _laid_out(bundle: Bundle, folder: Path) -> Path:
    """The data of the bundle under the names they had. Raises UsageError when it holds digests only."""
    files = bundle.description["subject"]["files"]
    if not (bundle.folder / DATA).is_dir():
        raise UsageError("usage.bundle_without_data", {"count": len(files)})
    for file in files:
        content = bundle.folder / DATA / file["sha256"]
        if not content.is_file():
            raise EvidenceError("bundle.missing", {"member": f"{DATA}/{file['sha256']}"})
        try:
            _place(content, folder / safe_path(file["path"]))
        except UsageError as fault:
            raise EvidenceError(fault.message_id, fault.params) from fault
    return folder if bundle.description["options"]["dataset"] is None else folder / files[0]["path"]


def _place(content: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(content, target)
    except OSError:  # another file system, or one without links
        copy(content, target)


def _check(bundle: Bundle, there: Path, *, single: bool) -> None:
    """Every file that is going to be read has the digest that the bundle has. Raises EvidenceError."""
    stated: Mapping[str, str] = {f["path"]: f["sha256"] for f in bundle.description["subject"]["files"]}
    if single:
        found = {there.name: there}
    else:
        if (there / MANIFEST).is_file() and sha256_of(there / MANIFEST) != stated.get(MANIFEST):
            raise EvidenceError("replay.other_file", {"file": MANIFEST})
        found = dict(files_below(there, read_manifest(there)))
    for name in stated.keys() - found.keys():
        raise EvidenceError("replay.file_missing", {"file": name})
    for name, path in found.items():
        if name not in stated:
            raise EvidenceError("replay.file_extra", {"file": name})
        if sha256_of(path) != stated[name]:
            raise EvidenceError("replay.other_file", {"file": name})
