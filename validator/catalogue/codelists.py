"""Dated code lists: each list is a folder with `codelist.yaml` and one CSV per edition."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from validator.catalogue.load import read_yaml, text
from validator.errors import CatalogueError
from validator.model.standard import CodeList
from validator.resources import data_folder


@cache
def code_lists() -> Mapping[str, tuple[CodeList, ...]]:
    """All editions of every list by list id, oldest first. Raises CatalogueError on a wrong digest."""
    root = data_folder("standards") / "codelists"
    return {path.parent.name: _editions(path) for path in sorted(root.glob("*/codelist.yaml"))}


def _editions(path: Path) -> tuple[CodeList, ...]:
    raw = read_yaml(path)
    try:
        editions = [_edition(path, raw, item) for item in raw["editions"]]
    except (KeyError, TypeError) as fault:
        raise CatalogueError(
            "catalogue.codelist_malformed", {"path": path.parent.name, "reason": repr(fault)}
        ) from fault
    return tuple(sorted(editions, key=lambda edition: edition.valid_from))


def _edition(path: Path, raw: dict[str, Any], item: dict[str, Any]) -> CodeList:
    table = path.parent / item["file"]
    digest = hashlib.sha256(table.read_bytes()).hexdigest()
    if digest != str(item["sha256"]).removeprefix("sha256:"):
        raise CatalogueError("catalogue.codelist_digest", {"path": f"{path.parent.name}/{table.name}"})
    return CodeList(
        id=raw["id"],
        edition=str(item["edition"]),
        title=text(raw["title"], f"{raw['id']} title"),
        valid_from=str(item["valid_from"]),
        valid_to=str(item["valid_to"]) if item.get("valid_to") else None,
        source=str(item["source"]),
        licence=str(item["licence"]),
        certainty=str(item["certainty"]),
        path=table,
        sha256=digest,
    )
