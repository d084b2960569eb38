"""CSV after RFC 4180: what is read, what is told, and that one bad row costs one row."""

import time
from pathlib import Path
from typing import Any

import pytest

from validator.model.record import UNREADABLE, Batch
from validator.model.standard import Column
from validator.observe.limits import MAX_COLUMNS, MAX_RECORD_BYTES
from validator.observe.read_csv import read_csv

COLUMNS = (
    Column("name", ("name",), "VARCHAR"),
    Column("amount", ("amount",), "BIGINT"),
    Column("totals_rate", ("totals", "rate"), "DOUBLE"),
    Column("totals_open", ("totals", "open"), "BOOLEAN"),
    Column("parts", ("parts",), "JSON"),
    Column("codes", ("codes",), "VARCHAR[]"),
    Column("day", ("day",), "DATE"),
)
HEADER = b"name,amount,totals.rate,totals.open,parts,codes,day\n"


def read(tmp_path: Path, content: bytes, columns: tuple[Column, ...] = COLUMNS) -> list[Batch]:
    path = tmp_path / "data.csv"
    path.write_bytes(content)
    return list(read_csv(path, "data.csv", columns))


def values(batches: list[Batch]) -> list[Any]:
    return [value for batch in batches for value in batch.values]


def lines(batches: list[Batch]) -> list[int]:
    return [line for batch in batches for line in batch.lines]


def told(batches: list[Batch]) -> list[tuple[str, int | None, int | None]]:
    return [(f.message_id, f.line, f.record) for batch in batches for f in batch.faults]


def test_a_row_becomes_a_nested_typed_record(tmp_path: Path) -> None:
    row = b'"H\xc3\xa0 N\xe1\xbb\x99i",12,-1.5e3,true,"{""a"":[1]}","[""x""]",2026-11-23\n'
    batches = read(tmp_path, HEADER + row)

    assert values(batches) == [
        {"name": "Hà Nội", "amount": 12, "totals": {"rate": -1500.0, "open": True}, "parts": {"a": [1]},
         "codes": ["x"], "day": "2026-11-23"}
    ]  # fmt: skip
    assert told(batches) == []


def test_an_empty_cell_is_an_absent_member(tmp_path: Path) -> None:
    assert values(read(tmp_path, HEADER + b'a,"",,,,,\n')) == [{"name": "a"}]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("amount", "1.5"), ("amount", "1e3"), ("amount", "9223372036854775808"), ("amount", "9" * 5000),
        ("amount", "N/A"), ("amount", "1 000"), ("amount", "١٢"),
        ("totals.rate", "1e400"), ("totals.rate", "NaN"), ("totals.rate", "Infinity"),
        ("totals.rate", "9" * 400 + ".5"),
        ("totals.rate", "1,5"), ("totals.open", "TRUE"), ("totals.open", "1"),
        ("parts", "[1"), ("parts", "Huế"), ("parts", "[" * 200_000), ("codes", "a;b"),
    ],
)  # fmt: skip
def test_a_cell_that_does_not_convert_stays_the_text_it_is(column: str, cell: str, tmp_path: Path) -> None:
    [record] = values(read(tmp_path, f'{column},name\n"{cell}",x\n'.encode()))
    for step in column.split("."):
        record = record[step]

    assert record == cell


def test_a_repeated_name_inside_a_json_cell_is_told(tmp_path: Path) -> None:
    batches = read(tmp_path, b'name,parts\nx,"{""a"":1,""a"":2}"\n')

    assert values(batches) == [{"name": "x", "parts": {"a": 2}}]
    assert told(batches) == [("read.duplicate_key", 2, 1)]


def test_quoted_cells_may_hold_anything_and_lines_are_counted_through_them(tmp_path: Path) -> None:
    batches = read(tmp_path, b'name,day\r\n"a\r\nb ""c"", d\re",1\r\nx,2\r\n')

    assert values(batches) == [{"name": 'a\r\nb "c", d\re', "day": "1"}, {"name": "x", "day": "2"}]
    assert lines(batches) == [2, 4]
    assert told(batches) == []


