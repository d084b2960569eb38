"""A small document that unfolds without end is refused at once; ordinary ones, circles among them, are read."""

from __future__ import annotations

from typing import Any

import pytest

from validator.api.second_opinion import SecondOpinion
from validator.api.unfolding import MOST, unfolds_to

BASE = {"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {}}


def referring(count: int) -> dict[str, Any]:
    """Schemas that each name the next one twice."""
    schemas: dict[str, Any] = {
        f"L{i}": {"allOf": [{"$ref": f"#/components/schemas/L{i + 1}"}] * 2} for i in range(count)
    }
    return {**BASE, "components": {"schemas": {**schemas, f"L{count}": {"type": "object"}}}}


def test_a_document_that_unfolds_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="unfolds"):
        SecondOpinion(referring(24), "http://city.example/")


def test_a_document_of_bottomless_depth_is_refused() -> None:
    deep: dict[str, Any] = {}
    for _ in range(800):
        deep = {"not": deep}

    assert unfolds_to({**BASE, "components": {"schemas": {"A": deep}}}) > MOST


def test_a_circle_is_no_endless_document() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/A"}}}

    assert unfolds_to({**BASE, "components": {"schemas": {"A": node}}}) < 40
    assert unfolds_to(referring(3)) < 200
