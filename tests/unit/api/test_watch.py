"""A watch probes on time, goes on where it stopped, and writes what came and what did not."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.watching import BASE, City, Hands, begin, plan, watch
from validator.api.chain import Log, read_chain
from validator.api.probe import Reading
from validator.api.tokens import TokenError
from validator.api.watch import UnansweredError, prepare
from validator.api.window import read_window
from validator.errors import UsageError
from validator.model.exchange import Answer, Failure


def lines(path: Path, kind: str = "probe") -> list[dict[str, Any]]:
    return [line for line in map(json.loads, path.read_bytes().splitlines()) if line["kind"] == kind]


@pytest.fixture
def city() -> City:
    return City(Hands())


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "watch.ndjson"


def test_a_day_of_probes_lies_on_whole_minutes_whatever_each_one_takes(city: City, log: Path) -> None:
    watch(log, city, plan(duration=24 * 3600))
    window = read_window(log, BASE)

    assert [round(line["elapsed"] % 60, 3) for line in lines(log)] == [0] * 1441
    assert (window.seconds, window.availability, window.observed, window.gaps) == (86400, 1, 1, ())
    assert window.ended


def test_a_probe_asks_for_the_status_and_one_collection_in_turn(city: City, log: Path) -> None:
    watch(log, city, plan(duration=120))
    asked = [path for path, _ in city.asked]

    assert asked[-6:] == [
        "/status", "/collections/air/items?limit=100",
        "/status", "/collections/count/items?limit=100",
        "/status", "/collections/air/items?limit=100",
    ]  # fmt: skip
    assert [one["id"] for one in lines(log, "header")[0]["collections"]] == ["air", "count"]


def test_protected_and_empty_collections_are_not_probed(city: City, log: Path) -> None:
    watch(log, city, plan(duration=0))

    assert not any("purse" in path for path, _ in city.asked)
    assert sum("empty" in path for path, _ in city.asked) == 1


def test_the_tag_last_seen_is_sent_along_but_for_every_fifth_visit(city: City, log: Path) -> None:
    watch(log, city, plan(duration=19 * 60))
    air = [r for line in lines(log) for r in line["requests"] if "air" in r["path"]]

    assert [r["status"] for r in air] == [200, 304, 304, 304, 304, 200, 304, 304, 304, 304]
    assert [r["conditional"] for r in air] == [status == 304 for status in (r["status"] for r in air)]


def test_a_probe_line_holds_what_was_seen(city: City, log: Path) -> None:
    watch(log, city, plan(duration=0))
    (line,) = lines(log)
    status, page = line["requests"]

    assert line["at"] == "2026-11-25T17:00:00.080Z"
    assert line["skew"] == 0
    assert line["states"][0] == {
        "collection": "air", "dataset": "VSC-ENV/observation", "schedule": None,
        "last_success": "2026-11-25T16:05:00Z", "data_through": "2026-11-25T16:00:00Z",
    }  # fmt: skip
    assert (status["status"], status["failure"], status["seconds"]) == (200, None, 0.02)
    assert (page["newest"], page["matched"], page["returned"]) == ("2026-11-25T16:00:00Z", 1, 1)
    assert page["body"].startswith("sha256:")


@pytest.mark.parametrize(
    ("given", "kind"), [(Failure.TIMEOUT, "timeout"), (Answer(503, (("Retry-After", "5"),), b""), "503")]
)
def test_a_failed_probe_is_a_line_too_and_nothing_is_waited_for(
    city: City, log: Path, given: Answer | Failure, kind: str
) -> None:
    city.before = lambda it, path: given if path == "/status" and 119 < it.clock.seconds < 179 else None
    watch(log, city, plan(duration=240))
    window = read_window(log)

    assert (window.judged, window.up, dict(window.failures)) == (5, 4, {kind: 1})
    assert window.seconds == 240


def test_a_probe_that_our_guard_kept_back_says_nothing_of_the_system(city: City, log: Path) -> None:
    city.before = lambda it, path: Failure.BLOCKED if path == "/status" and 119 < it.clock.seconds < 179 else None
    watch(log, city, plan(duration=240))
    window = read_window(log)

    assert (window.probes, window.judged, window.availability) == (5, 4, 1)


def test_an_unasked_304_is_no_answer(city: City, log: Path) -> None:
    city.before = lambda it, path: Answer(304, (), b"") if path == "/status" else None
    watch(log, city, plan(duration=60))

    assert read_window(log).availability == 0


def test_a_slow_probe_misses_moments_and_the_next_is_on_time_again(city: City, log: Path) -> None:
    city.took = lambda: 100.0 if 119 < city.clock.seconds < 121 else 0.02
    watch(log, city, plan(duration=420))

    assert [line["elapsed"] for line in lines(log)] == [0, 60, 120, 240, 300, 360, 420]


def test_a_watch_goes_on_where_it_stopped(city: City, log: Path) -> None:
    opened, session = begin(log, city, plan(duration=600))
    seen: list[object] = []

    def killed(probe: object) -> None:
        seen.append(probe)
        if len(seen) == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        session.run(killed)
    opened.close()
    city.clock.seconds += 200
    watch(log, city, plan(duration=600))
    window = read_window(log)

    assert [line["cut"] for line in lines(log, "start")] == [0, 0]
    assert window.seconds >= 600
    assert [round(gap.seconds) for gap in window.gaps] == [200]
    assert window.observed == pytest.approx(1 - 140 / window.seconds, abs=0.001)
    air = [r for line in lines(log) for r in line["requests"] if "air" in r["path"]]
    assert [r["status"] for r in air[:5]] == [200, 304, 304, 304, 304]


def test_a_torn_line_is_cut_and_told_and_the_log_goes_on(city: City, log: Path) -> None:
    watch(log, city, plan(duration=120))
    whole = log.read_bytes()
    log.write_bytes(whole + b'{"at":"2026-')

    assert read_window(log).torn == 12
    watch(log, city, plan(duration=300))
    assert log.read_bytes().startswith(whole)
    assert [line["cut"] for line in lines(log, "start")] == [0, 12]
    assert read_window(log).torn == 0


@pytest.mark.parametrize("other", [plan(interval=30), plan().__class__("http://other.example", 60, 20, None)])
def test_a_log_of_another_watch_is_not_gone_on_with(city: City, log: Path, other: Any) -> None:
    watch(log, city, plan(duration=60))
    before = log.read_bytes()

    with pytest.raises(UsageError, match=r"usage\.other_log"):
        watch(log, city, other)
    assert log.read_bytes() == before


def test_a_log_has_one_writer(city: City, log: Path) -> None:
    opened, _ = begin(log, city, plan())

    with pytest.raises(UsageError, match=r"usage\.log_in_use"):
        begin(log, city, plan())
    opened.close()


def test_a_file_of_another_kind_is_left_alone(city: City, log: Path) -> None:
    log.write_bytes(b"my notes, without a line feed")

    with pytest.raises(Exception, match=r"evidence\."):
        begin(log, city, plan())
    assert log.read_bytes() == b"my notes, without a line feed"


def test_nothing_begins_from_a_system_that_does_not_answer(city: City, log: Path) -> None:
    city.before = lambda it, path: Failure.REFUSED

    with pytest.raises(UnansweredError):
        watch(log, city)


def test_what_the_system_says_is_cleaned_before_it_is_written(city: City, log: Path) -> None:
    city.states["air"]["last_success"] = "hush-hush"
    city.before = lambda it, path: it.json({"records": [{}]}, ("ETag", '"hush-hush"')) if "items" in path else None
    watch(log, city, plan(duration=120), lambda text: text.replace("hush-hush", "***"))

    assert b"hush" not in log.read_bytes()
    assert b"***" in log.read_bytes()


@pytest.mark.parametrize(("off", "seen"), [(0, 0), (-1.5, 0), (-5, -3), (90, 90), (0.9, 0)])
def test_skew_is_the_least_that_explains_the_date(city: City, log: Path, off: float, seen: float) -> None:
    city.skew = timedelta(seconds=off)
    watch(log, city, plan(duration=0))

    assert read_window(log).skew == pytest.approx(seen, abs=0.1)


def test_a_clock_that_is_set_back_leaves_the_window_long_and_is_told(city: City, log: Path) -> None:
    opened, session = begin(log, city, plan(duration=600))

    def set_back(probe: object) -> None:
        city.clock.drift = timedelta(seconds=-300 if city.clock.seconds > 299 else 0)

    session.run(set_back)
    opened.close()
    window = read_window(log)

    assert (window.seconds, len(window.clock_steps), window.gaps) == (600, 1, ())


def test_a_machine_that_slept_did_not_look(city: City, log: Path) -> None:
    opened, session = begin(log, city, plan(duration=600))
    session.run(lambda _: setattr(city.clock, "drift", timedelta(hours=city.clock.seconds > 299)))
    opened.close()
    window = read_window(log)

    assert [gap.seconds for gap in window.gaps] == [3660]
    assert window.observed == pytest.approx(600 / 4200)


def test_a_full_disk_leaves_the_log_whole(city: City, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    opened, session = begin(log, city, plan())
    honest = os.pwrite

    def full(handle: int, content: bytes, at: int) -> int:
        if city.clock.seconds < 299:
            return honest(handle, content, at)
        honest(handle, content[:7], at)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(Exception, match=r"engine\.log"):
        session.run(lambda _: None)
    opened.close()

    assert read_chain(log, dict).torn == 0
    assert len(lines(log)) == 5


@pytest.mark.parametrize(("first", "then", "whole"), [(True, True, True), (True, False, False), (True, None, None)])
def test_a_window_says_whether_a_time_server_kept_our_clock(
    city: City, log: Path, first: bool, then: bool | None, whole: bool | None
) -> None:
    city.synchronised = first
    watch(log, city, plan(duration=60))
    city.synchronised = then
    watch(log, city, plan(duration=120))

    assert read_window(log).synchronised is whole


def test_a_log_that_spans_its_duration_is_not_gone_on_with(city: City, log: Path) -> None:
    watch(log, city, plan(duration=120))
    city.clock.seconds += 7 * 3600
    watch(log, city, plan(duration=120))

    assert (read_window(log).probes, read_window(log).seconds, len(lines(log, "end"))) == (3, 120, 2)


def test_a_credential_opens_protected_collections_and_goes_nowhere_else(city: City, log: Path) -> None:
    roles: dict[str, str | None] = {}
    city.pages["purse"] = [{"sum": 1}]
    honest = city.send
    city.send = lambda *a, role="main", **k: (roles.update({a[1]: role}), honest(*a, role=role, **k))[1]  # type: ignore[method-assign,assignment,misc]
    opened = Log(log, Reading(log))
    watched = prepare(plan(), opened, city, city.clock, True, str)
    opened.close()

    assert [one.id for one in watched] == ["air", "count", "purse"]
    assert [target.removeprefix(BASE) for target, role in roles.items() if role] == [
        "/collections/purse/items?limit=100"
    ]


def test_a_token_that_is_not_to_be_had_is_a_failed_request(city: City, log: Path) -> None:
    def refuse(it: City, path: str) -> None:
        if "air" in path and it.clock.seconds > 60:
            raise TokenError("token.refused", {"role": "main"})

    city.before = refuse
    watch(log, city, plan(duration=240))
    window = read_window(log)

    assert (window.judged, window.up, dict(window.failures)) == (5, 3, {"token": 2})
