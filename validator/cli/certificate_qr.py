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
        EvidenceError: it is not signed by a key that is trusted, or names another file.
    """
    from validator.certificate import qr
    from validator.certificate.copies import needed
    from validator.certificate.register import certificate_path

    keys = {kid: key.public for kid, key in means.keys.items() if not key.compromised}
    claims = qr.read(text, keys.get)
    tell_demo(lang, claims["demo"])
    said = {"number": claims["n"], "name": claims["o"], "since": claims["f"], "until": claims["u"]}
    click.echo(say(lang, "certificate.qr", classes=", ".join(claims["s"]), **said))
    if means.register is None:
        click.echo(say(lang, "certificate.qr_alone"))
        return None
    content = needed(means.register, certificate_path(claims["n"]))
    qr.check_matches(claims, content)
    return content
