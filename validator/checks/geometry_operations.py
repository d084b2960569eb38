"""The closed list of questions that the kind `geometry` can ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from validator.checks.ask import TableCheck
from validator.checks.geometry_cover import inside, tiles
from validator.checks.geometry_editions import agrees
from validator.checks.geometry_limits import looser
from validator.checks.geometry_overlap import overlap
from validator.checks.geometry_shape import box, readable, valid

OPERATIONS: Final[Mapping[str, TableCheck]] = {
    "readable": readable,
    "valid": valid,
    "box": box,
    "agrees": agrees,
    "tiles": tiles,
    "inside": inside,
    "looser": looser,
    "overlap": overlap,
}
