"""What `parse` says of one JSON text: RFC 8259 and RFC 7493 (I-JSON), in words of its own."""

import time

import pytest

from validator.messages import catalogue
from validator.model.record import UNREADABLE
from validator.observe.limits import MAX_DEPTH, MAX_RECORD_BYTES, MAX_RECORD_COST
from validator.observe.parse import MAX_REPEATED_TOLD, parse, too_deep

BROKEN = {
    b'{"a": NaN}': "read.not_a_number",
    b'{"a": Infinity}': "read.not_a_number",
    b'{"a": -Infinity}': "read.not_a_number",
    b"[1, NaN]": "read.not_a_number",
    b'{"a": 1e400}': "read.number_too_large",
    b'{"a": -1e400}': "read.number_too_large",
    b'{"a": ' + b"9" * 5000 + b"}": "read.number_too_large",
    b'{"a": 01}': "read.bad_number",
    b'{"a": +1}': "read.bad_number",
    b'{"a": 1.}': "read.bad_number",
    b'{"a": .5}': "read.bad_number",
    b'{"a": "\\ud800"}': "read.lone_surrogate",
    b'{"a": "\\udc00"}': "read.lone_surrogate",
    b'{"a": "\\ud800\\u0041"}': "read.lone_surrogate",
    b'{"a": "\xed\xa0\x80"}': "read.not_utf8",
    b'{"a": "\xc4"}': "read.not_utf8",
    b'{"a": "H\xe0 N\xf4i"}': "read.not_utf8",
    b'{"a": 1,}': "read.trailing_comma",
    b"[1,]": "read.trailing_comma",
    b'{"a": "x\ny"}': "read.raw_control",
    b'{"a": "x\x00y"}': "read.raw_control",
    b'{"a": "\\x41"}': "read.bad_escape",
    b'{"a": "\\u12"}': "read.bad_escape",
    b"{'a': 1}": "read.key_expected",
    b"{a: 1}": "read.key_expected",
    b'{"a" 1}': "read.colon_expected",
    b'{"a": 1 "b": 2}': "read.comma_expected",
    b'{"a": tru}': "read.value_expected",
    b'{"a": undefined}': "read.value_expected",
    b"/* a comment */ {}": "read.value_expected",
    b"\x00": "read.value_expected",
    b"": "read.value_expected",
    b" ": "read.value_expected",
    b"{} {}": "read.trailing_text",
    b'{"a": 1}\x00': "read.trailing_text",
    b'{"a": "abc': "read.ends_early",
    b'{"a": 1': "read.ends_early",
    b"[" * 200_000: "read.too_deep",
    b"[" * 200_000 + b"]" * 200_000: "read.too_deep",
    b'{"a":' * 200_000 + b"1" + b"}" * 200_000: "read.too_deep",
}


@pytest.mark.parametrize(("raw", "message_id"), BROKEN.items(), ids=[f"{m}-{r[:20]!r}" for r, m in BROKEN.items()])
def test_a_broken_text_is_unreadable_and_the_fault_has_a_name(raw: bytes, message_id: str) -> None:
    value, faults = parse(raw, 7, 3)

    assert value is UNREADABLE
    assert [(fault.message_id, fault.record) for fault in faults] == [(message_id, 3)]


@pytest.mark.parametrize("message_id", sorted({*BROKEN.values(), "read.duplicate_key", "read.number_too_long"}))
def test_every_fault_has_words_in_both_languages_and_none_quotes_the_parser(message_id: str) -> None:
    for lang in ("vi", "en"):
        assert "{reason}" not in catalogue("findings", lang)[message_id]


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        (b'{"a": 1, "a": 2}', ["a"]),
        (b'{"a": 1, "b": {"c": 1, "c": 2}, "b": 3}', ["c", "b"]),
        (b'{"a": 1, "\\u0061": 2}', ["a"]),
        (b'{"a": 1, "a": 1, "a": 1}', ["a", "a"]),
        (b'{"x\\\\": 1, "b": 1, "b": 2}', ["b"]),
        (b'{"x": ":", "b": 1, "b": 2}', ["b"]),
        (b'{"x": "\\":", "b": 1, "b"\n:\t2}', ["b"]),
        (b'[{"a": 1}, {"a": 1}]', []),
        (b'{"a": {"a": {"a": 1}}}', []),
        (b'{"x": "a\\": 1, \\"a\\": 2"}', []),
        (b'{"": 1, "": 2}', [""]),
        (b'{"__proto__": 1, "__proto__": 2, "constructor": 3}', ["__proto__"]),
        ('{"đường": 1, "đường": 2}'.encode(), ["đường"]),
    ],
)
def test_a_name_that_repeats_within_its_object_is_found(raw: bytes, names: list[str]) -> None:
    value, faults = parse(raw, 1, 1)

    assert value is not UNREADABLE
    assert [fault.message_id for fault in faults] == ["read.duplicate_key"] * len(names)
    assert [dict(fault.params)["key"] for fault in faults] == names


