"""Whatever a system calls a link, it is asked as the URL that it is, or not at all."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from validator.api.evidence import evidence, fingerprint
from validator.api.fault import Fault
from validator.api.recorder import Recorder
from validator.api.redact import Redactor
from validator.api.urls import parse, resolve
from validator.model.exchange import Call, Exchange, Failure

BASE = "https://city.example/vsc/v1"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("collections", "https://city.example/vsc/v1/collections"),
        ("/collections", "https://city.example/collections"),
        ("?cursor=a", "https://city.example/vsc/v1/?cursor=a"),
        ("../v2/", "https://city.example/vsc/v2/"),
        ("//other.example/x", "https://other.example/x"),
        ("HTTPS://CITY.example:443/a#top", "https://city.example/a"),
        ("https://city.example:8443", "https://city.example:8443/"),
        ("http://[2001:db8::1]:80/", "http://[2001:db8::1]/"),
        (
            "https://thànhphố.example/Đường?q=à b",
            "https://xn--thnhph-jta8342d.example/%C4%90%C6%B0%E1%BB%9Dng?q=%C3%A0%20b",
        ),
        ("items/HN~1?x=%2F&y=a+b", "https://city.example/vsc/v1/items/HN~1?x=%2F&y=a+b"),
        ('a"<>\\^`{|}', "https://city.example/vsc/v1/a%22%3C%3E%5C%5E%60%7B%7C%7D"),
    ],
)
def test_a_target_is_resolved_as_rfc_3986_has_it(target: str, expected: str) -> None:
    assert str(resolve(BASE, target)) == expected


@given(st.text(max_size=60) | st.builds("https://{}{}".format, st.text(max_size=30), st.text(max_size=30)))
@example("\ud800")
@example("https://city.example/\ud800")
@example("https://[::1%25\x00]/")
@example("https://city.example:٣/")
def test_any_text_is_an_ascii_url_or_a_fault(target: str) -> None:
    try:
        found = resolve(BASE, target)
    except Fault:
        return

    assert str(found).isascii()
    assert not any(letter <= " " or letter == "\x7f" for letter in str(found))
    assert parse(str(found)) == found


@given(st.text(st.characters(), max_size=40))
@example("\ud800")
@example("http://[x/")
def test_any_target_can_be_recorded(target: str) -> None:
    moment = datetime(2026, 11, 26, tzinfo=UTC)
    exchange = Exchange(1, Call("GET", target), None, Failure.BLOCKED, "url", moment, 0.0)
    redactor = Redactor()

    assert isinstance(evidence(exchange, redactor)["request"]["url"].encode(), bytes)
    assert fingerprint(exchange.call, redactor).startswith("sha256:")


def test_half_a_surrogate_pair_can_be_written(tmp_path: Path) -> None:
    made = Recorder(tmp_path / "exchanges.ndjson", Redactor())
    moment = datetime(2026, 11, 26, tzinfo=UTC)
    made.add(Exchange(1, Call("GET", "/\ud800"), None, Failure.BLOCKED, "url", moment, 0.0))

    assert made.entry(1)["request"]["url"] == "/\\ud800"
    made.close()
