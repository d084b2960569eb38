"""click in two languages: help pages and usage errors speak the user's language; commands load lazily."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from validator.cli.words import say


class Command(click.Command):
    """A command whose help page has its headings in the language of the call."""

    lang = "en"

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, " ".join(self._pieces(ctx)), f"{say(self.lang, 'help.usage')} ")

    def _pieces(self, ctx: click.Context) -> list[str]:
        pieces = self.collect_usage_pieces(ctx)
        return [say(self.lang, "help.options_metavar") if p == "[OPTIONS]" else p for p in pieces]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [row for param in self.get_params(ctx) if (row := param.get_help_record(ctx))]
        with formatter.section(say(self.lang, "help.options")):
            formatter.write_dl(rows)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = say(self.lang, "help.help")
        return option


class LazyGroup(Command, click.Group):
    """A group whose commands are imported only when one is called."""

    def __init__(self, lang: str, homes: Mapping[str, str], prefix: str = "", **given: Any) -> None:
        super().__init__(**given)
        self.lang, self.homes, self.prefix = lang, homes, prefix

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own signature
        return list(self.homes)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in self.homes:
            return None
        module, _, function = self.homes[cmd_name].partition(":")
        made: click.Command = getattr(import_module(module), function)(self.lang)
        return made

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        Command.format_options(self, ctx, formatter)
        with formatter.section(say(self.lang, "help.commands")):
            formatter.write_dl([(name, say(self.lang, f"{self.prefix}{name}.short")) for name in self.homes])


def command(lang: str, name: str, callback: Any, *params: click.Parameter) -> Command:
    """A command with its long help from the catalogue."""
    made = Command(name=name.rpartition(".")[2], callback=callback, params=list(params), help=say(lang, f"{name}.help"))
    made.lang = lang
    return made


def option(lang: str, *names: str, help_key: str, **given: Any) -> click.Option:
    return click.Option(list(names), help=say(lang, help_key), **given)


def lang_option(lang: str) -> click.Option:
    return option(lang, "--lang", type=click.Choice(["vi", "en"]), help_key="option.lang", expose_value=False)


def explain_usage(lang: str, fault: click.ClickException) -> str:
    """One line for a wrong call, in the user's language."""
    if isinstance(fault, click.NoSuchOption):
        return say(lang, "usage.no_such_option", name=fault.option_name)
    if isinstance(fault, click.MissingParameter):
        param = fault.param
        return say(lang, "usage.missing_parameter", name=param.make_metavar(fault.ctx) if param and fault.ctx else "?")
    if isinstance(fault, click.BadParameter):
        name = fault.param.opts[-1] if fault.param else "?"
        return say(lang, "usage.bad_parameter", name=name, reason=fault.message)
    if isinstance(fault, click.UsageError) and "command" in fault.message.lower():
        return say(lang, "usage.no_such_command", reason=fault.message.rstrip("."))
    return say(lang, "usage.other", reason=fault.format_message())
