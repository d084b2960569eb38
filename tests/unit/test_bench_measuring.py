"""The benchmark measures what it says, compares like with like and rounds no figure to its target."""

from __future__ import annotations

import sys
from pathlib import Path

import orjson
import pytest

from tests.bench import attest, attest_ground
from tests.bench.__main__ import chosen_groups
from tests.bench.agreement import DIFFERENCES
from tests.bench.attesting import ACTS
from tests.bench.data import Data
from tests.bench.ours import check
from tests.bench.page import markdown, plain
from tests.bench.peers import ENGINES, examine, lines
from tests.bench.process import FailedError, run
from tests.bench.programs import ranges
from tests.bench.reference import SCHEMA
from tests.bench.results import OURS, Table, load
from tests.bench.targets import Target, targets
from validator.certificate.register import open_register

MEBIBYTES = 60


def a_table() -> Table:
    machine = {"processor": "A", "cores": 2, "memory_gib": 24, "system": "Linux"}
    about = {"machine": machine, "versions": {"python": "3"}, "date": "2026-11-26", "command": "c", "revision": None}
    table = Table(about, ["ajv: not measured, as node is not installed"])
    for name, seconds in (("orjson", 2.0), (OURS, 2.004)):
        row = table.row("schema", "1 % wrong", name, 2)
        row.records, row.seconds, row.walls = 1000, [seconds, 9.0, 1.0], [seconds] * 3
    return table


def test_byte_ranges_cover_the_file_and_start_at_lines(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"".join(b"%d\n" % (n**3) for n in range(100)))
    parts = [list(lines(path, *each)) for each in ranges(path, 3)]

    assert [int(line) for part in parts for line in part] == [n**3 for n in range(100)]
    assert all(parts)


@pytest.mark.parametrize("engine", [name for name in ENGINES if name != "orjson"])
def test_engines_of_python_refuse_the_records_that_we_refuse(tmp_path: Path, engine: str) -> None:
    path = Data(tmp_path, lambda _: None).reference(600, 0.2, edges=True)
    schema = orjson.loads(SCHEMA.read_bytes())
    ours, theirs = check(path, schema, "jsonl", 1), examine(engine, schema, path, 0, path.stat().st_size)
    raw = path.read_bytes().splitlines()
    differing = set(ours.numbers) ^ set(theirs[1])

    assert ours.records == theirs[0]["records"] == 600
    assert ours.failing > 60
    assert [n for n in differing if not any(difference.seen(raw[n]) for difference in DIFFERENCES)] == []


def test_our_check_finds_the_same_with_one_job_and_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("validator.engine.units.UNIT_BYTES", 40_000)
    path = Data(tmp_path, lambda _: None).reference(600, 0.2)
    schema = orjson.loads(SCHEMA.read_bytes())
    one, two = (check(path, schema, "jsonl", jobs) for jobs in (1, 2))

    assert (one.records, one.failing, one.errors, one.numbers) == (two.records, two.failing, two.errors, two.numbers)


def test_memory_is_that_of_the_program_and_its_children_only() -> None:
    held = f"x = bytearray({MEBIBYTES} << 20)"
    child = (
        f"import subprocess, sys, time; subprocess.run([sys.executable, '-c', '{held}; import time; time.sleep(1)'])"
    )
    ran = run([[sys.executable, "-c", child]], sample=0.05)

    assert ran.tree_mib is not None
    assert MEBIBYTES < ran.tree_mib < MEBIBYTES + 40
    assert MEBIBYTES < ran.main_mib < MEBIBYTES + 40


def test_a_small_program_is_not_charged_for_who_started_it() -> None:
    """A forked process inherits the highest resident set of its parent; pytest is larger than this."""
    assert run([[sys.executable, "-c", "pass"]]).main_mib < 30


def test_programs_run_side_by_side() -> None:
    nap = [sys.executable, "-c", "import time; time.sleep(0.8); print('x\\n{}')"]
    ran = run([nap, nap])

    assert 0.8 <= ran.wall < 1.6
    assert ran.answers() == [{}, {}]


