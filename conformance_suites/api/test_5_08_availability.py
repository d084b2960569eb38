"""VSC-API 5.8: availability and latency over a window, from the log that `lienthong watch` has written."""

from __future__ import annotations

from validator.api.collector import Collector
from validator.api.outcomes import Unknown
from validator.api.sut import Sut
from validator.api.window import Window

REQUIREMENT = "VSC-API-R08"
SECONDS_OF_HOUR = 3600
SHARE_TO_BE_SEEN = 0.95
FEWEST_PAGES = 20


def window(sut: Sut) -> Window:
    """The watched window, if it is long and dense enough to judge by. Raises Unknown."""
    seen = sut.context.window
    if seen is None:
        raise Unknown("live.no_watch")
    parameters = sut.context.parameters
    hours, interval = float(parameters["window_min_hours"]), float(parameters["probe_interval_max"])
    if seen.seconds < hours * SECONDS_OF_HOUR - interval:
        raise Unknown("live.window_short", hours=round(seen.seconds / SECONDS_OF_HOUR, 2), needed=hours)
    if seen.interval > interval or seen.observed < SHARE_TO_BE_SEEN:
        raise Unknown("live.window_thin", interval=seen.interval, observed=round(seen.observed, 3))
    return seen


def test_R08_availability(sut: Sut, find: Collector) -> None:
    seen, least = window(sut), float(sut.context.parameters["availability_min"])
    find.looked(seen.judged)
    if seen.availability is None:
        raise Unknown("live.window_thin", interval=seen.interval, observed=0)
    if seen.availability < least:
        find("unavailable", up=seen.up, probes=seen.judged, failures=", ".join(f"{k}: {n}" for k, n in seen.failures.items()),
             expected=f"≥ {least}", found=round(seen.availability, 4))  # fmt: skip


def test_R08_latency(sut: Sut, find: Collector) -> None:
    seen, most = window(sut), float(sut.context.parameters["latency_p95_max"])
    if seen.pages is None or seen.pages.count < FEWEST_PAGES:
        raise Unknown("live.too_few_pages", count=seen.pages.count if seen.pages else 0, needed=FEWEST_PAGES)
    find.looked(seen.pages.count)
    if seen.pages.p95 > most:
        find("slow", count=seen.pages.count, expected=f"≤ {most}", found=round(seen.pages.p95, 3))
