"""Times of the reference server are the instants they stand for."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.reference_sut.instants import FURTHEST, SECOND, When, from_nanoseconds, instant, subject, when

OFFSETS = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1))


@given(MOMENTS, OFFSETS, OFFSETS)
def test_an_instant_does_not_depend_on_its_offset(moment: datetime, one: timezone, other: timezone) -> None:
    aware = moment.replace(tzinfo=UTC)

    assert instant(aware.astimezone(one).isoformat()) == instant(aware.astimezone(other).isoformat())
    assert from_nanoseconds(instant(aware.astimezone(one).isoformat())) == aware


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("1970-01-01T00:00:00Z", 0), ("1970-01-01t07:00:00.000000001+07:00", 1), ("1969-12-31T23:59:60Z", 0),
        ("1970-01-01T00:00:01.9999999999Z", 2 * SECOND - 1), ("0000-01-01T00:00:00Z", -FURTHEST),
        ("9999-12-31T23:59:59Z", FURTHEST),
    ],
)  # fmt: skip
def test_what_rfc_3339_allows_is_read(text: str, nanoseconds: int) -> None:
    assert instant(text) == nanoseconds


@pytest.mark.parametrize(
    "text",
    [
        "", "2026-11-26", "2026-11-26T05:00:00", "2026-11-26 05:00:00Z", "2026-02-30T00:00:00Z", "26-11-26T05:00:00Z",
        "2026-11-26T24:00:00Z", "2026-11-26T05:60:00Z", "2026-11-26T05:00:61Z", "2026-11-26T05:00:00+24:00",
        "2026-11-26T05:00:00+0700", "2026-11-26T05:00Z", "２０２６-11-26T05:00:00Z", "../..", "/",
        "2026-11-26T05:00:00Z/", "2026-11-27T00:00:00Z/2026-11-26T00:00:00Z", "../../..",
    ],
)  # fmt: skip
def test_what_it_does_not_allow_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        when(text)


def test_open_ends_and_dates() -> None:
    assert when("../1970-01-01T00:00:00Z") == When(None, 0)
    assert when("1970-01-01T00:00:00Z/..") == When(0, None)
    assert subject("1970-01-01") == subject("1970-01-01T00:00:00+07:00") == -7 * 3600 * SECOND
