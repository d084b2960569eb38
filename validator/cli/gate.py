"""`lienthong gate` and `baseline make`: what pipelines ask of a finished report."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from validator.cli.clicks import Command, LazyGroup, command, lang_option, option
from validator.cli.gate_certificate import certificate_options, gate_certificate
from validator.cli.gating import gate_options
from validator.cli.validate import parse_moment
from validator.cli.words import say
from validator.cli.writing import write
from validator.errors import EvidenceError, UsageError

SUBCOMMANDS = {"make": "validator.cli.gate:make"}
BASELINE_FILE = "lienthong-baseline.json"


def gate(lang: str) -> Command:
    """The command `gate`."""

    def run(report_file: str | None, **given: Any) -> int:
        if (report_file is None) == (given["certificate"] is None):
            raise UsageError("usage.gate_one_of")
        return _gate(lang, report_file, given) if report_file else gate_certificate(lang, given)

    return command(
        lang,
        "gate",
        run,
        click.Argument(["report_file"], required=False, metavar=say(lang, "metavar.report")),
        option(lang, "--require", multiple=True, metavar=say(lang, "metavar.require"), help_key="option.require"),
        *gate_options(lang),
        option(lang, "--max-new", type=click.IntRange(0, 1_000_000), help_key="option.max_new"),
        *certificate_options(lang),
        option(lang, "--as-of", metavar="RFC3339", help_key="option.as_of"),
        lang_option(lang),
    )


def _gate(lang: str, report_file: str, given: dict[str, Any]) -> int:
    from validator.gate.baseline import read_baseline
    from validator.gate.decision import Accepted, Required, decide
    from validator.gate.waivers import read_waivers
    from validator.gate.words import lines
    from validator.report.build import VIETNAM

    if given["max_new"] and not given["baseline"]:
        raise UsageError("usage.max_new_needs_baseline")
    required = [Required.parse(text) for text in given["require"]]
    accepted = Accepted(
        read_baseline(Path(given["baseline"])) if given["baseline"] else None,
        read_waivers(Path(given["waivers"])) if given["waivers"] else (),
        given["max_new"] or 0,
    )
    at = (parse_moment(given["as_of"]) or datetime.now(VIETNAM)).astimezone(VIETNAM).isoformat(timespec="seconds")
    decision = decide(_report(Path(report_file)), required, accepted, at)
    for line in lines(decision, lang):
        click.echo(line)
    return decision.exit_code


def _report(path: Path) -> dict[str, Any]:
    """The report; one whose content was changed is evidence that does not hold, not a wrong call."""
    from validator.report.load import read_report

    try:
        return read_report(path)
    except UsageError as fault:
        if fault.message_id == "report.digest_mismatch":
            raise EvidenceError(fault.message_id, fault.params) from fault
        raise


def baseline(lang: str) -> LazyGroup:
    """The group `baseline`."""
    return LazyGroup(
        lang, SUBCOMMANDS, "baseline.", name="baseline", help=say(lang, "baseline.help"), params=[lang_option(lang)]
    )


def make(lang: str) -> Command:
    """The command `baseline make`."""

    def run(report_file: str, out: str, accept_new: bool) -> int:
        return _make(lang, Path(report_file), Path(out), accept_new)

    return command(
        lang,
        "baseline.make",
        run,
        click.Argument(["report_file"], metavar=say(lang, "metavar.report")),
        option(lang, "--out", default=BASELINE_FILE, show_default=True, metavar=say(lang, "metavar.file"),
               help_key="option.baseline_out"),
        option(lang, "--accept-new", is_flag=True, help_key="option.accept_new"),
        lang_option(lang),
    )  # fmt: skip


def _make(lang: str, report_file: Path, out: Path, accept_new: bool) -> int:
    from validator.gate.baseline import read_baseline, renewed
    from validator.gate.words import say as told

    report = _report(report_file)
    text, left_out = renewed(report, read_baseline(out) if out.exists() else None, accept_new)
    write(out, text.encode())
    click.echo(told(lang, "baseline.made", path=out, entries=sum(read_baseline(out).counts.values())))
    if left_out:
        click.echo(told(lang, "baseline.left_out", path=out, count=left_out), err=True)
    return 1 if left_out else 0
