"""A question about numbers that hold on ground: a plan's part may not loosen what its parent set there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import shapely

from validator.checks.ask import Answer, Ask, Row
from validator.checks.geometry_plane import polygon
from validator.checks.geometry_select import PART, WHOLE, chosen, table, unmeasured


def looser(ask: Ask) -> Iterator[Answer]:
    """No number of a zone is higher than that of the parent plan's zone in which it lies: `looser`.

    A zone is compared with every zone of the parent plan that covers at least the share `limit` of
    it. Settings: `plan`, `key`, `by` (the column that names the parent plan), `where`, `zone`,
    `zone_key`, `zone_by` (the column that names the zone's plan), `columns` (the numbers; an empty
    one states no limit).
    """
    least = float(ask.setting("limit"))
    for _, members in groupby(ask.query(_zones(ask), None), key=itemgetter("family")):
        upper: list[tuple[Row, Any]] = []
        tree: shapely.STRtree | None = None
        for zone in members:
            shape = polygon(zone["geometry"])
            if shape is None:
                yield unmeasured(1)
                continue
            if zone["part"] == WHOLE:
                upper.append((zone, shape))
                continue
            if tree is None:
                tree = shapely.STRtree([above for _, above in upper])
            for index in sorted(tree.query(shape, predicate="intersects")):
                above, around = upper[index]
                if shapely.area(shapely.intersection(shape, around)) >= least * shapely.area(shape):
                    yield from _loosened(ask, zone, above)


def _zones(ask: Ask) -> str:
    """Zones of each parent plan, then zones of all plans under it."""
    key, by, zone, zone_by = ask.setting("key"), ask.setting("by"), table(ask, "zone"), ask.setting("zone_by")
    plans = chosen(ask, "plan")
    numbers = ", ".join(f"z.{column}" for column in ask.setting("columns"))
    shown = f"z._at AS place, z.{ask.setting('zone_key')} AS key, z.geometry, {numbers}"
    return (
        f"SELECT p._at AS family, {WHOLE} AS part, {shown} "
        f"FROM {zone} z JOIN {plans} p ON z.{zone_by} = p.{key} "
        f"WHERE p.{key} IN (SELECT {by} FROM {plans}) "
        f"UNION ALL SELECT p._at, {PART}, {shown} FROM {zone} z JOIN {plans} c ON z.{zone_by} = c.{key} "
        f"JOIN {plans} p ON c.{by} = p.{key} ORDER BY family, part, place"
    )


def _loosened(ask: Ask, zone: Row, above: Row) -> Iterator[Row]:
    for column in ask.setting("columns"):
        own, allowed = zone[column], above[column]
        if own is not None and allowed is not None and own > allowed:
            yield {
                "_at": zone["place"], "_pointer": f"{ask.setting('pointer', '')}/{column}",
                "_message": "looser",
                "key": zone["key"], "parent": above["key"], "limit": column,
                "expected": f"≤ {allowed:g}", "found": f"{own:g}",
            }  # fmt: skip
