"""The certificate as a bilingual page with an annex, PDF/A-3a and PDF/UA-1: credential attached, a QR code to verify.

Title and wording are those of a test result attestation; there is no conformity mark. What a demo
key signed says DEMO across the page, in its head and in its title.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from validator.certificate import qr
from validator.certificate.carriers import ATTACHMENT, PROOF
from validator.certificate.pdf_rows import Two, both, dates, grounds, item, results, say, two
from validator.errors import UsageError
from validator.messages import catalogue
from validator.model.text import LANGUAGES
from validator.report import wording
from validator.report.typeset import typeset


@dataclass(frozen=True, slots=True)
class Signers:
    """The names printed beside the two reserved signatures, as the signatures themselves are not seen."""

    approver: str = ""
    agency: str = ""


def certificate_pdf(
    credential: Mapping[str, Any], content: str, token: str, signers: Signers = Signers(), proof: str = ""
) -> bytes:
    """The page of a verified credential, without signature fields.

    `content` is the text of its file, attached as it is; `token` what the QR code carries behind `#`;
    `proof` the text of its proof of inclusion in the log, attached too unless empty.

    Raises:
        UsageError: the credential is none of ours, or what PDF needs is not installed.
        EngineError: typst cannot set the page.
    """
    try:
        data = document(credential, signers, proof)
        moment = datetime.fromisoformat(credential["credentialSubject"]["grantedAt"])
        drawing = qr.drawing(qr.address(credential["id"], token))
    except (KeyError, TypeError, ValueError) as fault:
        raise UsageError("usage.not_a_certificate", {"reason": str(fault)[:80]}) from fault
    return typeset("certificate.typ", data, moment, {"credential": content, "qr": drawing, "proof": proof})


def document(credential: Mapping[str, Any], signers: Signers, proof: str) -> dict[str, Any]:
    """What the template sets, every text in both languages."""
    subject, issuer = credential["credentialSubject"], credential["issuer"]
    demo = subject["demo"]
    names = {item["@language"]: item["@value"] for item in credential["name"]}
    number = subject["number"]
    return {
        "title": {lang: catalogue("certificate", lang)["name"] for lang in LANGUAGES},
        "document_title": f"{names['vi']} {number}",
        "number": number,
        "words": {key: two(key) for key in catalogue("certificate_pdf", "vi")},
        "qr_alt": two("qr.alt", number=number),
        "demo": demo,
        "files": {"credential": ATTACHMENT, "proof": PROOF if proof else ""},
        "issuer": {"name": issuer["name"], "lines": list(_issuer(issuer)), "standing": issuer["standing"]},
        "item": list(item(subject)),
        "dates": list(dates(subject, credential)),
        "results": list(results(subject)),
        "grounds": list(grounds(subject, credential, proof)),
        "scope": [_scope(item) for item in subject["scope"]],
        "statements": list(subject["statements"]),
        "signers": [_signer("approver", signers.approver), _signer("agency", signers.agency)],
        "address": credential["id"],
    }


def _issuer(issuer: Mapping[str, Any]) -> Iterator[Two]:
    yield both(lambda _: issuer["address"])
    for named in ("contact", "registration"):
        if issuer.get(named):
            yield two(f"issuer.{named}", value=issuer[named])
    yield two(f"role.{issuer['partyRole']}")


def _signer(key: str, name: str) -> dict[str, Two]:
    return {"who": two(key), "name": both(lambda _: name) if name else two("signature.not_named")}


def _scope(granted: Mapping[str, Any]) -> dict[str, Any]:
    without = granted["classesNotGranted"]
    return {
        "name": f"{granted['standard']} {granted['edition']}",
        "title": granted["title"],
        "note": both(lambda _: "") if granted["askedFor"] else two("needed"),
        "class": both(lambda lang: wording.word(lang, "class", granted["classGranted"])),
        "without": both(
            lambda lang: (
                "; ".join(
                    f"{wording.word(lang, 'class', c['class'])}: {say(lang, 'reason.' + c['reason'])}" for c in without
                )
                or "–"
            )
        ),
    }
