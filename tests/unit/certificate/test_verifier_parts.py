"""The parts of the second verifier read what the first one reads, and refuse what it refuses."""

from __future__ import annotations

import json
import random
from datetime import UTC
from typing import Any

import pytest

from tests.verifier_page import called
from validator.canonical import canonical
from validator.certificate.moments import months_later, read_stamp
from validator.certificate.multibase import base58, from_base58, from_base64url
from validator.certificate.strict_json import parse
from validator.errors import EvidenceError

READ = "(text) => canonicalText(parseJson(Uint8Array.from(text, (letter) => letter.charCodeAt(0))))"
TEXTS = [
    "{}", "[]", "null", "true", "1", "-1", "0", "-0", "01", "1.0", "1e2", "1E2", "1.", ".5", "+1", "-", "NaN",
    "Infinity", "-Infinity", "9007199254740991", "9007199254740992", "-9007199254740991", "1" + "0" * 400, '"a',
    '"\\x"', '"\\u12"',
    '"\\ud800"', '"\\ud83d\\ude00"', '"\\udc00\\ud800"', '"\t"', '"\\t\\b\\f\\n\\r\\/\\"\\\\"', '"\u007f"', '"\u0000"',
    '{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '{"a":{"b":1},"c":{"b":1}}', '{"__proto__":1,"a":2}',
    '{"__proto__":1,"__proto__":2}',
    '{"constructor":1,"toString":2}', '{"a":1,}', "[1,]", "[,1]", "{,}", '{"a"}', '{"a":}', "{1:2}", "{a:1}", "[1 2]",
    "[1] 2",
    " [ 1 , 2 ] ", "\f[1]", "\u00a0[1]", "\ufeff[1]", "", " ", "[" * 32 + "]" * 32, "[" * 33 + "]" * 33,
    '{"a":' * 32 + "1" + "}" * 32, '{"a":' * 33 + "1" + "}" * 33, '["[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["]',
    '{"e\u0301":1}', '"e\u0301"', '"\\u0065\\u0301"', '"\u00e9"',
    '{"\U0001f600":1,"\ufb33":2,"\u20ac":3,"\\r":4,"1":5,"\u0080":6}',
    '"\u2028\u2029"', "truefalse", "nul", "True", "'a'", "/* */ 1", '{"a":1}//', "[1]\x00",
]  # fmt: skip
OFFSETS = ("Z", "+07:00", "-12:30", "+14:00", "+23:59", "+24:00", "")
BYTES = [b"\xff", b'"\xc0\x80"', b'"\xed\xa0\x80"', b'"\xf4\x90\x80\x80"', b'"\xe2\x82"', b"\xef\xbb\xbf1"]


def first(content: bytes) -> tuple[str, Any]:
    try:
        return "ok", canonical(parse(content, "x")).decode()
    except EvidenceError as fault:
        return "refused", fault.message_id


def test_json_is_read_alike() -> None:
    contents = [*(text.encode() for text in TEXTS), *BYTES]
    told = called(READ, [content.decode("latin-1") for content in contents])
    expected = [first(content) for content in contents]

    differing = [
        (content, ours, theirs)
        for content, ours, theirs in zip(contents, expected, told, strict=True)
        if ours[0] != theirs[0] or (ours[0] == "ok" and ours != theirs)
    ]
    assert differing == []
    assert {word for word, _ in told} == {"ok", "refused"}
    assert not [why for word, why in told if word == "refused" and not why.startswith("json.")]


def made(rng: random.Random, depth: int = 0) -> Any:
    """A value with names and texts from all over Unicode."""
    kind = rng.randrange(7 if depth < 4 else 4)
    if kind == 0:
        return rng.choice([True, False, None])
    if kind == 1:
        return rng.randrange(-(2**53) + 1, 2**53)
    if kind in (2, 3):
        return letters(rng)
    if kind == 4:
        return [made(rng, depth + 1) for _ in range(rng.randrange(4))]
    return {letters(rng): made(rng, depth + 1) for _ in range(rng.randrange(5))}


def letters(rng: random.Random) -> str:
    ranges = [
        (0, 0x20),
        (0x20, 0x7F),
        (0x80, 0xFF),
        (0x1EA0, 0x1EF9),
        (0x2020, 0x2030),
        (0xE000, 0xFFFF),
        (0x10000, 0x10FFFF),
    ]
    return "".join(chr(rng.randint(*rng.choice(ranges))) for _ in range(rng.randrange(6)))


def test_canonical_forms_are_the_same_bytes() -> None:
    rng = random.Random(7)
    values = [made(rng) for _ in range(300)]
    told = called("(text) => canonical(JSON.parse(text))", [json.dumps(value) for value in values])

    assert told == [("ok", canonical(value).hex()) for value in values]


def stamped(text: str) -> tuple[str, Any]:
    try:
        return "ok", round(read_stamp(text).astimezone(UTC).timestamp() * 1000)
    except ValueError:
        return "refused", "moment"


def test_moments_are_read_alike() -> None:
    rng = random.Random(8)
    texts = [
        f"{rng.randint(1900, 2100):04}-{rng.randint(0, 13):02}-{rng.randint(0, 32):02}T{rng.randint(0, 25):02}"
        f":{rng.randint(0, 61):02}:{rng.randint(0, 61):02}{rng.choice(OFFSETS)}"
        for _ in range(600)
    ]
    texts += [
        "2024-02-29T00:00:00Z",
        "2023-02-29T00:00:00Z",
        "0001-01-02T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2026-11-26t08:00:00z",
    ]
    texts += ["2026-11-26T08:00:00.5Z", "2026-11-26T08:00:00Z\n", "\u0662026-11-26T08:00:00Z"]

    assert called("readMoment", texts) == [stamped(text) for text in texts]


@pytest.mark.parametrize("start", ["2024-02-29T10:00:00+07:00", "2026-08-31T23:30:00+07:00", "2026-12-31T00:30:00Z"])
def test_months_later_is_the_same_day(start: str) -> None:
    moment = read_stamp(start)
    told = called("([text, months]) => monthsLater(text, months)", [(start, months) for months in range(25)])

    assert told == [("ok", months_later(moment, months).timestamp() * 1000) for months in range(25)]


def test_base58_and_base64url_have_one_form() -> None:
    rng = random.Random(9)
    values = [rng.randbytes(64) for _ in range(20)] + [bytes(64), bytes(3) + rng.randbytes(61), b"\xff" * 64]
    good = [base58(value) for value in values]
    bad = (
        [t[:-1] for t in good]
        + [f"z1{t[1:]}" for t in good]
        + [t.replace(t[5], "0") for t in good]
        + ["", "z", "u" + good[0]]
    )
    told = called("(text) => fromBase58(text, 64)", good + bad)

    assert told[: len(good)] == [("ok", value.hex()) for value in values]
    assert [word for word, _ in told[len(good) :]] == [_word(from_base58, text, 64) for text in bad]
    texts = ["", "AA", "AB", "AAA", "AAA=", "A", "A-_B", "A+/B", "AA\n", "AAAB", "AAAC", "_w", "_x"]
    words = [word for word, _ in called("fromBase64url", texts)]
    assert words == [_word(from_base64url, "u" + text) for text in texts]


def _word(reader: Any, *given: Any) -> str:
    try:
        reader(*given)
    except ValueError:
        return "refused"
    return "ok"
