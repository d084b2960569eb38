"""JSON with one reading only."""

from __future__ import annotations

import unicodedata

import pytest

from validator.canonical import canonical
from validator.certificate.strict_json import MOST_BYTES, MOST_DEPTH, parse, parse_canonical
from validator.errors import EvidenceError
from validator.messages import catalogue


def refused(content: bytes, read: object = parse) -> str:
    with pytest.raises(EvidenceError) as caught:
        read(content, "x")  # type: ignore[operator]
    assert caught.value.message_id in catalogue("errors", "vi")
    return caught.value.message_id


NFD = unicodedata.normalize("NFD", "Đà Nẵng")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"a":1,"a":2}', "json.duplicate_key"),
        (b'{"a":{"b":1,"\\u0062":2}}', "json.duplicate_key"),
        (f'{{"a":"{NFD}"}}'.encode(), "json.not_nfc"),
        (f'{{"{NFD}":1}}'.encode(), "json.not_nfc"),
        (f'["x",["{NFD}"]]'.encode(), "json.not_nfc"),
        (f'"{NFD}"'.encode(), "json.not_nfc"),
        (b'["\\ud800"]', "json.surrogate"),
        (b"[1.5]", "json.number"),
        (b"[1e3]", "json.number"),
        (b"[9007199254740992]", "json.number"),
        (b"[" + b"9" * 5000 + b"]", "json.number"),
        (b"[-0]", "json.number"),
        (b"[NaN]", "json.number"),
        (b"[-Infinity]", "json.number"),
        (b"\xef\xbb\xbf{}", "json.malformed"),
        (b'["\xff"]', "json.malformed"),
        (b'{"a":1}x', "json.malformed"),
        (b"", "json.malformed"),
        (b'["\n"]', "json.malformed"),
        (b"[" * (MOST_DEPTH + 1) + b"]" * (MOST_DEPTH + 1), "json.too_deep"),
        (b'{"a":' * 200_000, "json.too_deep"),
        (b" " * (MOST_BYTES + 1), "json.too_large"),
    ],
)
def test_what_has_more_than_one_reading_is_refused(content: bytes, reason: str) -> None:
    assert refused(content) == reason


def test_brackets_within_texts_are_not_depth() -> None:
    content = canonical({"a": "[{" * 100 + '\\"' * 3})

    assert parse(content, "x") == {"a": "[{" * 100 + '\\"' * 3}


@pytest.mark.parametrize("content", [b'{"a": 1}', b'{"b":1,"a":2}', b'{"a":1}\n', b'{"\\u0061":1}', b'{"a":"\\/"}'])
def test_a_signed_file_is_its_canonical_form(content: bytes) -> None:
    assert refused(content, parse_canonical) == "json.not_canonical"


def test_a_signed_file_is_an_object() -> None:
    assert refused(b"[]", parse_canonical) == "json.no_object"
    assert parse_canonical('{"a":"Đà Nẵng"}'.encode(), "x") == {"a": "Đà Nẵng"}
