"""What a window says of change and of claims, from a day of probes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest

from tests.watching import BASE, City, Hands, plan, watch
from validator.api.chain import SCHEMA, Log
from validator.api.changes import Kind
from validator.api.window import Window, nearest_rank, read_window
from validator.errors import EvidenceError
from validator.model.exchange import Answer, Failure

Before = Callable[[City, str], Answer | Failure | None]


def window_of(tmp_path: Path, before: Before, minutes: float = 20, city: City | None = None) -> Window:
    city = city or City(Hands())
    city.before = before
    watch(tmp_path / "log", city, plan(duration=minutes * 60))
    return read_window(tmp_path / "log", BASE)


def at(minute: float, change: Callable[[City], None]) -> Before:
    """Changes the system once, at that minute."""
    done: list[bool] = []

    def before(city: City, _path: str) -> None:
        if city.clock.seconds >= minute * 60 and not done:
            done.append(True)
            change(city)

    return before


def state(**changed: Any) -> Callable[[City], None]:
    return lambda city: city.states["air"].update(changed)


def add_record(city: City) -> None:
    city.pages["air"].append({"hour": "2026-11-25T17:00:00Z", "pm": 13})


def test_a_quiet_system_shows_no_change_at_all(tmp_path: Path) -> None:
    window = window_of(tmp_path, lambda *_: None)

    assert (window.tags.told, window.tags.silent, window.tags.empty) == (0, (), ())
    assert (window.data.updates, window.data.heartbeats, window.data.contradictions) == ((), (), ())
    assert window.newest == {"air": "2026-11-25T16:00:00Z", "count": "2026-11-24"}


def test_an_update_is_dated_by_the_harness(tmp_path: Path) -> None:
    def update(city: City) -> None:
        add_record(city)
        state(data_through="2026-11-25T17:00:00Z", last_success="2026-11-25T17:09:40Z")(city)

    window = window_of(tmp_path, at(10, update))
    (seen,) = window.data.updates

    assert (seen.collection, seen.data_through) == ("air", "2026-11-25T17:00:00Z")
    assert (seen.seen_at - seen.unseen_at).total_seconds() == 60
    assert seen.seen_at.minute == 10
    assert (window.tags.told, window.tags.silent, window.data.contradictions) == (1, (), ())
    assert window.newest["air"] == "2026-11-25T17:00:00Z"


def test_the_same_instant_in_another_offset_is_no_update(tmp_path: Path) -> None:
    window = window_of(tmp_path, at(10, state(data_through="2026-11-25T23:00:00+07:00")))

    assert window.data.updates == ()
    assert window.data.contradictions == ()


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"data_through": "2026-11-25T17:00:00Z", "last_success": "2026-11-25T17:02:00Z"}, Kind.BACKDATED),
        ({"data_through": "2026-11-25T17:00:00Z"}, Kind.BACKDATED),
        ({"last_success": "2026-11-25T18:00:00Z"}, Kind.FUTURE),
        ({"data_through": "2026-11-25T15:00:00Z"}, Kind.BACKWARDS),
        ({"data_through": None}, Kind.BACKWARDS),
    ],
)
def test_a_claim_that_the_harness_saw_otherwise_is_told_once(
    tmp_path: Path, changed: dict[str, Any], kind: Kind
) -> None:
    window = window_of(tmp_path, at(10, state(**changed)))

    assert [(c.kind, c.collection, c.at.minute) for c in window.data.contradictions] == [(kind, "air", 10)]


def test_a_claim_within_a_minute_of_what_was_seen_stands(tmp_path: Path) -> None:
    changed = {"data_through": "2026-11-25T17:00:00Z", "last_success": "2026-11-25T17:08:05Z"}

    assert window_of(tmp_path, at(10, state(**changed))).data.contradictions == ()


def test_a_clock_that_is_off_is_skew_and_no_false_claim(tmp_path: Path) -> None:
    from datetime import timedelta

    city = City(Hands(), skew=timedelta(hours=1))
    changed = {"data_through": "2026-11-25T17:00:00Z", "last_success": "2026-11-25T18:09:50Z"}
    window = window_of(tmp_path, at(10, state(**changed)), city=city)

    assert window.data.contradictions == ()
    assert window.skew == pytest.approx(3600, abs=1)


def test_a_heartbeat_is_no_update(tmp_path: Path) -> None:
    window = window_of(tmp_path, at(10, state(last_success="2026-11-25T17:09:50Z")))

    assert [(h.collection, h.last_success) for h in window.data.heartbeats] == [("air", "2026-11-25T17:09:50Z")]
    assert (window.data.updates, window.data.contradictions) == ((), ())


def test_a_correction_of_old_records_is_no_heartbeat(tmp_path: Path) -> None:
    def correct(city: City) -> None:
        city.pages["air"][0]["pm"] = 99
        state(last_success="2026-11-25T17:09:50Z")(city)

    assert window_of(tmp_path, at(10, correct)).data.heartbeats == ()


def test_content_that_changes_under_its_tag_is_seen_though_it_answers_304(tmp_path: Path) -> None:
    def stale(city: City, path: str) -> Answer | None:
        if "air" not in path:
            return None
        if "If-None-Match" in dict(city.asked[-1][1]):
            return Answer(304, (), b"")
        rows = [{"hour": "2026-11-25T16:00:00Z", "pm": int(city.clock.seconds // 600)}]
        return city.json({"records": rows, "numberMatched": 1}, ("ETag", '"v1"'))

    window = window_of(tmp_path, stale)

    assert [(change.path, change.before, change.after) for change in window.tags.silent] == [
        ("/collections/air/items?limit=100", '"v1"', '"v1"')
    ] * 2


def test_a_tag_that_changes_over_the_same_bytes_is_seen(tmp_path: Path) -> None:
    def restless(city: City, path: str) -> Answer | None:
        fresh = city.json({"records": [{}], "numberMatched": 1}, ("ETag", f'"{len(city.asked)}"'))
        return fresh if "air" in path else None

    window = window_of(tmp_path, restless, minutes=4)

    assert len(window.tags.empty) == 2
    assert window.tags.silent == ()


def test_without_tags_the_moment_of_modification_is_compared(tmp_path: Path) -> None:
    def dated(city: City, path: str) -> Answer | None:
        rows = [{"pm": city.clock.seconds}]
        said = ("Last-Modified", "Wed, 25 Nov 2026 16:00:00 GMT")
        return city.json({"records": rows, "numberMatched": 1}, said) if "air" in path else None

    assert len(window_of(tmp_path, dated, minutes=4).tags.silent) == 2


def test_a_quick_refusal_does_not_make_a_system_look_fast_and_a_timeout_counts(tmp_path: Path) -> None:
    city = City(Hands())
    fates = {2: Answer(500, (), b""), 4: Failure.TIMEOUT}
    city.took = lambda: 20.0 if city.asked[-1][0].endswith("100") and city.clock.seconds // 60 == 4 else 0.5
    window = window_of(
        tmp_path, lambda it, path: fates.get(int(it.clock.seconds // 60)) if "air" in path else None, 9, city
    )

    assert window.pages is not None
    assert (window.pages.count, window.pages.p50, window.pages.longest) == (9, 0.5, 20.0)
    assert window.latencies["air"].count == 4
    assert (window.judged, window.up) == (10, 8)


def test_a_window_without_a_probe_claims_nothing(tmp_path: Path) -> None:
    from tests.watching import begin

    log, _ = begin(tmp_path / "log", City(Hands()), plan())
    log.close()
    window = read_window(tmp_path / "log")

    assert (window.probes, window.start, window.availability, window.pages, window.ended) == (
        0,
        None,
        None,
        None,
        False,
    )


def test_a_log_of_another_system_is_no_evidence(tmp_path: Path) -> None:
    window_of(tmp_path, lambda *_: None, 1)

    with pytest.raises(EvidenceError, match=r"evidence\.other_url"):
        read_window(tmp_path / "log", "http://other.example/v1")
    assert read_window(tmp_path / "log", BASE + "/").probes == 2


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ({}, {"kind": "start"}),
        ({"interval": 60, "timeout": 9, "base": BASE, "collections": []}, {"kind": "probe", "at": "noon"}),
        ({"interval": 60, "timeout": 9, "base": BASE, "collections": [{"x": 1}]}, {"kind": "start"}),
        ({"interval": 60, "timeout": 9, "base": BASE, "collections": []}, {"no": "kind"}),
        ({"interval": "often", "timeout": 9, "base": BASE, "collections": []}, {"kind": "start"}),
    ],
)
def test_a_chain_that_no_watch_wrote_is_no_evidence(tmp_path: Path, header: Any, line: Any) -> None:
    log = Log(tmp_path / "log", dict)
    log.append({"schema": SCHEMA, **header})
    log.append(line)
    log.close()

    with pytest.raises(EvidenceError, match=r"evidence\.malformed"):
        read_window(tmp_path / "log")


@pytest.mark.parametrize(("count", "percent", "rank"), [(1, 95, 1), (20, 95, 19), (21, 95, 20), (2, 50, 1), (3, 50, 2)])
def test_percentiles_are_by_nearest_rank(count: int, percent: int, rank: int) -> None:
    assert nearest_rank(range(1, count + 1), percent) == rank


def test_a_status_page_of_another_shape_costs_nothing_but_what_it_holds(tmp_path: Path) -> None:
    odd = [1, "x", {"datasets": 5}, {"datasets": [1, {"collection": 3}, {"collection": "air", "last_success": 7}]}]
    answers = iter([Answer(200, (), json.dumps(value).encode()) for value in odd] + [Answer(200, (), b"\xff[" * 9)])
    window = window_of(tmp_path, lambda _, path: next(answers, None) if path == "/status" else None, 6)

    assert window.availability == 1
    assert window.data.contradictions == ()


def test_a_window_cannot_be_changed(tmp_path: Path) -> None:
    window = window_of(tmp_path, lambda *_: None, 1)

    with pytest.raises(FrozenInstanceError):
        window.up = 5  # type: ignore[misc]
