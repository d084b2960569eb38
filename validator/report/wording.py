"""Words of the report's templates, and numbers and times as each language writes them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from validator.messages import catalogue, fill

LANGUAGES = ("vi", "en")


def say(lang: str, key: str, **params: Any) -> str:
    """The catalogue's text with its placeholders filled."""
    return fill(catalogue("report", lang)[key], params)


def word(lang: str, kind: str, value: Any) -> str:
    """The word for one value of a closed list (`outcome`, `level`, ...); an unknown value as it is."""
    return catalogue("report", lang).get(f"{kind}.{value}", str(value))


def integer(value: Any, lang: str) -> str:
    """1234567 as 1.234.567 (vi) or 1,234,567 (en)."""
    if not isinstance(value, int):
        return str(value)
    grouped = f"{value:,}"
    return grouped.replace(",", ".") if lang == "vi" else grouped


def rate(value: Any, lang: str) -> str:
    """0.9667 as 96,67 % (vi) or 96.67% (en); never rounded up to a whole 100."""
    if not isinstance(value, int | float):
        return "–"
    hundredths = int(value * 10_000 + 0.5)
    if hundredths >= 10_000 > value * 10_000:
        hundredths = 9_999
    shown = f"{hundredths / 100:.2f}".removesuffix(".00")
    return f"{shown.replace('.', ',')} %" if lang == "vi" else f"{shown}%"


def thousandths(value: Any, lang: str) -> str:
    """0.0264 as 0,026 (vi) or 0.026 (en)."""
    if not isinstance(value, int | float):
        return "–"
    return f"{value:.3f}".replace(".", ",") if lang == "vi" else f"{value:.3f}"


def duration(seconds: Any, lang: str) -> str:
    """Seconds in their two greatest units: 90061 is `1 ngày 1 giờ` or `1 d 1 h`."""
    if not isinstance(seconds, int | float):
        return "–"
    left, parts = int(abs(seconds) + 0.5), []
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        count, left = divmod(left, size)
        if count:
            parts.append(say(lang, f"unit.{unit}", n=integer(count, lang)))
    shown = " ".join(parts[:2]) or say(lang, "unit.second", n=0)
    return f"−{shown}" if seconds < 0 else shown


def moment(value: Any, lang: str) -> str:
    """A time stamp or date as the language writes it: midnight without an offset is a date, seconds only if any."""
    text = str(value)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    day = at.strftime("%d/%m/%Y" if lang == "vi" else "%Y-%m-%d")
    offset = at.strftime("%z")
    if not offset and (at.hour, at.minute, at.second) == (0, 0, 0):
        return day
    clock = at.strftime("%H:%M:%S" if at.second else "%H:%M")
    shown = f"{clock} {day}" if lang == "vi" else f"{day} {clock}"
    return f"{shown} (UTC{offset[:3]}:{offset[3:5]})" if offset else shown
