"""CSV as spreadsheets and accidents make it: each fault named at its line, the other rows still examined."""

from pathlib import Path

import pytest

from tests.submissions import HEADER, Ran, assert_told_well, row, submission, validate

GOOD = [row(number) for number in range(1, 6)]
MIDDLE = 3

CASES: dict[str, tuple[bytes, str, int]] = {
    "unclosed quote": (b'"s0,46,x\n', "read.csv_unclosed_quote", MIDDLE),
    "text after a quote": (b'"s0"0,46,2026-11-15T00:00:00+07:00,1,kW,final,\n', "read.csv_after_quote", MIDDLE),
    "too few cells": (b"s0,46\n", "read.csv_ragged", MIDDLE),
    "too many cells": (row(9).encode() + b",,,,\n", "read.csv_ragged", MIDDLE),
    "bare CR": (row(9).encode() + b"\r" + row(10).encode() + b"\n", "read.csv_bare_cr", MIDDLE),
    "Latin-1": (row(9).encode() + b"H\xe0 N\xf4i\n", "read.not_utf8", MIDDLE),
    "NUL": (row(9).encode() + b"a\0b\n", "bytes.control_character", MIDDLE),
    "header again": (HEADER.encode() + b"\n", "read.csv_header_again", MIDDLE),
    "blank line": (b"\n", "read.blank_line", MIDDLE),
    "huge cell": (row(9).encode() + b"x" * 17_000_000 + b"\n", "read.record_too_large", MIDDLE),
    "long cell": (row(9).encode() + b"x" * 1_000_000 + b"\n", "form.", MIDDLE),
    "number beyond a float": (row(9).replace(",35,", ",1e400,").encode() + b"\n", "form.", MIDDLE),
    "NaN": (row(9).replace(",35,", ",NaN,").encode() + b"\n", "", MIDDLE),
    "formula": (row(9).replace(",35,", ",=1+1,").encode() + b"\n", "", MIDDLE),
}


def csv_with(inserted: bytes, header: str = HEADER) -> bytes:
    text = [header.encode() + b"\n", GOOD[0].encode() + b"\n", inserted, *(line.encode() + b"\n" for line in GOOD[1:])]
    return b"".join(text)


def first(ran: Ran, message_id: str) -> dict[str, object]:
    return next(
        f for r in ran.report["results"] for f in r["findings"] if f["message_id"].startswith(message_id)
    )  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_bad_row_is_named_at_its_line_and_the_others_are_examined(name: str, tmp_path: Path) -> None:
    inserted, message_id, line = CASES[name]
    ran = validate(submission(tmp_path / "s", csv_with(inserted), "csv"))

    assert_told_well(ran)
    if message_id != "form.":
        assert first(ran, message_id)["location"]["line"] == line  # type: ignore[index]
    [examined] = {f["records"] for f in ran.report["submission"]["files"] if f["file"] == "data.csv"}
    assert examined >= len(GOOD)
    assert ran.seconds < 60


WHOLE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "read.empty_file"),
    "white space": (b" \n\n", "read.only_space"),
    "UTF-16": (csv_with(b"").decode().encode("utf-16"), "read.utf16"),
    "UTF-16 without BOM": (csv_with(b"").decode().encode("utf-16-le"), "read.utf16"),
    "BOM": (b"\xef\xbb\xbf" + csv_with(b""), "read.bom"),
    "only bare CR": (csv_with(b"").replace(b"\n", b"\r"), "read.csv_bare_cr"),
    "semicolons": (csv_with(b"").replace(b",", b";"), "read.csv_delimiter"),
    "tabs": (csv_with(b"").replace(b",", b"\t"), "read.csv_delimiter"),
    "a column twice": (csv_with(b"", HEADER.replace("note", "status")), "read.csv_repeated_header"),
    "an unclosed header": (b'"' + csv_with(b""), "read.csv_unclosed_quote"),
    "no header": (b"\n".join(line.encode() for line in GOOD) + b"\n", "schema.undeclared"),
    "an unknown column": (csv_with(b"", HEADER.replace("note", "__proto__")), "schema.undeclared"),
    "a column called as an object": (csv_with(b"", HEADER.replace("note", "quantity")), "schema.type"),
    "a very long column name": (csv_with(b"", HEADER.replace("note", "n" * 1_000_000)), "schema.undeclared"),
    "many columns": (csv_with(b"", HEADER + "," * 3000), "read.csv_too_many_columns"),
    "NUL bytes": (bytes(9999), "read.utf16"),
    "random bytes": (bytes(range(256)) * 99, "read."),
    "an XLSX": (b"PK\x03\x04" + bytes(range(256)) * 40, "read."),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_hostile_file_is_a_finding_and_never_an_error(name: str, tmp_path: Path) -> None:
    data, message_id = WHOLE[name]
    ran = validate(submission(tmp_path / "s", data, "csv"))

    assert ran.code in (0, 1), ran.err
    assert ran.errors == []
    assert any(told.startswith(message_id) for told in ran.told), ran.told
    assert ran.code == (0 if message_id == "read.csv_delimiter" else 1)  # a delimiter is a SHOULD
    assert len(ran.out) < 2_000_000
    assert ran.seconds < 60