def test_an_unclosed_quote_costs_its_own_row_only(tmp_path: Path) -> None:
    rows = b"".join(b"r%d,%d\n" % (i, i) for i in range(1000))
    batches = read(tmp_path, b'name,amount\na,1\n"b,2\n' + rows)

    assert values(batches)[:3] == [{"name": "a", "amount": 1}, UNREADABLE, {"name": "r0", "amount": 0}]
    assert len(values(batches)) == 1002
    assert told(batches) == [("read.csv_unclosed_quote", 3, 2)]
    assert lines(batches) == list(range(2, 1004))


def test_text_after_a_closing_quote_costs_its_own_row_only(tmp_path: Path) -> None:
    batches = read(tmp_path, b'name,amount\n"a"b,1\nc,2\n')

    assert values(batches) == [UNREADABLE, {"name": "c", "amount": 2}]
    assert told(batches) == [("read.csv_after_quote", 2, 1)]


def test_a_quote_inside_an_unquoted_cell_is_told_and_the_row_is_read(tmp_path: Path) -> None:
    batches = read(tmp_path, b'name,amount\n5" pipe,1\n"ok ""x""",2\n')

    assert values(batches) == [{"name": '5" pipe', "amount": 1}, {"name": 'ok "x"', "amount": 2}]
    assert told(batches) == [("read.csv_stray_quote", 2, 1)]


def test_ragged_rows_are_not_guessed_at(tmp_path: Path) -> None:
    batches = read(tmp_path, b"name,amount\na\nb,1,2\nc,3\n")

    assert values(batches) == [UNREADABLE, UNREADABLE, {"name": "c", "amount": 3}]
    assert told(batches) == [("read.csv_ragged", 2, 1), ("read.csv_ragged", 3, 2)]
    assert dict(batches[0].faults[0].params) == {"expected": 2, "found": 1}


@pytest.mark.parametrize("mark", [b";", b"\t", b"|"])
def test_another_delimiter_is_told_once_and_the_rows_are_read(mark: bytes, tmp_path: Path) -> None:
    batches = read(tmp_path, b'name,amount\n"a, b",1\n'.replace(b",", mark).replace(b"a" + mark, b"a,"))

    assert values(batches) == [{"name": "a, b", "amount": 1}]
    assert told(batches) == [("read.csv_delimiter", 1, None)]


def test_a_comma_inside_quotes_is_no_delimiter(tmp_path: Path) -> None:
    assert told(read(tmp_path, b'"a,b";name\n1;2\n'))[0] == ("read.csv_delimiter", 1, None)


def test_lines_that_end_with_a_bare_cr_are_told(tmp_path: Path) -> None:
    assert told(read(tmp_path, b"name,amount\ra,1\rb,2\r")) == [("read.csv_bare_cr", 1, 1)]
    assert told(read(tmp_path, b"name,amount\na,1\rb,2\nc,3\n")) == [("read.csv_bare_cr", 2, 1)]


def test_crlf_across_a_window_is_no_bare_cr(tmp_path: Path) -> None:
    batches = read(tmp_path, b"name,amount\r\n" + b"a,1\r\n" * 40_000)

    assert len(values(batches)) == 40_000
    assert told(batches) == []


def test_a_column_name_that_repeats_is_told(tmp_path: Path) -> None:
    assert told(read(tmp_path, b"name,amount,name\na,1,b\n")) == [("read.csv_repeated_header", 1, None)]


def test_the_header_line_among_the_rows_is_told_and_is_no_record(tmp_path: Path) -> None:
    batches = read(tmp_path, b"name,amount\na,1\nname,amount\nb,2\n")

    assert values(batches) == [{"name": "a", "amount": 1}, UNREADABLE, {"name": "b", "amount": 2}]
    assert told(batches) == [("read.csv_header_again", 3, 2)]