def test_a_repeated_name_is_told_with_the_place_of_its_repetition() -> None:
    _, [fault] = parse('{"đường": 1,\n "ở": 2,   "đường": 3}'.encode(), 10, 1)

    assert (fault.line, fault.column) == (11, 12)


@pytest.mark.parametrize(
    ("raw", "long"),
    [
        (b'{"a": 12345678901234567890}', True),
        (b'{"a": -12345678901234567890}', True),
        (b"12345678901234567890", True),
        (b'{"a": "12345678901234567890"}', False),
        (b'{"a": 0.12345678901234567890123}', False),
        (b'{"a": 105.83333333333333333333}', False),
        (b'{"a": 1e-00000000000000000000001}', False),
        (b'{"a": 1234567890123456789}', False),
    ],
)
def test_an_integer_that_no_system_reads_exactly_is_told(raw: bytes, long: bool) -> None:
    value, faults = parse(raw, 1, 1)

    assert value is not UNREADABLE
    assert [fault.message_id for fault in faults] == ["read.number_too_long"] * long


def test_a_fault_is_placed_by_line_and_by_character_not_by_byte() -> None:
    """Vietnamese letters take two or three bytes; an editor counts each as one."""
    _, [syntax] = parse('{"đường": "Lê Lợi",\n "phường": x}'.encode(), 5, 1)
    _, [encoding] = parse('{"đường": "'.encode() + b'\xff"}', 5, 1)

    assert (syntax.line, syntax.column) == (6, 12)
    assert (encoding.line, encoding.column, encoding.params) == (5, 12, (("byte", "0xFF"),))


@pytest.mark.parametrize(
    ("raw", "deep"),
    [
        (b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, False),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), True),
        (b'{"a":[' * (MAX_DEPTH // 2) + b"]}" * (MAX_DEPTH // 2), False),
        (b'{"a":[' * (MAX_DEPTH // 2 + 1) + b"]}" * (MAX_DEPTH // 2 + 1), True),
        (b'["' + b"[" * 1000 + b'"]', False),
        (b"[" + b"[]," * 1000 + b"[]]", False),
        (b"[" + b"[[" + b"[]," * 1000, False),
    ],
)
def test_depth_is_counted_exactly(raw: bytes, deep: bool) -> None:
    assert too_deep(raw) is deep


def test_a_record_beyond_the_limit_is_not_parsed() -> None:
    value, [fault] = parse(b'"' + b"a" * MAX_RECORD_BYTES + b'"', 1, 1)

    assert (value, fault.message_id, fault.aspect) == (UNREADABLE, "read.record_too_large", "size")


def test_a_small_text_that_would_become_a_great_many_values_is_not_parsed() -> None:
    value, [fault] = parse(b"[" + b"{}," * (MAX_RECORD_COST // 9) + b"{}]", 1, 1)

    assert (value, fault.message_id) == (UNREADABLE, "read.too_many_values")


def test_a_shape_of_a_quarter_million_vertices_is_parsed() -> None:
    value, faults = parse(b"[" + b"[105.8333333,21.0277777]," * 249_000 + b"[105.1,21.2]]", 1, 1)

    assert len(value) == 249_001
    assert faults == []


def test_a_long_text_with_many_commas_in_its_strings_is_parsed() -> None:
    value, faults = parse(b'"' + b"," * (MAX_RECORD_COST + 1) + b'"', 1, 1)

    assert len(value) == MAX_RECORD_COST + 1
    assert faults == []


def test_a_flood_of_repeated_names_costs_little() -> None:
    raw = b"{" + b",".join(b'"k%d":1' % (i // 2) for i in range(400_000)) + b"}"
    started = time.monotonic()
    _, faults = parse(raw, 1, 1)

    assert len(faults) == MAX_REPEATED_TOLD
    assert time.monotonic() - started < 20
