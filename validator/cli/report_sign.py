"""`lienthong report sign` and `report verify`: the report as a signed in-toto statement, for policy engines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from validator.cli.clicks import Command, command, lang_option, option
from validator.cli.signing import key_options, signing_key, tell_demo
from validator.cli.verifying import content_of
from validator.cli.words import say
from validator.cli.writing import write

LARGEST = 64 * 1024 * 1024


def sign(lang: str) -> Command:
    """Writes the in-toto statement of a report in a DSSE envelope."""

    def run(report_file: str, out: str, **given: Any) -> int:
        from validator.certificate import dsse
        from validator.report.intoto import render
        from validator.report.load import read_report

        report, key = read_report(Path(report_file)), signing_key(given)
        write(out, dsse.sign(render(report, lang).encode(), key.private, key.kid).encode())
        tell_demo(lang, key.demo)
        click.echo(say(lang, "validate.written", path=out), err=True)
        return 0

    return command(
        lang,
        "report.sign",
        run,
        click.Argument(["report_file"], metavar=say(lang, "metavar.report")),
        *key_options(lang),
        option(lang, "--out", required=True, metavar=say(lang, "metavar.file"), help_key="option.dsse_out"),
        lang_option(lang),
    )


def verify(lang: str) -> Command:
    """Verifies such an envelope and says what it states."""

    def run(envelope: str, trust: str) -> int:
        from validator.certificate import dsse
        from validator.certificate.trust import read_jwks

        keys = {kid: key.public for kid, key in read_jwks(Path(trust)).items() if not key.compromised}
        payload, kid = dsse.verify(content_of(Path(envelope), LARGEST).decode("utf-8", "replace"), keys)
        statement = json.loads(payload)
        tell_demo(lang, kid.startswith("DEMO-"))
        subject = statement["subject"][0]
        said = {"result": statement["predicate"]["result"], "name": subject["name"], "kid": kid}
        click.echo(say(lang, "report.verify.good", digest=subject["digest"]["sha256"], **said))
        return 0

    return command(
        lang,
        "report.verify",
        run,
        click.Argument(["envelope"], metavar=say(lang, "metavar.file")),
        option(lang, "--trust", required=True, metavar=say(lang, "metavar.file"), help_key="option.trust"),
        lang_option(lang),
    )
