"""`--baseline`, `--waivers`, `gate` and `baseline make` from the command line, with their exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.submissions import AS_OF, lines, record, submission
from tests.unit.gating import waiver, waivers, written
from validator.cli.main import main

REPEATED = "VSC-CORE-R06"


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, numbers in {"sound": (0, 1), "one": (0, 0), "two": (0, 0, 1, 1)}.items():
        submission(tmp_path / name, lines([record(n) for n in numbers]), "jsonl")
    return tmp_path


def report_of(city: Path, name: str, *more: str) -> tuple[int, Path]:
    out = city / f"out-{name}"
    code = main(["validate", str(city / name), "--as-of", AS_OF, "--out", str(out), "--lang", "en", *more])
    return code, out / "report.json"


def gate(*arguments: object) -> int:
    return main(["gate", *map(str, arguments), "--as-of", AS_OF, "--lang", "en"])


def test_a_baseline_from_making_it_to_its_end(city, capsys):
    one, two, sound = (report_of(city, name)[1] for name in ("one", "two", "sound"))

    assert gate(one) == 1
    assert main(["baseline", "make", str(one), "--lang", "vi"]) == 0
    assert "1 phát hiện" in capsys.readouterr().out
    known = city / "lienthong-baseline.json"
    assert gate(one, "--baseline", known) == 0
    assert gate(two, "--baseline", known) == 1
    assert gate(two, "--baseline", known, "--max-new", 1) == 0
    assert gate(sound, "--baseline", known) == 1
    assert main(["baseline", "make", str(two), "--lang", "en"]) == 1
    assert gate(two, "--baseline", known) == 1
    assert main(["baseline", "make", str(two), "--accept-new", "--lang", "en"]) == 0
    assert gate(two, "--baseline", known) == 0
    assert main(["baseline", "make", str(sound), "--lang", "en"]) == 0
    assert json.loads(known.read_text())["entries"] == []
    assert gate(sound, "--baseline", known) == 0


def test_validate_with_a_baseline_ends_as_the_gate_and_says_the_verdict_all_the_same(city, capsys):
    main(["baseline", "make", str(report_of(city, "one")[1])])
    plain = report_of(city, "one")[1].read_text()
    capsys.readouterr()
    code, report = report_of(city, "one", "--baseline", "lienthong-baseline.json")
    told = capsys.readouterr()

    assert code == 0
    assert told.out.splitlines()[-1].startswith("VERDICT: NOT CONFORMANT")
    assert "[known]" in told.out
    assert "GATE: OPEN" in told.err
    assert report.read_text() == plain
    assert report_of(city, "two", "--baseline", "lienthong-baseline.json")[0] == 1


def test_validate_with_waivers_keeps_the_failure_and_its_verdict(city, capsys):
    given = waivers(city, waiver(REPEATED))
    code, report = report_of(city, "one", "--waivers", str(given))
    result = next(r for r in json.loads(report.read_text())["results"] if r["requirement"] == REPEATED)

    assert code == 0
    assert result["outcome"] == "failed"
    assert result["waiver"]["id"] == f"W-{REPEATED}"
    assert json.loads(report.read_text())["summary"]["verdict"] == "nonconformant"
    assert gate(report) == 1
    assert gate(report, "--waivers", given) == 0
    assert gate(report, "--waivers", waivers(city, waiver(REPEATED, expires="2026-11-22"))) == 1


@pytest.mark.parametrize("option", ["--baseline", "--waivers"])
@pytest.mark.parametrize("text", [None, "{", "{}"])
def test_a_malformed_file_ends_the_call_before_the_work(city, capsys, option, text):
    path = city / "file.json" if text is None else written(city, "file.json", text)
    calls = [
        ["validate", str(city / "one"), "--out", str(city / "new"), option, str(path)],
        ["test", "http://127.0.0.1:9/", option, str(path)],
        ["gate", str(city / "none.json"), option, str(path)],
    ]

    assert [main([*call, "--lang", "en"]) for call in calls] == [2, 2, 2]
    assert not (city / "new").exists()
    assert capsys.readouterr().err.count("is no valid baseline or waiver file") == 3


def test_a_report_that_was_changed_is_no_evidence(city):
    report = report_of(city, "one")[1]
    report.write_text(report.read_text().replace('"nonconformant"', '"conformant"'))

    assert gate(report) == 5
    assert main(["baseline", "make", str(report)]) == 5


def test_wrong_calls(city):
    report = report_of(city, "sound")[1]

    assert gate(city / "none.json") == 2
    assert gate(report, "--require", "VSC-CORE") == 2
    assert gate(report, "--max-new", 1) == 2
    assert gate(report, "--require", "VSC-CORE@9.0/basic") == 3
    assert gate(report, "--require", "VSC-CORE@1.0/standard") == 0


def test_a_page_can_name_files_from_the_root_of_the_repository(city, capsys):
    report = report_of(city, "one")[1]
    capsys.readouterr()
    call = ["report", "render", str(report), "--format", "codequality", "--base", "./data/one/"]

    assert main(call) == 0
    assert json.loads(capsys.readouterr().out)[0]["location"]["path"] == "data/one/data.jsonl"
