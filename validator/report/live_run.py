"""The run against a running system, as a report tells of it: when, how long, and how to run it again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from validator.report.visible import one_line
from validator.report.wording import say

VIETNAM: Final = timezone(timedelta(hours=7))


def local(value: Any) -> str:
    """A time stamp in the offset that the whole report uses; what is no time stamp stays as it is."""
    try:
        at = datetime.fromisoformat(str(value))
        return at.astimezone(VIETNAM).isoformat(timespec="seconds") if at.tzinfo else str(value)
    except (ValueError, OverflowError):
        return str(value)


def seconds(live: Mapping[str, Any]) -> float | None:
    """How long the run took; None when its times cannot be read."""
    try:
        spent = datetime.fromisoformat(live["finished_at"]) - datetime.fromisoformat(live["started_at"])
    except (ValueError, TypeError):
        return None
    return spent.total_seconds()


def command(report: Mapping[str, Any], lang: str) -> str:
    """The command line that sends the same requests again, quoted for a shell."""
    live, claimed = report["live"], [s for s in report["standards"] if s["claimed"]]
    classes = {s["class"] for s in claimed}
    words = ["lienthong", "test", live["url"], "--seed", str(live["seed"])]
    for standard in claimed:
        words += ["--standard", standard["id"]]
    if len(classes) == 1:
        words += ["--class", *classes]
    if report["profile"]:
        words += ["--profile", report["profile"]]
    if live["writes_allowed"]:
        words.append("--allow-writes")
    files = [name for name, given in (("--auth", live["roles"]), ("--watch-log", live["watch"])) if given]
    line = " ".join(shlex.quote(one_line(str(word))) for word in words)
    return " ".join([line, *(f"{name} {say(lang, 'verify.a_file')}" for name in files)])
