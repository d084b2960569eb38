"""The programs that are measured: how each is called on a file, and what its answer means."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import xml_data
from tests.bench.env import AS_OF
from tests.bench.process import FailedError, Ran, run
from tests.bench.results import OURS, Row, Table

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
VERDICTS = (0, 1, 3)


@dataclass(frozen=True, slots=True)
class Entry:
    """One program on one case: `measure` runs it once and writes into its row."""

    row: Row
    measure: Callable[[Row], None]


def ranges(path: Path, parts: int) -> list[tuple[int, int]]:
    """Byte ranges of about equal length whose borders lie at line starts."""
    size, borders = path.stat().st_size, [0]
    with path.open("rb") as stream:
        for n in range(1, parts):
            stream.seek(size * n // parts)
            stream.readline()
            borders.append(stream.tell())
    return list(zip(borders, [*borders[1:], size], strict=True))


def _python(module: str, *given: object) -> list[str]:
    return [sys.executable, "-m", f"tests.bench.{module}", *map(str, given)]


def _answered(ran: Ran, row: Row) -> None:
    """One run's answers into the row; the work time spans all processes of it."""
    said = ran.answers()
    row.records, row.failing, row.errors = (sum(a[name] for a in said) for name in ("records", "failing", "errors"))
    row.seconds.append(max(a["end"] for a in said) - min(a["begin"] for a in said))
    row.walls.append(ran.wall)
    row.main_mib = max(row.main_mib or 0, ran.main_mib)


@dataclass(frozen=True, slots=True)
class Programs:
    """Makes entries for the rows of a table. `ajv` is the folder in which it is installed, None without Node."""

    table: Table
    ajv: Path | None

    def entry(self, group: str, case: str, name: str, jobs: int, commands: Sequence[Sequence[str]]) -> Entry:
        return Entry(self.table.row(group, case, name, jobs), lambda row: _answered(run(commands, cwd=ROOT), row))

    def peer(self, group: str, case: str, engine: str, jobs: int, schema: Path, path: Path) -> Entry:
        """A Python engine over byte ranges of JSON Lines, one process a range."""
        return self.entry(group, case, engine, jobs, [
            _python("peers", engine, schema, path, start, end) for start, end in ranges(path, jobs)
        ])  # fmt: skip

    def whole_peer(self, group: str, case: str, engine: str, *given: object) -> Entry:
        """A Python engine that takes the whole file."""
        return self.entry(group, case, engine, 1, [_python("peers", engine, *given)])

    def xml_peer(self, group: str, case: str, name: str, path: Path, xsd: Path | None) -> Entry:
        tag = f"{{{xml_data.NAMESPACE}}}{xml_data.RECORD}"
        return self.entry(group, case, name, 1, [_python("peers", "iterparse", path, tag, *([xsd] if xsd else []))])

    def node(self, group: str, case: str, jobs: int, schema: Path, path: Path) -> list[Entry]:
        """ajv over byte ranges, one process a range; nothing when it cannot be had."""
        if self.ajv is None:
            return []
        commands = [ajv_command(self.ajv, schema, path, start, end) for start, end in ranges(path, jobs)]
        return [self.entry(group, case, "ajv", jobs, commands)]

    def ours(self, group: str, case: str, jobs: int, schema: Path, path: Path, media: str) -> Entry:
        """Our schema check alone."""
        return self.entry(group, case, OURS, jobs, [self.ours_command(schema, path, media, jobs)])

    def ours_command(self, schema: Path, path: Path, media: str, jobs: int) -> list[str]:
        return _python("ours", schema, path, media, jobs)

    def refusing_commands(self, schema: Path, path: Path) -> dict[str, list[str]]:
        """Every peer that tells which records it refuses, over the whole file; the last argument to come says where."""
        size = path.stat().st_size
        found = {name: _python("peers", name, schema, path, 0, size) for name in ("jsonschema-rs", "jsonschema")}
        if self.ajv is not None:
            found["ajv"] = ajv_command(self.ajv, schema, path, 0, size)
        return found

    def validate(self, group: str, case: str, jobs: int, submission: Path, records: int) -> Entry:
        """`lienthong validate` on a submission, all of it."""

        def measure(row: Row) -> None:
            row.records = records
            ran = validated(submission, jobs, row)
            row.walls.append(ran.wall)
            row.seconds.append(ran.wall)

        return Entry(self.table.row(group, case, OURS, jobs), measure)


def validated(submission: Path, jobs: int, row: Row, sample: float | None = None) -> Ran:
    """One whole run; verdict, findings, digest and memory go into the row."""
    with tempfile.TemporaryDirectory(prefix="bench-") as out:
        ran = run(
            [[sys.executable, "-m", "validator", "validate", str(submission), "--as-of", AS_OF, "--jobs", str(jobs),
              "--format", "json,text", "--out", out, "--lang", "en"]],
            cwd=ROOT, sample=sample, good=VERDICTS,
        )  # fmt: skip
        report = json.loads((Path(out) / "report.json").read_text(encoding="utf-8"))
    row.errors = report["summary"]["findings_count"]
    row.verdict = report["summary"]["verdict"]
    row.digest = f"{row.digest}, {report['digest']}" if row.digest not in (None, report["digest"]) else report["digest"]
    row.main_mib = max(row.main_mib or 0, ran.main_mib)
    if ran.tree_mib is not None:
        row.tree_mib = max(row.tree_mib or 0, ran.tree_mib)
    return ran


def ajv_command(folder: Path, schema: Path, path: Path, start: int, end: int) -> list[str]:
    return ["node", str(folder / "validate.mjs"), *map(str, (schema.resolve(), path.resolve(), start, end))]


def install_ajv(work: Path) -> Path | str:
    """The folder with ajv as the lock file names it, or why it cannot be had."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            return f"ajv: not measured, as {program} is not installed"
    folder = work / "ajv"
    folder.mkdir(parents=True, exist_ok=True)
    changed = False
    for source in (HERE / "ajv").iterdir():
        if source.is_file():
            target = folder / source.name
            changed |= not target.is_file() or target.read_bytes() != source.read_bytes()
            target.write_bytes(source.read_bytes())
    if changed or not (folder / "node_modules" / "ajv").is_dir():
        try:
            run([["npm", "ci", "--no-audit", "--no-fund"]], cwd=folder)
        except FailedError as fault:
            return f"ajv: not measured, as npm could not install it: {str(fault).splitlines()[-1][:200]}"
    return folder


def version_of(program: str) -> str | None:
    """What a program says of its version; None when it is not there."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return said.stdout.strip()


def packages(ajv: Path) -> dict[str, str]:
    """The versions of what npm installed by name."""
    lock: dict[str, Any] = json.loads((ajv / "package-lock.json").read_text(encoding="utf-8"))
    return {name: lock["packages"][f"node_modules/{name}"]["version"] for name in ("ajv", "ajv-formats")}
