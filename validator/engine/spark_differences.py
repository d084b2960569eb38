"""What values do differently in DuckDB's SQL and in Spark's, though the words are the same.

Each function takes a node of the tree and gives what Spark has to be asked for, so that it answers
as DuckDB does, to the letter where values are shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlglot import exp

from validator.engine.spark_text import NFC, TEXT_OF_DOUBLE
from validator.errors import EngineError

Change = Callable[[Any], exp.Expr]

TEXTS: Final = (exp.DPipe, exp.Trim, exp.Lower, exp.Upper, exp.Replace, exp.RegexpReplace, exp.SplitPart, exp.Substring)
TYPES: Final = {exp.DType.TIMESTAMPTZ: "TIMESTAMP_LTZ", exp.DType.UBIGINT: "BIGINT", exp.DType.INT128: "DECIMAL(38, 0)"}
UNIX: Final = {"SECOND": "unix_seconds", "MICROSECOND": "unix_micros"}
INTEGERS: Final = frozenset({exp.DType.BIGINT, exp.DType.INT})
STRFTIME: Final = {
    "%Y": "yyyy", "%m": "MM", "%d": "dd", "%H": "HH", "%M": "mm", "%S": "ss",
}  # fmt: skip


def refused(reason: str) -> EngineError:
    return EngineError("engine.untranslatable", {"reason": reason})


def change_all(root: exp.Expr) -> None:
    """Every node below `root` that means something else to Spark, the innermost first."""
    _number_items(root)
    _gather_medians(root)
    for node in reversed(list(root.walk(bfs=False))):
        change = CHANGES.get(type(node)) or CALLS.get(node.name.lower() if isinstance(node, exp.Anonymous) else "")
        if change is not None:
            node.replace(change(node.copy()))


def _call(name: str, *arguments: Any) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _parsed(sql: str, **parts: exp.Expr) -> exp.Expr:
    """A piece of Spark's SQL with the parts put in at the columns of their names."""
    tree = exp.Paren(this=exp.maybe_parse(sql, dialect="spark"))
    for column in list(tree.find_all(exp.Column)):
        if column.name in parts and not column.table:
            column.replace(parts[column.name].copy())
    return tree


def _is_double(node: exp.Expr) -> bool:
    return isinstance(node, exp.Cast) and node.to.this == exp.DType.DOUBLE and node.this.is_string


def as_text(node: exp.Expr) -> exp.Expr:
    """A value as the text that DuckDB prints: doubles in their shortest form, as Python writes them."""
    if node.is_string or isinstance(node, TEXTS) or _is_text_cast(node):
        return node
    if _is_double(node):
        return exp.Literal.string(repr(float(node.this.name)))
    return _parsed(f"CASE WHEN typeof(x) = 'double' THEN {TEXT_OF_DOUBLE}(x) ELSE CAST(x AS STRING) END", x=node)


def _is_text_cast(node: exp.Expr) -> bool:
    return isinstance(node, exp.Cast) and node.to.this == exp.DType.TEXT


def _cast(node: exp.Cast) -> exp.Expr:
    kind = node.to.this
    if kind == exp.DType.TEXT:
        return as_text(node.this)
    if kind == exp.DType.ARRAY and node.to.expressions[0].this == exp.DType.JSON:
        return _call("from_json", node.this, exp.Literal.string("array<string>"))
    if kind in INTEGERS and type(node) is exp.Cast and not node.this.is_number:
        return _to_integer(node)
    if kind in TYPES:
        node.set("to", exp.DataType.from_str(TYPES[kind], dialect="spark", udt=True))
    return node


def _to_integer(node: exp.Cast) -> exp.Expr:
    """A double becomes the nearest integer, where Spark cuts its fraction off."""
    nearest = _parsed("rint(CAST(x AS DOUBLE))", x=node.this)
    return exp.Paren(
        this=exp.case().when(_parsed("typeof(x) = 'double'", x=node.this), exp.cast(nearest, node.to)).else_(node)
    )


def _joined(node: exp.DPipe) -> exp.Expr:
    return exp.DPipe(this=as_text(node.this), expression=as_text(node.expression), safe=node.args.get("safe"))


def _double(node: exp.Expr) -> exp.Expr:
    return exp.cast(node, "double")


def _divided(node: exp.Div) -> exp.Expr:
    """Division is of doubles in DuckDB; rules divide by nothing that may be 0 (`nullif`)."""
    return _call("try_divide", _double(node.this), _double(node.expression))


