"""Multibase texts of W3C Data Integrity and Bitstring Status List: base58-btc (`z`) and base64url (`u`)."""

from __future__ import annotations

import base64
import binascii
from typing import Final

ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUE: Final = {letter: value for value, letter in enumerate(ALPHABET)}


def base58(content: bytes) -> str:
    """`z` and the bytes in base58-btc."""
    number, letters = int.from_bytes(content, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        letters = ALPHABET[digit] + letters
    return "z" + "1" * (len(content) - len(content.lstrip(b"\0"))) + letters


def from_base58(text: str, size: int) -> bytes:
    """The `size` bytes of a text. Raises ValueError for another length, letter or base."""
    if not text.startswith("z") or len(text) > 2 * size + 1:
        raise ValueError(text[:20])
    number = 0
    for letter in text[1:]:
        if letter not in _VALUE:
            raise ValueError(letter)
        number = number * 58 + _VALUE[letter]
    if number >= 256**size:
        raise ValueError(text[:20])
    content = number.to_bytes(size, "big")
    if base58(content) != text:
        raise ValueError(text[:20])
    return content


def base64url(content: bytes) -> str:
    """`u` and the bytes in base64url without padding."""
    return "u" + plain_base64url(content)


def from_base64url(text: str) -> bytes:
    """The bytes of a text. Raises ValueError unless it is exactly how `base64url` writes them."""
    if not text.startswith("u"):
        raise ValueError(text[:20])
    return from_plain_base64url(text[1:])


def plain_base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def from_plain_base64url(text: str) -> bytes:
    """As in JWK, without a prefix. Raises ValueError."""
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as fault:
        raise ValueError(text[:20]) from fault
    if plain_base64url(content) != text:
        raise ValueError(text[:20])
    return content
