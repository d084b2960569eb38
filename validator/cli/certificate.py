"""`lienthong certificate issue`, `verify` and `status`; the group with all its commands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from validator.cli.certificate_qr import verify_qr
from validator.cli.clicks import Command, LazyGroup, command, lang_option, option
from validator.cli.signing import opened, register_option, signing_options, tell_demo
from validator.cli.words import explain, say
from validator.errors import LienthongError, UsageError
from validator.messages import catalogue, fill
from validator.model.standard import ConformanceClass

if TYPE_CHECKING:
    from validator.certificate.outcome import Line, Verification
    from validator.certificate.refusal import RefusedError

OWN = "validator.cli.certificate"
REGISTER = "validator.cli.register"
SUBCOMMANDS = {
    "init": f"{REGISTER}:init", "issue": f"{OWN}:issue", "verify": f"{OWN}:verify", "status": f"{OWN}:status",
    "suspend": f"{REGISTER}:suspend", "reinstate": f"{REGISTER}:reinstate", "revoke": f"{REGISTER}:revoke",
    "pdf": "validator.cli.certificate_pdf:pdf", "sign": "validator.cli.certificate_sign:sign",
    "check-pdf": "validator.cli.certificate_pdf:check_pdf",
    "refresh": f"{REGISTER}:refresh", "rotate": f"{REGISTER}:rotate",
}  # fmt: skip
USUAL_SURVEILLANCE: Final = 6
EXIT_CODES: Final = {"valid": 0, "unknown": 3, "refused": 5}


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
        option(lang, "--standard", multiple=True, required=True, metavar="VSC-…",
               help_key="option.certified_standard"),
        option(lang, "--class", "class_", type=classes, required=True, help_key="option.certified_class"),
        option(lang, "--valid-months", type=click.IntRange(1, 12), default=12, show_default=True,
               help_key="option.valid_months"),
        option(lang, "--surveillance-months", type=click.IntRange(1, 12), help_key="option.surveillance_months"),
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
        raise click.UsageError("--holder")
    register, key = opened(given)
    terms = Terms(datetime.now(UTC), months, surveillance, holder or None)
    return issuing.issue(ground, scope, terms, register, key)


def _tell_refusals(lang: str, fault: RefusedError) -> int:
    texts = catalogue("certificate", lang)
    click.echo(say(lang, "certificate.refused"), err=True)
    for refusal in fault.refusals:
        click.echo(f"  - {fill(texts[refusal.message_id], refusal.params)}", err=True)
    return fault.exit_code


def verify(lang: str) -> Command:
    """Verifies a certificate without network."""

    def run(certificate_file: str, **given: Any) -> int:
        from validator.certificate import verify as verifying
        from validator.certificate.strict_json import MOST_BYTES
        from validator.cli.validate import parse_moment

        folder = Path(given["register"]) if given["register"] else None
        at = parse_moment(given["at"]) or datetime.now(UTC)
        means = verifying.Means(_keys(given, folder), at, folder, given["offline"])
        if certificate_file.startswith("https://"):
            scanned = verify_qr(lang, certificate_file, means)
            if scanned is None:
                return EXIT_CODES["unknown"]
            content = scanned
        else:
            content = _carried(Path(certificate_file), MOST_BYTES + 1)
        outcome = verifying.verify(content, means)
        if given["trust"] is None:
            click.echo(f"{say(lang, 'verify.mark_note')} {say(lang, 'certificate.verify.not_pinned')}")
        for line in outcome.lines:
            click.echo(shown(lang, line))
        click.echo(_result(lang, outcome, certificate_file))
        return EXIT_CODES[outcome.word]

    return command(
        lang,
        "certificate.verify",
        run,
        click.Argument(["certificate_file"], metavar=say(lang, "metavar.certificate")),
        option(lang, "--register", metavar=say(lang, "metavar.folder"), help_key="option.register"),
        option(lang, "--trust", metavar=say(lang, "metavar.file"), help_key="option.trust"),
        option(lang, "--offline", is_flag=True, help_key="option.offline"),
        option(lang, "--at", metavar="RFC3339", help_key="option.at"),
        lang_option(lang),
    )


def _carried(path: Path, most: int) -> bytes:
    """The certificate of a file, which may be the PDF that it is attached to."""
    from validator.certificate.carriers import MOST_BYTES, attached, is_pdf

    content = _content(path, most)
    return attached(_content(path, 16 * MOST_BYTES)) if is_pdf(content) else content


def _content(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(most)
    except OSError as fault:
        raise UsageError("key.unreadable", {"path": str(path), "reason": fault.strerror or str(fault)}) from fault


def _keys(given: Mapping[str, Any], folder: Path | None) -> Any:
    from validator.certificate.register import KEYS
    from validator.certificate.trust import read_jwks

    if given["trust"] is None and folder is None:
        raise click.UsageError("--trust | --register")
    return read_jwks(Path(given["trust"]) if given["trust"] else Path(str(folder)) / KEYS)


def shown(lang: str, line: Line) -> str:
    """One step of a verification as a line of text."""
    texts = catalogue("certificate", lang)
    if line.message_id in texts:
        said = fill(texts[line.message_id], line.params)
    else:
        said = explain(lang, LienthongError(line.message_id, dict(line.params)))
    return f"{say(lang, f'verify.mark_{line.mark.value}')} {said}"


def _result(lang: str, outcome: Verification, file: str) -> str:
    subject = outcome.certificate["credentialSubject"] if outcome.certificate else {"number": file, "demo": False}
    demo = "_demo" if subject["demo"] and outcome.word == "valid" else ""
    return say(lang, f"certificate.verify.{outcome.word.value}{demo}", number=subject["number"])


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
