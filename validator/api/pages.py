"""Walking a collection: page after page by its `next` links, and everything it holds.

The walk is bounded: it ends at a link it has seen, at another host, after pages without records, and
after more pages than the counts that the system itself states could need.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from validator.api.capability import parsed
from validator.api.outcomes import Unknown
from validator.model.exchange import Exchange

EMPTY_PAGES_MOST: Final = 3
PAGES_TO_SPARE: Final = 5
LARGEST: Final = 32 * 1024**2
"""Bytes of one walk in all: what a run can hold and compare."""
_LINK = re.compile(r'<([^>]*)>((?:\s*;\s*[^\s=;,]+\s*=\s*(?:"[^"]*"|[^\s;,]*))*)')
_PARAMETER = re.compile(r';\s*([^\s=;,]+)\s*=\s*(?:"([^"]*)"|([^\s;,]*))')

Fetch = Callable[[str], Exchange]


@dataclass(frozen=True, slots=True)
class Page:
    """One page as received; `matched` and `returned` are None when the page does not state them."""

    exchange: Exchange
    records: tuple[Mapping[str, Any], ...]
    matched: int | None
    returned: int | None
    next: str | None


@dataclass(frozen=True, slots=True)
class Walk:
    """Pages in order and why it ended: `end`, `loop`, `other_host`, `endless`, `broken`."""

    pages: tuple[Page, ...]
    ended: str
    last: Exchange

    @property
    def records(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(record for page in self.pages for record in page.records)

    @property
    def size(self) -> int:
        """Bytes of all bodies."""
        return sum(_size(page.exchange) for page in self.pages)


def page_of(exchange: Exchange) -> Page | None:
    """The page in an answer; None when it is no page of records with status 200."""
    document = parsed(exchange)
    if exchange.answer is None or exchange.answer.status != 200 or not isinstance(document, Mapping):
        return None
    records = document.get("records")
    if not isinstance(records, list) or not all(isinstance(record, Mapping) for record in records):
        return None
    return Page(
        exchange,
        tuple(records),
        _count(document.get("numberMatched")),
        _count(document.get("numberReturned")),
        next_of(exchange, document),
    )


def _count(value: Any) -> int | None:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def next_of(exchange: Exchange, document: Mapping[str, Any]) -> str | None:
    """The absolute target of `next`: the Link header's (RFC 8288), else the body's."""
    answer = exchange.answer
    target = linked((answer.header("link") if answer else None) or "", "next")
    if target is None:
        links = document.get("links")
        for link in links if isinstance(links, list) else ():
            if isinstance(link, Mapping) and link.get("rel") == "next" and isinstance(link.get("href"), str):
                target = link["href"]
    return None if target is None else urljoin(exchange.call.target, target)


def linked(field: str, relation: str) -> str | None:
    """The target of the first link of a relation in a Link header field."""
    for target, parameters in _LINK.findall(field):
        named = {name.lower(): quoted or plain for name, quoted, plain in reversed(_PARAMETER.findall(parameters))}
        if relation in named.get("rel", "").lower().split():
            return str(target)
    return None


def walk(first: str, fetch: Fetch) -> Walk:
    """Follows `next` from a first URL. Raises Unknown for more than can be held."""
    pages: list[Page] = []
    size = 0
    seen: set[str] = set()
    at, home = first, urlsplit(first).netloc
    while True:
        seen.add(at)
        exchange = fetch(at)
        size += _size(exchange)
        if size > LARGEST:
            raise Unknown("live.too_much", url=first, most=LARGEST // 1024**2)
        page = page_of(exchange)
        if page is None:
            return Walk(tuple(pages), "broken", exchange)
        pages.append(page)
        if page.next is None:
            return Walk(tuple(pages), "end", exchange)
        if page.next in seen:
            return Walk(tuple(pages), "loop", exchange)
        if urlsplit(page.next).netloc != home:
            return Walk(tuple(pages), "other_host", exchange)
        if _enough(pages):
            return Walk(tuple(pages), "endless", exchange)
        at = page.next


def _size(exchange: Exchange) -> int:
    return len(exchange.answer.body) if exchange.answer is not None else 0


def _enough(pages: list[Page]) -> bool:
    """Whether more pages were given than the records that the system states could fill."""
    tail = pages[-EMPTY_PAGES_MOST:]
    if len(tail) == EMPTY_PAGES_MOST and not any(page.records for page in tail):
        return True
    stated = max((page.matched or 0 for page in pages), default=0)
    walked = sum(len(page.records) for page in pages)
    smallest = min((len(page.records) for page in pages if page.records), default=1)
    return walked > stated + PAGES_TO_SPARE * smallest and len(pages) > PAGES_TO_SPARE
