"""VSC-API 5.9: beyond the stated rate the system says 429 and when to come back, and then it is back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from operator import attrgetter

from validator.api.capability import parsed
from validator.api.collector import Collector
from validator.api.outcomes import NotClaimed, Unknown
from validator.api.retry_after import retry_after as stated_wait
from validator.api.sut import Sut
from validator.model.exchange import Exchange

REQUIREMENT = "VSC-API-R09"
MOST_SENT = 600
BEYOND = 1.15
CLEARLY = 1.1
ATTEMPTS = 2
THREADS = 8
TOO_MANY, FAULT = 429, 500


def stated_rate(sut: Sut) -> tuple[int, int]:
    """(requests, seconds) that the landing page states. Raises NotClaimed."""
    document = sut.document("/")
    rate = document.get("rate_limit") if isinstance(document, Mapping) else None
    requests, seconds = (rate.get("requests"), rate.get("seconds")) if isinstance(rate, Mapping) else (None, None)
    if not isinstance(requests, int) or not isinstance(seconds, int):
        raise NotClaimed("live.no_rate_stated")
    return requests, seconds


@dataclass(frozen=True)
class Burst:
    """How many requests were sent, and the few answers that matter: answers may be large, and there are hundreds."""

    sent: int
    last: Exchange | None
    refused: Exchange | None
    broken: Exchange | None


def burst(sut: Sut, wanted: int, within: float) -> Burst:
    """Cheap requests as fast as they go until the first 429, `wanted` are sent, or the time is over."""
    numbers, ends = count(), sut.context.clock.monotonic() + within

    def keep_asking(_: int) -> Burst:
        sent, last, broken = 0, None, None
        while next(numbers) < wanted and sut.context.clock.monotonic() < ends:
            last = sut.send("GET", "/conformance", wait=False, pace=False)
            sent += 1
            broken = last if broken is None and (last.status or 0) >= FAULT else broken
            if last.status == TOO_MANY:
                return Burst(sent, last, last, broken)
        return Burst(sent, last, None, broken)

    with ThreadPoolExecutor(THREADS) as pool:
        parts = list(pool.map(keep_asking, range(THREADS)))

    def one(name: str, choose: Callable[..., Exchange | None]) -> Exchange | None:
        """In the order of the record, whichever thread had it."""
        return choose((e for part in parts if (e := getattr(part, name))), key=attrgetter("number"), default=None)

    return Burst(sum(part.sent for part in parts), one("last", max), one("refused", max), one("broken", min))


def test_R09_beyond_the_rate_is_429_and_it_recovers(sut: Sut, find: Collector) -> None:
    requests, seconds = stated_rate(sut)
    wanted = int(requests * BEYOND) + THREADS
    if wanted > MOST_SENT:
        raise Unknown("live.rate_too_high_to_try", requests=requests, most=MOST_SENT)
    for _ in range(ATTEMPTS):
        found = burst(sut, wanted, float(seconds))
        clearly = found.sent > requests * CLEARLY  # a few more than stated may lie on both sides of a window's edge
        if found.refused or found.broken or clearly:
            break
    find.looked(found.sent)
    if found.refused is None:
        sut.context.clock.sleep(seconds)  # what comes next is not to suffer from it
        last = found.broken or found.last
        if last is None or not (found.broken or clearly):
            raise Unknown("live.too_slow_to_overload", sent=found.sent, requests=requests, seconds=seconds)
        find("no_429", last, sent=found.sent, expected=TOO_MANY, found=last.status)
        return
    stated = retry_after(found.refused)
    if stated is None:
        find("no_retry_after", found.refused, expected="Retry-After: …", found=header(found.refused))
        stated = float(seconds)
    _judge_recovery(sut, find, stated)


def _judge_recovery(sut: Sut, find: Collector, stated: float) -> None:
    """After the stated time the system has `recovery_max` seconds to be as before."""
    most = float(sut.context.parameters["recovery_max"])
    if stated > most:
        raise Unknown("live.retry_after_long", stated=stated)
    sut.context.clock.sleep(stated)
    ends = sut.context.clock.monotonic() + most
    while True:
        last = sut.send("GET", "/conformance", wait=False)
        if last.answer is not None and last.answer.status == 200:
            return
        if sut.context.clock.monotonic() >= ends:
            find("not_recovered", last, expected=200, found=last.status)
            return
        sut.context.clock.sleep(1)


def header(exchange: Exchange) -> str:
    return exchange.header("retry-after") or "∅"


def retry_after(exchange: Exchange) -> float | None:
    """Seconds that the answer asks to wait (RFC 9110, 10.2.3)."""
    return stated_wait(exchange.answer, exchange.started_at) if exchange.answer else None


def met_429(sut: Sut) -> list[Exchange]:
    """Whatever 429 the run has met before, in the order of the record whichever thread was the first to have it."""
    met = [e for e in sut.errors if e.answer is not None and e.answer.status == TOO_MANY]
    return sorted(met, key=lambda exchange: exchange.number)


def test_R09_every_429_says_when_to_come_back(sut: Sut, find: Collector) -> None:
    met = met_429(sut)
    if not met:
        raise NotClaimed("live.no_429_met")
    for exchange in met:
        find.looked()
        if retry_after(exchange) is None:
            find("no_retry_after", exchange, expected="Retry-After: …", found=header(exchange))


def test_R09_body_of_429_is_a_problem(sut: Sut, find: Collector) -> None:
    sut.require("test_R03_unknown_is_404")
    met = met_429(sut)
    if not met:
        raise NotClaimed("live.no_429_met")
    find.looked(len(met))
    for exchange in met[:3]:
        document = parsed(exchange)
        if not isinstance(document, Mapping) or document.get("status") != TOO_MANY:
            find("no_problem_body", exchange)
