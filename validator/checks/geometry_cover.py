"""Questions about a whole and its parts: do they tile it, do they lie in it.

Rows come ordered by whole, so one whole with its parts is held at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import shapely

from validator.checks.ask import Answer, Ask, Row
from validator.checks.geometry_plane import HECTARE, polygon
from validator.checks.geometry_select import PART, WHOLE, chosen, percent, unmeasured


def tiles(ask: Ask) -> Iterator[Answer]:
    """The parts tile the whole: `gap`, `overlap`, `outside`, and `area`.

    Gap, overlap and what sticks out together are at most the share `limit` of the whole's area; the
    message tells the largest of the three. The parts' areas together equal the whole's column `area`
    (hectares) within the share `area_tolerance`.
    """
    limit = float(ask.setting("limit"))
    for whole, parts in _families(ask):
        around = polygon(whole["geometry"])
        shapes = [polygon(part["geometry"]) for part in parts]
        if around is None or None in shapes:
            yield unmeasured(1)
            continue
        shares = _shares(around, shapes)
        total = sum(shares.values())
        if total > limit:
            worst = max(shares, key=lambda name: shares[name])
            yield {
                "_at": whole["place"], "_pointer": "/geometry", "_message": worst,
                "key": whole["key"], "parts": len(shapes),
                "expected": f"≤ {percent(limit)}", "found": percent(total),
                **{name: percent(share) for name, share in shares.items()},
            }  # fmt: skip
        yield from _stated_area(ask, whole, shapes)


def _shares(whole: Any, shapes: list[Any]) -> dict[str, float]:
    """Shares of the whole's area: left free, covered twice, sticking out."""
    union = shapely.union_all(shapes) if shapes else shapely.Polygon()
    size, covered = shapely.area(whole), shapely.area(union)
    twice = sum(shapely.area(shape) for shape in shapes) - covered
    return {
        "gap": float(shapely.area(shapely.difference(whole, union)) / size),
        "overlap": max(0.0, float(twice / size)),
        "outside": float(shapely.area(shapely.difference(union, whole)) / size),
    }


def _stated_area(ask: Ask, whole: Row, shapes: list[Any]) -> Iterator[Row]:
    stated = whole["stated"]
    if stated is None:
        return
    tolerance = float(ask.setting("area_tolerance"))
    hectares = float(sum(shapely.area(shape) for shape in shapes)) / HECTARE
    if abs(hectares - stated) > tolerance * stated:
        yield {
            "_at": whole["place"], "_pointer": f"{ask.setting('pointer', '')}/{ask.setting('area')}",
            "_message": "area", "key": whole["key"], "stated": f"{stated:.2f} ha",
            "expected": f"{stated:.2f} ha ± {percent(tolerance)}", "found": f"{hectares:.2f} ha",
        }  # fmt: skip


def inside(ask: Ask) -> Iterator[Answer]:
    """Each part lies in its whole with at least the share `limit` of its area: `sticks_out`."""
    limit = float(ask.setting("limit"))
    for whole, parts in _families(ask):
        around = polygon(whole["geometry"])
        for part in parts:
            shape = polygon(part["geometry"])
            if around is None or shape is None:
                yield unmeasured(1)
                continue
            share = float(shapely.area(shapely.intersection(shape, around)) / shapely.area(shape))
            if share < limit:
                yield {
                    "_at": part["place"], "_pointer": "/geometry", "_message": "sticks_out",
                    "key": part["key"], "parent": whole["key"],
                    "expected": f"≥ {percent(limit)}", "found": percent(share),
                }  # fmt: skip


def _families(ask: Ask) -> Iterator[tuple[Row, Iterator[Row]]]:
    """Each whole that fulfils `where`, with the parts that fulfil `child_where` and name it.

    Settings: `parent` and `child` (datasets), `key` and `child_key` (their names), `by` (the part's
    column that names its whole), `area` (the whole's stated area). Rows have place, key, geometry, stated.
    """
    key, by = ask.setting("key"), ask.setting("by")
    parents, children = chosen(ask, "parent"), chosen(ask, "child", "child_where")
    sql = (
        f"SELECT _at AS whole, {WHOLE} AS part, _at AS place, {key} AS key, geometry, "
        f"{ask.setting('area', 'NULL')} AS stated FROM {parents} "
        f"UNION ALL SELECT p._at, {PART}, c._at, c.{ask.setting('child_key', key)}, c.geometry, NULL "
        f"FROM {children} c JOIN {parents} p ON c.{by} = p.{key} ORDER BY whole, part, place"
    )
    for _, members in groupby(ask.query(sql, None), key=itemgetter("whole")):
        rows = iter(members)
        yield next(rows), rows
