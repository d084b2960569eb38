"""What Spark's workers compute in Python because the JVM gives other texts."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, Final

TEXT_OF_DOUBLE: Final = "text_of_double"
NFC: Final = "nfc"


def text_of_double(value: Any) -> str | None:
    """The shortest text that reads back as the same double: 0.1, 1e-05, 1e+16."""
    return None if value is None else repr(value)


def nfc(text: str | None) -> str | None:
    return None if text is None else unicodedata.normalize("NFC", text)


OF_TEXT: Final[Mapping[str, Callable[[Any], str | None]]] = {TEXT_OF_DOUBLE: text_of_double, NFC: nfc}
