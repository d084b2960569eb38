"""Following `next`: links as RFC 8288 writes them, and walks that must end."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.api.pages import linked, page_of, walk
from validator.model.exchange import Answer, Call, Exchange

BASE = "https://city.example/vsc/v1/collections/a/items"


def answered(url: str, records: list[object], following: str | None = None, **more: object) -> Exchange:
    body = {"records": records, "numberMatched": 3, "numberReturned": len(records), **more}
    headers = (("Link", f'<{following}>; rel="next"'),) if following else ()
    return Exchange(
        1, Call("GET", url), Answer(200, headers, json.dumps(body).encode()), None, "", datetime.now(UTC), 0
    )


@pytest.mark.parametrize(
    ("field", "target"),
    [
        ('<https://a.example/?c=1>; rel="next"', "https://a.example/?c=1"),
        ("</x?c=2>; rel=next", "/x?c=2"),
        ('<?c=3>; title="a, b; rel=no"; rel="prev next"', "?c=3"),
        ('</p>; rel="prev", </n>; rel="next"', "/n"),
        ('</n>; REL="NEXT"', "/n"),
        ('</p>; rel="prev"', None),
        ("", None),
    ],
)
def test_a_link_is_found_by_its_relation(field: str, target: str | None) -> None:
    assert linked(field, "next") == target


@given(st.text(max_size=200))
def test_any_field_is_read(field: str) -> None:
    linked(field, "next")


def test_a_walk_follows_relative_links_to_the_end() -> None:
    pages = {BASE: answered(BASE, [{"k": 1}], "?c=2"), f"{BASE}?c=2": answered(f"{BASE}?c=2", [{"k": 2}, {"k": 3}])}

    found = walk(BASE, pages.__getitem__)

    assert found.ended == "end"
    assert [record["k"] for record in found.records] == [1, 2, 3]


def test_a_link_of_the_body_is_followed_where_the_header_has_none() -> None:
    first = answered(BASE, [{"k": 1}], links=[{"rel": "next", "href": f"{BASE}?c=2"}])

    assert walk(BASE, {BASE: first, f"{BASE}?c=2": answered(BASE, [])}.__getitem__).ended == "end"


@pytest.mark.parametrize(("following", "ended"), [(BASE, "loop"), ("https://other.example/", "other_host")])
def test_a_walk_ends_where_it_would_not_come_further(following: str, ended: str) -> None:
    assert walk(BASE, lambda url: answered(url, [{"k": 1}], following)).ended == ended


@given(st.integers(min_value=0, max_value=3))
def test_a_walk_without_end_is_ended(size: int) -> None:
    asked = []

    def fetch(url: str) -> Exchange:
        asked.append(url)
        return answered(url, [{"k": len(asked)}] * size, f"{BASE}?c={len(asked)}")

    assert walk(BASE, fetch).ended == "endless"
    assert len(asked) < 30


def test_what_is_no_page_breaks_the_walk() -> None:
    broken = Exchange(1, Call("GET", BASE), Answer(200, (), b'{"records": 1}'), None, "", datetime.now(UTC), 0)

    assert page_of(broken) is None
    assert walk(BASE, lambda _: broken).ended == "broken"
