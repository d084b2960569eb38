"""Text that no careful writer would write: found, named and placed, in records, envelopes and lines."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.submissions import ENVELOPE, assert_told_well, document, lines, record, submission, validate

DEEP = b"[" * 200_000 + b"]" * 200_000
NOTE = b'"note": "@"'
PLACES = {
    "record of a document": ("data.json", lambda root: submission(root, document(record(1, note="@")))),
    "JSON line": ("data.jsonl", lambda root: submission(root, lines([record(1, note="@")]), "jsonl")),
    "envelope of a document": ("data.json", lambda root: submission(root, document(record(1), note="@"))),
    "envelope beside": (
        "envelope.json",
        lambda root: submission(root, lines([record(1)]), "jsonl", json.dumps({**ENVELOPE, "note": "@"}).encode()),
    ),
}
TEXTS = {
    "deep nesting": (b'"note": ' + DEEP, "read.too_deep"),
    "deep objects": (b'"note": ' + b'{"a":' * 200_000 + b"1" + b"}" * 200_000, "read."),
    "name twice": (b'"note": "a", "note": "b"', "read.duplicate_key"),
    "name twice, spelled otherwise": (b'"note": "a", "not\\u0065": "b"', "read.duplicate_key"),
    "NaN": (b'"note": NaN', "read.not_a_number"),
    "Infinity": (b'"note": Infinity', "read.not_a_number"),
    "-Infinity": (b'"note": -Infinity', "read.not_a_number"),
    "1e400": (b'"note": 1e400', "read.number_too_large"),
    "5,000 digits": (b'"note": ' + b"9" * 5000, "read.number_too_large"),
    "20 digits": (b'"note": 12345678901234567890', "read.number_too_long"),
    "lone high surrogate": (b'"note": "\\ud800"', "read.lone_surrogate"),
    "lone low surrogate": (b'"note": "\\udc00"', "read.lone_surrogate"),
    "surrogate in UTF-8": (b'"note": "\xed\xa0\x80"', "read.not_utf8"),
    "Latin-1": (b'"note": "H\xe0 N\xf4i"', "read.not_utf8"),
    "overlong UTF-8": (b'"note": "\xc0\xaf"', "read.not_utf8"),
    "raw NUL": (b'"note": "a\0b"', "read.raw_control"),
    "NUL by escape": (b'"note": "a\\u0000b"', "bytes.control_character"),
    "turned text": ('"note": "a\u202eb"'.encode(), "bytes.control_character"),
    "comment": (b'"note": /* x */ "a"', "read.value_expected"),
    "single quotes": (b"'note': 'a'", "read.key_expected"),
    "trailing comma": (b'"note": [1,]', "read."),
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("text", TEXTS)
def test_a_hostile_text_is_named_wherever_it_stands(text: str, place: str, tmp_path: Path) -> None:
    written, message_id = TEXTS[text]
    name, made = PLACES[place]
    path = made(tmp_path) / name
    whole = path.read_bytes()
    assert whole.count(NOTE) == 1
    path.write_bytes(whole.replace(NOTE, written))
    ran = validate(tmp_path)

    assert_told_well(ran)
    assert any(told.startswith(message_id) for told in ran.told), ran.told
    assert "VSC-CORE-R01" in ran.failed
    assert ran.seconds < 60


WHOLE: dict[str, tuple[bytes, str]] = {
    "empty file": (b"", "read.empty_file"),
    "white space": (b" \n\r\n\t ", "read.only_space"),
    "UTF-16 with BOM": (document(record(1)).decode().encode("utf-16"), "read.utf16"),
    "UTF-16 LE without BOM": (document(record(1)).decode().encode("utf-16-le"), "read.utf16"),
    "UTF-16 BE without BOM": (document(record(1)).decode().encode("utf-16-be"), "read.utf16"),
    "UTF-32": (document(record(1)).decode().encode("utf-32"), "read.utf16"),
    "BOM": (b"\xef\xbb\xbf" + document(record(1)), "read.bom"),
    "NUL bytes": (bytes(5000), "read.utf16"),
    "NUL bytes at the end": (document(record(1)) + bytes(5000), "read.trailing_text"),
    "a truncated document": (document(record(1), record(2))[:-30], "read.ends_early"),
    "two documents": (document(record(1)) * 2, "read.trailing_text"),
    "a bare string": (b'"abc"', "schema."),
    "a bare number": (b"5", "schema."),
    "an array of arrays": (b"[[[]], [], 5, null]", "schema."),
    "HTML": (b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>", "read."),
    "deep nesting": (DEEP, "read."),
    "open brackets": (b"[" * 1_000_000, "read.ends_early"),
    "open strings": (b'["' * 1_000_000, "read."),
    "random bytes": (bytes(range(256)) * 400, "read."),
}


@pytest.mark.parametrize("format_", ["json", "jsonl"])
@pytest.mark.parametrize("name", WHOLE)
def test_a_hostile_file_is_a_finding_and_never_an_error(name: str, format_: str, tmp_path: Path) -> None:
    data, message_id = WHOLE[name]
    ran = validate(submission(tmp_path / "s", data, format_))

    assert_told_well(ran)
    if format_ == "json":
        assert any(told.startswith(message_id) for told in ran.told), ran.told
    assert ran.seconds < 60


@pytest.mark.parametrize("content", [b"", b" ", b"[]", b"5", b"null", b'"x"', b"\xff", b'{"a": 1', b"[" * 200_000])
@pytest.mark.parametrize("role", ["envelope.json", "descriptor.json"])
def test_a_side_document_that_is_no_object_is_told_by_its_own_name(role: str, content: bytes, tmp_path: Path) -> None:
    header = b"series,area_code,observed_at,quantity.value,quantity.unit,status\n"
    root = submission(tmp_path / "s", header + b"s,46,2026-11-15T00:00:00+07:00,1,kW,final\n", "csv")
    (root / role).write_bytes(content)
    ran = validate(root)

    findings = [f for r in ran.report["results"] for f in r["findings"]]
    assert ran.code in (0, 1)
    assert ran.errors == []
    assert role in {f["location"]["file"] for f in findings}


def test_a_side_document_beyond_the_limit_is_told_and_not_read(tmp_path: Path) -> None:
    envelope = json.dumps({**ENVELOPE, "note": "x" * 5_000_000}).encode()
    ran = validate(submission(tmp_path / "s", lines([record(1)]), "jsonl", envelope))

    assert_told_well(ran)
    assert "read.document_too_large" in ran.told


def test_places_in_a_pretty_document_are_lines_and_characters(tmp_path: Path) -> None:
    content = json.dumps({**ENVELOPE, "records": [record(1), record(2, note="", status="Đã chốt")]},
                         ensure_ascii=False, indent=2)  # fmt: skip
    ran = validate(submission(tmp_path / "s", content.encode()))
    text = (tmp_path / "s" / "data.json").read_text(encoding="utf-8").split("\n")
    places: dict[str, Any] = {
        f["location"]["pointer"]: f["location"] for r in ran.report["results"] for f in r["findings"]
    }

    for pointer, starts in (("/status", '"Đã chốt"'), ("/note", '""')):
        assert text[places[pointer]["line"] - 1][places[pointer]["column"] - 1 :].startswith(starts)
