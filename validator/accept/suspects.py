"""ASCII text that other checks may have something to say of: identifiers, words for nothing, control characters.

Compiled. What is not suspicious here is certain to give none of their findings; what is goes to
their own sieves. Identifiers are those of `checks/personal_patterns.py`.
"""

from __future__ import annotations

from typing import Final

from validator.accept.compiled import compiled
from validator.accept.scalars import MINUS, NINE, POINT, ZERO, is_digit

_LONGEST_NULL_WORD: Final = 4
_MANY_DIGITS: Final = 6
_PLATE_DIGITS: Final = 4
_ZERO_RUN: Final = 9


@compiled
def is_letter(byte):
    return 65 <= (byte & 0xDF) <= 90


@compiled
def suspicious(text, at, end):
    """Whether ASCII text may hold one of them; False is certain."""
    if short_word(text, at, end):
        return True
    digits = run = gap = most = 0
    for k in range(at, end):
        byte = text[k]
        if is_digit(byte):
            digits, run, gap = digits + 1, run + 1, 0
            most = max(most, digits)
            if run == _PLATE_DIGITS and after_series(text, at, k - run + 1):
                return True
            if byte == ZERO and zero_run(text, at, k, end):
                return True
        elif gap == 0 and is_gap(byte):
            gap = 1
            run = run if byte == POINT else 0
        else:
            digits = run = 0
            if byte in (64, 127) or (byte == 43 and is_abroad(text, k, end)):
                return True
    return most >= _MANY_DIGITS and tells(text, at, end)


@compiled
def is_gap(byte):
    """What may stand singly between the digits of a number or a date: a space, `-`, `.` or `/`."""
    return byte == 32 or MINUS <= byte <= 47


@compiled
def is_abroad(text, at, end):
    """Whether `+84` stands at a place."""
    return at + 2 < end and text[at + 1] == 56 and text[at + 2] == 52


@compiled
def zero_run(text, start, at, end):
    """Whether a zero starts a number of ten digits or more, no digit (or digit and point) before it."""
    if at > start and (is_digit(text[at - 1]) or (text[at - 1] == POINT and at - 1 > start and is_digit(text[at - 2]))):
        return False
    digits, gap = 0, 0
    for k in range(at + 1, end):
        if is_digit(text[k]):
            digits, gap = digits + 1, 0
            if digits >= _ZERO_RUN:
                return True
        elif gap == 0 and is_gap(text[k]):
            gap = 1
        else:
            return False
    return False


@compiled
def follows(text, at, end, second, third, fourth):
    """Whether letters stand after a place, in any case; 0 for a letter that may be any."""
    if at + 3 >= end and not (fourth == 0 and at + 2 < end):
        return False
    same = (text[at + 1] | 32) == second and (text[at + 2] | 32) == third
    return same and (fourth == 0 or (text[at + 3] | 32) == fourth)


@compiled
def tells(text, at, end):
    """Whether a word stands in the text that makes a number an identity card's, or a date one of birth:
    cmt, cmnd, sinh, dob, birth, born."""
    for k in range(at, end):
        byte = text[k] | 32
        if byte == 99 and (follows(text, k, end, 109, 116, 0) or follows(text, k, end, 109, 110, 100)):
            return True
        if byte == 115 and follows(text, k, end, 105, 110, 104):
            return True
        if byte == 100 and follows(text, k, end, 111, 98, 0):
            return True
        if byte == 98 and (follows(text, k, end, 105, 114, 116) or follows(text, k, end, 111, 114, 110)):
            return True
    return False


@compiled
def short_word(text, at, end):
    while at < end and text[at] == 32:
        at += 1
    while end > at and text[end - 1] == 32:
        end -= 1
    if end - at > _LONGEST_NULL_WORD or end == at:
        return False
    first = text[at] | 32
    return first == 110 or text[at] == MINUS or text[at] == 35 or text[at] == NINE


@compiled
def after_series(text, start, at):
    """Whether digits at a place follow what a plate's series looks like: a digit, then letters."""
    k = at - 1
    while k >= start and (text[k] == POINT or is_digit(text[k])):
        k -= 1
    for _ in range(5):
        if k < start:
            return False
        if is_digit(text[k]):
            return True
        if not is_letter(text[k]) and text[k] != 32 and text[k] != MINUS:
            return False
        k -= 1
    return False
