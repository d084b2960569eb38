"""Runs that are stopped, lose a worker or meet a full disk: real processes, and what they leave behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.submissions import AS_OF, ENVELOPE, lines, record
from validator.seal import seal_folder

FILES, RECORDS = 4, 2000
STEPS = """
import os, resource, signal, sys
from validator.cli import progress
from validator.engine import local
from validator.engine.tables import Tables
from validator.model.progress import Phase

honest, done = progress.Progress.__call__, []

def at(phase, act):
    def call(self, now, *step):
        if now is phase and not done:
            done.append(now)
            act()
        honest(self, now, *step)
    progress.Progress.__call__ = call

def scanning(act):
    plain = local.scan_unit
    local.scan_unit = lambda unit, tell: (act(unit), plain(unit, tell))[1]
"""


@dataclass(frozen=True, slots=True)
class Left:
    """What a run gave, and what it left behind."""

    code: int
    out: str
    err: str
    scratch: list[str]
    reports: list[str]
    processes: list[int]

    @property
    def report(self) -> dict[str, Any]:
        made: dict[str, Any] = json.loads(self.out)
        return made


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A submission of several files, each a unit of work."""
    root = tmp_path_factory.mktemp("many")
    entries = []
    for number in range(FILES):
        records = (record(number * RECORDS + i) for i in range(RECORDS))
        (root / f"{number}.jsonl").write_bytes(lines(records))
        (root / f"{number}.json").write_text(json.dumps(ENVELOPE))
        entries.append({"path": f"{number}.jsonl", "format": "jsonl", "envelope": f"{number}.json"})
    claims = [{"standard": "VSC-CORE", "version": "1.0", "class": "standard"}]
    made = {"lienthong": "1.0", "submission": "thu", "localities": [{"province_code": "46"}], "claims": claims,
            "datasets": [{"dataset": "VSC-CORE/reading", "files": entries}]}  # fmt: skip
    (root / "manifest.json").write_text(json.dumps(made))
    seal_folder(root)
    return root


