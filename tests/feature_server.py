"""A small feature service in memory (OGC API Features 1 and 2) that the suite is tried on, right or with one fault.

`faults` name what it does wrong; `ways` name what it does in another way that is right as well.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from pyproj.enums import TransformDirection

from validator.checks.geometry_served import meets, shape_of, system
from validator.model.exchange import Answer, Call, Exchange

ROOT = Path(__file__).parents[1]
PLACES = ROOT / "fixtures" / "ogcapi" / "dia-diem.geojson"
BASE = "http://city.example/features"
URIS = "http://www.opengis.net/def/crs/"
CRS84, LAT_LON, VN2000 = f"{URIS}OGC/1.3/CRS84", f"{URIS}EPSG/0/4326", f"{URIS}EPSG/0/3405"
SEVEN_PARAMETERS = "VN-2000 to WGS 84 (2)"
CLASSES = ("1/1.0/conf/core", "1/1.0/conf/geojson", "2/1.0/conf/crs")
PARAMETERS = ("limit", "offset", "bbox", "bbox-crs", "crs", "datetime")
PAGE, MOST = 10, 100


class RefusalError(Exception):
    """Ends a request with a status."""

    def __init__(self, status: int) -> None:
        self.status = status


def places() -> list[dict[str, Any]]:
    return list(json.loads(PLACES.read_text(encoding="utf-8"))["features"])


@dataclass
class FeatureServer:
    """Answers GETs below BASE."""

    faults: frozenset[str] = frozenset()
    ways: frozenset[str] = frozenset()
    features: list[dict[str, Any]] = field(default_factory=places)
    asked: int = 0

    def exchange(self, target: str, headers: Mapping[str, str]) -> Exchange:
        self.asked += 1
        answer = self.answer(target)
        call = Call("GET", target, tuple(headers.items()))
        return Exchange(self.asked, call, answer, None, "", datetime(2026, 11, 2, tzinfo=UTC), 0.01)

    def answer(self, target: str) -> Answer:
        split = urlsplit(target)
        query = dict(parse_qsl(split.query, keep_blank_values=True))
        steps = [step for step in split.path.removeprefix("/features").split("/") if step]
        try:
            document, extra = self._page(steps, query)
        except RefusalError as refused:
            return Answer(refused.status, (("Content-Type", "application/json"),), b'{"code": "x"}')
        geo = isinstance(document, dict) and document.get("type") in ("FeatureCollection", "Feature")
        media = "application/geo+json" if geo and "json_media_type" not in self.faults else "application/json"
        return Answer(200, (("Content-Type", media), *extra), json.dumps(document).encode())

    def _page(self, steps: list[str], query: dict[str, str]) -> tuple[Any, tuple[tuple[str, str], ...]]:
        match steps:
            case []:
                return {"links": self._landing()}, ()
            case ["api"]:
                return self._definition(), ()
            case ["conformance"]:
                claimed = CLASSES[:2] if "core_only" in self.ways else CLASSES
                return {"conformsTo": [f"http://www.opengis.net/spec/ogcapi-features-{name}" for name in claimed]}, ()
            case ["collections"]:
                return {"links": [], "collections": [self._collection("Địa điểm")]}, ()
            case ["collections", name, *rest]:
                if name != "dia-diem" and "unknown_is_200" not in self.faults:
                    raise RefusalError(404)
                return self._in_collection(rest, query)
        raise RefusalError(404)

    def _landing(self) -> list[dict[str, str]]:
        given = [("service-desc", "/api"), ("conformance", "/conformance"), ("data", "/collections")]
        if "no_data_link" in self.faults:
            given = given[:2]
        if "data_link_broken" in self.faults:
            given[2] = ("data", "/nowhere")
        return [{"rel": rel, "href": f"{BASE}{path}", "type": "application/json"} for rel, path in given]

    def _definition(self) -> dict[str, Any]:
        free = {"name": "any", "in": "query", "schema": {"type": "object", "additionalProperties": True}}
        named: list[Any] = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in PARAMETERS]
        if "free_parameters" in self.ways:
            named.append({"$ref": "#/components/parameters/any"})
        return {
            "paths": {"/collections/{collectionId}/items": {"get": {"parameters": named}}},
            "components": {"parameters": {"any": free}},
        }

    def _collection(self, title: str) -> dict[str, Any]:
        links = [] if "no_items_link" in self.faults else [
            {"rel": "items", "href": f"{BASE}/collections/dia-diem/items", "type": "application/geo+json"}
        ]  # fmt: skip
        extent = {
            "spatial": {"bbox": [[108.0, 15.9, 108.4, 16.2]]},
            "temporal": {"interval": [["2026-01-01T00:00:00Z", None]]},
        }
        if "extent_elsewhere" in self.faults:
            extent["spatial"] = {"bbox": [[105.0, 20.0, 106.0, 21.0]]}
        if "no_times" in self.ways:
            del extent["temporal"]
        crs = [CRS84, LAT_LON, VN2000]
        return {
            "id": "dia-diem", "title": title, "links": links, "extent": extent,
            "crs": crs[1:] if "default_not_listed" in self.faults else crs,
        }  # fmt: skip

    def _in_collection(self, rest: list[str], query: dict[str, str]) -> tuple[Any, tuple[tuple[str, str], ...]]:
        match rest:
            case [] if "collection_404" in self.faults:
                raise RefusalError(404)
            case []:
                return self._collection("Khác" if "other_title" in self.faults else "Địa điểm"), ()
            case ["items"]:
                return self._items(query)
            case ["items", name]:
                found = [f for f in self.features if str(f["id"]) == name]
                if not found or "feature_404" in self.faults:
                    raise RefusalError(404)
                return self._alone(found[0], query)
        raise RefusalError(404)

    def _alone(self, feature: dict[str, Any], query: dict[str, str]) -> tuple[Any, tuple[tuple[str, str], ...]]:
        uri = CRS84 if "feature_crs_ignored" in self.faults else self._system(query, "crs")
        made = self._written(feature, uri)
        if "feature_differs" in self.faults:
            made["properties"] = {**made["properties"], "ten": "khác"}
        return {**made, "links": [{"rel": "self"}, {"rel": "collection"}]}, self._stated(query)

    def _stated(self, query: dict[str, str]) -> tuple[tuple[str, str], ...]:
        uri = self._system(query, "crs")
        silent = "default_unstated" in self.faults and uri == CRS84
        return () if silent else (("Content-Crs", uri if "crs_without_brackets" in self.faults else f"<{uri}>"),)

    def _system(self, query: Mapping[str, str], name: str) -> str:
        uri = query.get(name, CRS84)
        if uri not in (CRS84, LAT_LON, VN2000):
            if "unknown_crs_accepted" in self.faults:
                return CRS84
            raise RefusalError(400)
        return uri

    def _items(self, query: dict[str, str]) -> tuple[Any, tuple[tuple[str, str], ...]]:
        if (
            set(query) - set(PARAMETERS)
            and "unknown_accepted" not in self.faults
            and "free_parameters" not in self.ways
        ):
            raise RefusalError(400)
        limit, offset = self._number(query, "limit", PAGE), self._number(query, "offset", 0)
        if limit > MOST and "large_limit_refused" in self.faults:
            raise RefusalError(400)
        limit = PAGE if "limit_ignored" in self.faults else min(limit, MOST)
        if "items_broken" in self.faults or ("second_page_broken" in self.faults and offset):
            raise RefusalError(500)
        chosen = [f for f in self.features if self._in_box(f, query) and self._in_time(f, query)]
        if not chosen and "nothing_means_all" in self.faults:
            chosen = self.features
        page = chosen[offset : offset + limit]
        links = [
            {"rel": "self", "href": f"{BASE}/collections/dia-diem/items"},
            *self._next(query, offset, limit, len(chosen)),
        ]
        uri = CRS84 if "crs_ignored" in self.faults else self._system(query, "crs")
        made = {
            "type": "FeatureCollection", "features": [self._written(f, uri) for f in page], "links": links,
            "numberMatched": len(page) if "matched_is_returned" in self.faults else len(chosen),
            "numberReturned": len(page) + ("returned_off" in self.faults),
        }  # fmt: skip
        if "no_counts" in self.ways:
            del made["numberMatched"], made["numberReturned"]
        return made, self._stated(query)

    def _next(self, query: dict[str, str], offset: int, limit: int, total: int) -> list[dict[str, str]]:
        after = offset + limit
        if after >= total or "no_next" in self.faults:
            return []
        step = after - 1 if "next_repeats" in self.faults else after + 1 if "next_skips" in self.faults else after
        kept = {**query, "offset": str(0 if "next_loops" in self.faults and offset else step), "limit": str(limit)}
        for name in ("bbox", "crs", "datetime"):
            if f"{name}_dropped_by_next" in self.faults:
                kept.pop(name, None)
        return [{"rel": "next", "href": f"{BASE}/collections/dia-diem/items?{urlencode(kept)}"}]

    def _number(self, query: dict[str, str], name: str, default: int) -> int:
        text = query.get(name, str(default))
        if not text.isdigit() or (name == "limit" and text == "0"):
            if "wrong_limit_accepted" in self.faults:
                return default
            raise RefusalError(400)
        return int(text)

    def _in_box(self, feature: dict[str, Any], query: dict[str, str]) -> bool:
        if "bbox" not in query or "bbox_ignored" in self.faults:
            return True
        box = self._box(query)
        if feature["geometry"] is None:
            return "placeless_left_out" not in self.faults
        if box[0] > box[2] and "antimeridian_naive" not in self.faults:
            return meets(shape_of(feature), (box[0], box[1], 180, box[3])) or meets(shape_of(feature), (-180, *box[1:]))
        if "bbox_contains" in self.faults:
            west, south, east, north = shape_of(feature).bounds
            return bool(box[0] <= west and east <= box[2] and box[1] <= south and north <= box[3])
        return meets(shape_of(feature), box)

    def _box(self, query: dict[str, str]) -> tuple[float, float, float, float]:
        try:
            numbers = [float(text) for text in query["bbox"].split(",")]
        except ValueError:
            raise RefusalError(400) from None
        if len(numbers) == 6:
            if "six_crash" in self.faults or "six_refused" in self.ways:
                raise RefusalError(500 if "six_crash" in self.faults else 400)
            numbers = [*numbers[:2], *numbers[3:5]]
        if len(numbers) != 4 or numbers[1] > numbers[3]:
            raise RefusalError(400)
        uri = self._system(query, "bbox-crs")
        given = (numbers[0], numbers[1], numbers[2], numbers[3])
        if uri != CRS84 and "bbox_crs_ignored" not in self.faults:
            if "bbox_crs_swapped" in self.faults:
                given = (given[1], given[0], given[3], given[2])
            asked = system(uri, SEVEN_PARAMETERS)
            assert asked is not None
            return asked.degrees(given)
        if abs(given[3]) > 90 and "latitude_160_accepted" not in self.faults:
            raise RefusalError(400)
        return given

    def _in_time(self, feature: dict[str, Any], query: dict[str, str]) -> bool:
        if "datetime" not in query:
            return True
        parts = query["datetime"].split("/")
        if len(parts) > 2:
            raise RefusalError(400)
        ends = [self._moment(part) for part in (parts if len(parts) == 2 else parts * 2)]
        value = feature["properties"].get("ngay_do")
        if value is None or "datetime_ignored" in self.faults:
            return True
        if "datetime_backwards" in self.faults:
            ends.reverse()
        at = datetime.fromisoformat(value).replace(tzinfo=UTC)
        return (ends[0] is None or at >= ends[0]) and (ends[1] is None or at <= ends[1])

    def _moment(self, text: str) -> datetime | None:
        try:
            return None if text in ("", "..") else datetime.fromisoformat(text)
        except ValueError:
            raise RefusalError(400) from None

    def _written(self, feature: dict[str, Any], uri: str) -> dict[str, Any]:
        made = dict(feature)
        if "no_ids" in self.faults:
            del made["id"]
        if "geometry_broken" in self.faults:
            made["geometry"] = {"type": "Polygon", "coordinates": [[[108, 16], [108.1, 16]]]}
        elif made["geometry"] is not None:
            geometry = made["geometry"]
            made["geometry"] = {"type": geometry["type"], "coordinates": self._moved(geometry["coordinates"], uri)}
        return made

    def _moved(self, node: Any, uri: str) -> Any:
        if isinstance(node[0], list):
            return [self._moved(inner, uri) for inner in node]
        lon, lat = node[:2]
        if uri == CRS84:
            return [lat, lon] if "default_swapped" in self.faults else [lon, lat]
        if uri == LAT_LON:
            return [lon, lat] if "crs_swapped" in self.faults else [lat, lon]
        asked = system(uri, "none" if "crs_unshifted" in self.faults else SEVEN_PARAMETERS)
        assert asked is not None
        if "crs_unshifted" in self.faults:
            utm = system(f"{URIS}EPSG/0/32648", "none")
            assert utm is not None
            asked = utm
        x, y = asked.transformer.transform(lon, lat, direction=TransformDirection.INVERSE)
        return [x, y]
