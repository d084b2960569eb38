"""Texts, numbers and moments judged in their bytes (RFC 8259, RFC 3339, RFC 8785), compiled.

Each judge returns where the value ends, or -1 to leave the record to the exact checks: what is rare
(escapes, exponents, more digits than a float holds exactly) is refused here, not decided.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from validator.accept import program as p
from validator.accept.compiled import compiled

QUOTE: Final = 34
BACKSLASH: Final = 92
MINUS: Final = 45
POINT: Final = 46
ZERO: Final = 48
NINE: Final = 57
REFUSED: Final = -1
ACCEPTED: Final = 1
LOOK: Final = 2
"""Accepted as far as the schema goes; its texts are to be looked at by the other checks' own sieves."""

POWERS: Final = np.array([10.0**n for n in range(23)])
_MONTH_DAYS: Final = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int64)
_SECOND: Final = 1_000_000
_VIETNAM: Final = 7 * 3600
_LEAST: Final = 1e-4
"""Below it, writers of JSON disagree on the form of a number."""


@compiled
def plain_end(text, at, end):
    """Where a string without escapes ends, and all its bytes' bits together."""
    mixed = 0
    while at < end:
        byte = text[at]
        if byte == QUOTE:
            return at, mixed
        if byte < 32 or byte == BACKSLASH:
            return REFUSED, mixed
        mixed |= byte
        at += 1
    return REFUSED, mixed


@compiled
def matching_end(text, at, end, state, table):
    """Where a string ends that an automaton accepts; only ASCII passes."""
    while at < end:
        byte = text[at]
        if byte == QUOTE:
            return at if table[p.BYTES + state + p.ACCEPTS] else REFUSED
        state = table[p.BYTES + state + table[byte]]
        if state == 0:
            return REFUSED
        at += 1
    return REFUSED


@compiled
def matches(text, at, end, state, table):
    """Whether an automaton accepts the bytes between two places; quotation marks are bytes like others."""
    while at < end:
        state = table[p.BYTES + state + table[text[at]]]
        if state == 0:
            return False
        at += 1
    return table[p.BYTES + state + p.ACCEPTS] != 0


@compiled
def code_points(text, at, end):
    """How many code points well-formed UTF-8 holds; -1 when it is not well-formed (RFC 3629)."""
    count = 0
    while at < end:
        lead = text[at]
        if lead < 0x80:
            more, low = 0, 0
        elif 0xC2 <= lead < 0xE0:
            more, low = 1, 0x80
        elif 0xE0 <= lead < 0xF0:
            more, low = 2, 0xA0 if lead == 0xE0 else 0x80
        elif 0xF0 <= lead < 0xF5:
            more, low = 3, 0x90 if lead == 0xF0 else 0x80
        else:
            return REFUSED
        if at + more >= end:
            return REFUSED
        high = 0x9F if lead == 0xED else 0x8F if lead == 0xF4 else 0xBF
        for k in range(1, more + 1):
            byte = text[at + k]
            if byte < low or byte > high:
                return REFUSED
            low, high = 0x80, 0xBF
        at += more + 1
        count += 1
    return count


@compiled
def is_digit(byte):
    return ZERO <= byte <= NINE


@compiled
def two_digits(text, at):
    high, low = text[at] - ZERO, text[at + 1] - ZERO
    return 10 * high + low if is_digit(text[at]) and is_digit(text[at + 1]) else -1


@compiled
def day_number(text, at, end):
    """Days since 1970-01-01 of YYYY-MM-DD in the years 0002 to 9998; -2^40 when it is no day."""
    wrong = -(1 << 40)
    if end - at < 10 or text[at + 4] != MINUS or text[at + 7] != MINUS:
        return wrong
    century, rest = two_digits(text, at), two_digits(text, at + 2)
    month, day = two_digits(text, at + 5), two_digits(text, at + 8)
    year = 100 * century + rest
    if century < 0 or rest < 0 or not 1 < year < 9999 or not 1 <= month <= 12 or day < 1:
        return wrong
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if day > _MONTH_DAYS[month] + (1 if leap and month == 2 else 0):
        return wrong
    # days of the proleptic Gregorian calendar, years counted from March
    y = year - (1 if month <= 2 else 0)
    m = (month + 9) % 12
    return 365 * y + y // 4 - y // 100 + y // 400 + (153 * m + 2) // 5 + day - 1 - 719468


@compiled
def civil_instant(text, at, end):
    """Microseconds of UTC+07:00 civil time of an RFC 3339 text in capitals; -2^62 when it is none."""
    wrong = -(1 << 62)
    days = day_number(text, at, end)
    if days == -(1 << 40) or end - at < 20 or text[at + 10] != 84 or text[at + 13] != 58 or text[at + 16] != 58:
        return wrong
    hour, minute, second = two_digits(text, at + 11), two_digits(text, at + 14), two_digits(text, at + 17)
    if not 0 <= hour <= 23 or not 0 <= minute <= 59 or not 0 <= second <= 59:
        return wrong
    k = at + 19
    micro = 0
    if text[k] == POINT:
        k += 1
        scale = 100_000
        first = k
        while k < end and is_digit(text[k]):
            micro += (text[k] - ZERO) * scale
            scale //= 10
            k += 1
        if k == first or k - first > 9:
            return wrong
    offset = zone_seconds(text, k, end)
    if offset == wrong:
        return wrong
    return (86400 * days + 3600 * hour + 60 * minute + second - offset + _VIETNAM) * _SECOND + micro


@compiled
def zone_seconds(text, at, end):
    """Seconds east of UTC of `Z` or `+hh:mm` that fills the text to its end; -2^62 otherwise."""
    wrong = -(1 << 62)
    if end - at == 1 and text[at] == 90:
        return 0
    if end - at != 6 or text[at + 3] != 58 or (text[at] != 43 and text[at] != MINUS):
        return wrong
    hours, minutes = two_digits(text, at + 1), two_digits(text, at + 4)
    if not 0 <= hours <= 23 or not 0 <= minutes <= 59:
        return wrong
    seconds = 3600 * hours + 60 * minutes
    return seconds if text[at] == 43 else -seconds


@compiled
def number(text, at, end):
    """A number of few digits: (end, value, is it whole, end without needless zeros); end -1 otherwise."""
    start = at
    negative = at < end and text[at] == MINUS
    if negative:
        at += 1
    mantissa = 0
    first = at
    while at < end and is_digit(text[at]) and at - first <= p.MAX_DIGITS:
        mantissa = 10 * mantissa + (text[at] - ZERO)
        at += 1
    digits = at - first
    if digits == 0 or (digits > 1 and text[first] == ZERO):
        return REFUSED, 0.0, False, start
    whole, trimmed, value = True, at, float(mantissa)
    if at < end and text[at] == POINT:
        at += 1
        while at < end and is_digit(text[at]) and at - first <= p.MAX_DIGITS + 1:
            mantissa = 10 * mantissa + (text[at] - ZERO)
            at += 1
        decimals = at - first - digits - 1
        digits += decimals
        whole, trimmed, value = False, at, mantissa / POWERS[decimals]
        while text[trimmed - 1] == ZERO:
            trimmed -= 1
        if text[trimmed - 1] == POINT:
            trimmed -= 1
        if decimals == 0:
            return REFUSED, 0.0, False, start
    more = at < end and (is_digit(text[at]) or text[at] == POINT or (text[at] | 32) == 101)
    if more or digits > p.MAX_DIGITS or (mantissa == 0 and negative) or 0 < value < _LEAST:
        return REFUSED, 0.0, False, start
    return at, -value if negative else value, whole, trimmed
