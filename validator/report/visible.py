"""Text of the subject made safe to look at: what cannot be seen, or moves other text, is spelled out.

Terminal escapes, bidirectional overrides and characters that XML forbids could rewrite a verdict on
the reader's screen; here they become `⟨U+202E⟩`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ue000-\uf8ff"
    "\ufdd0-\ufdef\ufeff\uffa0\ufff0-\uffff\ud800-\udfff"
    "\U000e0000-\U000e0fff\U0001fffe\U0001ffff\U000f0000-\U0010ffff]"
)
_BREAK = re.compile(r"\s*[\n\t]\s*")
LONGEST = 600


def visible(text: str) -> str:
    """The text with every unseen character spelled out; line breaks and tabs stay."""
    return _UNSEEN.sub(lambda match: f"⟨U+{ord(match.group()):04X}⟩", text)


def all_visible(value: Any) -> Any:
    """The same structure with every text in it made visible; names of members stay."""
    if isinstance(value, dict):
        return {name: all_visible(member) for name, member in value.items()}
    if isinstance(value, list):
        return [all_visible(member) for member in value]
    return visible(value) if isinstance(value, str) else value


def one_line(text: str) -> str:
    """Visible text without line breaks, for places where a line has a meaning."""
    return _BREAK.sub(" ", visible(text))


def shortened(text: str, longest: int = LONGEST) -> str:
    """At most `longest` characters, then an ellipsis with the number left out."""
    return text if len(text) <= longest else f"{text[:longest]}… (+{len(text) - longest})"


def cells(text: str) -> int:
    """How many terminal cells the text fills: wide characters two, combining marks none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def in_language(value: Any, lang: str) -> str:
    """A text of both languages, or one plain string, in the language asked for."""
    if isinstance(value, Mapping):
        return str(value.get(lang, ""))
    return "" if value is None else str(value)
