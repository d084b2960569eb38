"""Reads baseline and waiver files: what is malformed ends the call, since a gate must not guess what was meant."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema_rs

from validator.canonical import strict
from validator.errors import UsageError

MOST_BYTES: Final = 64 * 1024 * 1024
_HERE: Final = Path(__file__).resolve().parent


def read_json(path: Path, schema: str) -> Any:
    """The document in this file, its shape checked against `<schema>.schema.json`.

    Raises:
        UsageError: the file cannot be read, is no JSON, repeats a member or does not have the shape.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as fault:
        raise UsageError("usage.gate_file", {"path": path.name, "reason": fault.strerror or str(fault)}) from fault
    if len(content) > MOST_BYTES:
        raise UsageError("usage.gate_file", {"path": path.name, "reason": f"> {MOST_BYTES} bytes"})
    try:
        document = strict(content)
    except (ValueError, RecursionError) as fault:
        raise UsageError("usage.gate_file", {"path": path.name, "reason": str(fault)}) from fault
    for wrong in _validator(schema).iter_errors(document):
        place = "/" + "/".join(str(step) for step in wrong.instance_path)
        raise UsageError("usage.gate_file", {"path": path.name, "reason": f"{place}: {wrong.message}"})
    return document


@cache
def _validator(schema: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(
        json.loads((_HERE / f"{schema}.schema.json").read_text("utf-8")), validate_formats=True
    )
