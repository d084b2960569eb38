"""`lienthong certificate init`, `suspend`, `reinstate`, `revoke`, `refresh` and `rotate`: keeping a register."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click

from validator.cli.clicks import Command, command, lang_option, option
from validator.cli.log import make_missing, witness_keys, witnesses
from validator.cli.signing import (
    keeper_of,
    log_options,
    log_passphrase,
    opened,
    signing_key,
    signing_options,
    tell_demo,
)
from validator.cli.words import say

LIST_DAYS: Final = 7


def init(lang: str) -> Command:
    """Makes a register."""

    def run(**given: Any) -> int:
        demo = _founded(lang, given)
        tell_demo(lang, demo)
        click.echo(say(lang, "certificate.init.done", path=given["register"]))
        return 0

    return command(
        lang,
        "certificate.init",
        run,
        *signing_options(lang),
        *log_options(lang),
        witnesses(lang),
        option(lang, "--quorum", type=click.IntRange(0), default=0, show_default=True, help_key="option.log_quorum"),
        option(lang, "--url", required=True, metavar="URL", help_key="option.url"),
        option(lang, "--issuer-id", metavar="ID", help_key="option.issuer_id"),
        option(lang, "--name", required=True, metavar="…", help_key="option.issuer_name"),
        option(lang, "--name-en", metavar="…", help_key="option.issuer_name_en"),
        option(lang, "--address", required=True, metavar="…", help_key="option.issuer_address"),
        option(lang, "--contact", metavar="…", help_key="option.contact"),
        option(lang, "--role", required=True, type=click.Choice(["first", "second", "third"]),
               help_key="option.role"),
        option(lang, "--registration", metavar="…", help_key="option.registration"),
        option(lang, "--list-days", type=click.IntRange(1, 31), default=LIST_DAYS, show_default=True,
               help_key="option.list_days"),
        lang_option(lang),
    )  # fmt: skip


def _founded(lang: str, given: Mapping[str, Any]) -> bool:
    """Makes the register of a call; whether it is for demonstration. Raises UsageError."""
    from validator.certificate import log_keys
    from validator.certificate.issuer import Issuer, Role
    from validator.certificate.keeping import found
    from validator.certificate.register import Register
    from validator.model.text import Text

    key, words = signing_key(given), log_passphrase(given)
    name = Text(given["name"], given["name_en"] or given["name"])
    issuer = Issuer(
        given["issuer_id"] or given["url"], name, given["address"], Role(given["role"]),
        given["contact"] or "", given["registration"] or "",
    )  # fmt: skip
    register = Register(Path(given["register"]), given["url"], issuer, given["list_days"])
    make_missing(lang, given["log_keys"], words)
    logs = [log_keys.load(Path(path), words) for path in given["log_keys"]]
    found(register, key, datetime.now(UTC), logs, witness_keys(given["witnesses"]), given["quorum"])
    return key.demo


def suspend(lang: str) -> Command:
    return _changing(lang, "suspend", "suspended")


def reinstate(lang: str) -> Command:
    return _changing(lang, "reinstate", "reinstated")


def revoke(lang: str) -> Command:
    return _changing(lang, "revoke", "revoked")


def _changing(lang: str, name: str, event: str) -> Command:
    """A command that adds one event to a certificate's history."""

    def run(number: str, reason: str, **given: Any) -> int:
        from validator.certificate.history import Event
        from validator.certificate.lifecycle import change

        keeper = keeper_of(given)
        change(keeper, number, Event(event), reason, datetime.now(UTC))
        tell_demo(lang, keeper.key.demo)
        click.echo(say(lang, "certificate.changed", number=number, state=say(lang, f"certificate.state_{event}")))
        return 0

    return command(
        lang,
        f"certificate.{name}",
        run,
        click.Argument(["number"], metavar=say(lang, "metavar.number")),
        *signing_options(lang),
        *log_options(lang),
        option(lang, "--reason", required=True, metavar="…", help_key="option.reason"),
        lang_option(lang),
    )


def refresh(lang: str) -> Command:
    """Signs the status lists anew."""

    def run(**given: Any) -> int:
        from validator.certificate import keeping

        register, key = opened(given)
        keeping.refresh(register, key, datetime.now(UTC))
        tell_demo(lang, key.demo)
        click.echo(say(lang, "certificate.refresh.done", path=given["register"]))
        return 0

    return command(lang, "certificate.refresh", run, *signing_options(lang), lang_option(lang))


def rotate(lang: str) -> Command:
    """Changes the key that signs."""

    def run(to: str, to_passphrase_file: str | None, to_pin_file: str | None, compromised: bool, **given: Any) -> int:
        from validator.certificate import keeping

        register, old = opened(given)
        new = signing_key(
            {
                "key": to,
                "passphrase_file": to_passphrase_file or given["passphrase_file"],
                "pin_file": to_pin_file or given["pin_file"],
            }
        )
        keeping.rotate(register, old, new, datetime.now(UTC), compromised)
        tell_demo(lang, new.demo)
        click.echo(say(lang, "certificate.rotate.done", path=given["register"], kid=new.kid))
        return 0

    where = say(lang, "metavar.file")
    return command(
        lang,
        "certificate.rotate",
        run,
        *signing_options(lang),
        option(lang, "--to", required=True, metavar=where, help_key="option.to_key"),
        option(lang, "--compromised", is_flag=True, help_key="option.compromised"),
        option(lang, "--to-passphrase-file", metavar=where, help_key="option.to_passphrase_file"),
        option(lang, "--to-pin-file", metavar=where, help_key="option.to_pin_file"),
        lang_option(lang),
    )
