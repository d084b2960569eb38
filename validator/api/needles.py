"""Finds a secret in a text however it is written there: percent-encoded, JSON- or HTML-escaped, in base64."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import quote, quote_plus, unquote

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([\"\\/bfnrt]))")
_PLAIN = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_NAMED = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}
SHORTEST_CORE = 6
NESTED = 3
# Bounded: a body of backslashes alone must not take for ever.
BACKSLASH = r"(?:\\|%(?:25){0,3}5[cC]){1,8}"


def needles(secret: str) -> tuple[str, ...]:
    """The spellings of a secret that must be looked for, the longest first: itself, and the letters that it decides
    in base64."""
    # Headers are read as Latin-1, whatever was sent.
    plain = {secret, secret.encode().decode("latin-1")}
    escaped = {form for text in plain for form in (text, quote(text, safe=""), quote(text), quote_plus(text))}
    escaped |= {form for text in plain for form in _json(text)}
    spellings = plain.union(*(_base64(text) for text in escaped))
    return tuple(sorted(spellings, key=lambda text: (-len(text), text)))


def views(text: str) -> list[str]:
    """The text, and the text with its escapes undone, thrice at most: a secret shows in one or is not there."""
    found = [text]
    for _ in range(NESTED):
        plain = _undone(found[-1])
        if plain == found[-1]:
            break
        found.append(plain)
    return found + [view.replace("+", " ") for view in found if "+" in view]


def _undone(text: str) -> str:
    if "%" in text:
        text = unquote(text)
    if "\\" in text:
        text = _unescaped(text)
    return html.unescape(text) if "&" in text else text


def replaced(text: str, found: tuple[str, ...], by: Callable[[str], str]) -> str:
    """The text with every place of a needle replaced by `by(place)`."""
    shown = views(text)
    for needle in found:
        if any(needle in view for view in shown):
            text = _pattern(needle).sub(lambda match: by(match.group()), text)
    return text


@lru_cache(maxsize=512)
def _pattern(needle: str) -> re.Pattern[str]:
    """The spelling with each letter in any of its disguises."""
    return re.compile("".join(_letter(letter) for letter in needle))


def _json(secret: str) -> set[str]:
    return {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}


def _base64(secret: str) -> set[str]:
    """The letters that the secret alone decides, at each of the three places it can have in a longer text."""
    raw = secret.encode()
    found = set()
    for before in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            whole = encode(b"\0" * before + raw).decode().rstrip("=")
            start = -(-before * 8 // 6)
            end = (before + len(raw)) * 8 // 6
            found.add(whole[start:end])
    return {core for core in found if len(core) >= SHORTEST_CORE}


def _letter(letter: str) -> str:
    """Every way in which one character can stand."""
    percent = "".join("%(?:25){0,3}" + _any_case(f"{byte:02x}") for byte in letter.encode())
    units = letter.encode("utf-16-be", "surrogatepass")
    escaped = "".join(
        BACKSLASH + "u" + "".join(_any_case(digit) for digit in f"{units[i]:02x}{units[i + 1]:02x}")
        for i in range(0, len(units), 2)
    )
    forms = [re.escape(letter), percent, escaped, f"&#0{{0,4}}{ord(letter)};", _any_case(f"&#x{ord(letter):x};")]
    short = json.dumps(letter)[1:-1]
    if letter == "/":
        short = "\\/"
    if short != letter and not short.startswith("\\u"):
        forms.insert(0, BACKSLASH + re.escape(short[1:]))
    if letter == " ":
        forms.append(r"\+")
    if letter in _NAMED:
        forms.insert(0, f"&{_NAMED[letter]};")
    return f"(?:{'|'.join(forms)})"


def _any_case(text: str) -> str:
    return "".join(f"[{c.lower()}{c.upper()}]" if c.isalpha() else re.escape(c) for c in text)


def _unescaped(text: str) -> str:
    def plain(match: re.Match[str]) -> str:
        code, short = match.groups()
        return chr(int(code, 16)) if code else _PLAIN.get(short, short)

    joined = _ESCAPE.sub(plain, text)
    return joined.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
