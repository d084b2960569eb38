"""VSC-API 5.11: what will be removed says so in time, and the path names its major version."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urlsplit

from validator.api.collector import Collector
from validator.api.description import Description, Operation
from validator.api.outcomes import NotClaimed
from validator.api.sut import MAIN, Sut
from validator.model.exchange import Exchange

REQUIREMENT = "VSC-API-R11"
MAJOR = re.compile(r"v[0-9]+")
STRUCTURED_DATE = re.compile(r"@(-?[0-9]{1,15})")


def test_R11_path_names_the_major_version(sut: Sut, find: Collector) -> None:
    find.looked()
    segments = urlsplit(sut.context.base).path.split("/")
    if not any(MAJOR.fullmatch(segment) for segment in segments):
        find("no_version", sut.page("/"), expected="…/v1", found=urlsplit(sut.context.base).path)


def test_R11_deprecated_operations_say_when_they_end(sut: Sut, find: Collector) -> None:
    said = Description(sut.document("/openapi.json"))
    deprecated = [o for o in said.operations() if o.said.get("deprecated") is True and o.method == "get"]
    if not deprecated:
        raise NotClaimed("live.nothing_deprecated")
    for operation in deprecated:
        exchange = sut.get(_filled(sut, operation), role=MAIN if MAIN in sut.context.roles else None)
        find.looked()
        _judge(sut, find, exchange)


def _filled(sut: Sut, operation: Operation) -> str:
    """The path with ids that exist."""
    collection = sut.known()[0]
    values = {"collectionId": collection.id}
    names = re.findall(r"{([^}]+)}", operation.path)
    return (
        re.sub(r"{([^}]+)}", lambda m: quote(values.get(m[1], collection.id), safe=""), operation.path)
        if names
        else operation.path
    )


def _judge(sut: Sut, find: Collector, exchange: Exchange) -> None:
    assert exchange.answer is not None
    since = deprecation(exchange.answer.header("deprecation"))
    if since is None:
        find("no_deprecation", exchange, expected="Deprecation: @…", found=exchange.answer.header("deprecation") or "∅")
    ends = sunset(exchange.answer.header("sunset"))
    if ends is None:
        find("no_sunset", exchange, expected="Sunset: <HTTP-date>", found=exchange.answer.header("sunset") or "∅")
    days = int(sut.context.parameters["notice_days_min"])
    if since is not None and ends is not None and ends - since < timedelta(days=days):
        find("notice_short", exchange, expected=f"≥ {days} d", found=f"{(ends - since).days} d")


def deprecation(text: str | None) -> datetime | None:
    """The moment of a Deprecation field: a structured date (RFC 9745, 2.1)."""
    found = STRUCTURED_DATE.fullmatch((text or "").strip())
    try:
        return datetime.fromtimestamp(int(found[1]), UTC) if found else None
    except (OverflowError, OSError, ValueError):
        return None


def sunset(text: str | None) -> datetime | None:
    """The moment of a Sunset field: an HTTP-date (RFC 8594, 3)."""
    try:
        found = parsedate_to_datetime(text or "")
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
