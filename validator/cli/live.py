"""`lienthong test URL`: the suites of the standards that a running system claims."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from validator.cli.clicks import Command, command, lang_option, option
from validator.cli.gating import Gating, gate_options
from validator.cli.validate import (
    CLASSES,
    DEFAULT_FILES,
    EXIT_CODES,
    FORMATS,
    bundle_options,
    chosen_formats,
    draft_of,
    load_profile,
    outbox_of,
    spoken,
    write_reports,
)
from validator.cli.words import say
from validator.errors import UsageError
from validator.model.standard import ConformanceClass

if TYPE_CHECKING:
    from validator.api.opening import LiveOptions
    from validator.api.preflight_steps import Step
    from validator.bundle.draft import Draft
    from validator.cli.progress import Progress

EXIT_NOT_READY: Final = 3
EXIT_USAGE: Final = 2
CHAIN: Final = ("dns", "tcp", "tls", "http", "api")
MAIN_ROLE: Final = "auth.main"


def test(lang: str) -> Command:
    """The command `test`."""

    def run(url: str, **given: Any) -> int:
        return _run(lang, url, given)

    file = say(lang, "metavar.file")
    return command(
        lang, "test", run,
        click.Argument(["url"], metavar="URL"),
        option(lang, "--standard", multiple=True, metavar="VSC-…", help_key="option.live_standard"),
        option(lang, "--class", "class_", type=click.Choice(CLASSES), help_key="option.live_class"),
        option(lang, "--submission", metavar=say(lang, "metavar.folder"), help_key="option.live_submission"),
        option(lang, "--profile", metavar="P", help_key="option.profile"),
        *connection_options(lang),
        option(lang, "--seed", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True, help_key="option.seed"),
        option(lang, "--allow-writes", is_flag=True, help_key="option.allow_writes"),
        option(lang, "--http-port", type=click.IntRange(1, 65535), help_key="option.http_port"),
        option(lang, "--watch-log", metavar=file, help_key="option.watch_log"),
        option(lang, "--rate", type=click.FloatRange(0, 10_000), default=50.0, show_default=True,
               help_key="option.rate"),
        option(lang, "--budget", type=click.IntRange(1, 1_000_000), default=5000, show_default=True,
               help_key="option.budget"),
        option(lang, "--timeout", type=click.FloatRange(0.1, 600), default=20.0, show_default=True,
               help_key="option.timeout"),
        option(lang, "--out", metavar=say(lang, "metavar.folder"), help_key="option.live_out"),
        option(lang, "--format", "format_", metavar=",".join(FORMATS), help_key="option.format"),
        *bundle_options(lang),
        *gate_options(lang),
        option(lang, "--har", is_flag=True, help_key="option.har"),
        option(lang, "--resume", is_flag=True, help_key="option.resume"),
        option(lang, "--with-schemathesis", is_flag=False, flag_value="", metavar=f"[{file}]",
               help_key="option.with_schemathesis"),
        option(lang, "--continue-anyway", is_flag=True, help_key="option.continue_anyway"),
        lang_option(lang),
    )  # fmt: skip


def connection_options(lang: str) -> list[click.Parameter]:
    """How a system is reached; `preflight` takes the same."""
    file = say(lang, "metavar.file")
    return [
        option(lang, "--auth", metavar=file, help_key="option.auth"),
        option(lang, "--allow-network", multiple=True, metavar="CIDR", help_key="option.allow_network"),
        option(lang, "--ca", metavar=file, help_key="option.ca"),
    ]


def steps_of(url: str, given: Mapping[str, Any], folder: Path) -> tuple[Step, ...]:
    """The steps of the preflight, its exchanges apart from the run's."""
    from validator.api.credential_file import load
    from validator.api.credentials import Keyring
    from validator.api.guard import Guard
    from validator.api.preflight import LIMITS, preflight
    from validator.api.recorder import Recorder
    from validator.api.redact import Redactor
    from validator.api.tls import TlsSettings

    keys = load(Path(given["auth"])) if given["auth"] else Keyring()
    tls = TlsSettings(ca=Path(given["ca"]) if given["ca"] else None)
    recorder = Recorder(folder / "preflight.ndjson", Redactor())
    limits = replace(LIMITS, timeout=min(LIMITS.timeout, given.get("timeout", LIMITS.timeout)))
    try:
        return preflight(url, Guard.of(url, given["allow_network"]), keys, recorder, tls=tls, limits=limits)
    finally:
        recorder.close()


def step_lines(lang: str, steps: tuple[Step, ...]) -> Iterator[str]:
    """The steps in words."""
    for step in steps:
        mark = say(lang, f"preflight.{step.state.value}")
        yield f"{mark} {step.title.in_language(lang)}: {step.detail.in_language(lang)}"
        if step.advice is not None:
            yield f"       {say(lang, 'preflight.do')} {step.advice.in_language(lang)}"


