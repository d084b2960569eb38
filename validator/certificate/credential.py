"""What a certificate says: a W3C Verifiable Credential 2.0 about one report (certificate table of the design)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from validator.certificate.grounds import not_passed, waivers
from validator.certificate.issuer import Issuer, worded
from validator.certificate.moments import VIETNAM, months_later, stamp
from validator.certificate.scope import Granted, Report, classes_not_granted, completeness
from validator.messages import catalogue
from validator.model.text import LANGUAGES
from validator.report.digest import canonical_value

CONTEXT: Final = ["https://www.w3.org/ns/credentials/v2", {"@vocab": "urn:lienthong:certificate:1.0#"}]
TYPES: Final = ["VerifiableCredential", "TestResultAttestation"]
STATEMENTS: Final = "statement."
DEMO_NAMES: Final = {True: "name.demo", False: "name"}


@dataclass(frozen=True, slots=True)
class Terms:
    """For whom and how long: `holder` replaces the vendor that the report names; `evidence` is the digest of the
    bundle that the report was recomputed from."""

    granted_at: datetime
    months: int
    surveillance_months: int
    holder: Mapping[str, str] | None = None
    evidence: str | None = None
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a certificate lies in its register and in the status lists."""

    number: str
    url: str
    index: int
    lists: Mapping[str, str]
    log_origin: str


def credential(
    report: Report, scope: Sequence[Granted], terms: Terms, issuer: Issuer, place: Place, demo: bool
) -> dict[str, Any]:
    """The credential without its proof, in canonical values."""
    until = valid_until(report, scope, terms)
    due = months_later(terms.granted_at, terms.surveillance_months).replace(microsecond=0)
    return dict(canonical_value({
        "@context": CONTEXT,
        "id": place.url,
        "type": TYPES,
        "name": _language_map(DEMO_NAMES[demo]),
        "description": _language_map("description"),
        "issuer": issuer.as_credential(),
        "validFrom": stamp(terms.granted_at),
        "validUntil": stamp(until),
        "credentialStatus": [_status(place, purpose) for purpose in place.lists],
        "credentialSubject": {
            "type": "TestedSystem",
            "number": place.number,
            "demo": demo,
            "client": _client(report, terms),
            "object": _object(report),
            "scope": [_scope(item, report) for item in scope],
            "completeness": completeness(scope, report),
            "notPassed": not_passed(report, scope),
            "waivers": waivers(report, scope),
            "conditions": list(terms.conditions),
            "method": _method(report, scope),
            "report": {**_report(report), "evidenceDigest": terms.evidence},
            "grantedAt": stamp(terms.granted_at),
            "surveillanceDue": stamp(min(due, until)),
            "statements": [worded(key) for key in catalogue("certificate", "vi") if key.startswith(STATEMENTS)],
            "log": {"origin": place.log_origin},
        },
    }))  # fmt: skip


def valid_until(report: Report, scope: Sequence[Granted], terms: Terms) -> datetime:
    """The months asked for, but never beyond a waiver that the certificate relies on."""
    until = months_later(terms.granted_at, terms.months).replace(microsecond=0)
    ends = [date.fromisoformat(waiver["expires"]) for waiver in waivers(report, scope)]
    moments = [datetime(e.year, e.month, e.day, 23, 59, 59, tzinfo=VIETNAM) for e in ends]
    return min([until, *moments])


def _language_map(message_id: str) -> list[dict[str, str]]:
    return [{"@value": catalogue("certificate", lang)[message_id], "@language": lang} for lang in LANGUAGES]


def _status(place: Place, purpose: str) -> dict[str, str]:
    where = place.lists[purpose]
    return {
        "id": f"{where}#{place.index}", "type": "BitstringStatusListEntry", "statusPurpose": purpose,
        "statusListIndex": str(place.index), "statusListCredential": where,
    }  # fmt: skip


def _client(report: Report, terms: Terms) -> dict[str, str]:
    vendor = report["submission"]["vendor"] or {}
    known = {"name": vendor.get("name"), "taxCode": vendor.get("org_code"), "address": vendor.get("address")}
    return {name: str(value) for name, value in (terms.holder or known).items() if value}


def _object(report: Report) -> dict[str, Any]:
    """The item tested, exactly as the report knows it: this version, these data, this address."""
    submission = report["submission"]
    product, live = submission["product"] or {}, report.get("live")
    return {
        "name": product.get("name", submission["name"]),
        "version": product.get("version"),
        "platformId": product.get("platform_id"),
        "submission": submission["name"],
        "submissionDigest": f"sha256:{submission['sha256']}",
        "deployment": live and {
            "url": live["url"], "from": live["started_at"], "until": live["finished_at"],
            "evidenceDigest": f"sha256:{live['evidence']['sha256']}",
        },
        "localities": submission["localities"],
    }  # fmt: skip


def _scope(item: Granted, report: Report) -> dict[str, Any]:
    standard = item.standard
    return {
        "standard": standard.id,
        "edition": standard.version,
        "title": standard.title.as_dict(),
        "digest": f"sha256:{standard.sha256}",
        "legalBasisCheckedOn": standard.legal_basis_checked_on,
        "askedFor": item.asked,
        "classGranted": item.conformance_class.value,
        "classesNotGranted": classes_not_granted(item, report),
    }


def _method(report: Report, scope: Sequence[Granted]) -> dict[str, Any]:
    """How the result came about, so that it can be done again."""
    names = {item.standard.id for item in scope}
    return {
        "description": worded("method"),
        "decisionRule": worded("decision_rule"),
        "tool": report["tool"],
        "profile": report["profile"],
        "parameters": [
            {name: p[name] for name in ("standard", "name", "unit", "basis")} | {"value": _text(p["value"])}
            for p in report["parameters"]
            if p["standard"] in names
        ],
        "codeLists": [{**edition, "sha256": f"sha256:{edition['sha256']}"} for edition in report["codelists"]],
        "evidenceGrades": list(_grades(report, scope)),
    }


def _text(value: Any) -> Any:
    """Numbers that are no integers travel as text: a certificate holds none."""
    return str(value) if isinstance(value, float) else [_text(v) for v in value] if isinstance(value, list) else value


def _grades(report: Report, scope: Sequence[Granted]) -> Iterator[dict[str, str]]:
    """The lowest grade of evidence and the whole window of each timed requirement."""
    names = sorted({name for item in scope for name, _ in item.demanded()})
    for name in names:
        series = [s for s in report["timeliness"] if s["requirement"] == name]
        if series:
            yield {
                "requirement": name,
                "grade": min(s["grade"] for s in series),
                "from": min(s["window"]["from"] for s in series),
                "to": max(s["window"]["to"] for s in series),
            }


def _report(report: Report) -> dict[str, Any]:
    return {
        "title": worded("report_title"),
        "id": report["report_id"],
        "digest": report["digest"],
        "asOf": report["as_of"],
        "schema": report["schema"],
    }