def test_a_program_that_fails_is_told_with_its_words() -> None:
    with pytest.raises(FailedError, match=r"exit 1: no such thing"):
        run([[sys.executable, "-c", "raise SystemExit('no such thing')"]])


@pytest.mark.parametrize(
    ("found", "bound", "least", "figure", "reached"),
    [
        (2.9999, 3.0, True, "2.99 ×", False),
        (3.0, 3.0, True, "3.00 ×", True),
        (1.0001, 1.0, False, "1.01 ×", False),
        (0.99999, 1.0, False, "1.000 ×", True),
        (None, 1.0, True, "–", None),
    ],
)
def test_no_figure_is_rounded_to_its_target(
    found: float | None, bound: float, least: bool, figure: str, reached: bool | None
) -> None:
    target = Target("x", bound, " ×", least, found)

    assert (target.figure(), target.reached) == (figure, reached)


def test_ratios_are_of_medians() -> None:
    found = next(t for t in targets(a_table()) if t.text.endswith("orjson, 2 process(es)"))

    assert found.found == pytest.approx(2.0 / 2.004)
    assert found.figure() == "0.998 ×"
    assert found.reached is False


def test_a_peer_that_is_not_there_leaves_its_targets_unmeasured() -> None:
    table = a_table()
    about_ajv = [t for t in targets(table) if "ajv" in t.text]

    assert about_ajv
    assert all(target.reached is None for target in about_ajv)
    assert "ajv: not measured" in plain(table)


def test_the_page_is_whole() -> None:
    page = markdown(a_table())

    assert "<!--" not in page
    assert "| orjson | 2 | 2 | 500 | 1.00 |" in page
    assert all(difference.reason in page for difference in DIFFERENCES)


def test_a_run_of_some_groups_keeps_what_older_runs_measured_of_the_others(tmp_path: Path) -> None:
    older, newer = a_table(), Table({**a_table().about, "date": "2026-12-01", "versions": {"python": "4"}})
    older.row("whole", "clean", OURS, 2).seconds = [7.0]
    for group in ("schema", "whole"):
        older.stamp(group, older.unmeasured)
    older.agreement = {OURS: {"refused": 5}}
    newer.row("schema", "1 % wrong", OURS, 2).seconds = [3.0]
    newer.stamp("schema", [])
    older.save(tmp_path / "figures.json")
    both = newer.over(load(tmp_path / "figures.json"))
    page = markdown(both)

    assert [(row.group, row.name, row.seconds) for row in both.rows] == [
        ("whole", OURS, [7.0]), ("schema", OURS, [3.0]),
    ]  # fmt: skip
    assert page.index("Schema check alone\n\n2026-12-01") < page.index("Whole run of VSC-ENV\n\n2026-11-26")
    assert "`c`, python 3:" in page
    assert "ajv: not measured" in page
    assert "lienthong refuses 5" in page
    newer.stamp("whole", [])
    assert "ajv: not measured" not in markdown(newer.over(older))


def test_a_figure_without_a_bound_is_told_and_not_judged() -> None:
    table = a_table()
    table.row(attest.GROUP, attest.VERIFY, OURS, 1).seconds = [0.00312]
    page = markdown(table)

    assert "| a certificate verified | – | 3.12 ms | no bound |" in page
    assert "| lienthong | 3.12 | 1.00 | – | – | – |" in page


def test_every_act_of_attesting_is_done_and_timed(tmp_path: Path) -> None:
    report, place = tmp_path / "report.json", attest_ground.Place(tmp_path / "place")
    attest_ground.write_report(report)
    attest_ground.make(place, report, 1)
    given = {name: (str(place.folder), str(report)) if name == "issue" else (str(place.folder),) for name in ACTS}

    assert all(seconds > 0 for name in ACTS for seconds in ACTS[name](2, *given[name]))
    assert len(open_register(place.register).index()) == 1 + 2


def test_an_unknown_group_is_refused_and_the_large_one_is_asked_for() -> None:
    assert "large" not in chosen_groups(None, False)
    assert chosen_groups("xml,schema", True) == ["schema", "xml", "large"]
    with pytest.raises(SystemExit, match="unknown group: x"):
        chosen_groups("x", False)
