"""Finds a secret in a text however it is written there: percent-encoded, JSON- or HTML-escaped, in base64."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([\"\\/bfnrt]))")
_PLAIN = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_NAMED = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}
SHORTEST_CORE = 6


@dataclass(frozen=True)
class Needle:
    """One spelling of a secret (itself, or the inner letters of its base64) and the pattern of its disguises."""

    text: str = field(repr=False)
    pattern: re.Pattern[str] = field(repr=False)


def needles(secret: str) -> tuple[Needle, ...]:
    """All that must be looked for, the longest first."""
    spellings = {secret, secret.encode().decode("latin-1"), *_base64(secret)}
    ordered = sorted(spellings, key=lambda text: (-len(text), text))
    return tuple(Needle(text, re.compile("".join(_letter(letter) for letter in text))) for text in ordered)


def views(text: str) -> list[str]:
    """The text, and the text with each way of escaping undone: a secret shows in one of them or is not there."""
    found = [text]
    if "%" in text or "+" in text:
        found += [unquote(text), unquote(text.replace("+", " "))]
    if "\\" in text:
        found.append(_unescaped(text))
    if "&" in text:
        found.append(html.unescape(text))
    if len(found) > 2 or "%" in text:
        # Escapes of several kinds in one text, each turned back after the other.
        found.append(html.unescape(_unescaped(unquote(text))))
    return found


def replaced(text: str, found: tuple[Needle, ...], by: Callable[[str], str]) -> str:
    """The text with every place of a needle replaced by `by(place)`."""
    shown = views(text)
    for needle in found:
        if any(needle.text in view for view in shown):
            text = needle.pattern.sub(lambda match: by(match.group()), text)
    return text


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
    percent = "".join(_any_case(f"%{byte:02x}") for byte in letter.encode())
    units = letter.encode("utf-16-be", "surrogatepass")
    escaped = "".join(
        r"\\u" + "".join(_any_case(digit) for digit in f"{units[i]:02x}{units[i + 1]:02x}")
        for i in range(0, len(units), 2)
    )
    forms = [re.escape(letter), percent, escaped, f"&#0*{ord(letter)};", _any_case(f"&#x{ord(letter):x};")]
    short = json.dumps(letter)[1:-1]
    if short not in (letter, escaped) and not short.startswith("\\u"):
        forms.insert(0, re.escape(short))
    if letter == "/":
        forms.insert(0, r"\\/")
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
