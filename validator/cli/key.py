"""`lienthong key new`, `key show` and `key jwks`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from validator.cli.clicks import Command, LazyGroup, command, lang_option, option
from validator.cli.signing import passphrase_option
from validator.cli.words import say

SUBCOMMANDS = {name: f"validator.cli.key:{name}" for name in ("new", "show", "jwks")}


def key(lang: str) -> LazyGroup:
    return LazyGroup(lang, SUBCOMMANDS, "key.", name="key", help=say(lang, "key.help"), params=[lang_option(lang)])


def new(lang: str) -> Command:
    """Makes a key."""

    def run(out: str, demo: bool, passphrase_file: str | None) -> int:
        from validator.certificate.keys import generate, save
        from validator.cli.signing import passphrase

        made = generate(demo)
        save(made, Path(out), passphrase(passphrase_file), datetime.now(UTC))
        click.echo(say(lang, "key.new.done", path=out, kid=made.kid))
        if demo:
            click.echo(say(lang, "key.show.demo"))
        return 0

    return command(
        lang,
        "key.new",
        run,
        option(lang, "--out", required=True, metavar=say(lang, "metavar.file"), help_key="option.key_out"),
        option(lang, "--demo", is_flag=True, help_key="option.demo"),
        passphrase_option(lang),
        lang_option(lang),
    )


def show(lang: str) -> Command:
    """Shows what a key file says openly."""

    def run(key_file: str) -> int:
        from validator.certificate.keys import key_file as read

        content = read(Path(key_file))
        click.echo(say(lang, "key.show.line", kid=content["public"]["kid"], created=content["created"]))
        if content["demo"]:
            click.echo(say(lang, "key.show.demo"))
        return 0

    return command(lang, "key.show", run, click.Argument(["key_file"], metavar=say(lang, "metavar.key")),
                   lang_option(lang))  # fmt: skip


def jwks(lang: str) -> Command:
    """Prints public keys as a JWK Set or an identifier document."""

    def run(key_files: tuple[str, ...], controller: str | None, did: bool) -> int:
        from validator.certificate.keys import key_file as read
        from validator.certificate.keys import public_key
        from validator.certificate.trust import TrustedKey, controller_document
        from validator.certificate.trust import jwks as key_set

        if did and controller is None:
            raise click.UsageError("--did: --controller")
        files = [read(Path(name)) for name in key_files]
        keys = [TrustedKey(public_key(file["public"]), file["demo"], controller) for file in files]
        made: dict[str, Any] = controller_document(controller, keys) if did and controller else key_set(keys)
        click.echo(json.dumps(made, indent=2, ensure_ascii=False))
        if any(found.demo for found in keys):
            click.echo(say(lang, "key.show.demo"), err=True)
        return 0

    return command(
        lang,
        "key.jwks",
        run,
        click.Argument(["key_files"], nargs=-1, required=True, metavar=say(lang, "metavar.keys")),
        option(lang, "--controller", metavar="ID", help_key="option.controller"),
        option(lang, "--did", is_flag=True, help_key="option.did"),
        lang_option(lang),
    )
