"""What a watch log promises: nothing in it changes unseen, a crash costs at most one line, figures are those of any
other way to count them."""

from __future__ import annotations

import math
import tempfile
from dataclasses import asdict
from datetime import timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.watching import BASE, BEGAN, City, Hands, lines_of, plan, watch
from validator.api.chain import Chain, Log, read_chain
from validator.api.poll import Watched
from validator.api.probe import Probe, Reading, Request, probes, to_line
from validator.api.watch import SCHEMA
from validator.api.window import Window, nearest_rank, read_window, window_of
from validator.errors import EvidenceError
from validator.model.exchange import Failure

FOLDER = tempfile.TemporaryDirectory(prefix="lienthong-test-")
AIR = Watched("air", "X/air", False, "/collections/air/items?limit=100")


def on_disk(content: bytes) -> Path:
    path = Path(FOLDER.name) / "log"
    path.write_bytes(content)
    return path


@cache
def a_log() -> bytes:
    path = Path(FOLDER.name) / "made"
    watch(path, City(Hands()), plan(duration=600))
    return path.read_bytes()


def seen_whole(content: bytes) -> bool:
    """Whether a reader takes the log for whole, with nothing cut off."""
    try:
        return read_chain(on_disk(content), dict).torn == 0
    except EvidenceError:
        return False


@given(st.data())
def test_a_byte_that_changes_is_seen_wherever_it_stands(data: st.DataObject) -> None:
    content = bytearray(a_log())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))

    assert seen_whole(a_log())
    assert not seen_whole(bytes(content))


@given(st.data())
def test_a_byte_that_is_added_or_taken_away_is_seen(data: st.DataObject) -> None:
    content = a_log()
    place = data.draw(st.integers(0, len(content) - 1))
    added = bytes([data.draw(st.integers(0, 255))])

    assert not seen_whole(content[:place] + added + content[place:])
    assert not seen_whole(content[:place] + content[place + 1 :])


@given(st.data())
def test_a_line_that_is_removed_repeated_or_moved_is_seen(data: st.DataObject) -> None:
    lines = a_log().splitlines(keepends=True)
    place = data.draw(st.integers(0, len(lines) - 2))
    target = data.draw(st.integers(0, len(lines) - 1))
    assume(place != target)
    removed = lines[:place] + lines[place + 1 :]

    assert not seen_whole(b"".join(removed))
    assert not seen_whole(b"".join([*lines[: place + 1], lines[place], *lines[place + 1 :]]))
    assert not seen_whole(b"".join([*removed[:target], lines[place], *removed[target:]]))


@given(st.data())
def test_a_log_cut_anywhere_goes_on_with_every_line_that_was_whole(data: st.DataObject) -> None:
    header = a_log().index(b"\n") + 1
    content = a_log()[: data.draw(st.integers(header, len(a_log())))]
    whole = content[: content.rindex(b"\n") + 1]
    path = on_disk(content)
    log = Log(path, dict)
    log.append({"kind": "end"})
    log.close()

    assert log.chain is not None
    assert log.chain.torn == len(content) - len(whole)
    assert path.read_bytes().startswith(whole)
    assert lines_of(path)[:-1] == log.chain.lines


SECONDS = st.floats(0, 20).map(lambda value: round(value, 6))


@st.composite
def requests(draw: st.DrawFn, path: str) -> Request:
    status = draw(st.sampled_from([200, 200, 304, 503, 429, None]))
    failure = draw(st.sampled_from([Failure.TIMEOUT, Failure.REFUSED, Failure.BLOCKED])) if status is None else None
    body = draw(st.sampled_from(["sha256:a", "sha256:b"])) if status == 200 else None
    return Request(path, status, failure, draw(SECONDS), status == 304, 10, None, None, body)


@st.composite
def rows(draw: st.DrawFn) -> tuple[Probe, ...]:
    made, elapsed, session = [], 0.0, 1
    for step in draw(st.lists(st.sampled_from([60.0, 60.0, 61.5, 120.0, 149.0, 151.0, 900.0]), max_size=40)):
        elapsed += step
        pair = (draw(requests("/status")), draw(requests(AIR.page)))
        made.append(Probe(BEGAN + timedelta(seconds=elapsed), elapsed, None, pair, None, 0, session))
    return tuple(made)


def of(row: tuple[Probe, ...]) -> Window:
    header = {"base": BASE, "interval": 60, "timeout": 20, "collections": [asdict(AIR)]}
    return window_of(Chain(header, row, "", 0, 0))


@given(rows())
def test_availability_and_latency_are_those_of_a_plain_count(row: tuple[Probe, ...]) -> None:
    window = of(row)
    judged = [p for p in row if not any(r.failure == "blocked" for r in p.requests)]
    good = [p for p in judged if all(r.status in (200, 304) for r in p.requests)]
    times = sorted(
        p.requests[1].seconds
        for p in judged
        if p.requests[1].status in (200, 304) or p.requests[1].failure == "timeout"
    )

    assert window.availability == (len(good) / len(judged) if judged else None)
    if times:
        assert window.pages is not None
        assert window.pages.p95 == times[math.ceil(round(0.95 * len(times), 9)) - 1]
        assert window.pages.count == len(times)
        assert window.latencies == {"air": window.pages}
    else:
        assert window.pages is None


@given(rows())
def test_the_share_observed_is_what_is_not_in_gaps(row: tuple[Probe, ...]) -> None:
    window = of(row)
    dark, total = 0.0, 0.0
    for before, after in pairwise(row):
        step = (after.at - before.at).total_seconds()
        total += step
        dark += step - 60 if step > 150 else 0

    assert window.seconds == total
    assert window.observed == (1 - dark / total if total else 1)
    assert 0 <= window.observed <= 1


@given(st.lists(st.floats(0, 100), min_size=1), st.integers(1, 100))
def test_a_percentile_is_the_least_value_that_so_many_do_not_exceed(values: list[float], percent: int) -> None:
    ordered = sorted(values)
    found = nearest_rank(ordered, percent)
    share = lambda limit: 100 * sum(value <= limit for value in values)  # noqa: E731

    assert share(found) >= percent * len(values)
    assert all(share(value) < percent * len(values) for value in values if value < found)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(rows())
def test_probes_come_back_from_the_log_as_they_were(row: tuple[Probe, ...]) -> None:
    path = on_disk(b"")
    log = Log(path, dict)
    log.append({"kind": "header", "schema": SCHEMA})
    log.append({"kind": "start", "synchronised": None})
    for probe in row:
        log.append(to_line(probe))
    log.close()

    assert probes(read_chain(path, Reading(path))) == row


def test_a_log_read_twice_gives_one_window() -> None:
    path = on_disk(a_log())

    assert read_window(path) == read_window(path)
