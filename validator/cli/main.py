"""The entry point: language, commands, exit codes. Never a traceback for a user's mistake."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Final

import click

from validator import __version__
from validator.cli.clicks import LazyGroup, explain_usage, lang_option, option
from validator.cli.interrupts import Stopped, check, stoppable
from validator.cli.words import explain, language, say
from validator.errors import EvidenceError, LienthongError, UsageError

EXIT_USAGE: Final = 2
EXIT_INTERNAL: Final = 4
EXIT_EVIDENCE: Final = 5
EXIT_CODES: Final = {UsageError: EXIT_USAGE, EvidenceError: EXIT_EVIDENCE}

COMMANDS: Final = {
    "demo": "validator.cli.validate:demo",
    "validate": "validator.cli.validate:validate",
    "test": "validator.cli.live:test",
    "preflight": "validator.cli.preflight:preflight",
    "report": "validator.cli.report:report",
    "log": "validator.cli.log:log",
    "gate": "validator.cli.gate:gate",
    "baseline": "validator.cli.gate:baseline",
    "standards": "validator.cli.standards:standards",
    "replay": "validator.cli.replay:replay",
    "seal": "validator.cli.validate:seal",
    "watch": "validator.cli.watch:watch",
    "key": "validator.cli.key:key",
    "certificate": "validator.cli.certificate:certificate",
}


def program(lang: str) -> LazyGroup:
    """The whole command line in one language."""

    def version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
        if wanted:
            click.echo(f"lienthong {__version__}")
            ctx.exit()

    shown = option(lang, "--version", is_flag=True, expose_value=False, is_eager=True, help_key="option.version")
    shown.callback = version
    return LazyGroup(
        lang, COMMANDS, name="lienthong", help=say(lang, "program.help"), params=[lang_option(lang), shown]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one call and returns its exit code.

    0 conformant, 1 nonconformant, 2 usage, 3 inconclusive, 4 ours, 5 evidence that does not hold together,
    128 + n stopped by signal n.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    lang = language(given, os.environ)
    try:
        with stoppable():
            return _call(lang, given)
    except Stopped as stop:
        click.echo(say(lang, "error.interrupted"), err=True)
        return stop.exit_code
    except click.exceptions.NoArgsIsHelpError as fault:
        click.echo(fault.ctx.get_help() if fault.ctx else "")
        return EXIT_USAGE
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as fault:
        click.echo(f"{say(lang, 'error.label')} {explain_usage(lang, fault)}", err=True)
        return EXIT_USAGE
    except LienthongError as fault:
        return _explain(lang, fault)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return EXIT_INTERNAL
    except Exception as fault:  # a bug of ours: one line, the details on request
        if os.environ.get("LIENTHONG_DEBUG"):
            raise
        reason = f"{type(fault).__name__}: {fault}".splitlines()[0]
        click.echo(f"{say(lang, 'error.internal_label')} {say(lang, 'error.internal', reason=reason)}", err=True)
        return EXIT_INTERNAL


def _explain(lang: str, fault: LienthongError) -> int:
    code = next((code for kind, code in EXIT_CODES.items() if isinstance(fault, kind)), EXIT_INTERNAL)
    label = "error.internal_label" if code == EXIT_INTERNAL else "error.label"
    click.echo(f"{say(lang, label)} {explain(lang, fault)}", err=True)
    return code


def _call(lang: str, given: list[str]) -> int:
    try:
        code = program(lang).main(given, prog_name="lienthong", standalone_mode=False)
    except Exception:
        check()  # native code may tell a stop as a fault of its own
        raise
    return code if isinstance(code, int) else 0
