"""`lienthong certificate issue`, `verify` and `status`; the group with all its commands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from validator.cli.certificate_qr import verify_qr
from validator.cli.clicks import Command, LazyGroup, command, lang_option, option
from validator.cli.signing import keeper_of, log_options, register_option, signing_options, tell_demo
from validator.cli.verifying import EXIT_CODES, Asked, asked, means_of, shown, told, verifying_options
from validator.cli.verifying_ground import ground_options, grounded
from validator.cli.words import say
from validator.errors import UsageError
from validator.messages import catalogue, fill
from validator.model.standard import ConformanceClass

if TYPE_CHECKING:
    from validator.certificate.refusal import RefusedError

OWN = "validator.cli.certificate"
REGISTER = "validator.cli.register"
SUBCOMMANDS = {
    "init": f"{REGISTER}:init", "issue": f"{OWN}:issue", "verify": f"{OWN}:verify", "status": f"{OWN}:status",
    "suspend": f"{REGISTER}:suspend", "reinstate": f"{REGISTER}:reinstate", "revoke": f"{REGISTER}:revoke",
    "pdf": "validator.cli.certificate_pdf:pdf", "sign": "validator.cli.certificate_sign:sign",
    "check-pdf": "validator.cli.certificate_pdf:check_pdf",
    "refresh": f"{REGISTER}:refresh", "rotate": f"{REGISTER}:rotate",
    "proofs": "validator.cli.register_log:proofs", "witnesses": "validator.cli.register_log:witnesses",
    "bundle": "validator.cli.register_log:bundle",
    "audit": "validator.cli.register_log:audit", "badge": "validator.cli.certificate_badge:badge",
}  # fmt: skip
USUAL_SURVEILLANCE: Final = 6


def certificate(lang: str) -> LazyGroup:
    shown = say(lang, "certificate.help")
    return LazyGroup(lang, SUBCOMMANDS, "certificate.", name="certificate", help=shown, params=[lang_option(lang)])


def issue(lang: str) -> Command:
    """Issues a certificate, or tells every reason against it."""

    def run(report: str, **given: Any) -> int:
        from validator.certificate.refusal import RefusedError

        try:
            made = _issued(Path(report), given)
        except RefusedError as fault:
            return _tell_refusals(lang, fault)
        subject = made["credentialSubject"]
        tell_demo(lang, subject["demo"])
        path = Path(given["register"]) / "certificates" / f"{subject['number']}.json"
        until = made["validUntil"]
        click.echo(say(lang, "certificate.issue.done", number=subject["number"], until=until, path=path))
        return 0

    classes = click.Choice([c.value for c in ConformanceClass])
    return command(
        lang,
        "certificate.issue",
        run,
        click.Argument(["report"], metavar=say(lang, "metavar.report")),
        *signing_options(lang),
        *log_options(lang),
        option(lang, "--standard", multiple=True, required=True, metavar="VSC-…",
               help_key="option.certified_standard"),
        option(lang, "--class", "class_", type=classes, required=True, help_key="option.certified_class"),
        option(lang, "--valid-months", type=click.IntRange(1, 12), default=12, show_default=True,
               help_key="option.valid_months"),
        option(lang, "--surveillance-months", type=click.IntRange(1, 12), help_key="option.surveillance_months"),
        option(lang, "--bundle", metavar=say(lang, "metavar.bundle"), help_key="option.evidence"),
        option(lang, "--condition", multiple=True, metavar="…", help_key="option.condition"),
        option(lang, "--holder", metavar="…", help_key="option.holder"),
        option(lang, "--holder-code", metavar="…", help_key="option.holder_code"),
        option(lang, "--holder-address", metavar="…", help_key="option.holder_address"),
        lang_option(lang),
    )  # fmt: skip


def _issued(report: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    from validator.certificate import issue as issuing
    from validator.certificate.credential import Terms
    from validator.certificate.scope import granted

    ground = issuing.read_ground(report)
    scope = granted(given["standard"], ConformanceClass(given["class_"]))
    months = given["valid_months"]
    surveillance = given["surveillance_months"] or min(USUAL_SURVEILLANCE, months)
    names = {"name": "holder", "taxCode": "holder_code", "address": "holder_address"}
    holder = {name: str(given[member]) for name, member in names.items() if given[member]}
    if holder and "name" not in holder:
        raise UsageError("usage.options", {"options": "--holder"})
    evidence = _recomputed(ground, Path(given["bundle"])) if given["bundle"] else None
    conditions = tuple(text.strip() for text in given["condition"] if text.strip())
    terms = Terms(datetime.now(UTC), months, surveillance, holder or None, evidence, conditions)
    return issuing.issue(ground, scope, terms, keeper_of(given))


def _recomputed(ground: Mapping[str, Any], bundle: Path) -> str:
    """The bundle's digest. Only here is the room of replays opened: its imports take longer than an issue does."""
    from validator.replay.ground import recomputed

    return recomputed(ground, bundle)


def _tell_refusals(lang: str, fault: RefusedError) -> int:
    texts = catalogue("certificate", lang)
    click.echo(say(lang, "certificate.refused"), err=True)
    for refusal in fault.refusals:
        click.echo(f"  - {fill(texts[refusal.message_id], refusal.params)}", err=True)
    return fault.exit_code


def verify(lang: str) -> Command:
    """Verifies a certificate without network."""

    def run(certificate_file: str, **given: Any) -> int:
        if certificate_file.startswith("https://"):
            means = means_of(given)
            scanned = verify_qr(lang, certificate_file, means)
            if scanned is None:
                return EXIT_CODES["unknown"]
            request = Asked(scanned, means, bool(given["trust"] and given["log_trust"]))
        else:
            request = asked(certificate_file, given)
        outcome = grounded(request.judged(), given)
        for line in told(lang, request, outcome, certificate_file):
            click.echo(line)
        return EXIT_CODES[outcome.word]

    return command(
        lang,
        "certificate.verify",
        run,
        click.Argument(["certificate_file"], metavar=say(lang, "metavar.certificate")),
        *verifying_options(lang),
        *ground_options(lang),
        option(lang, "--at", metavar="RFC3339", help_key="option.at"),
        lang_option(lang),
    )


def status(lang: str) -> Command:
    """Shows what the register says of a certificate."""

    def run(number: str, register: str) -> int:
        from validator.certificate import history
        from validator.certificate.outcome import Line, Mark
        from validator.certificate.register import open_register

        kept = open_register(Path(register))
        row = kept.row(number)
        events = kept.history(kept.certificate(row["number"]))
        tell_demo(lang, row["demo"])
        for event in events:
            params = {"at": event["at"], "reason": event["reason"]}
            click.echo(shown(lang, Line(Mark.NOTE, f"verify.event_{event['event']}", params)))
        state = say(lang, f"certificate.state_{history.state(events).value}")
        click.echo(say(lang, "certificate.changed", number=row["number"], state=state))
        return 0

    return command(
        lang,
        "certificate.status",
        run,
        click.Argument(["number"], metavar=say(lang, "metavar.number")),
        register_option(lang),
        lang_option(lang),
    )
