"""From a bundled, closed JSON Schema to the program of its accept filter.

A keyword that the filter does not know makes its node refuse everything: such values are judged by
the exact validator. Sound means: what the program accepts, the schema accepts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from validator.accept import program as p
from validator.accept.automaton import NoAutomatonError, of_pattern, of_words
from validator.accept.keywords import (
    KNOWN,
    NotTakenError,
    kinds_of,
    merged,
    names_of,
    set_limits,
    without_null,
    words_of,
)  # fmt: skip
from validator.accept.shapes import NO_LIMIT, List, Node, Object, Shapes
from validator.model.standard import Column

_KEEP: Final = {
    "BIGINT": p.WHOLE, "DOUBLE": p.REAL, "BOOLEAN": p.TRUTH, "DATE": p.DAY, "TIMESTAMP": p.INSTANT, "JSON": p.COMPACT,
    "VARCHAR": p.SPAN,
}  # fmt: skip
_SAYS_NOTHING: Final = frozenset(
    {"title", "description", "$comment", "$id", "$schema", "$defs", "examples", "default", "deprecated",
     "readOnly", "writeOnly"}
)  # fmt: skip
_UUID: Final = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_FORMS: Final = {"date-time": p.INSTANT_FORM, "date": p.DAY_FORM}
_CONDITION_PARTS: Final = frozenset({"properties", "required"})
_EXACT_KEYWORDS: Final = frozenset(
    {"type", "enum", "const", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
)  # fmt: skip
EXTRA_BITS: Final = 62


@dataclass(frozen=True, slots=True)
class Watch:
    """What other checks look for: words that stand for nothing, and member names that tell what they hold."""

    words: frozenset[str]
    telling: Callable[[str], bool]


def compile_schema(schema: Mapping[str, Any], columns: Sequence[Column], watch: Watch) -> p.Program | None:
    """The program of a record's schema; None when it could accept no record at all."""
    compiler = _Compiler({column.path: (i, column) for i, column in enumerate(columns)}, watch)
    root = compiler.node(schema, ())
    if compiler.nodes[root].kinds != p.OBJECT or not compiler.may_accept(root):
        return None
    return compiler.shapes.program()


