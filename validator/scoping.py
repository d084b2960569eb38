"""Which standards a run examines, up to which class, with which parameters and checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from validator.catalogue.load import find_standard
from validator.errors import UsageError
from validator.model.scope import Scope
from validator.model.standard import ConformanceClass, Requirement, Standard
from validator.model.submission import Submission


def scope_of(
    submission: Submission,
    only: str | None = None,
    at_class: ConformanceClass | None = None,
    profile: Mapping[str, Any] | None = None,
) -> Scope:
    """Claimed standards and, transitively, those they depend on, each up to the class claimed.

    `only` restricts the run to one claimed standard, `at_class` replaces the class claimed. Raises
    UsageError for a standard that does not exist or is not claimed.
    """
    claims = [c for c in submission.claims if only in (None, c.standard)]
    if only and not claims:
        raise UsageError("usage.standard_not_claimed", {"standard": only})
    classes: dict[str, ConformanceClass] = {}
    standards: dict[str, Standard] = {}
    for claim in claims:
        wanted = f"{claim.standard}@{claim.version}" if claim.version else claim.standard
        _include(find_standard(wanted), at_class or claim.conformance_class, classes, standards)
    answers = submission.manifest.get("statement", {})
    answered = (_as_answered(standard, answers) for standard in standards.values())
    ordered = tuple(sorted(answered, key=lambda s: (len(s.depends_on), s.id)))
    return Scope(ordered, classes, frozenset(c.standard for c in claims), _parameters(ordered, profile))


def _include(
    standard: Standard, wanted: ConformanceClass, classes: dict[str, ConformanceClass], standards: dict[str, Standard]
) -> None:
    if standard.id in classes and classes[standard.id].rank >= wanted.rank:
        return
    classes[standard.id], standards[standard.id] = wanted, standard
    for name in standard.depends_on:
        _include(find_standard(name), wanted, classes, standards)


def _as_answered(standard: Standard, answers: Mapping[str, Any]) -> Standard:
    """The standard without the checks that the submission's own answer stands in for.

    A check may say `unless_answer: [word]`; it is left out only while another check remains, so
    that no answer can make a requirement pass unexamined.
    """

    def kept(requirement: Requirement) -> Requirement:
        answer = answers.get(requirement.id, {}).get("answer")
        checks = tuple(c for c in requirement.checks if answer not in c.settings.get("unless_answer", ()))
        return replace(requirement, checks=checks or requirement.checks)

    return replace(standard, requirements=tuple(map(kept, standard.requirements)))


def _parameters(standards: Iterable[Standard], profile: Mapping[str, Any] | None) -> dict[str, dict[str, Any]]:
    given = {s.id: {p.name: p.value for p in s.parameters.values()} for s in standards}
    for standard, values in ((profile or {}).get("parameters") or {}).items():
        given.setdefault(standard, {}).update(values)
    return given
