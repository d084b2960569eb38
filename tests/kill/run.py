"""One run of the suites against one server, and what the table keeps of it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fixtures.reference_sut.running import running
from tests.kill.watched import watch_an_hour
from validator.api.opening import LiveOptions
from validator.errors import LienthongError
from validator.live import examine_live
from validator.model.standard import ConformanceClass

RATE = 95.0  # requests a second; the reference states 100
RATE_WINDOW = 3.0  # seconds
PROFILE = {"name": "kill-table", "parameters": {"VSC-API": {"window_min_hours": 1, "recovery_max": 5}}}
UNPROVED = ("cert_expired", "cert_wrong_host", "cert_unknown_issuer")


@dataclass(frozen=True)
class Job:
    """What to run: `kind` is reference, variant, trap or mutant."""

    kind: str
    name: str
    seed: int = 1
    tls: bool = True


@dataclass(frozen=True)
class Ran:
    """What came of it: outcomes by requirement, findings (requirement, message, text), unsettled reasons, cost."""

    job: Job
    outcomes: Mapping[str, str]
    findings: tuple[tuple[str, str, str], ...]
    reasons: tuple[tuple[str, str, str], ...]
    seconds: float
    requests: int
    requests_digest: str
    unchanged: bool
    error: str | None = None

    @property
    def failed(self) -> frozenset[str]:
        return frozenset(name for name, outcome in self.outcomes.items() if outcome == "failed")


def run(job: Job) -> Ran:
    """Starts the server, watches it for an hour of its own, runs the suites, and looks at its records after."""
    named: dict[str, Any] = {} if job.kind == "reference" else {job.kind: job.name}
    verify = job.name not in UNPROVED
    with running(**named, tls=job.tls) as there, tempfile.TemporaryDirectory() as folder:
        before = there.state()
        log = Path(folder) / "watch.ndjson"
        with suppress(LienthongError):
            if job.kind != "trap":  # an hour in seconds is more than a busy server takes
                watch_an_hour(there.base_url, there.auth_file, there.ca_file, verify, log)
                time.sleep(RATE_WINDOW)  # an hour in a second counts for the suites' requests too
        options = LiveOptions(
            seed=job.seed, allow_writes=True, auth=there.auth_file, ca=there.ca_file, http_port=there.http_port,
            verify=verify, rate=RATE, watch_log=log if log.exists() and log.stat().st_size else None, profile=PROFILE,
            conformance_class=ConformanceClass.ADVANCED, standards=("VSC-API",),
        )  # fmt: skip
        started = time.monotonic()
        try:
            report = examine_live(there.base_url, options, Path(folder))
        except Exception as fault:  # noqa: BLE001 - a row of the table that is not as it should be
            return Ran(job, {}, (), (), time.monotonic() - started, 0, "", False, f"{type(fault).__name__}: {fault}")
        seconds = time.monotonic() - started
        return _ran(job, report, seconds, kept(before, there.state()))


def kept(before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether every record is as it was; of a feed that grows by itself, whether none of those before is lost."""
    return all(
        after.get(name, {}).get(key) == text for name, records in before.items() for key, text in records.items()
    )


def _ran(job: Job, report: Mapping[str, Any], seconds: float, unchanged: bool) -> Ran:
    results = report["results"]
    findings = [(r["requirement"], f["message_id"], f["message"]["en"]) for r in results for f in r["findings"]]
    reasons = [
        (r["requirement"], a["name"], (a["reason"] or {}).get("en", ""))
        for r in results
        for a in r.get("assertions", ())
        if a["outcome"] == "cantTell"
    ]
    live = report["live"]
    return Ran(
        job, {r["requirement"]: r["outcome"] for r in results}, tuple(findings), tuple(reasons), seconds,
        live["requests"], live["requests_digest"], unchanged and not live["left_behind"],
    )  # fmt: skip
