"""`lienthong certificate verify` with the text of a QR code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from validator.cli.signing import tell_demo
from validator.cli.words import say

if TYPE_CHECKING:
    from validator.certificate.verify import Means


def verify_qr(lang: str, text: str, means: Means) -> bytes | None:
    """Tells what a QR code says; the register's own file that it names, None without a register.

    Raises:
        EvidenceError: it is not signed by a key that is trusted, names another file, or, where no register
            tells more, is out of time.
    """
    from validator.certificate import qr
    from validator.certificate.copies import needed
    from validator.certificate.register import certificate_path

    claims = qr.read(text, means.keys)
    tell_demo(lang, claims["demo"])
    said = {"number": claims["n"], "name": claims["o"], "since": claims["f"], "until": claims["u"]}
    click.echo(say(lang, "certificate.qr", classes=", ".join(claims["s"]), **said))
    if means.register is None:
        qr.check_in_time(claims, means.at)
        click.echo(say(lang, "certificate.qr_alone"))
        return None
    content = needed(means.register, certificate_path(claims["n"]))
    qr.check_matches(claims, content)
    return content
