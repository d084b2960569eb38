"""VSC-API 5.10: the status page says of each dataset what its records show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from validator.api.capability import Collection, parsed
from validator.api.collector import Collector
from validator.api.outcomes import Needs, NotClaimed
from validator.api.records import civil_of, instant_of
from validator.api.sut import Sut

REQUIREMENT = "VSC-API-R10"
DESCRIBED = "VSC-API-R02"
PERIOD = re.compile(r"P(?:T?)([0-9]+)([A-Z])")
DAY, HOUR = 86_400, 3_600
SECONDS = {"PY": 366 * DAY, "PM": 31 * DAY, "PW": 7 * DAY, "PD": DAY, "TH": HOUR, "TM": 60}
MICRO = 1_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC) - timedelta(hours=7)


def states(sut: Sut) -> Mapping[str, Mapping[str, Any]]:
    """The status page's entries by collection. Raises Needs when it cannot be read."""
    document = sut.document("/status")
    listed = document.get("datasets") if isinstance(document, Mapping) else None
    if not isinstance(listed, list):
        raise Needs(DESCRIBED)
    return {s["collection"]: s for s in listed if isinstance(s, Mapping) and isinstance(s.get("collection"), str)}


def period(text: object) -> float | None:
    """Seconds of an ISO 8601 duration of one unit."""
    found = PERIOD.fullmatch(text) if isinstance(text, str) else None
    if found is None or not isinstance(text, str):
        return None
    return int(found[1]) * SECONDS["T" + found[2] if "T" in text else "P" + found[2]]


def now(sut: Sut) -> int:
    return int((sut.context.clock.now() - EPOCH).total_seconds() * MICRO)


def timed(sut: Sut) -> list[tuple[Collection, int]]:
    """Collections with a subject time and the latest of their records. Raises NotClaimed, Unknown."""
    return [(c, instant_of(records[-1], c.dataset) or 0) for c, records in sut.by_time(filtered=False) if c.dataset]


def test_R10_every_collection_has_a_state(sut: Sut, find: Collector) -> None:
    there = states(sut)
    for collection in sut.collections():
        find.looked()
        if collection.id not in there:
            find("state_missing", sut.page("/status"), pointer="/datasets", collection=collection.id)
            continue
        for name in ("last_success", "data_through", "schedule"):
            if name not in there[collection.id]:
                find("member_missing", sut.page("/status"), pointer=f"/datasets/{collection.id}/{name}",
                     collection=collection.id, member=name)  # fmt: skip


def test_R10_data_through_is_what_the_records_show(sut: Sut, find: Collector) -> None:
    for collection, latest in timed(sut):
        exchange = sut.get("/status")
        document = parsed(exchange)
        listed = document.get("datasets") if isinstance(document, Mapping) else []
        entry = next((s for s in listed or () if isinstance(s, Mapping) and s.get("collection") == collection.id), None)
        if entry is None:
            continue
        find.looked()
        stated = civil_of(entry.get("data_through"))
        if stated == latest:
            continue
        later = sut.latest_again(collection)  # of a feed that grows, the page may tell of any moment in between
        if stated is None or later is None or not latest <= stated <= later:
            find("data_through_differs", exchange, pointer=f"/datasets/{collection.id}/data_through",
                 collection=collection.id, expected=sut.times.at_offset(latest, 7),
                 found=entry.get("data_through"))  # fmt: skip
    if not find.examined:
        raise Needs(DESCRIBED)


def test_R10_last_success_is_possible(sut: Sut, find: Collector) -> None:
    """Not ahead of the harness's clock, and not before the newest record could have come."""
    slack = int(float(sut.context.parameters["clock_skew_max"]) * MICRO)
    latest = {c.id: at for c, at in timed(sut)}
    for name, entry in states(sut).items():
        stated = civil_of(entry.get("last_success"))
        if stated is None:
            continue
        find.looked()
        if stated > now(sut) + slack:
            find("success_ahead", sut.page("/status"), pointer=f"/datasets/{name}/last_success", collection=name,
                 expected=f"≤ {sut.times.at_offset(now(sut), 7)}", found=entry.get("last_success"))  # fmt: skip
        if name in latest and stated < latest[name] - slack:
            find("success_before_data", sut.page("/status"), pointer=f"/datasets/{name}/last_success", collection=name,
                 expected=f"≥ {sut.times.at_offset(latest[name], 7)}", found=entry.get("last_success"))  # fmt: skip


def test_R10_data_are_as_fresh_as_the_schedule_says(sut: Sut, find: Collector) -> None:
    """The harness's own look, by its own clock: the newest record is no older than a few of the stated periods."""
    periods = float(sut.context.parameters["stale_after_periods"])
    there = states(sut)
    for collection, latest in timed(sut):
        seconds = period(there.get(collection.id, {}).get("schedule"))
        if seconds is None:
            continue
        find.looked()
        age = (now(sut) - latest) / MICRO
        if age > periods * seconds:
            find("stale", sut.everything(collection).last, collection=collection.id,
                 schedule=there[collection.id]["schedule"],
                 expected=f"≤ {periods:g} × {seconds:g} s", found=f"{age:.0f} s")  # fmt: skip
    if not find.examined:
        raise NotClaimed("live.no_schedule")


def test_R10_schedule_is_what_the_records_show(sut: Sut, find: Collector) -> None:
    """Records lie no wider apart, as a rule, than the stated period."""
    there = states(sut)
    for collection, _ in timed(sut):
        assert collection.dataset is not None
        seconds = period(there.get(collection.id, {}).get("schedule"))
        times = sorted(
            {t for r in sut.everything(collection).records if (t := instant_of(r, collection.dataset)) is not None}
        )
        steps = sorted(b - a for a, b in pairwise(times))
        if seconds is None or len(steps) < 5:
            continue
        find.looked()
        median = steps[len(steps) // 2] / MICRO
        if median > seconds * float(sut.context.parameters["stale_after_periods"]):
            find("schedule_differs", sut.page("/status"), collection=collection.id,
                 pointer=f"/datasets/{collection.id}/schedule",
                 expected=there[collection.id]["schedule"], found=f"{median:.0f} s")  # fmt: skip
    if not find.examined:
        raise NotClaimed("live.no_schedule")


def test_R10_watched_states_do_not_contradict(sut: Sut, find: Collector) -> None:
    """What the log of a watch saw against what the status page claimed at the time."""
    if sut.context.window is None:
        raise NotClaimed("live.no_watch")
    data = sut.context.window.data
    find.looked(sut.context.window.probes)
    for seen in data.contradictions:
        find(
            f"watched_{seen.kind.value}",
            collection=seen.collection,
            at=seen.at.isoformat(),
            expected=seen.against,
            found=seen.claimed,
        )