def _rounded(node: exp.Round) -> exp.Expr:
    """DuckDB rounds the double as it is, halves away from zero; Spark's round takes its decimal text for it.

    Java's formats do look at the double itself, but for true halves, which have few binary places.
    """
    places = node.args.get("decimals")
    if places is None:
        return node
    n = int(places.name)
    return _parsed(
        f"CASE WHEN v * {2 ** (n + 1)} % 1 = 0 THEN round(v, {n}) "
        f"ELSE CAST(replace(format_number(v, {n}), ',', '') AS DOUBLE) END",
        v=_double(node.this),
    )


def _whole(node: exp.Floor | exp.Ceil) -> exp.Expr:
    """A double again, where Spark gives a BIGINT, which not every double fits."""
    name = "floor" if isinstance(node, exp.Floor) else "ceil"
    return _parsed(f"CASE WHEN abs(v) < {2**52} THEN CAST({name}(v) AS DOUBLE) ELSE v END", v=_double(node.this))


def _mean(node: exp.Avg) -> exp.Expr:
    return exp.Avg(this=_double(node.this))


def _gather_medians(root: exp.Expr) -> None:
    """The median is half-way between the two values in the middle; Spark's own takes no window."""
    for median in list(root.find_all(exp.Median)):
        window = median.parent if isinstance(median.parent, exp.Window) else None
        gathered = exp.ArrayAgg(this=_double(median.this))
        whole = window or median
        all_of = gathered if window is None else window.copy()
        if window is not None:
            all_of.set("this", gathered)
        low, high = (
            "get(array_sort(a), CAST((size(a) - 1) DIV 2 AS INT))",
            "get(array_sort(a), CAST(size(a) DIV 2 AS INT))",
        )
        whole.replace(_parsed(f"0.5D * {low} + 0.5D * {high}", a=all_of))


def _strung(node: exp.GroupConcat) -> exp.Expr:
    """`string_agg` in its order; Spark's own fails beside another one."""
    order = node.this if isinstance(node.this, exp.Order) else None
    value = order.this if order else node.this
    separator = node.args.get("separator") or exp.Literal.string(",")
    if isinstance(value, exp.Distinct):
        (value,) = value.expressions
        gathered = _parsed("array_sort(collect_set(v))", v=value)
    elif order is not None:
        pairs = "collect_list(struct(k AS k, v AS v)) FILTER (WHERE v IS NOT NULL)"
        gathered = _parsed(f"transform(array_sort({pairs}), pair -> pair.v)", v=value, k=order.expressions[0].this)
    else:
        raise refused("string_agg without an order")
    return _parsed("CASE WHEN count(v) > 0 THEN array_join(a, s) END", v=value, a=gathered, s=separator)


def _truncated(node: exp.TimestampTrunc) -> exp.Expr:
    """`date_trunc` gives a local time again, not an instant."""
    return exp.cast(exp.Paren(this=node), exp.DType.TIMESTAMPNTZ)


def _difference(node: exp.DateDiff) -> exp.Expr:
    """DuckDB counts the borders between two moments."""
    unit = str(node.args["unit"].name).upper()
    if unit == "DAY":
        return _parsed("datediff(CAST(later AS DATE), CAST(earlier AS DATE))", later=node.this, earlier=node.expression)
    if unit in UNIX:
        count = UNIX[unit]
        return _parsed(
            f"{count}(CAST(later AS TIMESTAMP_LTZ)) - {count}(CAST(earlier AS TIMESTAMP_LTZ))",
            later=node.this, earlier=node.expression,
        )  # fmt: skip
    raise refused(f"date_diff of {unit}")


def _printed(node: exp.TimeToStr) -> exp.Expr:
    """`strftime`: whatever is no field stands for itself."""
    form, literal = str(node.args["format"].name), ""
    made = ""
    while form:
        field, rest = STRFTIME.get(form[:2]), form[2:]
        if field is None:
            literal, rest = literal + form[0], form[1:]
        else:
            made += (f"'{literal}'" if literal else "") + field
            literal = ""
        form = rest
    return _call("date_format", node.this, exp.Literal.string(made + (f"'{literal}'" if literal else "")))


