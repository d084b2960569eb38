"""Small submissions with one thing wrong, and runs of the command line on them."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from validator.cli.main import main
from validator.seal import seal_folder

AS_OF = "2026-11-23T08:00:00+07:00"
UNFILLED = re.compile(r"\{[a-z_]+\}")
MIB = 2**20
NOBODY = 65534
ENVELOPE = {
    "standard": "VSC-CORE", "version": "1.0", "dataset_id": "urn:uuid:4a0d6f0e-6d0e-4e0a-9a55-5d1f1b1c0003",
    "locality": {"province_code": "46", "commune_code": None},
    "provider": {"org_code": "H99.01", "name": "Trung tâm mô phỏng"},
    "generated_at": "2026-11-15T19:05:00+07:00", "data_from": "2026-11-14T00:00:00+07:00",
    "data_through": "2026-11-15T19:00:00+07:00", "available_at": "2026-11-15T12:06:00Z",
    "periodicity": "P1D", "disclosure": "public", "license": "CC-BY-4.0", "lang": "vi",
    "codelists": [{"id": "vsc-unit", "edition": "1.0"}], "supersedes": None,
    "checksum": "sha256:" + "0" * 64,
}  # fmt: skip
HEADER = "series,area_code,observed_at,quantity.value,quantity.unit,status,note"


def record(number: int = 0, **changes: Any) -> dict[str, Any]:
    """A reading that conforms, each number at its own minute."""
    minutes, seconds = divmod(number, 60)
    hours, minutes = divmod(minutes, 60)
    day, hours = divmod(hours, 19)
    return {
        "series": f"s{day}", "area_code": "46",
        "observed_at": f"2026-11-15T{hours:02}:{minutes:02}:{seconds:02}+07:00",
        "quantity": {"value": 35, "unit": "kW"}, "status": "final", **changes,
    }  # fmt: skip


def row(number: int = 0) -> str:
    made = record(number)
    return f"{made['series']},46,{made['observed_at']},35,kW,final,ghi chú"


def lines(records: Iterable[Any]) -> bytes:
    return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records).encode()


def document(*records: Any, **changes: Any) -> bytes:
    """A JSON document with its envelope."""
    return json.dumps({**ENVELOPE, **changes, "records": list(records)}, ensure_ascii=False, indent=1).encode()


def submission(
    root: Path, data: bytes | None, format_: str = "json", envelope: bytes | None = None, **manifest: Any
) -> Path:
    """A folder with one data file (none when `data` is None) and what goes with its format; sealed."""
    root.mkdir(parents=True, exist_ok=True)
    entry: dict[str, Any] = {"path": f"data.{format_}", "format": format_}
    if data is not None:
        (root / entry["path"]).write_bytes(data)
    if format_ != "json":
        entry["envelope"] = "envelope.json"
        (root / "envelope.json").write_bytes(json.dumps(ENVELOPE).encode() if envelope is None else envelope)
    if format_ == "csv":
        entry["descriptor"] = "descriptor.json"
        fields = [{"name": name, "type": "string"} for name in HEADER.split(",")]
        (root / "descriptor.json").write_text(json.dumps({"name": "reading", "schema": {"fields": fields}}))
    claims = [{"standard": "VSC-CORE", "version": "1.0", "class": "standard"}]
    made = {"lienthong": "1.0", "submission": "thu", "localities": [{"province_code": "46"}], "claims": claims,
            "datasets": [{"dataset": "VSC-CORE/reading", "files": [entry]}], **manifest}  # fmt: skip
    (root / "manifest.json").write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
    if data is not None and len(data) < 64 * MIB:
        with contextlib.suppress(Exception):  # what cannot be read cannot be sealed
            seal_folder(root)
    return root


@dataclass(frozen=True, slots=True)
class Ran:
    """What one call of the command line did."""

    code: int
    out: str
    err: str
    seconds: float
    peak_mib: float = 0

    @property
    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(self.out)
        return report

    @property
    def failed(self) -> dict[str, Mapping[str, Any]]:
        return {r["requirement"]: r for r in self.report["results"] if r["outcome"] == "failed"}

    @property
    def told(self) -> set[str]:
        """Message ids of all findings shown."""
        return {f["message_id"] for r in self.report["results"] for f in r["findings"]}

    @property
    def errors(self) -> list[str]:
        """Results that could not be worked out through a fault of ours."""
        return [f"{r['requirement']}: {r['reason']['en']}" for r in self.report["results"] if r["cause"] == "error"]


def validate(given: Path, *arguments: str) -> Ran:
    """`lienthong validate` inside this process."""
    out, err, started = io.StringIO(), io.StringIO(), time.monotonic()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(["validate", str(given), "--as-of", AS_OF, "--format", "json", *arguments])
    return Ran(code, out.getvalue(), err.getvalue(), time.monotonic() - started)


_LAUNCHER = (
    "import resource, subprocess, sys\n"
    "code = subprocess.call(sys.argv[2:], stdin=subprocess.DEVNULL)\n"
    "with open(sys.argv[1], 'w') as told: told.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))\n"
    "sys.exit(code)"
)


def run_apart(*arguments: str | Path, timeout: float = 300) -> Ran:
    """The command line in a process of its own, with its peak memory. Raises TimeoutExpired."""
    with tempfile.TemporaryDirectory(prefix="lienthong-test-") as folder:
        told = Path(folder) / "peak"
        command = [sys.executable, "-S", "-c", _LAUNCHER, str(told), sys.executable, "-m", "validator"]
        started = time.monotonic()
        with subprocess.Popen(
            [*command, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        ) as child:
            try:
                out, err = child.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                raise
        seconds = time.monotonic() - started
        return Ran(child.returncode, out.decode(), err.decode(), seconds, int(told.read_text()) / 1024)


@contextlib.contextmanager
def powerless() -> Iterator[None]:
    """Work without the privileges of root, which may read every file."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def assert_told_well(ran: Ran, longest: int = 2 * MIB) -> None:
    """Every finding says, in both languages, what is wrong and where; nothing failed through us."""
    assert ran.code == 1, ran.err or ran.errors
    assert ran.errors == []
    findings = [f for r in ran.report["results"] for f in r["findings"]]
    assert findings
    for finding in findings:
        said = finding["message"]
        assert said["vi"]
        assert said["en"]
        assert not UNFILLED.search(said["en"]), said["en"]
        assert finding["location"].get("file"), finding
    assert len(ran.out) < longest


def assert_one_line_of_advice(given: Path | str, *arguments: str) -> None:
    """Exit 2, nothing on stdout, one line on stderr, in either language."""
    for lang, label in (("vi", "Lỗi:"), ("en", "Error:")):
        ran = validate(Path(given), "--lang", lang, *arguments)
        assert ran.code == 2, ran
        assert ran.out == ""
        assert ran.err.startswith(label)
        assert len(ran.err.splitlines()) == 1
        assert not UNFILLED.search(ran.err), ran.err
        assert len(ran.err) < 1000