def test_bytes_that_are_not_utf_8_cost_their_row_only(tmp_path: Path) -> None:
    batches = read(tmp_path, b"name,amount\nH\xe0 N\xf4i,1\nb,2\n")

    assert values(batches) == [UNREADABLE, {"name": "b", "amount": 2}]
    assert told(batches) == [("read.not_utf8", 2, 1)]


@pytest.mark.parametrize(
    ("content", "message_id"),
    [
        (b"", "read.empty_file"),
        (b" \n \n", "read.only_space"),
        ("name,amount\na,1\n".encode("utf-16"), "read.utf16"),
        ("name,amount\na,1\n".encode("utf-16-le"), "read.utf16"),
        (b'"name,amount\na,1\n', "read.csv_unclosed_quote"),
        (b"\xff\xfaname\n1\n", "read.not_utf8"),
        (b",".join(b"c%d" % i for i in range(MAX_COLUMNS + 1)) + b"\n", "read.csv_too_many_columns"),
    ],
)
def test_a_file_whose_header_cannot_be_read_has_one_fault_and_no_record(
    content: bytes, message_id: str, tmp_path: Path
) -> None:
    batches = read(tmp_path, content)

    assert [value for value in values(batches) if value is not UNREADABLE] == []
    assert [message for message, *_ in told(batches)] == [message_id]


def test_a_byte_order_mark_is_told_and_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    batches = read(tmp_path, b"\xef\xbb\xbfname,amount\na,1\n")

    assert values(batches) == [{"name": "a", "amount": 1}]
    assert told(batches) == [("read.bom", 1, None)]


def test_blank_lines_are_told_and_are_no_records(tmp_path: Path) -> None:
    batches = read(tmp_path, b"\nname,amount\n\n\r\na,1\n" + b"\n" * 100_000)

    assert values(batches) == [{"name": "a", "amount": 1}]
    assert lines(batches) == [5]
    assert told(batches) == [("read.blank_line", 1, None), ("read.blank_line", 3, None), ("read.blank_line", 6, None)]


def test_nul_bytes_are_kept_for_the_check_of_text_to_find(tmp_path: Path) -> None:
    assert values(read(tmp_path, b"name,amount\na\0b,1\n")) == [{"name": "a\0b", "amount": 1}]


@pytest.mark.parametrize("names", [b"totals,totals.rate", b"totals.rate,totals"])
def test_a_column_named_as_an_object_is_kept_for_the_schema_to_refuse(names: bytes, tmp_path: Path) -> None:
    [record] = values(read(tmp_path, names + b"\n1,2\n"))

    assert isinstance(record["totals"], str)


@pytest.mark.parametrize("name", ["__proto__", "constructor", "a" * 100_000, "", " name", "'; DROP TABLE x; --"])
def test_an_unknown_column_is_kept_under_its_own_name(name: str, tmp_path: Path) -> None:
    assert values(read(tmp_path, f"{name},amount\nx,1\n".encode())) == [{name: "x", "amount": 1}]


def test_a_cell_beyond_the_limit_costs_its_own_row_only(tmp_path: Path) -> None:
    for huge in (b"x" * MAX_RECORD_BYTES, b'"' + (b"x" * 999 + b"\n") * (MAX_RECORD_BYTES // 1000 + 1) + b'"'):
        batches = read(tmp_path, b"name,amount\n" + huge + b",1\nb,2\n")
        assert values(batches)[0] is UNREADABLE
        assert values(batches)[-1] == {"name": "b", "amount": 2}
        assert told(batches)[0] == ("read.record_too_large", 2, 1)


def test_a_flood_of_unclosed_quotes_costs_linear_time(tmp_path: Path) -> None:
    """Each bad row could make the reader look to the end of the file and come back."""
    block = b'"a,1\n' + b"".join(b"r%d,1\n" % i for i in range(200)) + b'"b,x\n'
    started = time.monotonic()
    batches = read(tmp_path, b"name,amount\n" + block * 500)

    assert time.monotonic() - started < 20
    assert len(told(batches)) > 100
