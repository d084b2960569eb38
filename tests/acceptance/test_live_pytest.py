"""The suites as plain pytest: `pytest conformance_suites/api --sut URL --sut-options FILE`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.reference_sut.running import Running, running
from tests.live import ROOT

SUITES = ROOT / "conformance_suites" / "api"
OPTIONS = 'auth = "{auth}"\nrate = 0\nconformance_class = "standard"\nstandards = ["VSC-API"]\n'


@pytest.fixture(scope="module")
def city() -> Iterator[Running]:
    with running() as there:
        yield there


def plain(folder: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    given = [sys.executable, "-m", "pytest", "-p", "validator.api.plugin", "-p", "no:cacheprovider", "-q", "-rfs"]
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return subprocess.run(
        [*given, *map(str, words)], cwd=ROOT, capture_output=True, text=True, timeout=120,
        env={**os.environ, "PYTHONPATH": path, "TMPDIR": str(folder), "COLUMNS": "300"},
    )  # fmt: skip


def options(folder: Path, text: str) -> Path:
    file = folder / "options.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_sound_system_passes_and_skips_say_why(city: Running, tmp_path: Path) -> None:
    file = options(tmp_path, OPTIONS.format(auth=city.auth_file))
    modules = (SUITES / "test_5_01_tls.py", SUITES / "test_5_05_conditions.py")
    made = plain(tmp_path, *modules, "--sut", city.base_url, "--sut-options", file)

    assert made.returncode == 0, made.stdout
    assert "passed" in made.stdout.splitlines()[-1]
    assert "cantTell: The run may not write: give --allow-writes where that is safe" in made.stdout
    assert len(list(tmp_path.glob("lienthong-live-*/exchanges.ndjson"))) == 1


def test_faults_are_failures_that_name_their_finding(tmp_path: Path) -> None:
    with running("limit_ignored") as there:
        file = options(tmp_path, OPTIONS.format(auth=there.auth_file))
        made = plain(tmp_path, SUITES / "test_5_04_paging.py", "--sut", there.base_url, "--sut-options", file)

    assert made.returncode == 1
    assert "VSC-API-R04." in made.stdout
    assert "Traceback" not in made.stdout


def test_without_a_system_the_suites_skip_and_say_why(tmp_path: Path) -> None:
    made = plain(tmp_path, SUITES)

    assert made.returncode == 0
    assert "no system under test: give --sut URL" in made.stdout
    assert "passed" not in made.stdout.splitlines()[-1]


def test_other_tests_are_not_disturbed(city: Running, tmp_path: Path) -> None:
    own = tmp_path / "test_own.py"
    own.write_text("def test_sound() -> None:\n    assert True\n\n\ndef test_faulty() -> None:\n    assert False\n")
    for words in ((), ("--sut", city.base_url)):
        assert plain(tmp_path, own, *words).stdout.splitlines()[-1].startswith("1 failed, 1 passed")


@pytest.mark.parametrize("text", ["seed = ", "khong_co = 1", "auth = 3", 'conformance_class = "cao"', 'ca = "x"'])
def test_wrong_options_are_told_without_a_traceback(text: str, city: Running, tmp_path: Path) -> None:
    made = plain(tmp_path, SUITES, "--sut", city.base_url, "--sut-options", options(tmp_path, text))

    assert made.returncode == 4, made.stdout + made.stderr
    assert "Traceback" not in made.stdout + made.stderr


def test_what_is_no_url_is_told_without_a_traceback(tmp_path: Path) -> None:
    made = plain(tmp_path, SUITES, "--sut", "khong phai url")

    assert made.returncode == 4
    assert "khong phai url" in made.stderr
    assert "Traceback" not in made.stdout + made.stderr
