"""A service of geographic features in the OGC API style, as the suite sees it: its own words, its pages.

Read as it is, faults and all. Pages are walked up to a bound, so that a service with millions of
features is judged by a part of them; `complete` says whether that part is the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urljoin, urlsplit

from validator.api.capability import parsed
from validator.api.outcomes import NotClaimed, Unknown
from validator.api.pages import next_of
from validator.api.sut import MAIN, Query, Sut
from validator.model.exchange import Exchange

PART: Final = "http://www.opengis.net/spec/ogcapi-features-{}/1.0/conf/{}"
CORE, GEOJSON, CRS = PART.format(1, "core"), PART.format(1, "geojson"), PART.format(2, "crs")
DEFAULT_CRS: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
JSON_TYPE, GEOJSON_TYPE = "application/json", "application/geo+json"
PAGE: Final = 100
PAGES_MOST: Final = 10
Feature = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FeatureCollection:
    """One collection of features as the service describes it; `crs` are the systems it can be asked in."""

    id: str
    path: str
    crs: tuple[str, ...]
    spatial: tuple[float, float, float, float] | None
    temporal: bool
    described: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Features:
    """Features of consecutive pages; `broken` when the last answer was no page, `stuck` when `next` led nowhere new."""

    features: tuple[Feature, ...]
    pages: tuple[Exchange, ...]
    last: Exchange
    complete: bool
    broken: bool
    stuck: bool

    @property
    def ids(self) -> list[str]:
        return [identifier(feature) for feature in self.features]


def identifier(feature: Feature) -> str:
    """The feature's id as text; empty when it has none."""
    given = feature.get("id")
    return "" if given is None or isinstance(given, bool) else str(given)


def links(document: Any) -> tuple[Mapping[str, Any], ...]:
    listed = document.get("links") if isinstance(document, Mapping) else None
    return tuple(link for link in listed if isinstance(link, Mapping)) if isinstance(listed, list) else ()


def same_host(target: str, exchange: Exchange) -> bool:
    return urlsplit(target).netloc == urlsplit(exchange.call.target).netloc


def features_of(exchange: Exchange) -> tuple[Feature, ...] | None:
    """The features of a page; None when it is no feature collection with status 200."""
    document = parsed(exchange)
    if exchange.answer is None or exchange.answer.status != 200 or not isinstance(document, Mapping):
        return None
    found = document.get("features")
    if document.get("type") != "FeatureCollection" or not isinstance(found, list):
        return None
    return tuple(found) if all(isinstance(feature, Mapping) for feature in found) else None


@dataclass
class FeatureService:
    """The service below the base address of a run; what it says and holds is fetched once."""

    sut: Sut
    _pages: dict[str, Exchange] = field(default_factory=dict)
    _samples: dict[str, Features] = field(default_factory=dict)

    def get(self, path: str, query: Query = (), accept: str = GEOJSON_TYPE) -> Exchange:
        """One GET. Raises NoAnswer."""
        return self.sut.get(path, query, headers={"Accept": accept}, role=MAIN)

    def page(self, path: str) -> Exchange:
        """A page of the service's own words."""
        if path not in self._pages:
            self._pages[path] = self.get(path, accept=JSON_TYPE)
        return self._pages[path]

    def claims(self, *classes: str) -> bool:
        document = parsed(self.page("/conformance"))
        listed = document.get("conformsTo") if isinstance(document, Mapping) else None
        return isinstance(listed, list) and all(name in listed for name in classes)

    def claimed(self, *classes: str) -> None:
        """Goes on only where the service claims these conformance classes. Raises NotClaimed."""
        if not self.claims(*classes):
            raise NotClaimed("live.class_not_claimed", classes=", ".join(classes))

    def collections(self) -> tuple[FeatureCollection, ...]:
        """Its collections of features. Raises Unknown when there are none."""
        document = parsed(self.page("/collections"))
        found = tuple(_collections(document)) if isinstance(document, Mapping) else ()
        if not found:
            raise Unknown("live.no_collections")
        return found

    def sample(self, collection: FeatureCollection) -> Features:
        """The first features of a collection, up to so many pages."""
        if collection.id not in self._samples:
            self._samples[collection.id] = self.walk(collection, {"limit": PAGE})
        return self._samples[collection.id]

    def filled(self) -> Iterator[tuple[FeatureCollection, Features]]:
        """Collections with their first features. Raises Unknown when none holds any."""
        found = [(collection, self.sample(collection)) for collection in self.collections()]
        if not any(sample.features for _, sample in found):
            raise Unknown("live.no_data")
        return ((collection, sample) for collection, sample in found if sample.features)

    def walk(self, collection: FeatureCollection, query: Query, most: int = PAGES_MOST) -> Features:
        """The features of a query, page after page by its `next` links."""
        exchange = self.get(f"{collection.path}/items", query)
        pages: list[Exchange] = []
        features: list[Feature] = []
        seen = {exchange.call.target}
        while True:
            found = features_of(exchange)
            if found is None:
                return Features(tuple(features), tuple(pages), exchange, False, True, False)
            pages.append(exchange)
            features.extend(found)
            after = next_of(exchange, parsed(exchange))
            if after is None:
                return Features(tuple(features), tuple(pages), exchange, True, False, False)
            if after in seen or urlsplit(after).netloc != urlsplit(exchange.call.target).netloc:
                return Features(tuple(features), tuple(pages), exchange, False, False, True)
            if len(pages) >= most:
                return Features(tuple(features), tuple(pages), exchange, False, False, False)
            seen.add(after)
            exchange = self.get(after)

    def alone(self, collection: FeatureCollection, feature: Feature, query: Query) -> Features:
        """One feature asked for by its id, as a page of one."""
        exchange = self.get(item_path(collection, feature), query)
        document = parsed(exchange)
        if exchange.status != 200 or not isinstance(document, Mapping):
            return Features((), (), exchange, False, True, False)
        return Features((document,), (exchange,), exchange, True, False, False)

    def definition(self) -> Any:
        """The API definition that the landing page links to; None when it is no JSON."""
        for link in links(parsed(self.page("/"))):
            if link.get("rel") == "service-desc" and isinstance(link.get("href"), str):
                target = self.absolute(link["href"])
                if target not in self._pages:
                    self._pages[target] = self.get(target, accept=str(link.get("type") or JSON_TYPE))
                return parsed(self._pages[target])
        return None

    def absolute(self, target: str) -> str:
        """A link of the landing page as an absolute address below the service's own."""
        return urljoin(f"{self.sut.context.base.rstrip('/')}/", target)


