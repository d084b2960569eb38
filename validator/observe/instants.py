"""RFC 3339 instants as microseconds of Vietnamese civil time (UTC+07:00), the time that rules reason in."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

VIETNAM_SECONDS: Final = 7 * 3600
_EPOCH: Final = date(1970, 1, 1).toordinal()
_FORM = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[Tt]([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.(\d{1,15}))?"
    r"(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))",
    re.ASCII,
)


def civil_microseconds(text: str) -> int | None:
    """Microseconds since 1970-01-01T00:00 of Vietnamese civil time; None when the text is no instant.

    Digits beyond microseconds are cut; second 60 is the start of the next minute. Years 0002 to 9998
    only, so that arithmetic on the result stays within what a calendar can say.
    """
    found = _FORM.fullmatch(text)
    if found is None or not "0001" < found[1] < "9999":
        return None
    try:
        days = date(int(found[1]), int(found[2]), int(found[3])).toordinal() - _EPOCH
    except ValueError:
        return None
    seconds = 86400 * days + 3600 * int(found[4]) + 60 * int(found[5]) + int(found[6])
    if found[8]:
        offset = 3600 * int(found[9]) + 60 * int(found[10])
        seconds += offset if found[8] == "-" else -offset
    return (seconds + VIETNAM_SECONDS) * 1_000_000 + int((found[7] or "").ljust(6, "0")[:6])
