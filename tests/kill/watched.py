"""A log of `lienthong watch` over an hour, made in seconds: the clock leaps where the watch would sleep."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from validator.api.chain import Log
from validator.api.client import Client, Limits
from validator.api.clock import Clock
from validator.api.credential_file import load
from validator.api.guard import Guard
from validator.api.redact import Redactor
from validator.api.tls import TlsSettings
from validator.api.unrecorded import Unrecorded
from validator.api.watch import Plan, Session, prepare
from validator.api.probe import Reading

HOUR = 3600.0
INTERVAL = 60.0


class Leaping:
    """Runs as the real clock does, and leaps over sleep; begins so far back that it ends at about now."""

    def __init__(self, back: float) -> None:
        self.ahead = -back

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead)

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead

    def sleep(self, seconds: float) -> None:
        self.ahead += max(0.0, seconds)


def watch_an_hour(base: str, auth: Path, ca: Path | None, verify: bool, log: Path) -> None:
    """Writes the log of an hour's watch. Raises LienthongError when the system cannot be watched."""
    clock: Clock = Leaping(HOUR + 2 * INTERVAL)
    limits = Limits(timeout=10.0, rate=0, budget=sys.maxsize)
    tls = TlsSettings(ca=ca, verify=verify)
    plan = Plan(base, INTERVAL, limits.timeout, HOUR)
    client = Client(base, limits, Guard.of(base), load(auth), Unrecorded(Redactor()), tls=tls, clock=clock)
    record = Log(log, Reading(log))
    try:
        watched = prepare(plan, record, client, clock, True, client.recorder.redactor.text)
        Session(plan, record, client, watched, clock, client.recorder.redactor.text, lambda: True).run(lambda _: None)
    finally:
        record.close()
        client.close()
