"""What a bundle of a live run keeps: the redacted exchanges with their bodies whole, sightings, journal, watch log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from validator.api.credential_file import load
from validator.api.journal import FILE as JOURNAL
from validator.api.opening import BODIES, EXCHANGES, LiveOptions
from validator.api.player import kinds
from validator.api.sightings import FILE as SIGHTINGS
from validator.bundle.draft import Draft
from validator.bundle.files import profile_of
from validator.bundle.pack import copy
from validator.canonical import canonical
from validator.report.digest import canonical_value

KIND: Final = "live"
WATCH: Final = "watch.ndjson"
CLAIMS: Final = "manifest.json"


def send_live(draft: Draft, report: Mapping[str, Any], options: LiveOptions, folder: Path) -> Path:
    """Writes the bundle of a run whose evidence lies in a folder. Raises UsageError."""
    for name in (EXCHANGES, JOURNAL, SIGHTINGS):
        copy(folder / name, draft.folder / name)
    for sha256 in _cut(folder / EXCHANGES):
        copy(folder / BODIES / sha256, draft.folder / BODIES / sha256)
    if options.watch_log is not None:
        head = (report["live"]["watch"] or {}).get("head")
        (draft.folder / WATCH).write_bytes(b"".join(_as_read(options.watch_log, head)))
    if options.manifest is not None:
        (draft.folder / CLAIMS).write_bytes(canonical(canonical_value(options.manifest)))
    chosen = options.conformance_class
    given = {
        "standards": list(options.standards),
        "class": chosen.value if chosen else None,
        "seed": options.seed,
        "allow_writes": options.allow_writes,
        "http_port": options.http_port,
        "budget": options.budget,
        "timeout": options.timeout,
        "verify": options.verify,
        "roles": kinds(load(options.auth)) if options.auth else {},
        "profile": profile_of(options.profile),
    }
    return draft.send(KIND, report, given, {"name": report["live"]["url"], "files": []})


def _as_read(log: Path, head: str | None) -> Iterator[bytes]:
    """The log up to the line that was its last when the run read it: a watch may have gone on since."""
    with log.open("rb") as lines:
        for line in lines:
            if line.endswith(b"\n"):
                yield line
                if orjson.loads(line)["sha256"] == head:
                    return


def _cut(exchanges: Path) -> set[str]:
    """Digests of the bodies that lie beside the record."""
    with exchanges.open("rb") as lines:
        entries = map(orjson.loads, lines)
        sides = [entry[side]["body"] for entry in entries for side in ("request", "response") if side in entry]
    return {body["sha256"] for body in sides if "cut_at" in body}
