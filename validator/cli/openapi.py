"""`lienthong standards openapi`: an OpenAPI document of one's own collections, to begin from."""

from __future__ import annotations

import json

import click

from validator.cli.clicks import Command, command, lang_option, option
from validator.cli.words import say
from validator.errors import UsageError


def openapi_(lang: str) -> Command:
    """The command: `VSC-API kk-tram=VSC-ENV/station kk-so-lieu=VSC-ENV/observation --writable kk-tram`."""

    def run(standard: str, collections: tuple[str, ...], writable: tuple[str, ...]) -> None:
        from validator.api.document import Offered, assemble, has_template, offered_filters
        from validator.catalogue.load import find_standard

        api = find_standard(standard)
        if not has_template(api):
            raise UsageError("usage.no_openapi", {"standard": api.id})
        offered = []
        for text in collections:
            name, _, dataset_id = text.partition("=")
            of, _, short = dataset_id.partition("/")
            dataset = find_standard(of).datasets.get(short) if name and short else None
            if dataset is None:
                raise UsageError("usage.bad_collection", {"text": text})
            offered.append(Offered(name, dataset, offered_filters(dataset), name in writable))
        click.echo(json.dumps(assemble(api, offered), ensure_ascii=False, indent=2))

    return command(
        lang, "standards.openapi", run,
        click.Argument(["standard"], metavar="VSC-…"),
        click.Argument(["collections"], nargs=-1, required=True, metavar=say(lang, "metavar.collections")),
        option(lang, "--writable", multiple=True, metavar="ID", help_key="option.writable"),
        lang_option(lang),
    )  # fmt: skip
