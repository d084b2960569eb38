"""Preconditions of the reference server are those of RFC 9110."""

import pytest

from fixtures.reference_sut.conditions import http_date, refused, shown, unchanged
from fixtures.reference_sut.routes import accepts

TAG = '"a"'
MODIFIED = 1_000_000.5
LATER = MODIFIED + 60


@pytest.mark.parametrize(
    ("field", "current"),
    [
        ('"a"', True), ('W/"a"', True), ('"b", W/"a" ,"c"', True), ("*", True), ('"b"', False), ("a", False),
        ('"b","c"', False), ("", False), ('"b, a"', False),
    ],
)  # fmt: skip
def test_if_none_match_compares_weakly(field: str, current: bool) -> None:
    assert unchanged({"if-none-match": field}, TAG, MODIFIED, LATER) is current
    assert refused({"if-none-match": field}, TAG, MODIFIED, exists=True) is current
    assert not refused({"if-none-match": field}, None, None, exists=False)


@pytest.mark.parametrize(
    ("field", "met"), [('"a"', True), ('"b", "a"', True), ("*", True), ('W/"a"', False), ('"b"', False), ("a", False)]
)
def test_if_match_compares_strongly(field: str, met: bool) -> None:
    assert refused({"if-match": field}, TAG, MODIFIED, exists=True) is not met
    assert refused({"if-match": field}, None, None, exists=False)
    assert refused({"if-match": field}, "W/" + TAG, MODIFIED, exists=True) is (field != "*")


def test_entity_tags_go_before_dates() -> None:
    date = http_date(LATER)

    assert unchanged({"if-modified-since": date}, TAG, MODIFIED, LATER)
    assert not unchanged({"if-modified-since": date, "if-none-match": '"b"'}, TAG, MODIFIED, LATER)
    assert not unchanged({"if-modified-since": "yesterday"}, TAG, MODIFIED, LATER)
    assert refused({"if-unmodified-since": http_date(MODIFIED - 2)}, TAG, MODIFIED, exists=True)
    assert not refused({"if-unmodified-since": http_date(MODIFIED - 2), "if-match": TAG}, TAG, MODIFIED, exists=True)


def test_two_changes_in_one_second_are_never_taken_for_one() -> None:
    first, second = 1000.1, 1000.6
    seen = http_date(shown(first, now=1000.3))

    assert not unchanged({"if-modified-since": seen}, None, second, now=1060.0)
    assert unchanged({"if-modified-since": http_date(shown(second, now=1060.0))}, None, second, now=1061.0)


@pytest.mark.parametrize(
    ("field", "taken"),
    [
        ("*/*", True), ("application/*;q=0.1", True), ("text/html, application/json", True), ("", True),
        ("text/html", False), ("application/json;q=0", False), ("application/json;q=0.0, */*", False),
        ("APPLICATION/JSON ; q=1", True), ("application/xml, */*;q=0.01", True),
    ],
)  # fmt: skip
def test_accept_is_read_by_its_most_specific_range(field: str, taken: bool) -> None:
    assert accepts(field, "application/json") is taken
