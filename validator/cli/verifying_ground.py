"""Whether a report and its evidence are those that an attestation speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from validator.cli.clicks import option
from validator.cli.words import say

if TYPE_CHECKING:
    from validator.certificate.outcome import Line, Verification


def ground_options(lang: str) -> list[click.Parameter]:
    return [
        option(lang, "--report", metavar=say(lang, "metavar.report"), help_key="option.verified_report"),
        option(lang, "--bundle", metavar=say(lang, "metavar.bundle"), help_key="option.verified_bundle"),
    ]


def grounded(outcome: Verification, given: Mapping[str, Any]) -> Verification:
    """The verification with a line for each of the two that was handed in. Raises UsageError, EvidenceError."""
    if outcome.certificate is None:
        return outcome
    return outcome.with_lines(_lines(outcome.certificate["credentialSubject"]["report"], given))


def _lines(stated: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[Line]:
    if given["report"]:
        from validator.certificate.issue import read_ground

        yield _line("report", stated["digest"], read_ground(Path(given["report"]))["digest"])
    if given["bundle"]:
        from validator.bundle.opened import open_bundle
        from validator.run import scratch_folder

        with scratch_folder() as scratch:
            found = open_bundle(Path(given["bundle"]), scratch).description["digest"]
        yield _line("evidence", stated["evidenceDigest"], found)


def _line(what: str, stated: str | None, found: str) -> Line:
    from validator.certificate.outcome import Line, Mark

    if stated == found:
        return Line(Mark.OK, f"verify.own_{what}", {"digest": found})
    return Line(Mark.PROBLEM, f"verify.other_{what}", {"digest": found, "stated": stated or "–"})
