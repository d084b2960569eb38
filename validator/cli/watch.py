"""`lienthong watch URL`: probes a system over time; `--verify FILE` looks at the log of one."""

from __future__ import annotations

import math
import re
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import click

from validator.cli.clicks import Command, command, lang_option, option
from validator.cli.interrupts import Stopped, check
from validator.cli.words import explain, say
from validator.errors import UsageError
from validator.report.wording import integer, rate

if TYPE_CHECKING:  # heavy: only when there is work
    from validator.api.client import Client
    from validator.api.probe import Probe
    from validator.api.watch import Plan, Session
    from validator.cli.progress import Progress

EXIT_UNANSWERED: Final = 3
LONGEST_REQUEST: Final = 20.0
UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def watch(lang: str) -> Command:
    """The command `watch`."""

    def run(url: str | None, log: str | None, verify: str | None, **given: Any) -> int:
        if verify is not None:
            if url is not None or log is not None:
                raise UsageError("usage.watch_needs")
            return _verify(lang, Path(verify))
        if url is None or log is None:
            raise UsageError("usage.watch_needs")
        return _watch(lang, url, Path(log), **given)

    file, seconds = say(lang, "metavar.file"), say(lang, "metavar.seconds")
    return command(
        lang, "watch", run,
        click.Argument(["url"], metavar=say(lang, "metavar.url"), required=False),
        option(lang, "--log", metavar=file, help_key="option.log"),
        option(lang, "--interval", type=click.FloatRange(1, 86_400), default=60.0, show_default=True, metavar=seconds,
               help_key="option.interval"),
        option(lang, "--duration", metavar=say(lang, "metavar.duration"), help_key="option.duration"),
        option(lang, "--auth", metavar=file, help_key="option.auth"),
        option(lang, "--allow-network", multiple=True, metavar="CIDR", help_key="option.allow_network"),
        option(lang, "--ca", metavar=file, help_key="option.ca"),
        option(lang, "--verify", metavar=file, help_key="option.verify"),
        lang_option(lang),
    )  # fmt: skip


def _verify(lang: str, path: Path) -> int:
    from validator.api.window import read_window
    from validator.cli.watch_words import summary

    window = read_window(path)
    click.echo(say(lang, "watch.whole", path=path, lines=integer(window.lines, lang), url=window.base))
    for line in summary(lang, window):
        click.echo(line)
    return 0


def _watch(
    lang: str, url: str, path: Path, *, interval: float, duration: str | None, auth: str | None,
    allow_network: tuple[str, ...], ca: str | None,
) -> int:  # fmt: skip
    from validator.api.chain import Log
    from validator.api.clock import SYSTEM
    from validator.api.host_clock import synchronised
    from validator.api.probe import Reading
    from validator.api.tokens import TokenError
    from validator.api.watch import Plan, Session, UnansweredError, prepare
    from validator.api.window import read_window
    from validator.cli.watch_words import summary

    plan = Plan(_base(url), interval, min(LONGEST_REQUEST, interval / 2), _duration(duration))
    client, with_credential = _client(plan, auth, allow_network, ca)
    with closing(client), closing(Log(path, Reading(path))) as log:
        clean = client.recorder.redactor.text
        try:
            watched = prepare(plan, log, client, SYSTEM, with_credential, clean)
        except (UnansweredError, TokenError) as fault:
            click.echo(f"{say(lang, 'error.label')} {explain(lang, fault)}", err=True)
            return EXIT_UNANSWERED
        session = Session(plan, log, client, watched, SYSTEM, clean, synchronised)
        _tell_of_what_was_there(lang, session)
        stopped = _probe(lang, session)
    window = read_window(path, plan.base)
    for line in summary(lang, window):
        click.echo(line)
    if not window.answered:
        return EXIT_UNANSWERED
    return stopped.exit_code if stopped and plan.duration is not None else 0


def _client(plan: Plan, auth: str | None, networks: tuple[str, ...], ca: str | None) -> tuple[Client, bool]:
    """The client of a watch, and whether it has a credential to read protected data with."""
    from validator.api.client import Client, Limits
    from validator.api.credential_file import load
    from validator.api.credentials import Keyring
    from validator.api.guard import Guard
    from validator.api.redact import Redactor
    from validator.api.tls import TlsSettings
    from validator.api.unrecorded import Unrecorded

    keys = load(Path(auth)) if auth else Keyring()
    limits = Limits(timeout=plan.timeout, budget=sys.maxsize)
    tls = TlsSettings(ca=Path(ca) if ca else None)
    client = Client(plan.base, limits, Guard.of(plan.base, networks), keys, Unrecorded(Redactor()), tls=tls)
    return client, keys.get("main") is not None


def _tell_of_what_was_there(lang: str, session: Session) -> None:
    chain = session.log.chain
    if chain is not None:
        click.echo(say(lang, "watch.resumed", path=session.log.path, probes=session.number), err=True)
        if chain.torn:
            click.echo(say(lang, "watch.cut", path=session.log.path, bytes=chain.torn), err=True)


def _probe(lang: str, session: Session) -> Stopped | None:
    """Probes until the end; being stopped is one way to end, and leaves the log whole."""
    from validator.cli.progress import Progress

    try:
        with Progress(lang) as progress:
            session.run(_Teller(lang, progress))
    except Stopped as stop:
        session.end("stopped")
        return stop
    return None


class _Teller:
    """Shows each probe on a terminal, and stops the watch on request."""

    def __init__(self, lang: str, progress: Progress) -> None:
        self.lang, self.progress = lang, progress
        self.number = self.judged = self.up = 0

    def __call__(self, probe: Probe) -> None:
        check()
        self.number += 1
        self.judged += probe.judged
        self.up += probe.judged and probe.up
        if not self.progress.on:
            return
        state = "unjudged" if not probe.judged else "up" if probe.up else "down"
        line = say(
            self.lang, "watch.progress", number=self.number, at=probe.at.strftime("%H:%M:%SZ"),
            state=say(self.lang, f"watch.state_{state}"),
            availability=rate(self.up / self.judged if self.judged else None, self.lang),
        )  # fmt: skip
        self.progress.show(line)


def _base(url: str) -> str:
    """The base URL as it goes into the log. Raises UsageError; a password in it must not get there."""
    try:
        parts = urlsplit(url)
        odd = next((n for n in ("username", "password", "query", "fragment") if getattr(parts, n)), None)
        if parts.scheme in ("http", "https") and parts.hostname and odd is None:
            return url.rstrip("/")
        reason = odd or ("scheme" if parts.scheme not in ("http", "https") else "host")
    except ValueError:
        reason = "url"
    raise UsageError("usage.bad_base", {"url": re.sub(r"//[^/]*@", "//…@", url.partition("?")[0]), "reason": reason})


def _duration(text: str | None) -> float | None:
    """`90m` in seconds. Raises UsageError."""
    if text is None:
        return None
    found = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)([smhd])", text)
    seconds = float(found[1]) * UNITS[found[2]] if found else math.nan
    if not seconds > 0:
        raise UsageError("usage.bad_duration", {"text": text})
    return seconds