def _span(unit: str) -> Change:
    """`to_days(n)` and its like; a window's frame wants a literal."""

    def span(node: Any) -> exp.Expr:
        count = node.this if node.this is not None and not isinstance(node, exp.Anonymous) else node.expressions[0]
        bare = count.this if isinstance(count, exp.Cast) else count
        if bare.is_int:
            return exp.Interval(this=exp.Literal.string(bare.name), unit=exp.var(unit))
        return exp.Paren(
            this=exp.Mul(this=count, expression=exp.Interval(this=exp.Literal.string("1"), unit=exp.var(unit)))
        )

    return span


def _matches_all(node: exp.RegexpFullMatch) -> exp.Expr:
    pattern = node.expression
    if not pattern.is_string:
        raise refused("regexp_full_match of a pattern that is no literal")
    return exp.RegexpLike(this=node.this, expression=exp.Literal.string(rf"\A(?:{pattern.name})\z"))


def _replaced(node: exp.RegexpReplace) -> exp.Expr:
    """Groups are `$1` to Java and `\\1` to RE2; Java replaces every match, so rules say "g" or anchor the pattern."""
    put = node.args["replacement"]
    if put.is_string:
        text = put.name.replace("$", r"\$")
        node.set("replacement", exp.Literal.string(re.sub(r"\\(\d)", r"$\1", text)))
    return node


def _json_length(node: exp.Anonymous) -> exp.Expr:
    text = node.expressions[0]
    if len(node.expressions) == 2:
        text = _call("get_json_object", text, node.expressions[1])
    return _parsed("CASE WHEN j IS NOT NULL THEN coalesce(json_array_length(j), 0) END", j=text)


def _hash_of_row(node: exp.Anonymous) -> exp.Expr:
    """Only equality matters. Spark's own hash passes over NULL: good enough where equal hashes are looked at again."""
    first = node.expressions[0]
    if not (isinstance(first, exp.Anonymous) and first.name.lower() == "row"):
        return _call("xxhash64", *node.expressions)
    row = _call("struct", *first.expressions)
    options = _parsed("map('ignoreNullFields', 'false')")
    return _call("md5", _call("to_json", row, options))


def _number_items(root: exp.Expr) -> None:
    """`generate_subscripts(x, 1) - 1 AS i, unnest(x) AS item` of one SELECT, as one generator."""
    for select in root.find_all(exp.Select):
        counter = next((p for p in select.expressions if _subscripts(p)), None)
        items = next((p for p in select.expressions if isinstance(p.unalias(), exp.Explode)), None)
        if counter is None or items is None:
            continue
        names = [exp.to_identifier(counter.alias), exp.to_identifier(items.alias)]
        items.replace(exp.Aliases(this=_call("posexplode", items.unalias().this), expressions=names))
        counter.pop()


def _subscripts(projection: exp.Expr) -> bool:
    return any(call.name.lower() == "generate_subscripts" for call in projection.find_all(exp.Anonymous))


def _moment(node: exp.UnixToTime) -> exp.Expr:
    if node.args.get("scale") is None or node.args["scale"].name != "6":
        raise refused("make_timestamp of another unit than microseconds")
    return exp.cast(_call("timestamp_micros", node.this), exp.DType.TIMESTAMPNTZ)


def _plain_cte(node: exp.CTE) -> exp.Expr:
    node.set("materialized", None)
    return node


CHANGES: Final[Mapping[type, Change]] = {
    exp.Cast: _cast, exp.TryCast: _cast, exp.DPipe: _joined, exp.Div: _divided, exp.Round: _rounded,
    exp.Floor: _whole, exp.Ceil: _whole, exp.Avg: _mean, exp.GroupConcat: _strung, exp.TimestampTrunc: _truncated,
    exp.DateDiff: _difference, exp.TimeToStr: _printed, exp.ToDays: _span("DAY"), exp.RegexpFullMatch: _matches_all,
    exp.UnixToTime: _moment, exp.RegexpReplace: _replaced, exp.CTE: _plain_cte,
    exp.DayOfWeek: lambda node: exp.Paren(this=exp.Sub(this=node, expression=exp.Literal.number(1))),
}  # fmt: skip
CALLS: Final[Mapping[str, Change]] = {
    "to_minutes": _span("MINUTE"), "to_hours": _span("HOUR"), "hash": _hash_of_row,
    "json_array_length": _json_length, "epoch_us": lambda node: _call("unix_micros", *node.expressions),
    "nfc_normalize": lambda node: _call(NFC, *node.expressions),
}  # fmt: skip
