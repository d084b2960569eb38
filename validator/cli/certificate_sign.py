"""`lienthong certificate sign`: PAdES with a key in a file, or prepare for a token and embed what it signed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from validator.cli.certificate_pdf import optional, trust_of, trust_options
from validator.cli.clicks import Command, command, lang_option, option
from validator.cli.signing import passphrase, passphrase_option
from validator.cli.words import say
from validator.cli.writing import write
from validator.errors import UsageError

LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")


def sign(lang: str) -> Command:
    """Signs, prepares or embeds; writes one PDF."""

    def run(document: str, **given: Any) -> int:
        optional("validator.certificate.pades", "pyhanko")
        ways = [name for name in ("key", "prepare", "embed") if given[name]]
        if len(ways) != 1 or (ways[0] != "key" and not given["state"]):
            raise UsageError("usage.options", {"options": "--key | --prepare --state | --embed --state"})
        made = {"key": _with_key, "prepare": _prepared, "embed": _embedded}[ways[0]](Path(document), given)
        write(Path(given["out"]), made)
        click.echo(say(lang, "validate.written", path=given["out"]), err=True)
        return 0

    file = say(lang, "metavar.file")
    return command(
        lang,
        "certificate.sign",
        run,
        click.Argument(["document"], metavar="PDF"),
        option(lang, "--field", type=click.Choice(["Approver", "Agency"]), default="Approver", show_default=True,
               help_key="option.field"),
        option(lang, "--level", type=click.Choice(LEVELS), default="B-B", show_default=True, help_key="option.level"),
        option(lang, "--key", metavar="PKCS12", help_key="option.pkcs12"),
        passphrase_option(lang),
        option(lang, "--prepare", metavar="CERT", help_key="option.prepare"),
        option(lang, "--embed", metavar=file, help_key="option.embed"),
        option(lang, "--state", metavar=file, help_key="option.state"),
        option(lang, "--tsa", metavar="URL", help_key="option.tsa"),
        *trust_options(lang),
        option(lang, "--out", required=True, metavar=file, help_key="option.pdf_out"),
        lang_option(lang),
    )  # fmt: skip


def _with_key(document: Path, given: Mapping[str, Any]) -> bytes:
    from validator.certificate.pades import sign as signing
    from validator.certificate.pades import signer_of
    from validator.certificate.pades_trust import content_of

    trust = trust_of(given)
    signer = signer_of(content_of(Path(given["key"])), passphrase(given["passphrase_file"]).encode(), trust.others)
    return signing(content_of(document), _order(given), signer)


def _prepared(document: Path, given: Mapping[str, Any]) -> bytes:
    """Leaves the state and, beside it under `.to-sign`, the bytes that the token signs."""
    from validator.certificate.pades_outside import prepare
    from validator.certificate.pades_trust import certificates, content_of

    chain = (*certificates(Path(given["prepare"])), *trust_of(given).others)
    made = prepare(content_of(document), given["field"], chain)
    write(Path(given["state"]), made.state())
    write(Path(given["state"] + ".to-sign"), made.to_sign)
    return made.document


def _embedded(document: Path, given: Mapping[str, Any]) -> bytes:
    from validator.certificate.pades_outside import Prepared, embed
    from validator.certificate.pades_trust import content_of
    from validator.certificate.strict_json import parse

    state = parse(content_of(Path(given["state"])), given["state"])
    prepared = Prepared.of(content_of(document), state)
    return embed(prepared, content_of(Path(given["embed"])), _order(given))


def _order(given: Mapping[str, Any]) -> Any:
    from validator.certificate.pades import Level, Order, stamper_at

    stamper = stamper_at(given["tsa"]) if given["tsa"] else None
    return Order(given["field"], Level(given["level"]), stamper, trust_of(given))
