"""What schemathesis wrote is counted; what is not understood is counted too, and stops nothing.

`recorded/schemathesis.ndjson` is a run of schemathesis 4.32.5 (coverage phase) against two operations of the
reference server, cut down to a few exchanges of each scenario, without the bodies of answers.
"""

import json
from pathlib import Path

from tests.unit.api.second_tool import RECORDED
from validator.api.schemathesis_events import Kind, read_events

LINES = RECORDED.read_text("utf-8").splitlines()
REFUSED = Kind("positive_data_acceptance", "ST202", "GET /collections/plan-permit/items", 400)


def written(folder: Path, *lines: str) -> Path:
    path = folder / "events.ndjson"
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_a_recorded_run_is_understood_to_its_last_line() -> None:
    tally = read_events(RECORDED)

    assert (tally.version, tally.completed, tally.unread) == ("4.32.5", True, 0)
    assert tally.failures == {REFUSED: 3}
    assert tally.samples[REFUSED].title == "Schema-valid request rejected"
    assert tally.samples[REFUSED].request.startswith("GET http://127.0.0.1:")


def test_every_request_is_counted_by_its_method() -> None:
    tally = read_events(RECORDED)

    assert tally.methods == {"GET": tally.requests}
    assert tally.requests > len(LINES) / 4


def test_lines_that_nobody_knows_are_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    odd = [
        "",
        "{",
        "[]",
        "3",
        "{}",
        '{"SomethingNew":{}}',
        '{"a":1,"b":2}',
        '{"ScenarioFinished":{}}',
        '{"Initialize":[]}',
    ]
    tally = read_events(written(tmp_path, *odd, *LINES))

    assert tally.unread == len(odd)
    assert tally.failures == {REFUSED: 3}
    assert tally.completed


def test_a_scenario_that_is_not_understood_leaves_nothing_behind(tmp_path: Path) -> None:
    scenario = {
        "interactions": {"a": {"request": {"method": "GET", "uri": "/"}}},
        "checks": {"a": [{"name": "x", "status": "failure", "failure_info": None}]},
    }
    tally = read_events(written(tmp_path, json.dumps({"ScenarioFinished": {"recorder": scenario}})))

    assert (tally.unread, tally.requests, tally.failures) == (1, 0, {})


def test_a_torn_file_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    tally = read_events(written(tmp_path, *LINES[:-1], LINES[-1][:-9]))

    assert (tally.unread, tally.completed) == (1, False)
    assert tally.failures == {REFUSED: 3}


def test_a_line_that_is_too_long_is_not_held(tmp_path: Path) -> None:
    longest = max(len(line) for line in LINES) + 2
    tally = read_events(written(tmp_path, "x" * (3 * longest + 5), *LINES), longest)

    assert tally.unread == 1
    assert tally.completed


def test_a_failure_without_an_exchange_has_no_status(tmp_path: Path) -> None:
    said = {"failure": {"operation": "GET /", "title": "t", "message": "m", "code": "ST1"}}
    scenario = {"checks": {"a": [{"name": "x", "status": "failure", "failure_info": said}]}}
    tally = read_events(written(tmp_path, json.dumps({"ScenarioFinished": {"recorder": scenario}})))

    assert tally.failures == {Kind("x", "ST1", "GET /", None): 1}


def test_errors_of_the_tool_are_no_failures_of_the_system(tmp_path: Path) -> None:
    fault = {"type": "ConnectionError", "message": "refused"}
    lines = [{"NonFatalError": {"label": "GET /", "value": fault}}, {"FatalError": {"exception": fault}}]
    tally = read_events(written(tmp_path, *map(json.dumps, lines)))

    assert tally.errors == {"GET /: ConnectionError: refused": 1, "ConnectionError: refused": 1}
    assert (tally.failures, tally.unread) == ({}, 0)


def test_no_file_is_an_empty_run(tmp_path: Path) -> None:
    tally = read_events(tmp_path / "none")

    assert (tally.requests, tally.completed, tally.lines) == (0, False, 0)