def item_path(collection: FeatureCollection, feature: Feature) -> str:
    return f"{collection.path}/items/{quote(identifier(feature), safe='')}"


def free_parameters(definition: Any) -> bool:
    """Whether an OpenAPI document lets items be asked with parameters of any name (an object, exploded)."""
    paths = definition.get("paths") if isinstance(definition, Mapping) else None
    for path, item in paths.items() if isinstance(paths, Mapping) else ():
        if str(path).endswith("/items") and isinstance(item, Mapping) and isinstance(item.get("get"), Mapping):
            given = (*(item.get("parameters") or ()), *(item["get"].get("parameters") or ()))
            if any(_is_free(_resolved(parameter, definition)) for parameter in given):
                return True
    return False


def _resolved(node: Any, definition: Mapping[str, Any]) -> Any:
    """A node of an OpenAPI document, or what it refers to within it."""
    reference = node.get("$ref") if isinstance(node, Mapping) else None
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return node
    target: Any = definition
    for step in reference[2:].split("/"):
        target = target.get(step) if isinstance(target, Mapping) else None
    return target


def _is_free(parameter: Any) -> bool:
    schema = parameter.get("schema") if isinstance(parameter, Mapping) else None
    return (
        isinstance(schema, Mapping)
        and parameter.get("in") == "query"
        and schema.get("type") == "object"
        and schema.get("additionalProperties", True) is not False
        and parameter.get("explode", True) is True
    )


def _collections(document: Mapping[str, Any]) -> Iterator[FeatureCollection]:
    listed = document.get("collections")
    for item in listed if isinstance(listed, list) else ():
        if _is_of_features(item):
            yield FeatureCollection(
                id=item["id"],
                path=f"/collections/{quote(item['id'], safe='')}",
                crs=tuple(_systems(item, document)),
                spatial=_spatial(item),
                temporal=_has_times(item),
                described=item,
            )


def _is_of_features(item: Any) -> bool:
    return (
        isinstance(item, Mapping) and isinstance(item.get("id"), str) and item.get("itemType", "feature") == "feature"
    )


def _systems(item: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[str]:
    """The collection's systems; `#/crs` stands for the list that all collections share."""
    listed = item.get("crs")
    for uri in listed if isinstance(listed, list) else ():
        if uri == "#/crs":
            yield from (u for u in document.get("crs") or () if isinstance(u, str))
        elif isinstance(uri, str):
            yield uri


def _extent(item: Mapping[str, Any], name: str, member: str) -> Any:
    node: Any = item
    for step in ("extent", name, member):
        node = node.get(step) if isinstance(node, Mapping) else None
    return node[0] if isinstance(node, list) and node else None


def _spatial(item: Mapping[str, Any]) -> tuple[float, float, float, float] | None:
    """The first box of the extent in degrees, without heights."""
    box = _extent(item, "spatial", "bbox")
    if not isinstance(box, list) or not all(isinstance(n, int | float) for n in box) or len(box) not in (4, 6):
        return None
    half = len(box) // 2
    return float(box[0]), float(box[1]), float(box[half]), float(box[half + 1])


def _has_times(item: Mapping[str, Any]) -> bool:
    interval = _extent(item, "temporal", "interval")
    return isinstance(interval, list) and any(end is not None for end in interval)
