"""`lienthong certificate proofs`, `witnesses`, `bundle` and `audit`: what a register and its log show to others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from validator.canonical import canonical
from validator.cli.clicks import Command, command, lang_option, option
from validator.cli.log import witness_keys
from validator.cli.log import witnesses as witness_option
from validator.cli.signing import register_option, tell_demo
from validator.cli.verifying import means_of, shown, verifying_options
from validator.cli.words import say
from validator.cli.writing import write
from validator.errors import UsageError
from validator.report.wording import integer

EXIT_REFUSED = 5


def proofs(lang: str) -> Command:
    """Writes the proofs of the log anew, under the checkpoint that witnesses have signed."""

    def run(register: str) -> int:
        from validator.certificate.keeping import renew_proofs
        from validator.certificate.register import open_register

        kept = open_register(Path(register))
        count = renew_proofs(kept)
        tell_demo(lang, kept.demo)
        click.echo(say(lang, "certificate.proofs.done", count=integer(count, lang), path=register))
        return 0

    return command(lang, "certificate.proofs", run, register_option(lang), lang_option(lang))


def witnesses(lang: str) -> Command:
    """Says which witnesses readers are to ask for."""

    def run(register: str, witnesses: tuple[str, ...], quorum: int) -> int:
        from validator.certificate.keeping import ask_witnesses
        from validator.certificate.register import open_register

        kept = open_register(Path(register))
        ask_witnesses(kept, witness_keys(witnesses), quorum)
        tell_demo(lang, kept.demo)
        click.echo(say(lang, "certificate.witnesses.done", count=quorum, all=len(witnesses), path=register))
        return 0

    return command(
        lang,
        "certificate.witnesses",
        run,
        register_option(lang),
        witness_option(lang),
        option(lang, "--quorum", type=click.IntRange(0), default=0, show_default=True, help_key="option.log_quorum"),
        lang_option(lang),
    )


def bundle(lang: str) -> Command:
    """Writes the one file that travels with a certificate."""

    def run(number: str, register: str, out: str) -> int:
        from validator.certificate.copies import bundle_of
        from validator.certificate.register import open_register

        kept = open_register(Path(register))
        write(out, canonical(bundle_of(kept, number)))
        tell_demo(lang, kept.demo)
        click.echo(say(lang, "validate.written", path=out), err=True)
        return 0

    return command(
        lang,
        "certificate.bundle",
        run,
        click.Argument(["number"], metavar=say(lang, "metavar.number")),
        register_option(lang),
        option(lang, "--out", required=True, metavar=say(lang, "metavar.file"), help_key="option.bundle_out"),
        lang_option(lang),
    )


def audit(lang: str) -> Command:
    """Holds a register and its log to each other."""

    def run(**given: Any) -> int:
        from validator.certificate.outcome import Mark
        from validator.certificate.register import open_register
        from validator.certificate.register_audit import audit as looked

        if not given["register"]:
            raise UsageError("usage.options", {"options": "--register"})
        kept = open_register(Path(given["register"]))
        lines = list(looked(kept, means_of(given)))
        tell_demo(lang, kept.demo)
        for line in lines:
            click.echo(shown(lang, line))
        bad = any(line.mark in (Mark.PROBLEM, Mark.UNKNOWN) for line in lines)
        click.echo(say(lang, "certificate.audit.bad" if bad else "certificate.audit.good", path=given["register"]))
        return EXIT_REFUSED if bad else 0

    return command(
        lang,
        "certificate.audit",
        run,
        *verifying_options(lang),
        option(lang, "--at", metavar="RFC3339", help_key="option.at"),
        lang_option(lang),
    )
