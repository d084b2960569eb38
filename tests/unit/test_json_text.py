"""Splitting a JSON document into records: where each starts and ends, and what breaks it."""

import time

import pytest

from validator.observe.json_text import PIECE_BYTES, BrokenTextError, name_of, value_end, walk
from validator.observe.limits import MAX_SKIPPED_BYTES


def spans(text: bytes, member: str = "records") -> list[tuple[str, bytes]]:
    return [(span.kind, text[span.start : span.end]) for span in walk(text, 0, member)]


def test_the_elements_of_a_root_array_are_records() -> None:
    assert spans(b' [1, "a", {"b": [2]} , []]\n') == [
        ("record", b"1"), ("record", b'"a"'), ("record", b'{"b": [2]}'), ("record", b"[]"),
        ("root", b'[1, "a", {"b": [2]} , []]'),
    ]  # fmt: skip


def test_members_beside_the_record_array_are_told_apart() -> None:
    assert spans(b'{"x": 1, "records": [2, 3], "y": [4]}')[:-1] == [
        ("member", b"1"), ("records", b""), ("record", b"2"), ("record", b"3"), ("member", b"[4]"),
    ]  # fmt: skip


def test_the_record_member_is_known_by_its_name_however_it_is_spelled() -> None:
    assert ("record", b"2") in spans(b'{"\\u0072ecords": [2]}')


def test_a_record_member_that_is_no_array_is_a_member_like_others() -> None:
    assert spans(b'{"records": {"a": 1}}')[0] == ("member", b'{"a": 1}')


def test_brackets_and_quotes_inside_strings_mean_nothing() -> None:
    text = rb'[{"a": "}]\"[{"}, "\\", "]"]'

    assert [piece for kind, piece in spans(text) if kind == "record"] == [rb'{"a": "}]\"[{"}', rb'"\\"', b'"]"']


@pytest.mark.parametrize(
    ("text", "offset", "reason"),
    [
        (b"[1, 2", 5, "read.ends_early"),
        (b"[1 2]", 3, "read.comma_expected"),
        (b"[1, ]", 4, "read.value_expected"),
        (b'{"a" 1}', 5, "read.colon_expected"),
        (b"{a: 1}", 1, "read.key_expected"),
        (b"{'a': 1}", 1, "read.key_expected"),
        (b'{"a": 1', 7, "read.ends_early"),
        (b'{"a', 1, "read.ends_early"),
        (b'{"a": "b', 6, "read.ends_early"),
        (b'{"a": [1', 6, "read.ends_early"),
        (b'{"a": }', 6, "read.value_expected"),
        (b"{} {}", 3, "read.trailing_text"),
        (b"[1]\x00\x00", 3, "read.trailing_text"),
        (b"", 0, "read.ends_early"),
        (b"[[[[[[[[", 1, "read.ends_early"),
    ],
)
def test_a_broken_document_says_where_and_why(text: bytes, offset: int, reason: str) -> None:
    with pytest.raises(BrokenTextError) as broken:
        spans(text)

    assert (broken.value.offset, broken.value.reason) == (offset, reason)


def test_deep_nesting_is_walked_without_recursion() -> None:
    deep = b"[" * 200_000 + b"]" * 200_000

    assert value_end(deep + b",", 0) == len(deep)


def test_a_string_longer_than_a_piece_is_stepped_over_in_deep_nesting() -> None:
    deep = b"[" * 10 + b'"' + b"]" * (3 * PIECE_BYTES) + b'", {}' + b"]" * 10

    assert value_end(deep + b"]", 0) == len(deep)


@pytest.mark.parametrize("opening", [b'"', b"[", b'{"a":', b"[" * 10, b"1"])
def test_a_value_is_followed_only_so_far(opening: bytes) -> None:
    with pytest.raises(BrokenTextError, match=r"read\.value_too_long"):
        value_end(opening + b"1" * (MAX_SKIPPED_BYTES + 1), 0)


@pytest.mark.parametrize("piece", [b"[", b"{", b'["', b'"\\', b"[[[[[[]", b'{"a":[', b"\\", b'\\"', b"]}", b'[]"'])
def test_hostile_text_costs_linear_time(piece: bytes) -> None:
    """No pattern may go back over what it has read: a megabyte takes a moment, not minutes."""
    text = b"[" + piece * (1_000_000 // len(piece))
    started = time.monotonic()
    with pytest.raises(BrokenTextError):
        spans(text)

    assert time.monotonic() - started < 5


def test_a_name_that_cannot_be_spelled_out_is_shown_as_it_stands() -> None:
    assert name_of(rb'"\ud800"') == r"\ud800"
    assert name_of(rb'"\u0061"') == "a"
