"""JSON documents and JSON Lines as batches: records, lines, what stands beside them, and every fault."""

from pathlib import Path
from typing import Any

import pytest

from validator.model.record import UNREADABLE, Batch
from validator.observe.limits import BATCH_RECORDS, MAX_DOCUMENT_BYTES, MAX_RECORD_BYTES
from validator.observe.mapping import mapped
from validator.observe.read_json import place_beside, read_json, read_json_lines

UTF8_BOM = b"\xef\xbb\xbf"
Told = list[tuple[str, int | None, int | None, int | None]]


def read(tmp_path: Path, content: bytes, format_: str = "json") -> list[Batch]:
    path = tmp_path / "data"
    path.write_bytes(content)
    if format_ == "jsonl":
        return list(read_json_lines(path, "data", 0, len(content)))
    return list(read_json(path, "data", format_))


def values(batches: list[Batch]) -> list[Any]:
    return [value for batch in batches for value in batch.values]


def told(batches: list[Batch]) -> Told:
    return [(f.message_id, f.line, f.column, f.record) for batch in batches for f in batch.faults]


@pytest.mark.parametrize(
    ("content", "message_id"),
    [
        (b"", "read.empty_file"),
        (b" \n\t\r\n", "read.only_space"),
        (UTF8_BOM + b"\n", "read.only_space"),
        ('{"a": 1}'.encode("utf-16"), "read.utf16"),
        ('{"a": 1}'.encode("utf-16-le"), "read.utf16"),
        ('{"a": 1}'.encode("utf-16-be"), "read.utf16"),
        ('{"a": 1}'.encode("utf-32"), "read.utf16"),
        ('{"a": 1}'.encode("utf-32-be"), "read.utf16"),
        (b"\0" * 64, "read.utf16"),
    ],
)
@pytest.mark.parametrize("format_", ["json", "jsonl", "geojson"])
def test_a_file_without_text_in_utf_8_is_one_fault_and_no_record(
    content: bytes, message_id: str, format_: str, tmp_path: Path
) -> None:
    batches = read(tmp_path, content, format_)

    assert values(batches) == []
    assert [message for message, *_ in told(batches)][-1] == message_id


@pytest.mark.parametrize("format_", ["json", "jsonl"])
def test_a_byte_order_mark_is_told_and_the_records_are_still_read(format_: str, tmp_path: Path) -> None:
    batches = read(tmp_path, UTF8_BOM + '{"tên": "Huế"}'.encode(), format_)

    assert values(batches) == [{"tên": "Huế"}]
    assert told(batches) == [("read.bom", 1, 1, None)]


def test_the_records_of_each_kind_of_document_are_found(tmp_path: Path) -> None:
    assert values(read(tmp_path, b'{"records": [1, 2]}')) == [1, 2]
    assert values(read(tmp_path, b'{"features": [1, 2]}', "geojson")) == [1, 2]
    assert values(read(tmp_path, b"\n [1, 2]")) == [1, 2]
    assert values(read(tmp_path, b'\n {"features": [1]}')) == [{"features": [1]}]


def test_the_envelope_is_what_stands_beside_the_records_on_either_side(tmp_path: Path) -> None:
    batches = read(tmp_path, b'{"a": 1, "records": [5], "b": {"c": []}}')

    assert batches[-1].envelope == {"a": 1, "b": {"c": []}}


def test_a_record_that_cannot_be_read_costs_itself_only(tmp_path: Path) -> None:
    batches = read(tmp_path, b'{"records": [1,\n {"a": NaN},\n  {"b": 1e400}, 4]}')

    assert values(batches) == [1, UNREADABLE, UNREADABLE, 4]
    assert told(batches) == [("read.not_a_number", 2, 8, 2), ("read.number_too_large", 3, 9, 3)]


def test_a_record_in_the_middle_of_a_line_has_the_columns_of_the_line(tmp_path: Path) -> None:
    batches = read(tmp_path, '{"tên": "Đà Nẵng", "records": [{"a": 1}, {"a": x}]}'.encode())

    assert told(batches) == [("read.value_expected", 1, 48, 2)]


def test_a_document_that_breaks_off_gives_what_came_before(tmp_path: Path) -> None:
    batches = read(tmp_path, b'{"x": 1, "records": [\n{"a": 1},\n{"a": 2}\n{"a": 3}]}')

    assert values(batches) == [{"a": 1}, {"a": 2}]
    assert told(batches) == [("read.comma_expected", 4, 1, None)]
    assert batches[-1].envelope == {"x": 1}


def test_a_name_beside_the_records_that_repeats_is_told_once(tmp_path: Path) -> None:
    for content in (b'{"a": 1, "a": 2, "records": []}', b'{"records": [1], "a": 1,\n "\\u0061": 2}'):
        assert [message for message, *_ in told(read(tmp_path, content))] == ["read.duplicate_key"]


