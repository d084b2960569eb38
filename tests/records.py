"""Hypothesis strategies: records that fit a bundled schema of the catalogue, and damaged ones."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=30)
JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False), TEXT,
    st.lists(st.integers(), max_size=2), st.dictionaries(TEXT, st.integers(), max_size=2),
    st.sampled_from(["2026-02-30", "2026-11-23", "2026-11-23T08:00:00", "2026-11-23T08:00:00+07:00",
                     "2026-11-23T01:00:00Z", "24:00", "01", "1", "00004", "", " ", "Đà Nẵng", "N/A"]),
)  # fmt: skip


def records(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that follow the schema's types, enums, patterns and formats; conditions are not steered."""
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    for union in ("anyOf", "oneOf"):
        if union in schema and "type" not in schema:
            return st.one_of(*(records(branch) for branch in schema[union]))
    kinds = schema.get("type", "object" if "properties" in schema else None)
    if isinstance(kinds, list):
        return st.one_of(*(records({**schema, "type": kind}) for kind in kinds))
    return _of_kind(kinds, schema)


def _of_kind(kind: str | None, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    if kind == "object":
        members = schema.get("properties", {})
        required = {name: records(members[name]) for name in schema.get("required", ()) if name in members}
        optional = {name: records(member) for name, member in members.items() if name not in required}
        return st.fixed_dictionaries(required, optional=optional)
    if kind == "array":
        low, high = schema.get("minItems", 0), min(schema.get("maxItems", 4), max(4, schema.get("minItems", 0)))
        return st.lists(records(schema.get("items", {})), min_size=low, max_size=high)
    if kind == "integer":
        return st.integers(int(schema.get("minimum", -(10**6))), int(schema.get("maximum", 10**6)))
    if kind == "number":
        low, high = schema.get("minimum", -1e6), schema.get("maximum", 1e6)
        return st.floats(low, high, allow_nan=False) | st.integers(int(low) + 1, max(int(low) + 1, int(high)))
    if kind == "string":
        return _text(schema)
    return {"boolean": st.booleans(), "null": st.none()}.get(kind or "", JUNK)


def _text(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    if schema.get("format") == "date":
        return st.dates().map(lambda d: d.isoformat())
    if schema.get("format") == "date-time":
        return st.datetimes().map(lambda d: d.replace(microsecond=0).isoformat() + "+07:00")
    if "pattern" in schema:
        return st.from_regex(schema["pattern"].removesuffix("$") + r"\Z", alphabet=st.characters(codec="ascii"))
    low = schema.get("minLength", 0)
    return st.text(min_size=low, max_size=min(schema.get("maxLength", low + 20), low + 20))


@st.composite
def damaged(draw: st.DrawFn, schema: dict[str, Any]) -> Any:
    """A record with zero to three of its members replaced, removed or added."""
    value = copy.deepcopy(draw(records(schema)))
    for _ in range(draw(st.integers(0, 3))):
        holder = _somewhere(draw, value)
        if not isinstance(holder, dict):
            continue
        name = draw(st.sampled_from(sorted(holder)) if holder else st.just("extra"))
        action = draw(st.sampled_from(["replace", "remove", "add"]))
        if action == "remove":
            holder.pop(name, None)
        else:
            holder[name if action == "replace" else draw(TEXT)] = draw(JUNK)
    return value


def _somewhere(draw: st.DrawFn, value: Any) -> Any:
    while isinstance(value, dict):
        inner = [v for v in value.values() if isinstance(v, dict)]
        if not inner or draw(st.booleans()):
            return value
        value = draw(st.sampled_from(inner))
    return value
