"""The published schema of certificates."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema_rs

from validator.errors import EvidenceError

SCHEMA: Final = Path(__file__).resolve().parent / "certificate.schema.json"


@cache
def _validator() -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(json.loads(SCHEMA.read_text("utf-8")))


def check_shape(certificate: Mapping[str, Any], name: str) -> None:
    """Raises EvidenceError for what is no certificate of ours."""
    for fault in _validator().iter_errors(certificate):
        place = "/" + "/".join(str(step) for step in fault.instance_path)
        raise EvidenceError("certificate.shape", {"name": name, "pointer": place, "reason": fault.message})
