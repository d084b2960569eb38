"""One live run: a running system and the suites of the standards it claims, judged into a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from validator.api.opening import EXCHANGES, LIVE, LiveOptions, Opened, open_run, suites_of
from validator.api.plugin import run_suites
from validator.api.supporting import look
from validator.canonical import sha256_of
from validator.errors import EngineError
from validator.messages import message
from validator.model.result import Outcome, Result
from validator.model.scope import Scope
from validator.model.submission import Submission
from validator.report.build import build_report
from validator.resources import data_folder

SETTINGS: Final = "pytest.ini"


def examine_live(url: str, options: LiveOptions, folder: Path) -> dict[str, Any]:
    """Runs the suites against a system, its evidence in a folder; the report. Raises UsageError, EngineError."""
    opened = open_run(url, options, folder)
    left: tuple[str, ...] = ()
    try:
        home = data_folder("conformance_suites")
        suites = [str(home / name) for name in suites_of(opened.scope)]
        code = run_suites(opened.session, suites, str(home / SETTINGS))
    finally:
        left = opened.session.close()
        opened.client.close()
    if code not in (0, 1, 5):  # passed, some failed, none collected
        raise EngineError("engine.suite", {"code": code})
    finished = opened.sightings.now("run", options.clock)
    supporting = opened.sightings.look("supporting", [], lambda: look(opened, options, folder))
    return _report(url, options, folder, opened, finished, left, supporting)


def _report(
    url: str, options: LiveOptions, folder: Path, opened: Opened, finished: datetime,
    left: tuple[str, ...], supporting: Mapping[str, Any] | None,
) -> dict[str, Any]:  # fmt: skip
    sha256 = sha256_of(opened.client.recorder.path)
    results = tuple(_all_results(opened.scope, opened.session.results()))
    live = {
        "url": url,
        "seed": options.seed,
        "started_at": opened.started.isoformat(timespec="seconds"),
        "finished_at": finished.isoformat(timespec="seconds"),
        "requests": opened.client.sent,
        "requests_digest": opened.session.recorder.requests_digest(),
        "evidence": {"file": EXCHANGES, "sha256": sha256},
        "writes_allowed": options.allow_writes,
        "left_behind": list(left),
        "claims": [f"urn:vsc:{c.code}:{c.version}:conf:{c.name}" for c in opened.claims],
        "roles": sorted(next(iter(opened.session.suts.values())).context.roles),
        "watch": _watched(opened),
        **({"supporting": supporting} if supporting else {}),
    }
    submission = Submission(url, folder, options.manifest or {}, (), (), None, sha256)
    profile = (options.profile or {}).get("name")
    return build_report(opened.scope, submission, results, finished, set(), {}, profile, live)


def _watched(opened: Opened) -> Mapping[str, Any] | None:
    """What the log of a watch brought: its window and the digest of its last line."""
    window = opened.window
    if window is None or window.start is None or window.end is None:
        return None
    return {
        "from": window.start.isoformat(timespec="seconds"),
        "to": window.end.isoformat(timespec="seconds"),
        "probes": window.probes,
        "head": window.head,
    }


def _all_results(scope: Scope, live: tuple[Result, ...]) -> Iterator[Result]:
    """Results in the order of the scope: what only files show is untested, with its reason."""
    made = {result.requirement: result for result in live}
    for r in scope.requirements():
        result = made.get(r.id) or Result(r.id, r.standard, r.level, r.conformance_class, Outcome.UNTESTED)
        if any(check.kind == LIVE for check in r.checks):
            yield result
        else:
            yield replace(result, reason=r.not_tested or message("findings", "live.needs_files", {}))
