"""The main job as a user meets it: exit codes, streams, languages, determinism, our own faults."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from validator.checks import rule
from validator.cli.main import main
from validator.resources import data_folder
from validator.seal import seal_folder

AIR = data_folder("standards") / "env" / "1.0" / "examples" / "main"
AS_OF = "2026-11-23T08:00:00+07:00"


@pytest.fixture
def air(tmp_path: Path) -> Path:
    return Path(shutil.copytree(AIR, tmp_path / "air"))


def edit_manifest(folder: Path, **changes: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **changes}), encoding="utf-8")


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, object]]:
    code = main([*arguments, "--format", "json", "--as-of", AS_OF])
    report: dict[str, object] = json.loads(capsys.readouterr().out)
    return code, report


def test_a_conformant_submission_exits_0_and_ends_with_the_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(AIR), "--lang", "en"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("VERDICT: CONFORMANT")


def test_the_verdict_is_said_in_vietnamese(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(AIR), "--lang", "vi"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("KẾT LUẬN: PHÙ HỢP")


def test_json_to_stdout_is_json_alone(capsys: pytest.CaptureFixture[str]) -> None:
    code, report = run_json(capsys, "validate", str(AIR))

    assert code == 0
    assert report["summary"]["verdict"] == "conformant"  # type: ignore[index]


def test_a_broken_rule_is_our_fault_and_never_a_pass(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    honest = rule.read_rule
    monkeypatch.setattr(rule, "read_rule", lambda path: "SELEC broken" if path.name == "R07.sql" else honest(path))
    code, report = run_json(capsys, "validate", str(AIR))
    [result] = [r for r in report["results"] if r["requirement"] == "VSC-ENV-R07"]  # type: ignore[attr-defined]

    assert code == 3
    assert report["summary"]["verdict"] == "inconclusive"  # type: ignore[index]
    assert (result["outcome"], result["cause"]) == ("cantTell", "error")
    assert "Parser" in result["reason"]["en"]


def test_a_rule_cannot_reach_outside_its_tables(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    honest = rule.read_rule
    theft = "SELECT content AS found FROM read_text('/etc/passwd')"
    monkeypatch.setattr(rule, "read_rule", lambda path: theft if path.name == "R07.sql" else honest(path))
    code, report = run_json(capsys, "validate", str(AIR))

    assert code == 3
    assert "root:" not in json.dumps(report)


def test_an_empty_submission_is_inconclusive(air: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit_manifest(air, datasets=[])
    code, report = run_json(capsys, "validate", str(air))

    assert code == 3
    assert not [r for r in report["results"] if r["outcome"] == "passed"]  # type: ignore[attr-defined]


def test_empty_files_are_never_a_pass(air: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (air / "data").glob("*.jsonl"):
        path.write_bytes(b"")
    seal_folder(air)
    code, _ = run_json(capsys, "validate", str(air))

    assert code == 1


def test_a_submission_that_claims_nothing_is_inconclusive(air: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit_manifest(air, claims=[])

    assert run_json(capsys, "validate", str(air))[0] == 3


def test_a_lower_class_can_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    _, report = run_json(capsys, "validate", str(AIR), "--class", "basic")

    assert {v["class"] for v in report["verdicts"]} == {"basic"}  # type: ignore[attr-defined]


def test_the_number_of_jobs_does_not_change_the_digest(capsys: pytest.CaptureFixture[str]) -> None:
    digests = {run_json(capsys, "validate", str(AIR), "--jobs", jobs)[1]["digest"] for jobs in ("1", "2", "3")}

    assert len(digests) == 1


def test_a_zip_and_a_tar_gz_of_the_folder_give_the_same_results(
    air: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archives = [shutil.make_archive(str(tmp_path / "air"), kind, air) for kind in ("zip", "gztar")]
    reports = [run_json(capsys, "validate", given)[1] for given in (str(air), *archives)]

    assert len({json.dumps(report["results"]) for report in reports}) == 1


def test_a_single_file_is_read_with_its_dataset_named(capsys: pytest.CaptureFixture[str]) -> None:
    code, report = run_json(
        capsys, "validate", str(AIR / "data" / "observation.jsonl"), "--dataset", "VSC-ENV/observation"
    )

    assert code == 1
    assert {r["requirement"] for r in report["results"] if r["outcome"] == "failed"} == {"VSC-CORE-R03"}  # type: ignore[attr-defined]


def test_the_second_engine_agrees_on_the_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_json(capsys, "validate", str(AIR), "--second-opinion")[0] == 0


def test_samples_are_capped_and_counts_are_exact(air: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = air / "data" / "observation.jsonl"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"quality_flag"', '"quality_fleg"'), encoding="utf-8")
    seal_folder(air)
    _, report = run_json(capsys, "validate", str(air), "--max-findings", "3")
    failed = [r for r in report["results"] if r["outcome"] == "failed" and r["findings_count"] > 100]  # type: ignore[attr-defined]

    assert failed
    assert all(len(r["findings"]) == 3 and r["truncated"] for r in failed)


@pytest.mark.parametrize(
    "arguments",
    [
        ["validate"],
        ["validate", "/nowhere"],
        ["validate", str(AIR), "--as-of", "yesterday"],
        ["validate", str(AIR), "--format", "docx"],
        ["validate", str(AIR), "--format", "json,html"],
        ["validate", str(AIR), "--standard", "VSC-NONE"],
        ["validate", str(AIR), "--profile", "none"],
        ["validate", str(AIR / "data" / "observation.jsonl")],
        ["validate", str(AIR / "data" / "observation.jsonl"), "--dataset", "VSC-ENV/none"],
        ["report", "render", "/nowhere.json"],
        ["standards", "show", "VSC-NONE"],
        ["nothing"],
        ["validate", "--nothing"],
    ],
)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_wrong_call_gets_one_line_of_advice_and_exit_2(
    arguments: list[str], lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main([*arguments, "--lang", lang])
    said = capsys.readouterr()

    assert code == 2
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1
    assert said.err.startswith({"vi": "Lỗi:", "en": "Error:"}[lang])


def test_reports_are_written_where_asked_and_render_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "report"
    assert main(["validate", str(AIR), "--out", str(out), "--format", "json,html,text,junit,sarif"]) == 0
    capsys.readouterr()

    assert sorted(p.name for p in out.iterdir()) == [
        "junit.xml", "report.html", "report.json", "report.sarif", "report.txt",
    ]  # fmt: skip
    assert main(["report", "render", str(out / "report.json"), "--format", "junit"]) == 0
    assert capsys.readouterr().out.strip() == (out / "junit.xml").read_text(encoding="utf-8").strip()
    assert main(["report", "diff", str(out / "report.json"), str(out / "report.json")]) == 0


def test_preflight_tells_what_is_missing_and_judges_nothing(air: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preflight", str(air), "--lang", "en"]) == 0
    (air / "data" / "observation.jsonl").unlink()
    capsys.readouterr()

    assert main(["preflight", str(air), "--lang", "en"]) == 2
    assert "observation.jsonl" in capsys.readouterr().out


def test_help_starts_fast_enough_to_be_used() -> None:
    """Counts what is imported, which does not depend on the machine's mood."""
    script = "import sys, validator.cli.main as m; m.main(['--help']); print(sorted(sys.modules), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env={**os.environ}
    )
    heavy = {"duckdb", "pyarrow", "jsonschema", "jsonschema_rs", "lxml.etree", "yaml", "shapely", "pyproj", "jinja2"}

    assert not heavy & set(done.stderr.replace("'", "").strip("[]\n").split(", "))
