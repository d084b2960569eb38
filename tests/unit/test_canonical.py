"""RFC 8785: the same value has one text, whatever wrote it."""

import hashlib
import json

import pytest
import rfc8785

from validator.canonical import canonical, digest


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None, "x"]}, '{"a":[true,null,"x"],"b":1}'),
        (1.0, "1"),
        ([1.0, -0.0, 0.0], "[1,0,0]"),
        (1e21, "1e+21"),
        (1e20, "100000000000000000000"),
        (1e-7, "1e-7"),
        (0.000001, "0.000001"),
        (333333333.33333329, "333333333.3333333"),
        (123456789012345680.0, "123456789012345680"),
        ({"€": 1, "\r": 2, "\ufb33": 3, "1": 4, "😀": 5, "\x80": 6, "ö": 7},
         '{"\\r":2,"1":4,"\x80":6,"ö":7,"€":1,"😀":5,"\ufb33":3}'),
        ({"\ue000": 1, "\U00050000": 2}, '{"\U00050000":2,"\ue000":1}'),
        ({"\ue000": 1, "\U00100000": 2}, '{"\U00100000":2,"\ue000":1}'),
        ("Đà Nẵng \x1f \" \\ /", '"Đà Nẵng \\u001f \\" \\\\ /"'),
    ],
)  # fmt: skip
def test_the_canonical_text_is_that_of_rfc_8785(value: object, text: str) -> None:
    assert canonical(value) == text.encode() == rfc8785.dumps(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (9007199254740993, "9007199254740993"),
        ({"b": 10**16, "a": 1.0, "😀": [2.50, 2**63]}, '{"a":1,"b":10000000000000000,"😀":[2.5,9223372036854775808]}'),
    ],
)
def test_integers_beyond_2_53_are_written_plainly_and_the_rest_stays_canonical(value: object, text: str) -> None:
    assert canonical(value).decode() == text


def test_the_digest_is_the_sha256_of_the_canonical_text() -> None:
    assert digest({"b": 1.0, "a": "ô"}) == "sha256:" + hashlib.sha256('{"a":"ô","b":1}'.encode()).hexdigest()


def test_the_order_and_spelling_of_the_source_do_not_matter() -> None:
    assert canonical(json.loads('{"a": 1.50, "b": "\\u0061"}')) == canonical(json.loads('{"b":"a","a":15e-1}'))


@pytest.mark.parametrize("number", [1e21, 1e-7, -0.0, 123456789012345680.0, 2.0, 17])
@pytest.mark.parametrize("text", ["12e34ab", "1234567890123456", '\\"1e5', "-0.0", ".0,", "2.0}"])
def test_text_that_looks_like_a_number_changes_no_text(number: float, text: str) -> None:
    for value in ({text: number, "a": text}, [text, number, text], {"b": [number], text + "b": {text: 1.0}}):
        assert canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


def test_a_digest_in_hex_does_not_send_a_document_to_the_slow_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rfc8785, "dumps", None)
    assert canonical({"digest": "sha256:0e11223344556677889900", "n": 1.0}) == (
        b'{"digest":"sha256:0e11223344556677889900","n":1}'
    )
