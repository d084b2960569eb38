"""The system under test as the suites see it: asking, its own words, its collections, everything they hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from validator.api.capability import Claim, Collection, claims_of, collections_of, parsed
from validator.api.client import Client
from validator.api.clock import Clock
from validator.api.document import template
from validator.api.outcomes import Needs, NoAnswer, NotClaimed, Unknown
from validator.api.own import OwnRecords
from validator.api.pages import Walk, walk
from validator.api.tls import TlsSettings
from validator.api.window import Window
from validator.model.exchange import Exchange, Headers
from validator.model.result import Assertion, Outcome
from validator.model.standard import Standard

Query = Mapping[str, Any] | Iterable[tuple[str, Any]]
MAIN, LIMITED, EXPIRED = "main", "limited", "expired"
LARGEST_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Context:
    """What a run was told: where, how, and what it may do."""

    base: str
    seed: int
    allow_writes: bool
    standard: Standard
    parameters: Mapping[str, Any]
    roles: frozenset[str]
    tls: TlsSettings
    http_port: int | None
    window: Window | None
    clock: Clock


@dataclass
class Sut:
    """One running system; what it says of itself and holds is fetched once and kept."""

    client: Client
    context: Context
    done: dict[str, Assertion] = field(default_factory=dict)
    _pages: dict[str, Exchange] = field(default_factory=dict)
    _walks: dict[str, Walk] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.own = OwnRecords(self.send)
        self.contract: Mapping[str, Any] = template(self.context.standard)

    def url(self, path: str, query: Query = ()) -> str:
        """The absolute URL of a path below the base."""
        target = path if "://" in path else f"{self.context.base.rstrip('/')}{path}"
        text = urlencode(query if not isinstance(query, Mapping) else list(query.items()))
        return f"{target}?{text}" if text else target

    def send(
        self,
        method: str,
        path: str,
        query: Query = (),
        headers: Mapping[str, str] | Headers = (),
        body: bytes = b"",
        role: str | None = None,
        wait: bool = True,
    ) -> Exchange:
        """One request, whatever comes of it."""
        return self.client.send(method, self.url(path, query), headers=headers, body=body, role=role, wait=wait)

    def get(self, path: str, query: Query = (), **given: Any) -> Exchange:
        """A GET that the test cannot do without. Raises NoAnswer."""
        exchange = self.send("GET", path, query, **given)
        if exchange.answer is None:
            raise NoAnswer(exchange)
        return exchange

    def page(self, path: str) -> Exchange:
        """A page of the system's own words (`/`, `/conformance`, ...), fetched once."""
        if path not in self._pages:
            self._pages[path] = self.get(path)
        return self._pages[path]

    def document(self, path: str) -> Any:
        """The JSON of such a page; None when it has none."""
        return parsed(self.page(path))

    def claims(self) -> tuple[Claim, ...]:
        return claims_of(self.document("/conformance"))

    def collections(self) -> tuple[Collection, ...]:
        """All collections that can be made out. Raises Unknown when there are none."""
        found = tuple(collections_of(self.document("/collections")))
        if not found:
            raise Unknown("live.no_collections")
        return found

    def known(self) -> tuple[Collection, ...]:
        """Collections of datasets of the catalogue, those first that the run may read. Raises Unknown."""
        found = tuple(c for c in self.collections() if c.dataset and (not c.protected or MAIN in self.context.roles))
        if not found:
            raise Unknown("live.no_known_collections")
        return found

    def filled(self) -> tuple[Collection, ...]:
        """Known collections that hold records. Raises Unknown when all are empty."""
        found = tuple(c for c in self.known() if self.everything(c).records)
        if not found:
            raise Unknown("live.no_data")
        return found

    def writable(self) -> tuple[Collection, ...]:
        """Collections that say they can be written. Raises NotClaimed, or Unknown when the run may not write."""
        found = tuple(c for c in self.collections() if c.writable and c.dataset)
        if not found:
            raise NotClaimed("live.not_writable")
        if not self.context.allow_writes:
            raise Unknown("live.writes_not_allowed")
        return found

    def role_of(self, collection: Collection) -> str | None:
        """What to read it with: public data are read without a credential."""
        return MAIN if collection.protected else None

    def walk(self, collection: Collection, query: Query = ()) -> Walk:
        """All pages of a query."""
        role = self.role_of(collection)
        return walk(self.url(f"{collection.path}/items", query), lambda url: self.get(url, role=role))

    def everything(self, collection: Collection, fresh: bool = False) -> Walk:
        """The full download of a collection. Raises Needs when its pages cannot be read."""
        if fresh or collection.id not in self._walks:
            self._walks[collection.id] = self.walk(collection, {"limit": LARGEST_PAGE})
        found = self._walks[collection.id]
        if found.ended == "broken" and not found.pages:
            raise Needs(f"{self.context.standard.id}-R02")
        return found

    def require(self, *tests: str) -> None:
        """Goes on only if these tests, where they have run, found nothing. Raises Needs."""
        for name in tests:
            made = self.done.get(name)
            if made is not None and made.outcome is Outcome.FAILED:
                raise Needs(f"{self.context.standard.id}-{name.removeprefix('test_').partition('_')[0]}")
