"""The rows on a certificate's page: whose what was tested, from when until when, how far, how and on what ground."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from validator.certificate.log_proof import parse_inclusion
from validator.messages import catalogue, fill
from validator.model.text import LANGUAGES
from validator.report import live_run, wording
from validator.report.visible import in_language

Two = dict[str, str]
Row = dict[str, Any]
Subject = Mapping[str, Any]
COMMUNES: Final = 12


def say(lang: str, key: str, **params: Any) -> str:
    """A text of the page in one language."""
    return fill(catalogue("certificate_pdf", lang)[key], params)


def two(key: str, **params: Any) -> Two:
    """A text of the page in both."""
    return {lang: say(lang, key, **params) for lang in LANGUAGES}


def _same(text: str) -> Two:
    return dict.fromkeys(LANGUAGES, text)


def both(write: Callable[[str], str]) -> Two:
    """What is written differently in each language; where it is the same, it is shown once."""
    return {lang: write(lang) for lang in LANGUAGES}


def item(subject: Subject) -> Iterator[Row]:
    """Whose what was tested, and where it is at home."""
    client, tested = subject["client"], subject["object"]
    named = " · ".join(client[name] for name in ("name", "address") if name in client)
    yield _row("client", both(lambda lang: named or say(lang, "none")))
    if "taxCode" in client:
        yield _row("client_code", _same(client["taxCode"]))
    yield _row("object", _same(" ".join(str(tested[n]) for n in ("name", "version", "platformId") if tested[n])))
    if live := tested["deployment"]:
        window = both(lambda lang: f"{live['url']}; {_moment(live['from'], lang)} – {_moment(live['until'], lang)}")
        yield _row("deployment", window)
        yield _row("evidence", _same(live["evidenceDigest"]))
    else:
        yield _row("submission", _same(f"{tested['submission']}; {tested['submissionDigest']}"))
    if tested["localities"]:
        yield _row("localities", _same("; ".join(_locality(place) for place in tested["localities"])))


def _locality(place: Mapping[str, Any]) -> str:
    codes = place["commune_codes"]
    more = f", … ({len(codes)})" if len(codes) > COMMUNES else ""
    return f"{place['province_code']}: {', '.join(codes[:COMMUNES])}{more}" if codes else str(place["province_code"])


def dates(subject: Subject, credential: Mapping[str, Any]) -> Iterator[Row]:
    """From when until when."""
    shown = {
        "granted": subject["grantedAt"], "effective": credential["validFrom"],
        "valid_until": credential["validUntil"], "surveillance": subject["surveillanceDue"],
    }  # fmt: skip
    for key, moment in shown.items():
        yield _row(key, _moments(moment))


def results(subject: Subject) -> Iterator[Row]:
    """How far, and on what ground."""
    report, tool = subject["report"], subject["method"]["tool"]
    yield _row("completeness", both(lambda lang: _completeness(subject["completeness"], lang)))
    yield _row("not_passed", both(lambda lang: _not_passed(subject["notPassed"], lang)))
    yield _row("waivers", both(lambda lang: _waivers(subject["waivers"], lang)))
    yield _row("conditions", *([_same(text) for text in subject["conditions"]] or [two("none")]))
    titled = both(lambda lang: f"{in_language(report['title'], lang)}, {_moment(report['asOf'], lang)}")
    yield _row("report", titled, _same(f"{report['id']} · {tool['name']} {tool['version']}"))
    if report["evidenceDigest"]:
        yield _row("bundle", _same(report["evidenceDigest"]))


def grounds(subject: Subject, credential: Mapping[str, Any], proof: str) -> Iterator[Row]:
    """How the result came about, by which texts, and where to ask whether it still holds."""
    method = subject["method"]
    yield _row("method", method["description"])
    yield _row("decision_rule", method["decisionRule"])
    yield _row("profile", both(lambda lang: method["profile"] or say(lang, "profile.none")))
    if method["parameters"]:
        yield _row("parameters", *(_same(line) for line in _parameters(method["parameters"])))
    if method["evidenceGrades"]:
        yield _row("grades", *(both(partial(_grade, given)) for given in method["evidenceGrades"]))
    yield _row("profiles", *(_same(f"{s['standard']} {s['edition']} {s['digest']}") for s in subject["scope"]))
    if method["codeLists"]:
        yield _row("code_lists", *(_same(f"{c['id']} {c['edition']} {c['sha256']}") for c in method["codeLists"]))
    checked = sorted({granted["legalBasisCheckedOn"] for granted in subject["scope"]})
    yield _row("legal_basis", both(lambda lang: "; ".join(wording.moment(day, lang) for day in checked)))
    yield _row("requirement_list", _same(subject["completeness"]["requirementListDigest"]))
    yield _row("status", *(_same(entry["id"]) for entry in credential["credentialStatus"]))
    yield _row("log", both(lambda lang: _log(subject["log"]["origin"], proof, lang)))


def _row(key: str, *values: Mapping[str, str]) -> Row:
    return {"term": two(key), "values": [dict(value) for value in values]}


def _moment(moment: str, lang: str) -> str:
    return wording.moment(live_run.local(moment), lang)


def _moments(moment: str) -> Two:
    return {lang: _moment(moment, lang) for lang in LANGUAGES}


def _completeness(proof: Mapping[str, Any], lang: str) -> str:
    counted = proof["resultsByOutcome"]
    shown = [f"{n} {wording.word(lang, 'outcome.short', outcome)}" for outcome, n in counted.items() if n]
    return f"{say(lang, 'requirements', n=proof['requirementsInScope'])}: {', '.join(shown)}"


def _not_passed(results: Sequence[Mapping[str, str]], lang: str) -> str:
    shown = (
        f"{r['requirement']} ({wording.word(lang, 'level', r['level'])}: {wording.word(lang, 'outcome', r['outcome'])})"
        for r in results
    )
    return "; ".join(shown) or say(lang, "none")


def _waivers(given: Sequence[Mapping[str, Any]], lang: str) -> str:
    shown = (
        f"{w['id']} – {w['requirement']}: {in_language(w['reason'], lang)} "
        f"({say(lang, 'until', who=w['approved_by'], day=wording.moment(w['expires'], lang))})"
        for w in given
    )
    return "; ".join(shown) or say(lang, "none")


def _parameters(given: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A line for each standard, values as the report has them."""
    for standard in dict.fromkeys(parameter["standard"] for parameter in given):
        own = [f"{p['name']} = {_value(p['value'])}" for p in given if p["standard"] == standard]
        yield f"{standard}: {'; '.join(own)}"


def _value(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _grade(given: Mapping[str, str], lang: str) -> str:
    window = f"{_moment(given['from'], lang)} – {_moment(given['to'], lang)}"
    return f"{given['requirement']}: {given['grade']} ({window})"


def _log(origin: str, proof: str, lang: str) -> str:
    return say(lang, "log.at", origin=origin, index=parse_inclusion(proof.encode()).index) if proof else origin
