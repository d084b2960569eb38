"""Sound: what the accept filter accepts, the exact way accepts, with the same columns and canonical text."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.filters import accepted_rows, complaints, exact_row, judge_lines, way
from tests.records import records
from validator.catalogue.load import standards
from validator.observe.parse import parse

NAMES = st.sampled_from(["a", "b", "co", "co2", "unit", "at", "z_z", "ngay_sinh", "A", "sub"])
PATTERNS = st.sampled_from(
    ["^[a-z]+$", "^[0-9]{2}$", "^([0-9]{2}|[0-9]{5})$", "^[A-Za-z0-9._:-]+$", "^a|b$", "x", "^[^ ,<&]+$",
     "^(ab?)*c{1,3}$", "^\\d+$", "^\\w$", "^.{2,4}$",
     "^(?=a)a$"]
)  # fmt: skip
TEXTS = st.fixed_dictionaries(
    {"type": st.just("string")},
    optional={"minLength": st.integers(0, 3), "maxLength": st.integers(3, 40), "pattern": PATTERNS},
)
FORMS = st.sampled_from(["date", "date-time", "uuid", "uri", "email"]).map(lambda f: {"type": "string", "format": f})
NUMBERS = st.fixed_dictionaries(
    {"type": st.sampled_from(["integer", "number"])},
    optional={
        "minimum": st.integers(-100, 0), "maximum": st.integers(0, 10**6),
        "exclusiveMinimum": st.sampled_from([-1, 0.5]),
        "exclusiveMaximum": st.sampled_from([100, 99.5]), "multipleOf": st.just(1),
    },
)  # fmt: skip
LISTED = st.sampled_from(
    [{"enum": ["good", "bad", None]}, {"const": "ug/m3"}, {"enum": ["n/a", "x"]}, {"enum": [1, 2]}, {"const": 3},
     {"enum": [1, 5]}, {"type": "integer", "allOf": [{"minimum": 0}]},
     {"allOf": [{"type": "string"}], "maxLength": 3}, {"enum": [1, 2], "minimum": 2},
     {"const": None}, {"type": "string", "enum": ["tinh", "xã"]}]
)  # fmt: skip
SCALARS = st.one_of(TEXTS, FORMS, NUMBERS, LISTED, st.just({"type": "boolean"}), st.just({}))


def nullable(scalar: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    with_type = {**scalar, "type": [scalar["type"], "null"]} if "type" in scalar else scalar
    return st.sampled_from([scalar, with_type, {"anyOf": [scalar, {"type": "null"}]}])


def lists(items: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"type": st.just("array"), "items": items},
        optional={"minItems": st.integers(0, 2), "maxItems": st.integers(2, 4), "x-column": st.just("json"),
                  "prefixItems": st.lists(items, min_size=1, max_size=2), "uniqueItems": st.booleans()},
    )  # fmt: skip


@st.composite
def objects(draw: st.DrawFn, inner: st.SearchStrategy[dict[str, Any]]) -> dict[str, Any]:
    members = draw(st.dictionaries(NAMES, inner, max_size=5))
    made: dict[str, Any] = {"type": "object", "properties": members}
    made["required"] = draw(st.lists(st.sampled_from(sorted(members) or ["a"]), max_size=3, unique=True))
    if draw(st.integers(0, 9)):
        made["additionalProperties"] = False
    if members and draw(st.booleans()):
        name, other = draw(st.sampled_from(sorted(members))), draw(st.sampled_from(sorted(members)))
        made["if"] = {"properties": {name: draw(SCALARS)}, "required": [name]}
        made["then"] = {"required": [other]}
        made["else"] = {"properties": {other: draw(SCALARS | st.booleans())}}
    if not draw(st.integers(0, 9)):
        made["allOf"] = [draw(st.sampled_from([{"properties": {"q": {}}}, {"required": ["a"]}, {"minProperties": 1}]))]
    return made


SCHEMAS = objects(SCALARS.flatmap(nullable) | lists(SCALARS) | objects(SCALARS) | lists(lists(SCALARS)))

ODD = st.sampled_from(
    [("1", "1.0"), ("1", "1e0"), ("0", "-0"), ("0", "0.10"), ("0", "00"), ("1", "12345678901234567"), ("1", "9999"),
     ("0", "-999"), (":", " : "), (",", " ,\t"), ("}", " } "), ('"a"', '"\\u0061"'), ("a", "á"), ("a", "a\u0301"),
     ("a", "ế"), ('"', '"\x7f'), ("a", "n/a"), ('":"', '":" - '), ("a", "0905123456"), ("a", "x@y.vn"),
     ("a", "43A-123.45"), ("a", "12 3456"), ("T", "t"), ("T", " "), ("+07:00", "Z"), ("+07:00", "+7:00"),
     (":00", ":60"), ("00", "24"), ("}", ',"a":1}'), ("}", ',"a":1,"a":1}'), ("{", "[{"), (",", ",,"),
     ("null", "nul"), ("true", "tru"), ("1", "NaN"), ("-02-", "-2-"), ("-01", "-31"), ("{", '{"zz":{},'),
     ("a", "Ã¡"), ("a", "\ufffd"), ("1", "0.00001"), ("1", "123.4567890123456"), ("1", "0.1"), ("1", "100.50"),
     ("[", "[1,"), ("]", "] "), ("a", "sinh 1/1/1990"), ("a", "\u00a0-\u00a0"), ("a", "2026-11-23"),
     ("a", "CMND 123 456 789"), ("a", "+84 905123456"), ("a", "Phan Van Anh DOB 01-02-1990"), ("a", "43a 12345")]
)  # fmt: skip


@st.composite
def lines(draw: st.DrawFn, schema: dict[str, Any]) -> bytes:
    """A record of the schema as a vendor, a careless one or a hostile one may write it."""
    value = draw(records(schema))
    if isinstance(value, dict):
        value = dict(draw(st.permutations(list(value.items()))))
    text = json.dumps(value, ensure_ascii=False, separators=draw(st.sampled_from([(",", ":"), (", ", ": ")])))
    for before, after in draw(st.lists(ODD, max_size=2)):
        at = text.find(before, draw(st.integers(0, max(0, len(text) - 1))))
        if at >= 0:
            text = text[:at] + after + text[at + len(before) :]
    raw = text.encode("utf-8", "replace").replace(b"\n", b" ")
    if draw(st.integers(0, 19)) == 0 and raw:
        at = draw(st.integers(0, len(raw) - 1))
        raw = raw[:at] + draw(st.binary(max_size=3)).replace(b"\n", b"") + raw[at + 1 :]
    return raw


def assert_sound(schema: dict[str, Any], raws: list[bytes]) -> int:
    made = way(schema)
    if made is None:
        return 0
    block, judged = judge_lines(made, raws)
    rows = accepted_rows(made, block)
    assert block.accepted is not None
    for row, number, offset in zip(rows, block.accepted.numbers, block.accepted.offsets, strict=True):
        raw = judged[number - 1]
        assert complaints(made, raw) == []
        value, _ = parse(raw, 1, 1)
        assert row == exact_row(made, value, raw, int(number), int(number), int(offset))
    return len(rows)


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_what_the_filter_accepts_the_exact_way_accepts_for_any_schema(data: st.DataObject) -> None:
    schema = data.draw(SCHEMAS)
    assert_sound(schema, data.draw(st.lists(lines(schema), min_size=1, max_size=6)))


DATASETS = [dataset for standard in standards().values() for dataset in standard.datasets.values()]


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda d: d.id)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_what_the_filter_accepts_the_exact_way_accepts_for_every_dataset(dataset: Any, data: st.DataObject) -> None:
    schema = dict(dataset.schema)
    assert_sound(schema, data.draw(st.lists(lines(schema), min_size=1, max_size=5)))


USUAL = {
    "type": "object", "additionalProperties": False, "required": ["id", "at", "value", "where"],
    "properties": {
        "id": {"type": "string", "pattern": "^[A-Za-z0-9._:-]+$", "maxLength": 100},
        "at": {"type": "string", "format": "date-time"},
        "day": {"type": "string", "format": "date"},
        "value": {"type": ["number", "null"], "minimum": -5},
        "count": {"type": "integer", "maximum": 60},
        "flag": {"enum": ["good", "bad"]},
        "note": {"type": "string", "minLength": 1, "maxLength": 20},
        "on": {"type": "boolean"},
        "where": {
            "type": "object", "additionalProperties": False, "required": ["type", "coordinates"], "x-column": "json",
            "properties": {
                "type": {"const": "Point"},
                "coordinates": {
                    "type": "array", "minItems": 2, "maxItems": 3,
                    "prefixItems": [{"type": "number"}, {"type": "number"}], "items": {"type": "number"},
                },
            },
        },
        "tags": {"type": "array", "items": {"type": "string"}},
    },
    "if": {"properties": {"flag": {"const": "good"}}, "required": ["flag"]},
    "then": {"required": ["value"], "properties": {"value": {"type": "number"}}},
}  # fmt: skip
GOOD = (
    '{"id":"A:1","at":"2026-11-23T08:00:00+07:00","value":1.5,"where":{"type":"Point","coordinates":[108.2,16]},'
    '"flag":"good","note":"Trạm đo","on":true,"count":7,"day":"2026-11-23","tags":["a","b"]}'
)
TAKEN = [
    (GOOD, True), (GOOD.replace("1.5", "1.50"), True), (GOOD.replace("1.5", "12.0"), True),
    (GOOD.replace("1.5", "null"), False), (GOOD.replace("good", "bad").replace("1.5", "null"), True),
    (GOOD.replace(",", " , ").replace(":{", " : { "), True), (GOOD.replace("1.5", "-0"), False),
    (GOOD.replace("1.5", "15e-1"), False), (GOOD.replace("1.5", "1234567890123456"), False),
    (GOOD.replace("1.5", "9999"), False), (GOOD.replace("Trạm", "Tra\\u0323m"), False),
    (GOOD.replace("Trạm", "Tra\u0323m"), False), (GOOD.replace("Trạm đo", "Gọi 0905123456"), False),
    (GOOD.replace("Trạm đo", "CMND 123456789"), False), (GOOD.replace("Trạm đo", "ma 123456789"), True),
    (GOOD.replace("Trạm đo", "+84905123456"), False), (GOOD.replace("Trạm đo", "x@y.vn"), False),
    (GOOD.replace("A:1", "urn:48:000123:20261123"), True),
    (GOOD.replace("Trạm đo", " n/a "), False), (GOOD.replace("A:1", "43A-123.45"), False),
    (GOOD.replace("+07:00", "Z"), True), (GOOD.replace("+07:00", "z"), False), (GOOD.replace("-23T", "-31T"), False),
    (GOOD.replace('"on"', '"id"'), False), (GOOD.replace('"on"', '"extra"'), False), (GOOD + ",", False),
    (GOOD.replace("16]", "16.0,3]"), True), (GOOD.replace("16]", "16,3,4]"), False), (GOOD.replace(",16]", "]"), False),
    (GOOD.replace("108.2", "1e2"), False), (GOOD.replace('["a","b"]', "[]"), True), (GOOD.replace('"a"', "1"), False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "taken"), TAKEN, ids=[text[-60:] for text, _ in TAKEN])
def test_usual_records_are_accepted_and_rare_ones_left_to_the_exact_way(text: str, taken: bool) -> None:
    assert assert_sound(USUAL, [text.encode()]) == int(taken)


def test_the_filter_follows_whatever_order_members_come_in() -> None:
    value = orjson.loads(GOOD)
    turned = [orjson.dumps(dict([*value.items()][n:] + [*value.items()][:n])) for n in range(len(value))]

    assert assert_sound(USUAL, turned * 3) == 3 * len(turned)
