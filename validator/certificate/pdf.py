"""The certificate as one bilingual page: PDF/A-3a and PDF/UA-1, the credential attached, a QR code that verifies.

Title and wording are those of a test result attestation; there is no conformity mark. What a demo
key signed says DEMO across the page, in its head and in its title.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from validator.certificate import qr
from validator.certificate.carriers import ATTACHMENT, PROOF
from validator.errors import UsageError
from validator.messages import catalogue, fill
from validator.model.text import LANGUAGES
from validator.report import live_run, wording
from validator.report.typeset import typeset
from validator.report.visible import in_language

Two = dict[str, str]
Subject = Mapping[str, Any]


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
        "words": {key: _two(key) for key in catalogue("certificate_pdf", "vi")},
        "qr_alt": _two("qr.alt", number=number),
        "demo": demo,
        "files": {"credential": ATTACHMENT, "proof": PROOF if proof else ""},
        "issuer": {"name": issuer["name"], "lines": list(_issuer(issuer)), "standing": issuer["standing"]},
        "item": list(_item(subject)),
        "dates": list(_dates(subject, credential)),
        "rows": list(_rows(subject)),
        "scope": [_scope(item) for item in subject["scope"]],
        "statements": list(subject["statements"]),
        "signers": [_signer("approver", signers.approver), _signer("agency", signers.agency)],
        "address": credential["id"],
    }


def _two(key: str, **params: Any) -> Two:
    return {lang: fill(catalogue("certificate_pdf", lang)[key], params) for lang in LANGUAGES}


def _both(write: Any) -> Two:
    """What is written differently in each language; where it is the same, it is shown once."""
    return {lang: write(lang) for lang in LANGUAGES}


def _issuer(issuer: Mapping[str, Any]) -> Iterator[Two]:
    yield _both(lambda _: " · ".join(issuer[k] for k in ("address", "contact", "registration") if issuer.get(k)))
    yield _two(f"role.{issuer['partyRole']}")


def _signer(key: str, name: str) -> dict[str, Two]:
    return {"who": _two(key), "name": _both(lambda _: name) if name else _two("signature.not_named")}


def _item(subject: Subject) -> Iterator[dict[str, Any]]:
    """Whose what was tested."""
    client = "; ".join(subject["client"][name] for name in ("name", "taxCode", "address") if name in subject["client"])
    yield _row("client", _both(lambda lang: client or _say(lang, "none")))
    tested = subject["object"]
    named = " ".join(str(tested[name]) for name in ("name", "version", "platformId") if tested[name])
    yield _row("object", _both(lambda _: named))
    if live := tested["deployment"]:
        window = _both(lambda lang: f"{live['url']}; {_moment(live['from'], lang)} – {_moment(live['until'], lang)}")
        yield _row("deployment", window)
    else:
        yield _row("submission", _both(lambda _: f"{tested['submission']}; {tested['submissionDigest']}"))


def _dates(subject: Subject, credential: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    shown = {
        "granted": subject["grantedAt"], "valid_until": credential["validUntil"],
        "surveillance": subject["surveillanceDue"], "as_of": subject["report"]["asOf"],
    }  # fmt: skip
    for key, moment in shown.items():
        yield _row(key, {lang: _moment(moment, lang) for lang in LANGUAGES})


def _rows(subject: Subject) -> Iterator[dict[str, Any]]:
    """How far, how and on what ground."""
    yield _row("completeness", _both(lambda lang: _completeness(subject["completeness"], lang)))
    yield _row("not_passed", _both(lambda lang: _not_passed(subject["notPassed"], lang)))
    yield _row("waivers", _both(lambda lang: _waivers(subject["waivers"], lang)))
    yield _row("method", subject["method"]["description"])
    yield _row("decision_rule", subject["method"]["decisionRule"])
    tool = " ".join(str(subject["method"]["tool"][name]) for name in ("name", "version"))
    yield _row("report", _both(lambda _: f"{subject['report']['id']} · {tool}"))
    yield _row("log", _both(lambda _: subject["log"]["origin"]))


def _row(key: str, value: Mapping[str, str]) -> dict[str, Any]:
    return {"term": _two(key), "value": dict(value)}


def _say(lang: str, key: str, **params: Any) -> str:
    return fill(catalogue("certificate_pdf", lang)[key], params)


def _moment(moment: str, lang: str) -> str:
    return wording.moment(live_run.local(moment), lang)


def _completeness(proof: Mapping[str, Any], lang: str) -> str:
    counted = proof["resultsByOutcome"]
    shown = [f"{n} {wording.word(lang, 'outcome.short', outcome)}" for outcome, n in counted.items() if n]
    return f"{_say(lang, 'requirements', n=proof['requirementsInScope'])}: {', '.join(shown)}"


def _not_passed(results: Sequence[Mapping[str, str]], lang: str) -> str:
    shown = (
        f"{r['requirement']} ({wording.word(lang, 'level', r['level'])}: {wording.word(lang, 'outcome', r['outcome'])})"
        for r in results
    )
    return "; ".join(shown) or _say(lang, "none")


def _waivers(given: Sequence[Mapping[str, Any]], lang: str) -> str:
    shown = (
        f"{w['id']} – {w['requirement']}: {in_language(w['reason'], lang)} "
        f"({_say(lang, 'until', day=wording.moment(w['expires'], lang))})"
        for w in given
    )
    return "; ".join(shown) or _say(lang, "none")


def _scope(item: Mapping[str, Any]) -> dict[str, Any]:
    without = item["classesNotGranted"]
    return {
        "name": f"{item['standard']} {item['edition']}",
        "title": item["title"],
        "note": _both(lambda _: "") if item["askedFor"] else _two("needed"),
        "class": _both(lambda lang: wording.word(lang, "class", item["classGranted"])),
        "without": _both(
            lambda lang: (
                "; ".join(
                    f"{wording.word(lang, 'class', c['class'])}: {_say(lang, 'reason.' + c['reason'])}" for c in without
                )
                or "–"
            )
        ),
    }
