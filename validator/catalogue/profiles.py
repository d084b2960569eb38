"""Profiles: named sets of parameter values within the bounds that the standards set."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from validator.catalogue.load import find_standard, read_yaml
from validator.errors import CatalogueError, UsageError
from validator.resources import data_folder


def read_profile(name: str) -> Mapping[str, Any]:
    """A profile by its name in conformance_suites/profiles or by path. Raises UsageError."""
    shipped = data_folder("conformance_suites") / "profiles" / f"{name}.yaml"
    path = shipped if shipped.is_file() else Path(name)
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in shipped.parent.glob("*.yaml")))
        raise UsageError("usage.unknown_profile", {"name": name, "known": known})
    try:
        raw = read_yaml(path)
    except CatalogueError as fault:
        raise UsageError("usage.profile_malformed", {"path": path.name, "reason": fault.params["reason"]}) from fault
    if not isinstance(raw, Mapping) or not isinstance(raw.get("parameters") or {}, Mapping):
        raise UsageError("usage.profile_malformed", {"path": path.name, "reason": "parameters: {VSC-…: {name: value}}"})
    for standard, values in (raw.get("parameters") or {}).items():
        _check(str(standard), values)
    return {**raw, "name": raw.get("name", path.stem)}


def _check(standard: str, values: Any) -> None:
    known = find_standard(standard).parameters
    for name, value in (values or {}).items():
        parameter = known.get(name)
        if parameter is None:
            raise UsageError("usage.unknown_parameter", {"name": name, "standard": standard, "known": ", ".join(known)})
        low, high = parameter.minimum, parameter.maximum
        inside = isinstance(value, int | float) and (low is None or value >= low) and (high is None or value <= high)
        if (low is not None or high is not None) and not inside:
            raise UsageError("usage.parameter_out_of_bounds", {"name": name, "low": low, "high": high, "value": value})
