"""The system under test as the suites see it: asking, its own words, its collections, everything they hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlencode, urljoin

from validator.api.capability import Claim, Collection, claims_of, collections_of, parsed
from validator.api.client import Client
from validator.api.clock import Clock
from validator.api.description import Description
from validator.api.document import template
from validator.api.journal import Journal
from validator.api.looks import Looks
from validator.api.outcomes import Needs, NoAnswer, NotClaimed, Unknown
from validator.api.own import Own, OwnRecords
from validator.api.pages import Walk, page_of, walk
from validator.api.records import Record, instant_of
from validator.api.times import Times
from validator.api.tokens import TokenError
from validator.api.window import Window
from validator.model.exchange import Exchange, Failure, Headers
from validator.model.result import Assertion, Outcome
from validator.model.standard import ConformanceClass, Standard

Query = Mapping[str, Any] | Iterable[tuple[str, Any]]
MAIN, LIMITED, EXPIRED = "main", "limited", "expired"
LARGEST_PAGE: Final = 1000
ERRORS_KEPT: Final = 400
BYTES_KEPT: Final = 32 * 1024**2
"""Of error answers, and of downloads, beyond which the first are let go and fetched again when they are needed."""
FAILURES_IN_A_ROW: Final = 6
FAILURES_IN_ALL: Final = 60
MARK_PRIME: Final = 2_654_435_761


@dataclass(frozen=True, slots=True)
class Context:
    """What a run was told: where, how, and what it may do."""

    base: str
    seed: int
    allow_writes: bool
    standard: Standard
    parameters: Mapping[str, Any]
    roles: frozenset[str]
    manifest_class: ConformanceClass | None
    looks: Looks
    http_port: int | None
    window: Window | None
    clock: Clock


@dataclass
class Sut:
    """One running system; what it says of itself and holds is fetched once and kept."""

    client: Client
    context: Context
    journal: Journal = field(default_factory=lambda: Journal(None, {}))
    done: dict[str, Assertion] = field(default_factory=dict)
    errors: list[Exchange] = field(default_factory=list)
    times: Times = field(default_factory=Times)
    _pages: dict[str, Exchange] = field(default_factory=dict)
    _walks: dict[str, Walk] = field(default_factory=dict)
    _failed: int = 0
    _lost: int = 0
    _error_bytes: int = 0

    def __post_init__(self) -> None:
        self.own = OwnRecords(self.send, self.journal, self.context.standard.id, self.mark)

    @cached_property
    def contract(self) -> Mapping[str, Any]:
        """The standard's own OpenAPI document; asked for only by suites of standards that have one."""
        return template(self.context.standard)

    @property
    def mark(self) -> str:
        """Eight hexadecimal digits that the seed alone decides: the name of what is the run's own."""
        return f"{(self.context.seed * MARK_PRIME + 1) % 2**32:08x}"

    def url(self, path: str, query: Query = ()) -> str:
        """The absolute URL of a path below the base."""
        target = path if "://" in path else f"{self.context.base.rstrip('/')}{path}"
        text = urlencode(list(query.items() if isinstance(query, Mapping) else query))
        return f"{target}?{text}" if text else target

    def resolve(self, href: str) -> str:
        """The absolute URL of a link of the landing page."""
        return urljoin(f"{self.context.base.rstrip('/')}/", href)

    def send(
        self,
        method: str,
        path: str,
        query: Query = (),
        headers: Mapping[str, str] | Headers = (),
        body: bytes = b"",
        role: str | None = None,
        wait: bool = True,
        pace: bool = True,
    ) -> Exchange:
        """One request, whatever comes of it. Raises Unknown once the system has stopped answering."""
        if self._failed >= FAILURES_IN_A_ROW:
            self._look_again()
        self.own.note(method, path)
        given = tuple(headers.items() if isinstance(headers, Mapping) else headers)
        try:
            exchange = self.client.send(
                method, self.url(path, query), headers=given, body=body, role=role, wait=wait, pace=pace
            )
        except TokenError as fault:
            raise Unknown("live.no_token", role=role, reason=str(fault)) from fault
        self._count(exchange)
        self.own.answered(exchange, path)
        return exchange

    def _look_again(self) -> None:
        """Goes on if the landing page answers: then it is certain requests that fail, and not the system that has
        gone. Raises Unknown; also after so many failures in all that the rest would cost too much time."""
        if self._lost >= FAILURES_IN_ALL:
            raise Unknown("live.too_many_lost", count=self._lost)
        if self._failed > FAILURES_IN_A_ROW:
            raise Unknown("live.system_gone", count=self._failed)
        self._count(self.client.send("GET", self.url("/"), wait=False, role=None))
        if self._failed:
            raise Unknown("live.system_gone", count=self._failed)

    def _count(self, exchange: Exchange) -> None:
        """Keeps account of what was not answered, and keeps errors. What was not sent (`BLOCKED`) is no failure."""
        answer = exchange.answer
        if answer is None and exchange.failure is not Failure.BLOCKED:
            self._failed, self._lost = self._failed + 1, self._lost + 1
        elif answer is not None:
            self._failed = 0
            fits = len(self.errors) < ERRORS_KEPT and self._error_bytes + len(answer.body) <= BYTES_KEPT
            if answer.status >= 400 and fits:
                self._error_bytes += len(answer.body)
                self.errors.append(exchange)

    def take_up(self, errors: Iterable[Exchange]) -> None:
        """Goes on from a stopped run: first what that one left in the system is removed."""
        if self.own.left:
            self.clean_up()
        for exchange in errors:
            self._count(exchange)

    def clean_up(self) -> tuple[str, ...]:
        """Removes own records, though the system seemed gone; the paths of those that could not be removed."""
        self._failed, self._lost = 0, 0
        return self.own.clean_up()

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

    def by_time(self, filtered: bool = True) -> list[tuple[Collection, list[Record]]]:
        """Collections with a subject time (by default those that can be asked by it) and their records in its order.
        Raises NotClaimed, or Unknown when no record has one that can be read."""
        chosen = [c for c in self.filled() if c.dataset and c.dataset.subject_time]
        chosen = [c for c in chosen if "datetime" in c.filters] if filtered else chosen
        if not chosen:
            raise NotClaimed("live.no_datetime")
        found = []
        for collection in chosen:
            dated = [(instant_of(r, collection.dataset), r) for r in self.everything(collection).records]  # type: ignore[arg-type]
            if timed := sorted(((at, r) for at, r in dated if at is not None), key=lambda pair: pair[0]):
                found.append((collection, [record for _, record in timed]))
        if not found:
            raise Unknown("live.no_times")
        return found

    def writable(self) -> tuple[Collection, ...]:
        """Collections that say they can be written. Raises NotClaimed, or Unknown when the run may not write."""
        found = tuple(c for c in self.collections() if c.writable and c.dataset)
        if not found:
            raise NotClaimed("live.not_writable")
        if not self.context.allow_writes:
            raise Unknown("live.writes_not_allowed")
        said = Description(self.document("/openapi.json"))
        described = tuple(c for c in found if said.find("put", f"{c.path}/items/x"))
        if not described:
            raise Needs(f"{self.context.standard.id}-R02")
        return described

    def role_of(self, collection: Collection) -> str | None:
        """What to read it with: public data are read without a credential."""
        return MAIN if collection.protected else None

    def walk(self, collection: Collection, query: Query = ()) -> Walk:
        """All pages of a query."""
        role = self.role_of(collection)
        return walk(self.url(f"{collection.path}/items", query), lambda url: self.get(url, role=role))

    def everything(self, collection: Collection, fresh: bool = False) -> Walk:
        """The full download of a collection. Raises Needs when its pages cannot be read."""
        kept = self._walks.pop(collection.id, None)
        found = self.walk(collection, {"limit": LARGEST_PAGE}) if fresh or kept is None else kept
        self._walks[collection.id] = found
        while len(self._walks) > 1 and sum(walk.size for walk in self._walks.values()) > BYTES_KEPT:
            del self._walks[next(iter(self._walks))]
        if found.ended == "broken" and not found.pages:
            raise Needs(f"{self.context.standard.id}-R02")
        return found

    def require(self, *tests: str) -> None:
        """Goes on only if these tests, where they have run, found nothing. Raises Needs."""
        for name in tests:
            made = self.done.get(name)
            if made is not None and made.outcome is Outcome.FAILED:
                raise Needs(f"{self.context.standard.id}-{name.removeprefix('test_').partition('_')[0]}")

    def own_record(self, collection: Collection) -> Own:
        """A record of the run's own, not written yet. Raises Unknown when none can be made."""
        records = self.everything(collection).records
        if not records:
            raise Unknown("live.no_data")
        return self.own.like(collection, records[0], self.mark)

    def own_records_around(self, collection: Collection) -> tuple[Own, ...]:
        """Own records like the first and the last of a collection, to come in on both sides of a place between."""
        records = self.everything(collection).records
        return tuple(self.own.like(collection, record, self.mark) for record in (records[0], records[-1]))

    def growing(self) -> tuple[Collection, ...]:
        """Collections that hold another number of records than when they were first read."""
        found = []
        for collection in self.known():
            before = self.everything(collection).pages[0]
            now = page_of(self.get(f"{collection.path}/items", {"limit": 1}, role=self.role_of(collection)))
            if now is not None and now.matched != before.matched:
                found.append(collection)
        return tuple(found)

    def growth(self, collection: Collection) -> tuple[Exchange, Exchange]:
        """The same page before and after the collection has grown."""
        before = self.everything(collection).pages[0].exchange
        return before, self.get(before.call.target, role=self.role_of(collection))

    def pause_for_dates(self, exchange: Exchange) -> None:
        """Lets a second pass where Last-Modified tells of change: it knows no less."""
        if exchange.answer is not None and exchange.answer.header("last-modified"):
            self.context.clock.sleep(1.1)

    def latest_again(self, collection: Collection) -> int | None:
        """The latest subject time in a new download."""
        assert collection.dataset is not None
        records = self.everything(collection, fresh=True).records
        return max((t for r in records if (t := instant_of(r, collection.dataset)) is not None), default=None)
