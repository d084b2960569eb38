"""The GitHub Action, the GitLab template, the hooks and the Dockerfile, as far as they run without those services.

Their scripts run as those services run them, in a clean folder, with the installed command on the PATH.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.submissions import lines, record, submission
from tests.unit.gating import waiver, waivers

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "tests" / "schemas"
ACTION = yaml.safe_load((ROOT / "ci/github/action.yml").read_text("utf-8"))
GITLAB = yaml.safe_load((ROOT / "ci/gitlab/lienthong.yml").read_text("utf-8"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
REPEATED = "VSC-CORE-R06"
USED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A repository with a sound submission, one with a repeated record, one with two of them."""
    made = {"sound": (0, 1), "one": (0, 0), "two": (0, 0, 1, 1)}
    for name, numbers in made.items():
        submission(tmp_path / "city data" / name, lines([record(n) for n in numbers]), "jsonl")
    return tmp_path


def environment(**given: str) -> dict[str, str]:
    """A clean environment with the command on its PATH."""
    kept = {name: os.environ[name] for name in ("PYTHONPATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", **given}


Done = subprocess.CompletedProcess[str]


def shell(script: str, folder: Path, *flags: str, program: str = "bash", **given: str) -> Done:
    """The script as a runner calls it: from a file, ending at the first command that fails."""
    file = folder / ".script"
    file.write_text(script, "utf-8")
    call = [program, *flags, str(file)]
    return subprocess.run(call, cwd=folder, env=environment(**given), capture_output=True, text=True, timeout=120)


def act(folder: Path, **inputs: str) -> tuple[int, dict[str, str], str]:
    """Runs the Action's own steps; its exit code, outputs and job summary."""
    values = {name: spec.get("default", "") for name, spec in ACTION["inputs"].items()} | inputs
    files = {name: folder / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH")}
    for file in files.values():
        file.write_text("")
    outputs: dict[str, str] = {}
    code = 0
    for step in ACTION["runs"]["steps"]:
        if "run" not in step or ("report != ''" in step.get("if", "") and not outputs.get("report")):
            continue
        given = {name: expanded(text, values, outputs) for name, text in step.get("env", {}).items()}
        flags = ("--noprofile", "--norc", "-e", "-o", "pipefail")
        done = shell(
            step["run"], folder, *flags, **given, **{n: str(f) for n, f in files.items()}, RUNNER_TEMP=str(folder)
        )
        if step["name"] != "Decide":
            assert done.returncode == 0, done.stderr
        code = done.returncode
        outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
    return code, outputs, files["GITHUB_STEP_SUMMARY"].read_text("utf-8")


def expanded(text: str, inputs: dict[str, str], outputs: dict[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        kind, name = found[1].strip().rsplit(".", 1)
        return {"inputs": inputs, "steps.run.outputs": outputs}[kind].get(name, "")

    return re.sub(r"\$\{\{(.+?)\}\}", value, text)


def faults(schema: str, document: Any) -> list[str]:
    rules = json.loads((SCHEMAS / schema).read_text("utf-8"))
    return [e.message for e in jsonschema.validators.validator_for(rules)(rules).iter_errors(document)]


def test_the_action_is_valid_and_pins_what_it_uses_by_digest() -> None:
    used = [step["uses"] for step in ACTION["runs"]["steps"] if "uses" in step]

    assert faults("github-actions.json", ACTION) == []
    assert used
    assert all(USED.fullmatch(name) for name in used)


def test_inputs_reach_scripts_through_the_environment_only() -> None:
    assert not [step["name"] for step in ACTION["runs"]["steps"] if "${{" in step.get("run", "")]


def test_the_action_on_a_sound_submission(workspace: Path) -> None:
    code, outputs, page = act(workspace, submission="city data/sound", language="en")

    assert code == 0
    assert outputs["exit-code"] == "0"
    assert outputs["verdict"] == "conformant"
    assert page.startswith("## ✅")
    assert json.loads((workspace / outputs["sarif"]).read_text())["runs"][0]["results"] == []


def test_the_action_sets_its_outputs_when_the_gate_is_closed(workspace: Path) -> None:
    code, outputs, page = act(workspace, submission="city data/one", require="VSC-CORE@1.0/basic VSC-CORE@1.0/standard")
    (finding,) = json.loads((workspace / outputs["sarif"]).read_text())["runs"][0]["results"]
    place = finding["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]

    assert code == 1
    assert (outputs["exit-code"], outputs["verdict"]) == ("1", "nonconformant")
    assert place == "city%20data/one/data.jsonl"
    assert page.startswith("## ❌")
    assert (workspace / "lienthong-report/junit.xml").is_file()


def test_the_action_with_files_of_the_gate(workspace: Path) -> None:
    accepted = waivers(workspace, waiver(REPEATED, expires="2999-12-31")).name
    over = shutil.copy(workspace / accepted, workspace / "over.json")
    Path(over).write_text(Path(over).read_text().replace("2999", "2020"))

    assert act(workspace, submission="city data/one", waivers=accepted)[0] == 0
    assert act(workspace, submission="city data/one", waivers="over.json")[0] == 1
    assert act(workspace, submission="city data/one", waivers="none.json")[0] == 2


def test_the_action_on_a_wrong_call_reports_nothing_of_an_earlier_run(workspace: Path) -> None:
    act(workspace, submission="city data/sound")
    code, outputs, page = act(workspace, submission="nowhere; touch pwned")

    assert code == 2
    assert outputs == {"exit-code": "2", "verdict": "", "report": "", "sarif": ""}
    assert page == ""
    assert not (workspace / "pwned").exists()


def git_lab(folder: Path, **given: str) -> Done:
    """The job's scripts, as the runner joins them, in a POSIX shell."""
    job, variables = GITLAB["lienthong"], {k: str(v) for k, v in GITLAB["variables"].items()}
    script = "\n".join(["set -eu", *job["before_script"], *job["script"]])
    return shell(script, folder, program="sh", **{**variables, **given})


def test_the_template_is_valid_and_keeps_its_reports_whatever_comes() -> None:
    assert faults("gitlab-ci.json", GITLAB) == []
    assert GITLAB["lienthong"]["artifacts"]["when"] == "always"
    assert set(GITLAB["lienthong"]["artifacts"]["reports"]) == {"junit", "codequality"}


@pytest.mark.parametrize(("name", "code", "issues"), [("sound", 0, 0), ("one", 1, 1), ("two", 1, 2)])
def test_the_template_decides_and_writes_its_reports(workspace: Path, name: str, code: int, issues: int) -> None:
    done = git_lab(workspace, LIENTHONG_SUBMISSION=f"city data/{name}")
    found = json.loads((workspace / "gl-code-quality-report.json").read_text())

    assert done.returncode == code, done.stderr
    assert len(found) == issues
    assert {i["location"]["path"] for i in found} <= {f"city data/{name}/data.jsonl"}
    assert (workspace / "lienthong-report/junit.xml").is_file()


def test_the_template_with_a_baseline(workspace: Path) -> None:
    git_lab(workspace, LIENTHONG_SUBMISSION="city data/one")
    made = shell("lienthong baseline make lienthong-report/report.json --out known.json", workspace)

    codes = [
        git_lab(workspace, LIENTHONG_SUBMISSION=f"city data/{name}", LIENTHONG_BASELINE="known.json").returncode
        for name in ("one", "two", "sound")
    ]

    assert made.returncode == 0, made.stderr
    assert codes == [0, 1, 1]  # known; one new; the entry is stale


def test_the_template_on_a_wrong_call(workspace: Path) -> None:
    assert git_lab(workspace, LIENTHONG_SUBMISSION="nowhere").returncode == 2


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_has_what_pre_commit_needs_and_asks_no_network(hook: dict[str, Any]) -> None:
    assert {"id", "name", "entry", "language", "files"} <= hook.keys()
    assert hook["language"] == "python"
    assert hook["entry"].split()[:2] in (["lienthong", "validate"], ["lienthong", "standards"])
    assert re.compile(hook["files"])


def test_the_hook_on_a_submission(workspace: Path) -> None:
    entry = HOOKS[0]["entry"]

    codes = [
        shell(f"{entry} {shlex.quote(f'city data/{name}')}", workspace).returncode for name in ("sound", "one", "none")
    ]

    assert codes == [0, 1, 2]


def test_the_dockerfile_installs_as_the_readme_does_and_runs_without_privileges() -> None:
    text = (ROOT / "ci/Dockerfile").read_text("utf-8")
    steps = [line.split(" ", 1) for line in text.splitlines() if line and not line.startswith("#")]
    runs = [rest for name, rest in steps if name == "RUN"]
    readme = (ROOT / "README.md").read_text("utf-8")

    assert {name for name, _ in steps} <= {"FROM", "WORKDIR", "COPY", "RUN", "USER", "ENTRYPOINT"}
    assert runs
    assert all(run in readme for run in runs)
    assert [name for name, _ in steps].index("USER") < [name for name, _ in steps].index("ENTRYPOINT")
    assert json.loads(dict(steps)["ENTRYPOINT"]) == ["/opt/lienthong/.venv/bin/lienthong"]
    assert "COPY . ." in text