def hindrance(steps: tuple[Step, ...]) -> int | None:
    """The exit code for a system that no test can be run on; None when tests can run."""
    problems = {step.name for step in steps if step.state.value == "problem"}
    if problems & {"url", MAIN_ROLE}:
        return EXIT_USAGE
    return EXIT_NOT_READY if problems & set(CHAIN) else None


def _run(lang: str, url: str, given: dict[str, Any]) -> int:
    formats = chosen_formats(given["format_"], given["out"])
    if given["resume"] and given["out"] is None:
        raise UsageError("usage.resume_needs_out")
    if given["with_schemathesis"] is not None:
        from validator.api.schemathesis import find_executable

        given["with_schemathesis"] = find_executable(given["with_schemathesis"])
    if given["resume"] and given["bundle"] is not None:
        raise UsageError("usage.bundle_of_resumed")
    gating = Gating.of(given)  # a malformed file ends the call before anything is asked of the system
    from validator.cli.progress import Progress

    with Progress(lang) as progress, _folder(given["out"]) as folder, draft_of(given["bundle"]) as draft:
        steps = steps_of(url, given, folder)
        code = hindrance(steps)
        for line in step_lines(lang, steps):
            click.echo(line, err=True)
        if code is not None and not (given["continue_anyway"] and code == EXIT_NOT_READY):
            click.echo(say(lang, "test.not_ready"), err=True)
            return code
        options = _options(lang, given, progress, trusted=code is None)
        return _examine(lang, url, options, folder, formats, {**given, "gating": gating}, draft)


def _examine(
    lang: str,
    url: str,
    options: LiveOptions,
    folder: Path,
    formats: tuple[str, ...],
    given: Mapping[str, Any],
    draft: Draft | None,
) -> int:
    from validator.cli.interrupts import check
    from validator.live import examine_live

    gating: Gating = given["gating"]
    examined = examine_live(url, options, folder)
    check()
    if draft is not None:
        from validator.bundle.live import send_live

        send_live(draft, examined, options, folder)  # what a pipeline accepts of it is not evidence
    report = gating.applied(examined)
    with outbox_of(given["out"]) as outbox:
        shown = spoken(report, formats[0] if formats and outbox is None else "text", lang, gating)
        written = write_reports(lang, report, formats or DEFAULT_FILES, outbox, gating) if outbox else []
    if given["har"] and given["out"] is not None:
        from validator.api.har import write_har
        from validator.api.opening import EXCHANGES

        write_har(folder / EXCHANGES, folder / "exchanges.har")
        written.append(folder / "exchanges.har")
    for path in written:
        click.echo(say(lang, "validate.written", path=path), err=True)
    click.echo(shown)
    return gating.exit_code(lang, report, EXIT_CODES[report["summary"]["verdict"]])


def _manifest(folder: str | None) -> Mapping[str, Any] | None:
    if folder is None:
        return None
    from validator.observe.submission import read_manifest

    return read_manifest(Path(folder))


@contextmanager
def _folder(out: str | None) -> Iterator[Path]:
    """Where the evidence lies: the folder named, or one that is gone after the run."""
    if out is None:
        from validator.run import scratch_folder

        with scratch_folder() as scratch:
            yield scratch
        return
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise UsageError("usage.cannot_write", {"path": out, "reason": fault.strerror or str(fault)}) from fault
    yield folder


def _options(lang: str, given: Mapping[str, Any], progress: Progress, trusted: bool) -> LiveOptions:
    from validator.api.opening import LiveOptions
    from validator.cli.interrupts import check

    def told(name: str, done: int, total: int) -> None:
        check()
        if progress.on:
            progress.show(say(lang, "test.progress", name=name, done=done, total=total))

    options = LiveOptions(
        standards=tuple(given["standard"]),
        conformance_class=ConformanceClass(given["class_"]) if given["class_"] else None,
        seed=given["seed"],
        allow_writes=given["allow_writes"],
        auth=Path(given["auth"]) if given["auth"] else None,
        allow_networks=tuple(given["allow_network"]),
        ca=Path(given["ca"]) if given["ca"] else None,
        http_port=given["http_port"],
        rate=given["rate"],
        budget=given["budget"],
        timeout=given["timeout"],
        watch_log=Path(given["watch_log"]) if given["watch_log"] else None,
        profile=load_profile(given["profile"]),
        manifest=_manifest(given["submission"]),
        resume=given["resume"],
        schemathesis=given["with_schemathesis"],
        whole_bodies=given["bundle"] is not None,
        told=told,
    )
    return options if trusted else replace(options, verify=False, auth=None, allow_writes=False)