def members(group: int) -> list[int]:
    """The living processes of a group."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, of_group = stat.read_text().rpartition(")")[2].split()[:3]
        except (OSError, ValueError):
            continue
        if int(of_group) == group and state != "Z":
            found.append(int(stat.parent.name))
    return found


def start(tmp_path: Path, script: str, *arguments: str | Path) -> subprocess.Popen[str]:
    """The command line in a group of its own, with a script that runs before it."""
    (tmp_path / "scratch").mkdir()
    code = f"{STEPS}\n{script}\nfrom validator.cli.main import main\nsys.exit(main(sys.argv[1:]))"
    given = [sys.executable, "-c", code, "validate", *map(str, arguments), "--as-of", AS_OF]
    return subprocess.Popen(
        given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "TMPDIR": str(tmp_path / "scratch"), "LIENTHONG_LANG": "en"},
    )  # fmt: skip


def end(tmp_path: Path, child: subprocess.Popen[str]) -> Left:
    """Waits for the end of a run; a process that does not end at once is one left behind."""
    with child:
        out, err = child.communicate(timeout=60)
    deadline = time.monotonic() + 3
    while members(child.pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    left = members(child.pid)
    for process in left:
        os.kill(process, signal.SIGKILL)
    out_folder = tmp_path / "out"
    reports = sorted(p.name for p in out_folder.iterdir()) if out_folder.exists() else []
    return Left(child.returncode, out, err, [p.name for p in (tmp_path / "scratch").iterdir()], reports, left)


def run(tmp_path: Path, script: str, *arguments: str | Path) -> Left:
    return end(tmp_path, start(tmp_path, script, *arguments))


def assert_stopped(left: Left, code: int) -> None:
    assert (left.code, left.out, left.err) == (code, "", "Stopped on request; no report was written.\n")
    assert (left.scratch, left.reports, left.processes) == ([], [], [])


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("phase", ["RECEIVING", "READING", "SCANNING", "LOADING", "RULES", "WRITING"])
def test_ctrl_c_leaves_nothing_in_any_phase(phase: str, jobs: str, many: Path, tmp_path: Path) -> None:
    """Ctrl-C at a terminal goes to the whole group of processes."""
    stop = f"at(Phase.{phase}, lambda: os.killpg(0, signal.SIGINT))"

    assert_stopped(run(tmp_path, stop, many, "--jobs", jobs, "--out", tmp_path / "out"), 130)


@pytest.mark.parametrize("whom", ["os.killpg(0, signal.SIGTERM)", "os.kill(os.getpid(), signal.SIGTERM)"])
@pytest.mark.parametrize("phase", ["SCANNING", "RULES"])
def test_sigterm_leaves_nothing_whether_the_group_or_the_parent_receives_it(
    phase: str, whom: str, many: Path, tmp_path: Path
) -> None:
    left = run(tmp_path, f"at(Phase.{phase}, lambda: {whom})", many, "--jobs", "2", "--out", tmp_path / "out")

    assert_stopped(left, 143)


def test_a_closed_terminal_stops_a_run(many: Path, tmp_path: Path) -> None:
    heard = "signal.signal(signal.SIGHUP, signal.SIG_DFL); "  # also where these tests run under nohup
    stop = heard + "at(Phase.SCANNING, lambda: os.killpg(0, signal.SIGHUP))"
    left = run(tmp_path, stop, many, "--out", tmp_path / "out")

    assert_stopped(left, 129)


def test_impatience_changes_nothing(many: Path, tmp_path: Path) -> None:
    """More signals during the clean-up neither break it off nor show a traceback."""
    stop = "at(Phase.SCANNING, lambda: [os.killpg(0, s) for s in (signal.SIGTERM, signal.SIGINT, signal.SIGINT)])"
    left = run(tmp_path, stop, many, "--jobs", "2", "--out", tmp_path / "out")

    assert left.code in (130, 143)
    assert_stopped(left, left.code)


def test_a_signal_from_outside_while_workers_work_is_obeyed_at_once(many: Path, tmp_path: Path) -> None:
    child = start(tmp_path, "scanning(lambda unit: signal.pause())", many, "--jobs", "2", "--out", tmp_path / "out")
    while len(members(child.pid)) < 3:
        time.sleep(0.02)
    started = time.monotonic()
    os.kill(child.pid, signal.SIGINT)
    left = end(tmp_path, child)

    assert_stopped(left, 130)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    "query",
    [
        "SELECT i, j FROM range(3000000) a(i), range(300000) b(j) WHERE hash(i * j) = 3",
        "SELECT count(*) FROM range(3000000) a(i), range(300000) b(j) WHERE hash(i * j) % 97 = 3",
    ],
    ids=["streaming", "adding up"],
)
def test_a_long_query_is_broken_off(query: str, many: Path, tmp_path: Path) -> None:
    """The main thread is inside the database for minutes; the signal must reach it there."""
    slow = (
        "import threading\n"
        "def slow():\n"
        "    threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()\n"
        f"    list(tables[0].rows({query!r}))\n"
        "tables, made = [], Tables.__init__\n"
        "Tables.__init__ = lambda self, *given: (tables.append(self), made(self, *given))[1]\n"
        "at(Phase.RULES, slow)"
    )
    started = time.monotonic()

    assert_stopped(run(tmp_path, slow, many, "--jobs", "1", "--out", tmp_path / "out"), 130)
    assert time.monotonic() - started < 20


def test_a_signal_that_was_ignored_stays_ignored(many: Path, tmp_path: Path) -> None:
    """As under `nohup` or for a job in the background of a script."""
    stop = "signal.signal(signal.SIGHUP, signal.SIG_IGN); at(Phase.SCANNING, lambda: os.killpg(0, signal.SIGHUP))"

    assert run(tmp_path, stop, many, "--jobs", "2", "--out", tmp_path / "out").reports


def test_an_earlier_report_outlives_a_run_that_was_stopped(many: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "report.json").write_text("earlier")
    left = run(tmp_path, "at(Phase.WRITING, lambda: os.kill(0, 2))", many, "--out", tmp_path / "out")

    assert (left.code, left.reports) == (130, ["report.json"])
    assert (tmp_path / "out" / "report.json").read_text() == "earlier"


def test_a_stop_while_reports_move_in_comes_too_late(many: Path, tmp_path: Path) -> None:
    stop = (
        "from pathlib import Path\n"
        "moved = Path.replace\n"
        "Path.replace = lambda path, to: (os.killpg(0, signal.SIGINT), moved(path, to))[1]"
    )
    left = run(tmp_path, stop, many, "--jobs", "2", "--out", tmp_path / "out")

    assert left.code == 0
    assert left.reports == ["report.html", "report.json", "report.txt"]
    assert left.out.splitlines()[-1].startswith("VERDICT:")


def test_workers_end_with_a_parent_that_is_killed(many: Path, tmp_path: Path) -> None:
    child = start(tmp_path, "scanning(lambda unit: signal.pause())", many, "--jobs", "2", "--out", tmp_path / "out")
    while len(members(child.pid)) < 3:
        time.sleep(0.02)
    os.kill(child.pid, signal.SIGKILL)
    left = end(tmp_path, child)

    assert left.code == -signal.SIGKILL
    assert left.processes == []
    assert [name for name in left.reports if not name.startswith(".")] == []


def test_a_worker_killed_from_outside_costs_nothing_but_time(many: Path, tmp_path: Path) -> None:
    once = f"scanning(lambda unit: killed_once({str(tmp_path / 'once')!r}))"
    kill = (
        "def killed_once(path):\n"
        "    if not os.path.exists(path):\n"
        "        open(path, 'w').close()\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    reports = []
    for name, script in (("calm", ""), ("killed", kill + once)):
        (tmp_path / name).mkdir()
        reports.append(run(tmp_path / name, script, many, "--jobs", "2", "--format", "json").report)

    assert (tmp_path / "once").exists()
    assert reports[0] == reports[1]
    assert all(f["records"] == RECORDS for f in reports[0]["submission"]["files"])


def test_a_file_that_kills_its_worker_makes_the_run_inconclusive(many: Path, tmp_path: Path) -> None:
    kill = "scanning(lambda unit: unit.observation.name == '2.jsonl' and os.kill(os.getpid(), signal.SIGKILL))"
    left = run(tmp_path, kill, many, "--jobs", "2", "--format", "json")
    tested = [r for r in left.report["results"] if r["outcome"] != "untested"]

    assert (left.code, left.report["summary"]["verdict"]) == (3, "inconclusive")
    assert {(r["outcome"], r["cause"]) for r in tested} == {("cantTell", "error")}
    for result in tested:
        assert all("2.jsonl" in text and "SIGKILL" in text for text in result["reason"].values())
    assert (left.scratch, left.processes) == ([], [])


def test_findings_of_other_files_outlast_a_lost_one(many: Path, tmp_path: Path) -> None:
    """What is known to be wrong is told, and never more than is known: no rule is asked over a part."""
    kill = "scanning(lambda unit: unit.observation.name == 'bad.jsonl' or os.kill(os.getpid(), signal.SIGKILL))"
    root = tmp_path / "given"
    root.mkdir()
    manifest = json.loads((many / "manifest.json").read_text())
    (root / "bad.jsonl").write_bytes(lines([record(0), record(1, status="unheard of")]))
    (root / "lost.jsonl").write_bytes(lines([record(2)]))
    (root / "envelope.json").write_text(json.dumps(ENVELOPE))
    manifest["datasets"][0]["files"] = [
        {"path": f"{name}.jsonl", "format": "jsonl", "envelope": "envelope.json"} for name in ("bad", "lost")
    ]
    (root / "manifest.json").write_text(json.dumps(manifest))
    seal_folder(root)
    left = run(tmp_path, kill, root, "--jobs", "2", "--format", "json")
    outcomes = {r["outcome"] for r in left.report["results"]}
    [failed] = [r for r in left.report["results"] if r["outcome"] == "failed"]

    assert left.code == 1
    assert failed["findings"][0]["location"]["line"] == 2
    assert "passed" not in outcomes


@pytest.mark.parametrize(
    "when", ["limit()", "tables.IN_MEMORY_BYTES = 0; at(Phase.LOADING, limit)"], ids=["columns", "tables"]
)
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_full_disk_is_told_in_one_line_with_advice(when: str, jobs: str, many: Path, tmp_path: Path) -> None:
    full = "from validator.engine import tables; limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (9999,) * 2)"
    left = run(tmp_path, f"{full}\n{when}", many, "--jobs", jobs, "--out", tmp_path / "out")

    assert (left.code, left.out) == (4, "")
    assert left.err.startswith("Fault of the tool: No room for temporary files in ")
    assert "TMPDIR" in left.err
    assert len(left.err.splitlines()) == 1
    assert (left.scratch, left.reports, left.processes) == ([], [], [])


def test_a_scratch_folder_that_cannot_be_made_is_told_in_one_line(many: Path, tmp_path: Path) -> None:
    """Not even root may make a folder inside a file."""
    (tmp_path / "file").write_text("")
    gone = f"import tempfile; tempfile.tempdir = {str(tmp_path / 'file')!r}"
    left = run(tmp_path, gone, many, "--out", tmp_path / "out")

    assert left.code == 2
    assert left.err.startswith("Error: There is no folder ")
    assert len(left.err.splitlines()) == 1