class _Compiler:
    """Numbers the nodes of a schema; node 0 is the record."""

    def __init__(self, columns: Mapping[tuple[str, ...], tuple[int, Column]], watch: Watch) -> None:
        self.columns, self.watch = columns, watch
        self.shapes = Shapes([], [], [], len(columns))
        self.nodes, self.objects, self.lists = self.shapes.nodes, self.shapes.objects, self.shapes.lists

    def node(self, schema: Any, path: tuple[str, ...] | None) -> int:
        """Adds the node at a path of member names (None: inside an array, or asked by a condition only)."""
        number = len(self.nodes)
        self.nodes.append(Node())
        try:
            if not isinstance(schema, Mapping):
                raise NotTakenError("true or false for a schema")
            made = self._made(merged(without_null(schema)), path)
        except (NotTakenError, NoAutomatonError):
            made = Node()
        self.nodes[number] = made
        if path in self.columns and path is not None:
            made.column, column = self.columns[path]
            made.keep = p.RAW if column.sql_type.endswith("[]") else _KEEP[column.sql_type]
            made.sentinel = column.sql_type == "DOUBLE"
            if made.keep == p.COMPACT:
                made.kinds &= p.OBJECT | p.LIST | p.NULL
        return number

    def may_accept(self, number: int) -> bool:
        """Whether some value passes: a node that must be there and refuses everything spoils the whole."""
        node = self.nodes[number]
        if node.kinds & p.OBJECT and node.kinds & ~p.OBJECT == 0:
            body = self.objects[node.body]
            return all(self.may_accept(n) for i, n in enumerate(body.nodes) if body.required >> i & 1)
        return node.kinds != 0

    def _made(self, schema: Mapping[str, Any], path: tuple[str, ...] | None) -> Node:
        unknown = {k for k in schema if k not in KNOWN and k not in _SAYS_NOTHING and not k.startswith("x-")}
        if unknown:
            raise NotTakenError(f"keywords: {sorted(unknown)}")
        made = Node(kinds=kinds_of(schema))
        if made.kinds & p.TEXT:
            self._text(made, schema)
        if made.kinds & (p.INTEGER | p.FRACTION):
            set_limits(made, schema)
        if made.kinds & p.OBJECT and made.kinds & p.LIST:
            raise NotTakenError("both object and array")
        if made.kinds & p.OBJECT:
            made.body = self._object(schema, path)
        elif "allOf" in schema or "if" in schema:
            raise NotTakenError("a condition on no object")
        if made.kinds & p.LIST:
            made.body = self._list(schema)
        return made

    def _text(self, made: Node, schema: Mapping[str, Any]) -> None:
        made.text_min, made.text_max = int(schema.get("minLength", 0)), int(schema.get("maxLength", NO_LIMIT))
        words = words_of(schema)
        form, pattern = schema.get("format"), schema.get("pattern")
        if words is not None:
            if pattern or form:
                raise NotTakenError("words and a pattern")
            made.automaton = of_words(words)
            made.free = any(word.strip().casefold() in self.watch.words or len(word) > 100 for word in words)
            made.free = made.free or any(sum(map(str.isdigit, word)) > 4 or "@" in word for word in words)
            return
        if form is not None:
            if form == "uuid" and pattern is None:
                pattern = _UUID
            elif form in _FORMS:
                made.form, made.free = _FORMS[form], False
            else:
                raise NotTakenError(f"format {form}")
        if pattern is not None:
            made.automaton = of_pattern(pattern)

    def _object(self, schema: Mapping[str, Any], path: tuple[str, ...] | None) -> int:
        members = schema.get("properties", {})
        if len(members) > p.MAX_MEMBERS or not all(name.isascii() and name.isprintable() for name in members):
            raise NotTakenError("too many members, or names beyond ASCII")
        if any(mark in name for name in members for mark in '"\\') or any(map(self.watch.telling, members)):
            raise NotTakenError("names that need escapes, or tell what they hold")
        if schema.get("additionalProperties") is not False and not members:
            raise NotTakenError("an open object")
        names = list(members)
        number = len(self.objects)
        made = Object(names, [])
        self.objects.append(made)
        inner = [None if path is None else (*path, name) for name in names]
        made.nodes += [self.node(members[name], place) for name, place in zip(names, inner, strict=True)]
        made.required = _bits(names, schema.get("required", ()))
        if any(name not in names for name in schema.get("required", ())):
            raise NotTakenError("a required member that is not declared")
        for part in schema.get("allOf", ()):
            self._condition(made, part)
        if "if" in schema:
            self._condition(made, {name: schema[name] for name in ("if", "then", "else") if name in schema})
        return number

    def _condition(self, made: Object, part: Mapping[str, Any]) -> None:
        """`if`/`then`/`else` as six masks: members that must be there, and values that must hold, of each."""
        if not set(part) <= {"if", "then", "else"} or "if" not in part:
            raise NotTakenError("more than a condition")
        masks: list[int] = []
        for name in ("if", "then", "else"):
            seen, held = self._demand(made, part.get(name, {}))
            masks += [seen, held]
        made.conditions.append(tuple(masks))  # type: ignore[arg-type]

    def _demand(self, made: Object, schema: Mapping[str, Any]) -> tuple[int, int]:
        if not set(schema) <= _CONDITION_PARTS or any(name not in made.names for name in schema.get("required", ())):
            raise NotTakenError("a condition on more than members")
        held = 0
        for name, member in schema.get("properties", {}).items():
            if name not in made.names:
                raise NotTakenError("a condition on an undeclared member")
            bit = sum(len(self.nodes[n].extras) for n in made.nodes)
            owner = self.nodes[made.nodes[made.names.index(name)]]
            owner.extras.append((self._asked(owner, member), bit))
            held |= 1 << bit
            if bit >= EXTRA_BITS:
                raise NotTakenError("too many conditions")
        return _bits(made.names, schema.get("required", ())), held

    def _asked(self, owner: Node, member: Any) -> int:
        """A node that tells exactly, both ways, whether a scalar fulfils what a condition says of it."""
        if not isinstance(member, Mapping):
            raise NotTakenError("true or false for a schema")
        schema = {"type": names_of(owner.kinds), **member}
        number = self.node(schema, None)
        asked = self.nodes[number]
        if asked.kinds != kinds_of(schema) or not set(member) <= _EXACT_KEYWORDS:
            raise NotTakenError("a condition that no table can say exactly")
        if (owner.kinds | asked.kinds) & (p.OBJECT | p.LIST) or KNOWN.isdisjoint(member):
            raise NotTakenError("a condition on what has parts")
        return number

    def _list(self, schema: Mapping[str, Any]) -> int:
        number = len(self.lists)
        made = List(-1, [], int(schema.get("minItems", 0)), int(schema.get("maxItems", NO_LIMIT)))
        self.lists.append(made)
        made.prefix += [self.node(item, None) for item in schema.get("prefixItems", ())]
        items = schema.get("items", True)
        if items is False:
            made.most = min(made.most, len(made.prefix))
        elif isinstance(items, Mapping):
            made.item = self.node(items, None)
        else:
            raise NotTakenError("items of any kind")
        return number


def _bits(names: Sequence[str], chosen: Iterable[str]) -> int:
    return sum(1 << names.index(name) for name in set(chosen) if name in names)
