"""Numbers, times and unseen characters as the reports write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.report.timeline import HEIGHT, timeline
from validator.report.visible import one_line, shortened, visible
from validator.report.wording import duration, integer, moment, rate, word


def test_thousands_are_grouped_as_each_language_does():
    assert integer(1234567, "vi") == "1.234.567"
    assert integer(1234567, "en") == "1,234,567"


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [(0.96666, "96,67 %", "96.67%"), (1, "100 %", "100%"), (0.99999, "99,99 %", "99.99%"), (None, "–", "–")],
)
def test_rates_are_never_rounded_up_to_the_whole(value, vi, en):
    assert rate(value, "vi") == vi
    assert rate(value, "en") == en


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 giây"),
        (59.6, "1 phút"),
        (90_061, "1 ngày 1 giờ"),
        (28_650.5, "7 giờ 57 phút"),
        (-60, "−1 phút"),
        (None, "–"),
    ],
)
def test_durations_name_their_two_greatest_units(seconds, shown):
    assert duration(seconds, "vi") == shown


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        ("2026-11-23", "23/11/2026", "2026-11-23"),
        ("2026-11-23T08:00:00+07:00", "08:00 23/11/2026 (UTC+07:00)", "2026-11-23 08:00 (UTC+07:00)"),
        ("2026-11-23T00:00:00", "23/11/2026", "2026-11-23"),
        ("2026-11-23T23:59:59", "23:59:59 23/11/2026", "2026-11-23 23:59:59"),
        ("yesterday", "yesterday", "yesterday"),
    ],
)
def test_times_are_written_as_each_language_does(value, vi, en):
    assert moment(value, "vi") == vi
    assert moment(value, "en") == en


def test_unknown_words_are_shown_as_they_are():
    assert word("vi", "basis", "L[U]") == "L[U]"


def test_unseen_characters_are_spelled_out_and_letters_are_not():
    assert visible("a\u202eb\x1b\u200bc\ufeff") == "a⟨U+202E⟩b⟨U+001B⟩⟨U+200B⟩c⟨U+FEFF⟩"
    assert visible("Đặng Thuỳ Trâm – 城市\n") == "Đặng Thuỳ Trâm – 城市\n"
    assert one_line("a\r\n b") == "a⟨U+000D⟩ b"


def test_long_text_says_how_much_is_left_out():
    assert shortened("x" * 10, 4) == "xxxx… (+6)"


DAYS = st.lists(
    st.integers(0, 24).flatmap(
        lambda expected: st.fixed_dictionaries(
            {
                "date": st.just("2026-10-24"),
                "expected": st.just(expected),
                "delivered": st.integers(0, 30),
                "on_time": st.integers(0, 30),
            }
        )
    ),
    max_size=120,
)


@given(DAYS)
def test_bars_stay_inside_the_picture_and_fill_the_day(days):
    image = timeline(days)

    assert len(image.bars) == sum(day["expected"] > 0 for day in days)
    for bar in image.bars:
        assert 0 <= bar.x <= bar.x + bar.width <= image.width
        assert min(bar.on_time, bar.late, bar.missed) >= 0
        assert bar.on_time + bar.late + bar.missed == pytest.approx(HEIGHT, abs=0.2)
