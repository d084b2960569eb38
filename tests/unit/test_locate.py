"""From a JSON Pointer to the line and column a person can go to."""

import pytest

from validator.observe.locate import column_at, offset_of, place, position

RECORD = """{
  "tên": "Đà Nẵng",
  "a/b": {"m~n": [10, {"x": null}]},
  "e\\u0073c\\"": 5,
  "": {"": 7},
  "0": "zero"
}""".encode()


@pytest.mark.parametrize(
    ("pointer", "line", "column"),
    [
        (None, 1, 1),
        ("", 1, 1),
        ("/tên", 2, 10),
        ("/a~1b", 3, 10),
        ("/a~1b/m~0n", 3, 18),
        ("/a~1b/m~0n/0", 3, 19),
        ("/a~1b/m~0n/1/x", 3, 29),
        ('/esc"', 4, 17),
        ("/", 5, 7),
        ("//", 5, 12),
        ("/0", 6, 8),
    ],
)
def test_a_value_is_found_by_its_pointer(pointer: str | None, line: int, column: int) -> None:
    assert place(RECORD, pointer, 1) == (line, column)


@pytest.mark.parametrize("pointer", ["/none", "/tên/0", "/a~1b/m~0n/2", "/a~1b/m~0n/x", "//x"])
def test_a_pointer_that_leads_nowhere_is_the_record_itself(pointer: str) -> None:
    assert offset_of(RECORD, pointer) is None
    assert place(RECORD, pointer, 40, 3) == (40, 3)


def test_of_a_name_that_repeats_the_last_is_meant_as_parsers_mean_it() -> None:
    assert offset_of(b'{"a": 1, "a": 2}', "/a") == 14


def test_lines_and_columns_continue_from_where_the_record_starts() -> None:
    assert place(b'{"a": 1}', "/a", 12, 30) == (12, 36)
    assert place(b'{\n"a": 1}', "/a", 12, 30) == (13, 6)


def test_an_unknown_column_stays_unknown_until_the_next_line() -> None:
    assert position(b'{"a":\n1}', 2, 1, None) == (1, None)
    assert position(b'{"a":\n1}', 6, 1, None) == (2, 1)


@pytest.mark.parametrize("raw", [b"", b"{", b'{"a"', b'{"a": [', b"[1, 2", b'{"a": "', b"}"])
def test_broken_text_has_no_places_and_no_surprises(raw: bytes) -> None:
    assert place(raw, "/a/0", 3)[0] == 3


def test_a_column_counts_characters_and_not_the_byte_order_mark() -> None:
    assert column_at("\ufeffĐĐ{".encode(), len("\ufeffĐĐ".encode())) == 3
    assert column_at("[\n  Đ {".encode(), len("[\n  Đ ".encode())) == 5


def test_a_column_on_a_very_long_line_is_not_counted() -> None:
    assert column_at(b" " * 5_000_000, 4_000_000) is None
