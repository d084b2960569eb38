"""`lienthong certificate badge`: the badge of an attestation that was verified just now."""

from __future__ import annotations

from typing import Any

import click

from validator.cli.clicks import Command, command, lang_option, option
from validator.cli.verifying import EXIT_CODES, asked, verifying_options
from validator.cli.words import say
from validator.cli.writing import write


def badge(lang: str) -> Command:
    """Writes a badge; its exit code is that of the verification."""

    def run(certificate_file: str, format_: str, out: str | None, **given: Any) -> int:
        from validator.certificate.badge import badge_label, badge_state
        from validator.report.badge import endpoint
        from validator.report.badge_svg import draw

        request = asked(certificate_file, given)
        outcome = request.judged()
        label, state = badge_label(outcome.certificate), badge_state(outcome)
        source = outcome.certificate["id"] if outcome.certificate else certificate_file
        made = endpoint(label, state, lang) if format_ == "json" else draw(label, state, lang, source)
        if out is None:
            click.echo(made, nl=False)
        else:
            write(out, made.encode())
            click.echo(say(lang, "validate.written", path=out), err=True)
        return EXIT_CODES[outcome.word]

    return command(
        lang,
        "certificate.badge",
        run,
        click.Argument(["certificate_file"], metavar=say(lang, "metavar.certificate")),
        *verifying_options(lang),
        option(lang, "--format", "format_", type=click.Choice(["json", "svg"]), default="json", show_default=True,
               help_key="option.badge_format"),
        option(lang, "--out", metavar=say(lang, "metavar.file"), help_key="option.badge_out"),
        option(lang, "--at", metavar="RFC3339", help_key="option.at"),
        lang_option(lang),
    )  # fmt: skip
