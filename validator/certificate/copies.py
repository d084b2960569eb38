"""What a verification reads: a copy of a register, as a folder or in the one file that travels with a certificate.

A bundle is a JSON object `{"schema": "lienthong-verification/1.0", "files": {path: text}}` with the certificate
as `certificate.json` and everything else under its path in the register. What it holds proves itself by its
signatures; its keys prove nothing unless they are known from elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from validator.certificate.register import (
    KEYS,
    POLICY,
    Register,
    certificate_path,
    history_path,
    list_path,
    pages_path,
    proof_path,
    read_file,
)
from validator.certificate.status_list import PURPOSES
from validator.certificate.strict_json import parse
from validator.errors import EvidenceError

SCHEMA: Final = "lienthong-verification/1.0"
CERTIFICATE: Final = "certificate.json"
MOST_BYTES: Final = 16 * 1024 * 1024
_BEGIN: Final = b"{"


class Copy(Protocol):
    """Files of a register by their paths."""

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, None when this copy lacks it. Raises EvidenceError when it cannot be read."""


@dataclass(frozen=True, slots=True)
class FolderCopy:
    """A register's own folder, or a copy of it."""

    folder: Path

    def read(self, path: str) -> bytes | None:
        return read_file(self.folder, path) if (self.folder / path).exists() else None


@dataclass(frozen=True, slots=True)
class Bundle:
    """The files that one file carries."""

    files: Mapping[str, str]

    def read(self, path: str) -> bytes | None:
        return self.files[path].encode() if path in self.files else None


def needed(copy: Copy, path: str) -> bytes:
    """The bytes of a file. Raises EvidenceError when this copy lacks it."""
    content = copy.read(path)
    if content is None:
        raise EvidenceError("register.no_file", {"path": path, "reason": "–"})
    return content


def bundle_of(register: Register, number: str) -> dict[str, Any]:
    """All that a reader needs to verify a certificate without the register. Raises EvidenceError, UsageError."""
    row = register.row(number)
    events = register.history(register.certificate(row["number"]))
    lists = (list_path(purpose) for purpose in PURPOSES)
    proofs = (proof_path(row["number"], at) for at in range(len(events)))
    pages = pages_path(row["number"])
    beside = [pages] if (register.folder / pages).exists() else []
    paths = {path: path for path in (KEYS, POLICY, history_path(row["number"]), *lists, *proofs, *beside)}
    paths[CERTIFICATE] = certificate_path(row["number"])
    return {"schema": SCHEMA, "files": {name: read_file(register.folder, at).decode() for name, at in paths.items()}}


def read_bundle(content: bytes, name: str) -> Bundle | None:
    """The bundle in these bytes; None when they are something else. Raises EvidenceError for a malformed one."""
    if not content.lstrip().startswith(_BEGIN) or SCHEMA.encode() not in content:
        return None
    value = parse(content, name, MOST_BYTES)
    if value.get("schema") != SCHEMA:
        return None
    files = value.get("files")
    if not isinstance(files, dict) or not all(isinstance(text, str) for text in files.values()):
        raise EvidenceError("verification.malformed", {"name": name})
    return Bundle(files)
