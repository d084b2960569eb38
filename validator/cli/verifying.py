"""What commands that verify an attestation have in common: what is presented, whose keys count, and how it is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from validator.cli.clicks import option
from validator.cli.words import explain, say
from validator.errors import LienthongError, UsageError
from validator.messages import catalogue, fill
from validator.report.visible import one_line

if TYPE_CHECKING:
    from validator.certificate.copies import Copy
    from validator.certificate.outcome import Line, Verification
    from validator.certificate.policy import Policy
    from validator.certificate.presented import Presented
    from validator.certificate.trust import Keys
    from validator.certificate.verify import Means

EXIT_CODES = {"valid": 0, "unknown": 3, "refused": 5}


def verifying_options(lang: str) -> list[click.Parameter]:
    """Where the register lies, whose keys count, and the moment asked about."""
    file = say(lang, "metavar.file")
    return [
        option(lang, "--register", metavar=say(lang, "metavar.folder"), help_key="option.register"),
        option(lang, "--trust", metavar=file, help_key="option.trust"),
        option(lang, "--log-trust", metavar=file, help_key="option.log_trust"),
        option(lang, "--offline", is_flag=True, help_key="option.offline"),
    ]


@dataclass(frozen=True, slots=True)
class Asked:
    """A certificate to be verified and the means to do so; `pinned` when its keys are known from elsewhere. Of a PDF
    the sheet is looked at too."""

    content: bytes
    means: Means
    pinned: bool
    document: bytes | None = None

    def judged(self) -> Verification:
        """What a verification finds."""
        from validator.certificate.issued_page import Reader, page_lines
        from validator.certificate.outcome import Mark
        from validator.certificate.verify import verify

        outcome, means = verify(self.content, self.means), self.means
        if self.document is None or outcome.certificate is None:
            return outcome
        reader = Reader(means.keys, means.at, means.register, Mark.UNKNOWN if means.offline else Mark.PROBLEM)
        return outcome.with_lines(page_lines(outcome.certificate, self.document, reader))


def asked(file: str, given: Mapping[str, Any]) -> Asked:
    """What is presented in a file, with the means of the call. Raises UsageError, EvidenceError."""
    from validator.certificate.presented import MOST_BYTES, presented

    found = presented(content_of(Path(file), MOST_BYTES + 1), Path(file).name)
    means = means_of(given, found)
    return Asked(found.content, means, bool(given["trust"] and given["log_trust"]), found.document)


def means_of(given: Mapping[str, Any], found: Presented | None = None) -> Means:
    """What the call lets a verification use; what came along with the certificate stands in for a register."""
    from validator.certificate.copies import FolderCopy
    from validator.certificate.verify import Means
    from validator.cli.validate import parse_moment

    folder = FolderCopy(Path(given["register"])) if given["register"] else None
    copy = folder or (found.along if found else None)
    at = parse_moment(given.get("at")) or datetime.now(UTC)
    keys, policy = _keys(given, copy), _policy(given, copy)
    carried = folder is None and not (given["trust"] and (given["log_trust"] or policy is None))
    return Means(keys, at, copy, policy, given["offline"], confirmed=copy is None or not carried)


def _keys(given: Mapping[str, Any], copy: Copy | None) -> Keys:
    from validator.certificate.register import KEYS
    from validator.certificate.trust import parse_jwks, read_jwks

    if given["trust"]:
        return read_jwks(Path(given["trust"]))
    content = copy.read(KEYS) if copy else None
    if content is None:
        raise UsageError("usage.no_keys")
    return parse_jwks(content, KEYS)


def _policy(given: Mapping[str, Any], copy: Copy | None) -> Policy | None:
    from validator.certificate.policy import parse_policy
    from validator.certificate.register import POLICY

    if given["log_trust"]:
        return parse_policy(content_of(Path(given["log_trust"])), Path(given["log_trust"]).name)
    content = copy.read(POLICY) if copy else None
    return parse_policy(content, POLICY) if content is not None else None


def content_of(path: Path, most: int = -1) -> bytes:
    """The bytes of a file, at most so many. Raises UsageError."""
    try:
        with path.open("rb") as stream:
            return stream.read(most)
    except OSError as fault:
        raise UsageError("key.unreadable", {"path": str(path), "reason": fault.strerror or str(fault)}) from fault


def told(lang: str, request: Asked, outcome: Verification, file: str) -> Iterator[str]:
    """A line for each step, and the result last."""
    if not request.pinned and request.means.confirmed:
        yield f"{say(lang, 'verify.mark_note')} {say(lang, 'certificate.verify.not_pinned')}"
    if outcome.certificate is not None:
        yield _about(lang, outcome.certificate)
    for line in outcome.lines:
        yield shown(lang, line)
    subject = outcome.certificate["credentialSubject"] if outcome.certificate else {"number": file, "demo": False}
    demo = "_demo" if subject["demo"] and outcome.word == "valid" else ""
    yield say(lang, f"certificate.verify.{outcome.word.value}{demo}", number=subject["number"])


def _about(lang: str, certificate: Mapping[str, Any]) -> str:
    """Who says what of whom: nothing of it holds unless the result says so."""
    subject, issuer = certificate["credentialSubject"], certificate["issuer"]
    granted = (f"{s['standard']}@{s['edition']}/{s['classGranted']}" for s in subject["scope"] if s["askedFor"])
    tested = " ".join(filter(None, (subject["object"]["name"], subject["object"]["version"])))
    names = {"name": catalogue("certificate", lang)["name"], "issuer": issuer["name"][lang]}
    role = say(lang, f"certificate.role_{issuer['partyRole']}")
    about = say(lang, "certificate.verify.about", object=tested, classes=", ".join(granted), role=role, **names)
    return one_line(about)


def shown(lang: str, line: Line) -> str:
    """One step of a verification as a line of text."""
    texts = catalogue("certificate", lang)
    if line.message_id in texts:
        said = fill(texts[line.message_id], line.params)
    else:
        said = explain(lang, LienthongError(line.message_id, dict(line.params)))
    return f"{say(lang, f'verify.mark_{line.mark.value}')} {said}"
