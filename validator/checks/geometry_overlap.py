"""A question about peers: no two that are in force together cover the same ground."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import shapely

from validator.checks.ask import Answer, Ask, Row
from validator.checks.geometry_plane import polygon
from validator.checks.geometry_select import chosen, percent, unmeasured


def overlap(ask: Ask) -> Iterator[Answer]:
    """Two objects of one group share at most `limit` of the smaller one's area: `overlap`.

    Settings: `dataset`, `key`, `group` (columns that make the group), `where`, and `period`, two SQL
    expressions for the days from which and until which (exclusive) an object is in force; objects
    whose periods do not meet are no peers.
    """
    start, end = ask.setting("period", ("NULL", "NULL"))
    columns = ", ".join(ask.setting("group"))
    sql = (
        f"SELECT dense_rank() OVER (ORDER BY {columns}) AS peers, _at AS place, {ask.setting('key')} AS key, "
        f"geometry, CAST({start} AS DATE) AS since, CAST({end} AS DATE) AS until "
        f"FROM {chosen(ask, 'dataset')} ORDER BY peers, place"
    )
    for _, members in groupby(ask.query(sql, None), key=itemgetter("peers")):
        measured = [(member, polygon(member["geometry"])) for member in members]
        peers = [(member, shape) for member, shape in measured if shape is not None]
        if len(peers) < len(measured):
            yield unmeasured(len(measured) - len(peers))
        yield from _overlapping(peers, float(ask.setting("limit")))


def _overlapping(peers: list[tuple[Row, Any]], limit: float) -> Iterator[Row]:
    tree = shapely.STRtree([shape for _, shape in peers])
    for count, (later, shape) in enumerate(peers):
        for index in sorted(tree.query(shape, predicate="intersects")):
            earlier, other = peers[index]
            if index >= count or not _together(earlier, later):
                continue
            shared = float(shapely.area(shapely.intersection(shape, other)))
            share = shared / float(min(shapely.area(shape), shapely.area(other)))
            if share > limit:
                yield {
                    "_at": later["place"], "_pointer": "/geometry", "_message": "overlap",
                    "key": later["key"], "other": earlier["key"],
                    "expected": f"≤ {percent(limit)}", "found": percent(share),
                }  # fmt: skip


def _together(one: Row, other: Row) -> bool:
    """Whether two half-open periods share a day; a side that is not stated is open."""

    def ends_before(first: Row, second: Row) -> bool:
        until, since = first["until"], second["since"]
        return until is not None and since is not None and bool(until <= since)

    return not ends_before(one, other) and not ends_before(other, one)
