"""What was handed in: the manifest's claims and the files as they were received."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from validator.model.standard import ConformanceClass


@dataclass(frozen=True, slots=True)
class Claim:
    """A conformance class of a standard that the submission claims; version "" means the newest."""

    standard: str
    version: str
    conformance_class: ConformanceClass


@dataclass(frozen=True, slots=True)
class Observation:
    """One file as received; taken once, never changed. `path` is where its bytes lie now.

    `media` is json, jsonl, csv, geojson or xml. `envelope` and `descriptor` are (name, path) of
    side documents; `edition_of` names the data file that this one repeats in another format.
    """

    name: str
    path: Path
    media: str
    size: int
    sha256: str
    dataset: str | None
    stated_sha256: str | None = None
    envelope: tuple[str, Path] | None = None
    descriptor: tuple[str, Path] | None = None
    edition_of: str | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """A file that the manifest names and that is not there (or is no regular file)."""

    name: str
    role: str
    dataset: str | None


@dataclass(frozen=True, slots=True)
class Submission:
    """A vendor's package. `manifest` is kept whole for the tables that rules read."""

    name: str
    root: Path
    manifest: Mapping[str, Any]
    claims: tuple[Claim, ...]
    files: tuple[Observation, ...]
    delivery_log: Observation | None
    sha256: str
    missing: tuple[Missing, ...] = ()
