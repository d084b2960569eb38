"""`lienthong report render` and `report diff`."""

from __future__ import annotations

from pathlib import Path

import click

from validator.cli.clicks import Command, LazyGroup, command, lang_option, option
from validator.cli.words import say
from validator.cli.writing import write
from validator.errors import UsageError

SUBCOMMANDS = {
    **{name: f"validator.cli.report:{name}" for name in ("render", "diff")},
    **{name: f"validator.cli.report_sign:{name}" for name in ("sign", "verify")},
}


def report(lang: str) -> LazyGroup:
    return LazyGroup(
        lang, SUBCOMMANDS, "report.", name="report", help=say(lang, "report.help"), params=[lang_option(lang)]
    )


def render(lang: str) -> Command:
    """Writes another format from a finished report.json."""

    def run(report_file: str, format_: str, out: str | None, base: str | None, baseline: str | None) -> None:
        from validator.cli.gating import Gating
        from validator.cli.validate import check_binary, rendered
        from validator.report import RENDERERS
        from validator.report.based import based
        from validator.report.load import read_report

        if format_ not in RENDERERS:
            raise UsageError("usage.unknown_format", {"format": format_, "known": ", ".join(RENDERERS)})
        if RENDERERS[format_].binary:
            check_binary(out)
        gating, source = Gating.of({"baseline": baseline}), read_report(Path(report_file))
        made = rendered(source if format_ == "json" else based(source, base), format_, lang, gating)
        content = made.encode() if isinstance(made, str) else made
        if out is None:
            click.echo(content.decode().rstrip("\n"))
            return
        write(out, content)
        click.echo(say(lang, "validate.written", path=out), err=True)

    return command(
        lang,
        "report.render",
        run,
        click.Argument(["report_file"], metavar=say(lang, "metavar.report")),
        option(lang, "--format", "format_", default="html", show_default=True, help_key="option.render_format"),
        option(lang, "--out", metavar=say(lang, "metavar.file"), help_key="option.render_out"),
        option(lang, "--base", metavar=say(lang, "metavar.folder"), help_key="option.render_base"),
        option(lang, "--baseline", metavar=say(lang, "metavar.file"), help_key="option.baseline"),
        lang_option(lang),
    )


def diff(lang: str) -> Command:
    """What changed between two reports; exit code 1 when something is worse."""

    def run(old: str, new: str, format_: str) -> int:
        from validator.report.diff import compare, render_json, render_text, worse
        from validator.report.load import read_report

        changes = compare(read_report(Path(old)), read_report(Path(new)))
        shown = render_json(changes) if format_ == "json" else render_text(changes, lang)
        click.echo(shown.rstrip("\n"))
        return 1 if worse(changes) else 0

    return command(
        lang,
        "report.diff",
        run,
        click.Argument(["old"], metavar=say(lang, "metavar.old_report")),
        click.Argument(["new"], metavar=say(lang, "metavar.new_report")),
        option(
            lang,
            "--format",
            "format_",
            type=click.Choice(["text", "json"]),
            default="text",
            help_key="option.list_format",
        ),
        lang_option(lang),
    )
