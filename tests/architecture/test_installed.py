"""What is installed carries its data: the command works from any folder, without the checkout."""

import subprocess
import sys
from pathlib import Path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-m", "validator", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_demo_needs_nothing_but_what_is_installed(tmp_path: Path) -> None:
    done = run(tmp_path, "demo", "--lang", "en")

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("VERDICT: CONFORMANT")
    assert (tmp_path / "lienthong-demo" / "report.html").is_file()


def test_profiles_and_standards_are_found(tmp_path: Path) -> None:
    assert "VSC-BUD@1.0" in run(tmp_path, "standards", "list", "--lang", "en").stdout
    assert run(tmp_path, "validate", str(tmp_path), "--profile", "nghiem-ngat").returncode == 2