def test_a_second_record_array_is_told_and_nothing_of_it_is_lost(tmp_path: Path) -> None:
    batches = read(tmp_path, b'{"records": [1],\n "records": [2]}')

    assert values(batches) == [1, 2]
    assert told(batches) == [("read.duplicate_key", 2, None, None)]


def test_a_document_that_is_one_record_tells_its_faults_once(tmp_path: Path) -> None:
    batches = read(tmp_path, b'{"a": {"b": 1, "b": 2}, "c": 1, "c": 2}')

    assert values(batches) == [{"a": {"b": 2}, "c": 2}]
    assert [message for message, *_ in told(batches)] == ["read.duplicate_key"] * 2


def test_deep_nesting_in_a_record_leaves_the_others_readable(tmp_path: Path) -> None:
    deep = b"[" * 200_000 + b"]" * 200_000
    batches = read(tmp_path, b'{"records": [1, ' + deep + b", 3]}")

    assert values(batches) == [1, UNREADABLE, 3]
    assert told(batches) == [("read.too_deep", 1, None, 2)]


def test_deep_nesting_in_the_envelope_is_told(tmp_path: Path) -> None:
    batches = read(tmp_path, b'{"x": ' + b"[" * 200_000 + b"]" * 200_000 + b', "records": [1]}')

    assert values(batches) == [1]
    assert [message for message, *_ in told(batches)] == ["read.too_deep"]
    assert batches[-1].envelope == {}


def test_a_record_beyond_the_limit_is_skipped_and_the_next_is_read(tmp_path: Path) -> None:
    large = b'"' + b"a" * MAX_RECORD_BYTES + b'"'
    for content, format_ in ((b"[" + large + b", 2]", "json"), (large + b"\n2\n", "jsonl")):
        batches = read(tmp_path, content, format_)
        assert values(batches) == [UNREADABLE, 2]
        assert [(m, record) for m, _, _, record in told(batches)] == [("read.record_too_large", 1)]


def test_an_envelope_beyond_the_limit_is_told_once_and_the_records_are_read(tmp_path: Path) -> None:
    large = b'"' + b"a" * MAX_DOCUMENT_BYTES + b'"'
    batches = read(tmp_path, b'{"x": ' + large + b', "y": 1, "z": 2, "records": [1]}')

    assert values(batches) == [1]
    assert [message for message, *_ in told(batches)] == ["read.member_too_large"]


def test_a_great_many_members_beside_the_records_end_the_reading(tmp_path: Path) -> None:
    members = b",".join(b'"k%07d": "%s"' % (i, b"a" * 100) for i in range(150_000))
    batches = read(tmp_path, b"{" + members + b', "records": [1]}')

    assert values(batches) == []
    assert "read.members_too_large" in [message for message, *_ in told(batches)]


def test_json_lines_count_from_one_through_blank_lines_and_either_line_end(tmp_path: Path) -> None:
    batches = read(tmp_path, b'\n{"a": 1}\r\n\r\n \t\n{"a": 2}\n{"a": 3}', "jsonl")

    assert values(batches) == [{"a": 1}, {"a": 2}, {"a": 3}]
    assert [line for batch in batches for line in batch.lines] == [2, 5, 6]
    assert told(batches) == [("read.blank_line", 1, None, None), ("read.blank_line", 3, None, None)]


def test_a_json_line_that_cannot_be_read_costs_itself_only(tmp_path: Path) -> None:
    batches = read(tmp_path, b'{"a": 1}\n{"a": \n' + b"[" * 200_000 + b'\n{"a": "\xff"}\n{"a": 5}\n', "jsonl")

    assert values(batches) == [{"a": 1}, UNREADABLE, UNREADABLE, UNREADABLE, {"a": 5}]
    assert [(message, line) for message, line, _, _ in told(batches)] == [
        ("read.ends_early", 2), ("read.too_deep", 3), ("read.not_utf8", 4),
    ]  # fmt: skip


def test_a_million_blank_lines_are_one_fault(tmp_path: Path) -> None:
    batches = read(tmp_path, b"1" + b"\n" * 1_000_000 + b"2", "jsonl")

    assert values(batches) == [1, 2]
    assert [f.params for batch in batches for f in batch.faults] == [(("count", 999_999),)]
    assert batches[-1].lines[-1] == 1_000_001


def test_batches_stay_small_even_when_there_is_nothing_but_faults(tmp_path: Path) -> None:
    batches = read(tmp_path, b"\xff\n" * (3 * BATCH_RECORDS), "jsonl")

    assert len(batches) >= 3
    assert max(len(batch.faults) for batch in batches) <= BATCH_RECORDS


def test_a_place_beside_the_records_is_found_without_reading_them(tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_bytes(b'{"records": [{"provider": 1}],\n "a": 1, "provider": {"name": "x",\n  "code": 7}}')
    with mapped(path) as text:
        assert place_beside(text, "/provider/code") == (3, 11)
        assert place_beside(text, "/provider") == (2, 22)
        assert place_beside(text, "/none") == (1, 1)
