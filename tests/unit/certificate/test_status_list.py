"""Bitstring Status List v1.0."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.certificate.multibase import base64url
from validator.certificate.status_list import ENTRIES, MOST_EXPANDED, bitstring, encode, expand, is_set
from validator.errors import EvidenceError

# The example of the recommendation (W3C Bitstring Status List v1.0, example 3): no bit is set.
W3C_EMPTY = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"


def refused(text: str) -> str:
    with pytest.raises(EvidenceError) as caught:
        expand(text, "x")
    return caught.value.message_id


def test_the_example_of_the_recommendation_expands() -> None:
    assert expand(W3C_EMPTY, "x") == bytes(ENTRIES // 8)


def test_bit_0_is_the_left_most() -> None:
    assert bitstring([0])[0] == 0x80
    assert bitstring([15])[1] == 0x01
    assert len(bitstring([])) * 8 == ENTRIES


@given(st.sets(st.integers(0, ENTRIES - 1), max_size=50))
def test_exactly_the_bits_that_were_set_are_set(indices: set[int]) -> None:
    bits = expand(encode(bitstring(indices)), "x")

    assert all(is_set(bits, index) for index in indices)
    assert sum(byte.bit_count() for byte in bits) == len(indices)


def test_a_bomb_is_refused_without_being_expanded() -> None:
    bomb = base64url(gzip.compress(bytes(200 * 1024 * 1024), mtime=0))

    assert len(bomb) < MOST_EXPANDED
    assert refused(bomb) == "status.too_large"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (base64url(gzip.compress(bytes(ENTRIES // 8 - 1), mtime=0)), "status.too_short"),
        (base64url(gzip.compress(bytes(ENTRIES // 8), mtime=0) + b"more"), "status.malformed"),
        (base64url(gzip.compress(bytes(ENTRIES // 8), mtime=0)[:-4]), "status.malformed"),
        (base64url(b"no gzip"), "status.malformed"),
        (W3C_EMPTY[1:], "status.malformed"),
        (W3C_EMPTY + "=", "status.malformed"),
        ("", "status.malformed"),
        ("u", "status.malformed"),
    ],
)
def test_a_list_that_cannot_be_read_whole_is_refused(text: str, reason: str) -> None:
    assert refused(text) == reason
