"""`lienthong certificate pdf` and `check-pdf`: the page of a certificate, and whether a signed one is good."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from validator.cli.clicks import Command, command, lang_option, option
from validator.cli.pdf_told import refused, told
from validator.cli.signing import opened, signing_options, tell_demo
from validator.cli.verifying import EXIT_CODES
from validator.cli.words import say
from validator.cli.writing import write
from validator.errors import EvidenceError, UsageError

if TYPE_CHECKING:
    from validator.certificate.pades_trust import Trust


def pdf(lang: str) -> Command:
    """Writes the page of a certificate, with two fields for signatures."""

    def run(certificate_file: str, **given: Any) -> int:
        from validator.report.typeset import check_installed

        check_installed()
        content = _content(Path(certificate_file))
        credential, page = _page(content, given)
        write(Path(given["out"]), page)
        tell_demo(lang, credential["credentialSubject"]["demo"])
        click.echo(say(lang, "validate.written", path=given["out"]), err=True)
        return 0

    return command(
        lang,
        "certificate.pdf",
        run,
        click.Argument(["certificate_file"], metavar=say(lang, "metavar.certificate")),
        *signing_options(lang),
        option(lang, "--approver", default="", metavar="…", help_key="option.approver"),
        option(lang, "--agency", default="", metavar="…", help_key="option.agency"),
        option(lang, "--out", required=True, metavar=say(lang, "metavar.file"), help_key="option.pdf_out"),
        lang_option(lang),
    )


def _page(content: bytes, given: Mapping[str, Any]) -> tuple[Mapping[str, Any], bytes]:
    """The verified credential and its page. Raises EvidenceError for one that does not verify."""
    from validator.certificate import qr
    from validator.certificate.copies import FolderCopy, needed
    from validator.certificate.issued_page import record
    from validator.certificate.pdf import Signers, certificate_pdf
    from validator.certificate.policy import parse_policy
    from validator.certificate.register import KEYS, POLICY, proof_path
    from validator.certificate.trust import parse_jwks
    from validator.certificate.verify import Means, verify

    fields = optional("validator.certificate.pades_fields", "pyhanko")
    register, key = opened(given)
    copy = FolderCopy(register.folder)
    keys = parse_jwks(needed(copy, KEYS), KEYS)
    policy = parse_policy(needed(copy, POLICY), POLICY)
    outcome = verify(content, Means(keys, datetime.now(UTC), copy, policy))
    credential = outcome.certificate
    if credential is None or outcome.word != "valid":
        raise EvidenceError("certificate_pdf.not_valid")
    if key.kid not in keys or key.demo is not credential["credentialSubject"]["demo"]:
        raise UsageError("certificate_pdf.other_key", {"kid": key.kid})
    token = qr.token(qr.claims_of(credential, content), key.private, key.kid)
    proof = needed(copy, proof_path(credential["credentialSubject"]["number"], 0)).decode()
    signers = Signers(given["approver"], given["agency"])
    page = fields.reserve(certificate_pdf(credential, content.decode(), token, signers, proof))
    record(register, credential, page, datetime.now(UTC), key)
    return credential, page


def check_pdf(lang: str) -> Command:
    """Checks a signed certificate against the bytes issued, without network."""

    def run(signed: str, **given: Any) -> int:
        checking = optional("validator.certificate.pades_check", "pyhanko")
        from validator.cli.validate import parse_moment

        trust = trust_of(given)
        expected = {field: _fingerprint(checking, path) for field, path in map(_pair, given["signer"])}
        at = parse_moment(given["at"])
        document, issued = _content(Path(signed)), _content(Path(given["issued"]))
        try:
            lines = told(lang, checking.check(document, issued, expected, trust, at))
            code = EXIT_CODES["valid"]
        except EvidenceError as fault:
            from validator.certificate.pades_seen import seen

            lines, code = refused(lang, fault, seen(document, trust)), EXIT_CODES["refused"]
        for line in lines:
            click.echo(line)
        return code

    return command(
        lang,
        "certificate.check-pdf",
        run,
        click.Argument(["signed"], metavar="PDF"),
        option(lang, "--issued", required=True, metavar="PDF", help_key="option.issued_pdf"),
        option(lang, "--signer", multiple=True, required=True, metavar="Approver|Agency=CERT",
               help_key="option.expected_signer"),
        *trust_options(lang),
        option(lang, "--at", metavar="RFC3339", help_key="option.at"),
        lang_option(lang),
    )  # fmt: skip


def trust_options(lang: str) -> list[click.Parameter]:
    """Roots, certificates between and revocation lists, from files."""
    file = say(lang, "metavar.file")
    return [
        option(lang, "--root", multiple=True, metavar=file, help_key="option.root"),
        option(lang, "--cert", multiple=True, metavar=file, help_key="option.cert"),
        option(lang, "--crl", multiple=True, metavar=file, help_key="option.crl"),
    ]


def trust_of(given: Mapping[str, Any]) -> Trust:
    module = optional("validator.certificate.pades_trust", "pyhanko")
    files = ([Path(path) for path in given[name]] for name in ("root", "cert", "crl"))
    trust: Trust = module.read_trust(*files)
    return trust


def _pair(text: str) -> tuple[str, str]:
    field, equals, path = text.partition("=")
    if not equals or not path:
        raise UsageError("usage.options", {"options": "--signer"})
    return field, path


def _fingerprint(checking: Any, path: str) -> str:
    from validator.certificate.pades_trust import certificates

    return str(checking.fingerprint(certificates(Path(path))[0]))


def optional(module: str, package: str) -> Any:
    """A module that needs the extra. Raises UsageError without it."""
    from importlib import import_module

    try:
        return import_module(module)
    except ModuleNotFoundError as fault:
        raise UsageError("usage.no_pdf", {"package": package}) from fault


def _content(path: Path) -> bytes:
    content: bytes = optional("validator.certificate.pades_trust", "pyhanko").content_of(path)
    return content
