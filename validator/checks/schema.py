"""Kind `schema`: each record against its closed JSON Schema; every error goes to its owner.

An error belongs to the requirement that the nearest `x-requirement` annotation on its path names,
else to the dataset's own schema requirement. jsonschema-rs decides.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import jsonschema_rs
import orjson

from validator.checks.bytes import pointer_step
from validator.model.finding import Finding, Location
from validator.model.record import UNREADABLE, Batch

SHOWN_CHARACTERS = 200
LONGEST_NAME = 80
NAMES_LOOKED_UP = 1000
FOREIGN_ID = "urn:ngsi-ld:"
_UNIONS = ("anyOf", "oneOf")


def shown(value: Any) -> str:
    """A value as a person reads it, cut to a bounded length."""
    text = value if isinstance(value, str) else orjson.dumps(value, default=str).decode()
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"


def pointer_of(path: Sequence[str | int]) -> str:
    """RFC 6901 JSON Pointer of a path; empty for the whole record."""
    return "".join(map(pointer_step, path))


class SchemaCheck:
    """Checks records of one schema; `known` are the requirement ids that an error may belong to."""

    def __init__(self, schema: Mapping[str, Any], default_owner: str, known: frozenset[str]) -> None:
        self.schema = schema
        own = schema.get("x-requirement")
        self.default_owner = own if own in known else default_owner
        self.known = known
        self.validator = jsonschema_rs.validator_for(dict(schema), validate_formats=True)
        self.properties = _property_names(schema)
        self.resembling: dict[str, str] = {}

    def failing(self, values: Sequence[Any]) -> Iterator[int]:
        """Indices of the records that the schema refuses."""
        is_valid = self.validator.is_valid
        return (i for i, value in enumerate(values) if value is not UNREADABLE and not is_valid(value))

    def __call__(self, batch: Batch) -> Iterator[tuple[int, Finding]]:
        """Findings with the index of their record in the batch."""
        for index in self.failing(batch.values):
            place = Location(batch.file, batch.lines[index], None, batch.number(index))
            for finding in self.explain(batch.values[index], place):
                yield index, finding

    def explain(self, value: Any, place: Location) -> Iterator[Finding]:
        """Every error of one value as findings at `place`."""
        foreign = _foreign_binding(value, self.schema)
        if foreign:
            return iter((Finding(self.default_owner, "schema.foreign_binding", place, {"binding": foreign}),))
        return self.faults(value, place)

    def faults(self, value: Any, place: Location) -> Iterator[Finding]:
        """Every error of one value that is meant to be of this schema."""
        yield from self._missing(value, place)
        told: set[tuple[str, str | None]] = set()
        for error in self.explainer.iter_errors(value):
            for finding in self._from_error(error, place):
                once = (finding.message_id, finding.location.pointer)
                if not finding.message_id.startswith("form.") or once not in told:
                    told.add(once)
                    yield finding

    @cached_property
    def explainer(self) -> jsonschema_rs.Validator:
        """Tells what is wrong, but for members that the record lacks: each of its errors costs a copy of the record."""
        schema = {name: inner for name, inner in self.schema.items() if name != "required"}
        return jsonschema_rs.validator_for(schema, validate_formats=True, mask="")

    def _missing(self, value: Any, place: Location) -> Iterator[Finding]:
        owner, _, personal = self._owner(["required"])
        for name in self.schema.get("required", ()) if isinstance(value, Mapping) else ():
            if name not in value:
                params = {"pointer": "/", "property": name}
                yield Finding(owner, "schema.required", _at(place, ()), params, name, None, personal)

    def _from_error(self, error: jsonschema_rs.ValidationError, place: Location) -> Iterator[Finding]:
        name = error.kind.name
        if name in _UNIONS:
            best = _best_branch(getattr(error.kind, "context", ()), len(error.instance_path))
            if best:
                for inner in best:
                    yield from self._from_error(inner, place)
                return
        owner, form, personal = self._owner(error.schema_path)
        path = list(error.instance_path)
        if name in ("additionalProperties", "unevaluatedProperties"):
            for extra in error.kind.unexpected:  # type: ignore[attr-defined]
                yield self._undeclared(extra, path, owner, place)
            return
        message_id, params, expected = _describe(name, error)
        if form and name != "required":
            message_id, expected = f"form.{form}", None
        yield Finding(
            owner,
            message_id,
            _at(place, path),
            {"pointer": pointer_of(path) or "/", **params},
            expected,
            None if name == "required" else shown(error.instance),
            personal,
        )

    def _undeclared(self, extra: str, path: list[str | int], owner: str, place: Location) -> Finding:
        near = self._near(extra)
        params = {"property": shown(extra), "near": near}
        message_id = "schema.undeclared_near" if near else "schema.undeclared"
        return Finding(owner, message_id, _at(place, [*path, extra]), params)

    def _near(self, extra: str) -> str:
        """The declared name that an undeclared one resembles; looked up for the first few only."""
        if extra not in self.resembling:
            if len(extra) > LONGEST_NAME or len(self.resembling) >= NAMES_LOOKED_UP:
                return ""
            near = difflib.get_close_matches(extra, self.properties, 1, 0.75)
            self.resembling[extra] = near[0] if near else ""
        return self.resembling[extra]

    def _owner(self, path: Sequence[str | int]) -> tuple[str, str | None, bool]:
        """Who owns an error, the named form that it breaks, and whether its value is personal."""
        owner, form, personal, node = self.default_owner, None, False, self.schema
        for step in path:
            try:
                node = node[step]  # type: ignore[index]
            except (KeyError, IndexError, TypeError):
                break
            if isinstance(node, Mapping):
                named = node.get("x-requirement")
                owner = named if named in self.known else owner
                form = node.get("x-form", form)
                personal = personal or bool(node.get("x-personal"))
        return owner, form, personal


def _at(place: Location, path: Sequence[str | int]) -> Location:
    return Location(place.file, place.line, place.column, place.record, pointer_of(path) or None)


def _describe(name: str, error: jsonschema_rs.ValidationError) -> tuple[str, dict[str, Any], str | None]:
    kind: Any = error.kind
    if name in _UNIONS:
        return "schema.any_of", {}, None
    if name == "type":
        return "schema.type", {}, " | ".join(sorted(kind.types))
    if name == "required":
        return "schema.required", {"property": kind.property}, kind.property
    if name == "enum":
        return "schema.enum", {}, shown(" | ".join(str(option) for option in kind.options))
    if name == "const":
        return "schema.const", {}, shown(kind.expected_value)
    if name == "pattern":
        return "schema.pattern", {}, kind.pattern
    if name == "format":
        return "schema.format", {}, kind.format
    limit = getattr(kind, "limit", None)
    if limit is not None:
        return f"schema.{name}", {"limit": limit}, f"{_COMPARE.get(name, '')}{limit}"
    return ("schema.not_allowed" if name in ("not", "falseSchema") else "schema.other"), {"keyword": name}, None


_COMPARE = {
    "minimum": "≥ ", "maximum": "≤ ", "exclusiveMinimum": "> ", "exclusiveMaximum": "< ",
    "minLength": "≥ ", "maxLength": "≤ ", "minItems": "≥ ", "maxItems": "≤ ",
    "minProperties": "≥ ", "maxProperties": "≤ ",
}  # fmt: skip


def _best_branch(
    branches: Sequence[Sequence[jsonschema_rs.ValidationError]], depth: int
) -> Sequence[jsonschema_rs.ValidationError] | None:
    """The branch that the author most likely meant: not refused for its very type, fewest errors."""

    def misfit(branch: Sequence[jsonschema_rs.ValidationError]) -> tuple[int, int]:
        whole = sum(len(e.instance_path) == depth and e.kind.name in ("type", "const", "enum") for e in branch)
        return whole, len(branch)

    real = [branch for branch in branches if branch and not _only_null(branch)]
    if len(real) == 1:
        return real[0]
    ranked = sorted(real, key=misfit)
    if not ranked or misfit(ranked[0])[0] or misfit(ranked[0]) == misfit(ranked[1]):
        return None
    return ranked[0]


def _only_null(branch: Sequence[jsonschema_rs.ValidationError]) -> bool:
    kind: Any = branch[0].kind
    return len(branch) == 1 and kind.name == "type" and list(kind.types) == ["null"]


def _property_names(schema: Mapping[str, Any]) -> list[str]:
    names: dict[str, None] = {}
    stack: list[Any] = [schema]
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            members = node.get("properties")
            if isinstance(members, Mapping):
                names.update(dict.fromkeys(str(name) for name in members))
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
    return sorted(names)


def _foreign_binding(value: Any, schema: Mapping[str, Any]) -> str | None:
    """The name of another community's binding that the record is evidently written in."""
    if not isinstance(value, Mapping) or not isinstance(value.get("type"), str):
        return None
    if "type" in schema.get("properties", {}):
        return None
    context = value.get("@context")
    if context is not None or str(value.get("id", "")).startswith(FOREIGN_ID):
        return f"NGSI-LD / Smart Data Models ({shown(value['type'])})"
    if "id" in value:
        return f"Smart Data Models ({shown(value['type'])})"
    return None
