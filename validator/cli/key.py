"""`lienthong key new`, `key show` and `key jwks`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from validator.cli.clicks import Command, LazyGroup, command, lang_option, option
from validator.cli.signing import passphrase_option, pin_option
from validator.cli.words import say
from validator.errors import UsageError

if TYPE_CHECKING:
    from validator.certificate.keys import SigningKey

SUBCOMMANDS = {name: f"validator.cli.key:{name}" for name in ("new", "show", "jwks")}


def key(lang: str) -> LazyGroup:
    return LazyGroup(lang, SUBCOMMANDS, "key.", name="key", help=say(lang, "key.help"), params=[lang_option(lang)])


def new(lang: str) -> Command:
    """Makes a key."""

    def run(out: str, demo: bool, **given: Any) -> int:
        if given["pkcs11"] is None and (given["token"] or given["label"] or given["existing"]):
            raise UsageError("usage.options", {"options": "--token, --label, --existing: --pkcs11"})
        made = _encrypted(out, demo, given) if given["pkcs11"] is None else _on_token(out, demo, given)
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
        option(lang, "--pkcs11", metavar="MODULE", help_key="option.pkcs11"),
        option(lang, "--token", metavar="LABEL", help_key="option.token"),
        option(lang, "--label", metavar="LABEL", help_key="option.token_label"),
        option(lang, "--existing", is_flag=True, help_key="option.token_existing"),
        pin_option(lang),
        lang_option(lang),
    )


def _encrypted(out: str, demo: bool, given: Mapping[str, Any]) -> SigningKey:
    from validator.certificate.keys import generate, save
    from validator.cli.signing import passphrase

    made = generate(demo)
    save(made, Path(out), passphrase(given["passphrase_file"]), datetime.now(UTC))
    return made


def _on_token(out: str, demo: bool, given: Mapping[str, Any]) -> SigningKey:
    """A pair on a token, made or found there; not made where the file is there already."""
    from validator.certificate.keys import SigningKey, save_reference
    from validator.certificate.token_key import make_key, take_key
    from validator.certificate.token_reference import TokenReference
    from validator.cli.signing import pin

    if not given["token"] or not given["label"]:
        raise UsageError("usage.options", {"options": "--pkcs11: --token, --label"})
    if Path(out).exists():
        raise UsageError("key.exists", {"path": out})
    place = TokenReference(str(Path(given["pkcs11"]).absolute()), given["token"], given["label"], "")
    half = (take_key if given["existing"] else make_key)(place, pin(given["pin_file"]))
    made = SigningKey(half, demo)
    save_reference(made, half.place, Path(out), datetime.now(UTC))
    return made


def show(lang: str) -> Command:
    """Shows what a key file says openly."""

    def run(key_file: str) -> int:
        from validator.certificate.keys import key_file as read
        from validator.certificate.keys import token_of

        content = read(Path(key_file))
        click.echo(say(lang, "key.show.line", kid=content["public"]["kid"], created=content["created"]))
        if place := token_of(content):
            click.echo(say(lang, "key.show.token", **place.as_dict()))
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
            raise UsageError("usage.options", {"options": "--did: --controller"})
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
