"""Runs of `lienthong test` as a user starts them: what they print, cost and leave behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PATIENCE = 240.0  # seconds after which a run that does not end is killed, and its test with it


@dataclass(frozen=True)
class Run:
    """What a run gave: exit code, both outputs, seconds, MiB at its peak, the folder of --out."""

    code: int
    out: str
    err: str
    seconds: float
    peak: float
    folder: Path

    @property
    def report(self) -> dict[str, Any]:
        made: dict[str, Any] = json.loads((self.folder / "report.json").read_text())
        return made

    @property
    def exchanges(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / "exchanges.ndjson").read_text().splitlines()]

    def settled(self) -> dict[str, tuple[str, list[str]]]:
        """Outcome of each test, and of each requirement with what was found."""
        made: dict[str, tuple[str, list[str]]] = {}
        for result in self.report["results"]:
            made[result["requirement"]] = (result["outcome"], [f["message_id"] for f in result["findings"]])
            for assertion in result["assertions"]:
                made[assertion["name"]] = (assertion["outcome"], [])
        return made

    def reasons(self) -> set[str]:
        """Why tests were not settled, in English."""
        return {a["reason"]["en"] for result in self.report["results"] for a in result["assertions"] if a.get("reason")}


class Child:
    """A run under way, in a group of its own."""

    def __init__(self, arguments: list[str], folder: Path, environ: Mapping[str, str]) -> None:
        self.folder = folder
        self._out, self._err = (tempfile.TemporaryFile("w+") for _ in range(2))  # noqa: SIM115 (until the end)
        self._started = time.monotonic()
        given = [sys.executable, "-m", "validator", *arguments]
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        self.process = subprocess.Popen(
            given, stdout=self._out, stderr=self._err, start_new_session=True, cwd=folder.parent,
            env={**os.environ, "PYTHONPATH": path, **environ},
        )  # fmt: skip

    def when(self, lines: int, name: str = "exchanges.ndjson") -> None:
        """Waits until a file of the evidence has so many lines."""
        file = self.folder / name
        while self.process.poll() is None and not (file.exists() and file.read_bytes().count(b"\n") >= lines):
            time.sleep(0.01)

    def end(self, number: int | None = None) -> Run:
        """Sends a signal, waits for the end."""
        if number is not None:
            self.process.send_signal(number)
        peak, deadline = 0, time.monotonic() + PATIENCE
        while self.process.poll() is None:
            peak = max(peak, self._peak())
            time.sleep(0.02)
            if time.monotonic() > deadline:
                os.killpg(self.process.pid, signal.SIGKILL)
        outputs = []
        for file in (self._out, self._err):
            file.seek(0)
            outputs.append(file.read())
            file.close()
        seconds = time.monotonic() - self._started
        return Run(self.process.returncode, *outputs, seconds, peak / 1024, self.folder)

    def _peak(self) -> int:
        """KiB so far. Not of `wait4`: that counts what the parent had when it forked."""
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text()
        except OSError:
            return 0
        return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)


def start(url: str, folder: Path, *arguments: str | Path, environ: Mapping[str, str] | None = None) -> Child:
    """`lienthong test URL --out FOLDER …`, not waited for."""
    words = ["test", url, "--out", str(folder), "--lang", "en", *map(str, arguments)]
    return Child(words, folder, environ or {})


def run(url: str, folder: Path, *arguments: str | Path, environ: Mapping[str, str] | None = None) -> Run:
    """The same, waited for."""
    return start(url, folder, *arguments, environ=environ).end()
