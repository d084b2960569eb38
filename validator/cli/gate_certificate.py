"""`lienthong gate --certificate`: may this be deployed?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import click

from validator.cli.clicks import option
from validator.cli.verifying import asked, told, verifying_options
from validator.cli.words import say
from validator.errors import UsageError

if TYPE_CHECKING:
    from validator.gate.attested import Admission

_DAYS: Final = re.compile(r"([0-9]{1,3})d?")
WORDS: Final = {0: "passed", 1: "failed", 3: "undecided", 5: "refused"}


def certificate_options(lang: str) -> list[click.Parameter]:
    """What a gate that asks for an attestation takes beside --require."""
    file = say(lang, "metavar.file")
    return [
        option(lang, "--certificate", metavar=file, help_key="option.gate_certificate"),
        option(lang, "--min-remaining", metavar="DAYS", help_key="option.min_remaining"),
        option(lang, "--object-version", metavar="…", help_key="option.object_version"),
        *verifying_options(lang),
    ]


def gate_certificate(lang: str, given: Mapping[str, Any]) -> int:
    """Verifies the attestation, tells each step and what is granted, and decides."""
    from validator.gate.attested import Demand, admit
    from validator.gate.decision import Required

    required = tuple(Required.parse(text) for text in given["require"])
    if not required:
        raise UsageError("usage.certificate_needs_require")
    demand = Demand(required, _days(given["min_remaining"] or "0"), given["object_version"])
    request = asked(given["certificate"], {**given, "at": given["as_of"]})
    outcome = request.judged()
    admission = admit(outcome, demand, request.means.at)
    for line in (*told(lang, request, outcome, given["certificate"]), *_lines(lang, admission)):
        click.echo(line)
    return admission.exit_code


def _days(text: str) -> timedelta:
    found = _DAYS.fullmatch(text)
    if found is None:
        raise UsageError("usage.bad_days", {"text": text})
    return timedelta(days=int(found[1]))


def _lines(lang: str, admission: Admission) -> Iterator[str]:
    from validator.gate.words import say as word

    for required in admission.demand.required:
        name = f"{required.standard}@{required.version}/{required.conformance_class}"
        yield word(lang, "gate.not_granted" if required in admission.missing else "gate.granted", name=name)
    if admission.other_version is not None:
        versions = {"wanted": admission.demand.version, "found": admission.other_version or "–"}
        yield word(lang, "gate.other_version", **versions)
    if admission.demo:
        yield word(lang, "gate.demo")
    days = {"left": admission.left.days, "least": admission.demand.remaining.days}
    yield word(lang, "gate.too_short" if admission.too_short else "gate.remaining", **days)
    yield word(lang, "gate.admitted", word=word(lang, f"gate.word.{WORDS[admission.exit_code]}"))
