"""A run as it is seen on a terminal, and as a pipe gets it."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tests.submissions import AS_OF, lines, record, run_apart, submission

RECORDS = 12_000


@pytest.fixture(scope="module")
def one_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file of one unit of work, in several batches."""
    data = lines(record(number) for number in range(RECORDS))
    return submission(tmp_path_factory.mktemp("one") / "given", data, "jsonl")


def on_terminal(*arguments: str) -> tuple[str, str]:
    """The report on stdout, and all that a terminal got on stderr."""
    screen, line = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "validator", *arguments], stdout=subprocess.PIPE, stderr=line, text=True,
        env={**os.environ, "TERM": "xterm"},
    ) as child:  # fmt: skip
        os.close(line)
        shown = b""
        try:
            while chunk := os.read(screen, 4096):
                shown += chunk
        except OSError:  # how Linux says that nobody has the terminal open any more
            os.close(screen)
        assert child.stdout is not None
        return child.stdout.read(), shown.decode()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_progress_moves_inside_a_unit_and_is_cleared(jobs: str, one_file: Path) -> None:
    out, shown = on_terminal("validate", str(one_file), "--as-of", AS_OF, "--jobs", jobs, "--lang", "en")
    states = shown.split("\r\x1b[K")
    shares = [int(share) for share in re.findall(r"Examining records (\d+)%", shown)]

    assert all(earlier <= later for earlier, later in pairwise(shares))
    assert [share for share in shares if 0 < share < 100]
    assert any(state.startswith("Checking rules ") for state in states)
    assert (states[0], states[-1]) == ("", "")
    assert "\n" not in shown
    assert out.splitlines()[-1].startswith("VERDICT:")


def test_a_pipe_gets_no_progress(one_file: Path) -> None:
    assert run_apart("validate", one_file, "--as-of", AS_OF).err == ""
