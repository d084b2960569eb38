"""Reads standards from their folders into frozen values."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from validator.catalogue import schemas
from validator.errors import CatalogueError, UsageError
from validator.model.standard import (
    Check,
    ConformanceClass,
    Dataset,
    Document,
    Level,
    Parameter,
    Reference,
    Requirement,
    Standard,
)
from validator.model.text import Text
from validator.resources import data_folder

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
SUPPORTED_STATUS = "proposed profile"


def read_yaml(path: Path) -> Any:
    """A YAML file of ours. Raises CatalogueError with the place of the fault."""
    try:
        with path.open("rb") as stream:
            return yaml.load(stream, Loader=_Loader)  # noqa: S506 - a safe loader, in C
    except (OSError, yaml.YAMLError) as fault:
        raise CatalogueError("catalogue.yaml_unreadable", {"path": path.name, "reason": str(fault)}) from fault


def text(value: Any, where: str) -> Text:
    if not isinstance(value, Mapping) or not value.get("vi") or not value.get("en"):
        raise CatalogueError("catalogue.text_missing", {"where": where})
    return Text(str(value["vi"]).strip(), str(value["en"]).strip())


def folder_digest(folder: Path) -> str:
    """SHA-256 over the sorted relative paths and bytes of a standard's folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


@cache
def standards() -> Mapping[str, Standard]:
    """Every standard of the catalogue by `VSC-BUD@1.0`, sorted by coordinate."""
    root = data_folder("standards")
    found = [load_standard(path.parent, root) for path in sorted(root.glob("*/*/standard.yaml"))]
    return {standard.coordinate: standard for standard in sorted(found, key=lambda s: s.coordinate)}


def find_standard(name: str) -> Standard:
    """The standard called `VSC-BUD` (its newest version) or `VSC-BUD@1.0`. Raises UsageError."""
    catalogue = standards()
    if name in catalogue:
        return catalogue[name]
    versions = [s for s in catalogue.values() if s.id == name]
    if not versions:
        known = ", ".join(sorted({s.id for s in catalogue.values()}))
        raise UsageError("usage.unknown_standard", {"name": name, "known": known})
    return max(versions, key=lambda s: [int(part) for part in s.version.split(".")])


def load_standard(folder: Path, root: Path) -> Standard:
    raw = read_yaml(folder / "standard.yaml")
    try:
        return _standard(raw, folder, root)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise CatalogueError(
            "catalogue.standard_malformed", {"path": folder.as_posix(), "reason": repr(fault)}
        ) from fault


def _standard(raw: dict[str, Any], folder: Path, root: Path) -> Standard:
    own = raw["id"]
    return Standard(
        id=own,
        version=str(raw["version"]),
        title=text(raw["title"], f"{own} title"),
        scope=text(raw["scope"], f"{own} scope"),
        legal_basis_checked_on=str(raw["legal_basis_checked_on"]),
        depends_on=tuple(raw.get("depends_on", ())),
        builds_on=tuple(
            Reference(item["name"], item["certainty"], str(item["checked_on"])) for item in raw.get("builds_on", ())
        ),
        parameters={name: _parameter(name, item) for name, item in (raw.get("parameters") or {}).items()},
        datasets={name: _dataset(own, name, item, folder, root) for name, item in (raw.get("datasets") or {}).items()},
        documents={
            name: Document(
                name, schemas.bundle(folder / item["schema"], root, own), f"{own}-{item['schema_requirement']}"
            )
            for name, item in (raw.get("documents") or {}).items()
        },
        requirements=tuple(_requirement(own, item) for item in raw["requirements"]),
        folder=folder,
        sha256=folder_digest(folder),
    )


def _parameter(name: str, item: dict[str, Any]) -> Parameter:
    source = text(item["source"], f"parameter {name} source")
    return Parameter(name, item["value"], str(item["unit"]), item["basis"], source, item.get("min"), item.get("max"))


def _dataset(own: str, name: str, item: dict[str, Any], folder: Path, root: Path) -> Dataset:
    schema = schemas.bundle(folder / item["schema"], root, own)
    return Dataset(
        standard=own,
        name=name,
        title=text(item["title"], f"{own}/{name} title"),
        formats=tuple(item["formats"]),
        schema=schema,
        schema_requirement=f"{own}-{item['schema_requirement']}",
        columns=schemas.columns(schema),
        key=tuple(item.get("key", ())),
        subject_time=item.get("subject_time"),
        available_at=item.get("available_at"),
        optional=bool(item.get("optional", False)),
    )


def full_id(own: str, short: str) -> str:
    """`R05` of VSC-BUD is VSC-BUD-R05; a full id stays as it is."""
    return short if "-" in short else f"{own}-{short}"


def _requirement(own: str, item: dict[str, Any]) -> Requirement:
    where = f"{own}-{item['id']}"
    declared = item.get("check", [])
    checks = declared if isinstance(declared, list) else [declared]
    return Requirement(
        id=where,
        standard=own,
        clause=str(item["clause"]),
        level=Level(item["level"]),
        conformance_class=ConformanceClass(item["class"]),
        title=text(item["title"], f"{where} title"),
        statement=text(item["statement"], f"{where} statement"),
        basis=str(item["basis"]),
        sources=tuple(item.get("sources") or ()),
        applies_to=tuple(item.get("applies_to") or ()),
        needs=tuple(full_id(own, short) for short in item.get("needs") or ()),
        checks=tuple(Check(c["kind"], {k: v for k, v in c.items() if k != "kind"}) for c in checks),
        not_tested=text(item["not_tested"], f"{where} not_tested") if "not_tested" in item else None,
        messages={name: text(value, f"{where} message {name}") for name, value in (item.get("messages") or {}).items()},
        fix=text(item["fix"], f"{where} fix") if item.get("fix") else None,
        at_class={ConformanceClass(k): v for k, v in (item.get("at_class") or {}).items()},
    )
