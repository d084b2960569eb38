"""Whole runs on Spark: the same report digest as on one machine, and what happens when something is missing or dies."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from fixtures.sample_city.faulty import FAULTY
from validator.cli.main import main
from validator.cli.validate import parse_moment
from validator.engine import spark_engine, spark_session
from validator.engine.pool import Died
from validator.engine.scan import Part, scan_unit
from validator.engine.spark_tasks import Tasks
from validator.engine.units import Unit
from validator.resources import data_folder
from validator.run import Options, validate

SUBMISSIONS = data_folder("fixtures") / "submissions"
SMALL = data_folder("standards") / "env" / "1.0" / "examples" / "json"
AS_OF = parse_moment("2026-11-23T09:00:00+07:00")


def digest(folder: Path | str, engine: str) -> str:
    return str(validate(folder, Options(as_of=AS_OF, jobs=2, engine=engine))["digest"])


@pytest.mark.parametrize("name", ["thanh-pho-mau", FAULTY])
def test_a_city_has_one_report_whatever_the_engine(name: str, session: Any) -> None:
    assert digest(SUBMISSIONS / name, "spark") == digest(SUBMISSIONS / name, "local")


def test_a_killed_worker_costs_its_unit_another_try(
    tmp_path: Path, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = tmp_path / "killed"

    def killed_once(unit: Unit) -> Part:
        if unit.number == 1 and not marker.exists():
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return scan_unit(unit, lambda _size, _records: None)

    monkeypatch.setattr(spark_engine, "_scanned", killed_once)

    found = digest(SMALL, "spark")

    assert marker.exists()
    assert found == digest(SMALL, "local")


def test_a_unit_that_kills_every_worker_is_told_as_lost(session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(unit: Unit) -> Part:
        if unit.number == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return scan_unit(unit, lambda _size, _records: None)

    monkeypatch.setattr(spark_engine, "_scanned", killed)

    report = validate(SMALL, Options(as_of=AS_OF, engine="spark"))

    assert report["summary"]["verdict"] == "inconclusive"
    assert any(result["cause"] == "error" for result in report["results"])


def test_other_work_is_done_although_one_task_kills(tmp_path: Path, session: Any) -> None:
    def work(task: Any) -> int:
        if task.number == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return int(task.number * 10)

    units = [Unit(number, None, 0, 0) for number in range(4)]  # type: ignore[arg-type]
    heard: list[int] = []

    outcomes = Tasks(session, tmp_path, lambda: None, work).run(units, lambda _task, outcome: heard.append(outcome))

    assert [outcome for outcome in outcomes if not isinstance(outcome, Died)] == [0, 10, 30]
    assert isinstance(outcomes[2], Died)
    assert sorted(heard) == [0, 10, 30]


def test_a_missing_extra_is_one_line_of_advice(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(spark_session, "find_spec", lambda _name: None)

    code = main(["validate", str(SMALL), "--engine", "spark", "--lang", "en"])

    assert code == 2
    assert [line for line in capsys.readouterr().err.splitlines() if "pip install 'lienthong[spark]'" in line]


def test_missing_java_is_one_line_of_advice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)

    code = main(["validate", str(SMALL), "--engine", "spark", "--lang", "vi"])

    assert code == 2
    assert "apt-get install default-jre-headless" in capsys.readouterr().err


@pytest.mark.parametrize("engine", ["sparkle", "dask", "local:2"])
def test_an_unknown_engine_is_refused(engine: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(SMALL), "--engine", engine, "--lang", "en"]) == 2
    assert "local, spark, spark:MASTER" in capsys.readouterr().err


def test_a_missing_scratch_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(SMALL), "--scratch", str(tmp_path / "none"), "--lang", "en"]) == 2
    assert "--scratch" in capsys.readouterr().err
