"""One live run: every test's outcome and findings, kept as they come, so that a stopped run can go on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from validator.api.client import BudgetSpent, Client, PatienceSpent, VolumeSpent
from validator.api.collector import Collector, Noted
from validator.api.journal import Journal, Kept
from validator.api.outcomes import Needs, NotClaimed, Unsettled
from validator.api.recorder import Recorder
from validator.api.second_opinion import INVALID, VALID, SecondOpinion
from validator.api.shown import shown_exchange
from validator.api.sut import Context, Sut
from validator.messages import message
from validator.model.finding import Finding
from validator.model.result import Assertion, Cause, Outcome, Result
from validator.model.standard import Requirement
from validator.model.text import Text

SAMPLES: Final = 25
SHOWN_EXCHANGES: Final = 2
REQUESTS_TO_REMOVE: Final = 8


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of a test, in the words of the plugin."""

    outcome: Outcome
    cause: Cause | None
    words: str


def said(message_id: str, params: Mapping[str, Any]) -> Text:
    return message("findings", message_id, params)


class Session:
    """Hands tests what they need and settles what came of them."""

    def __init__(
        self,
        client: Client,
        recorder: Recorder,
        contexts: Mapping[str, Context],
        requirements: Sequence[Requirement],
        journal: Journal,
        opinion: SecondOpinion | None,
        told: Callable[[str, int, int], None] = lambda _name, _done, _total: None,
    ) -> None:
        self.client, self.recorder, self.journal, self.opinion, self.told = client, recorder, journal, opinion, told
        self.requirements = {r.id: r for r in requirements}
        self.suts = {name: Sut(client, context, journal) for name, context in contexts.items()}
        self.done: dict[str, Assertion] = {}
        self.kept: dict[str, list[Kept]] = {}
        self._open: dict[str, tuple[Collector, int]] = {}
        self._left: tuple[str, ...] | None = None
        for kept in journal.kept:
            self._take(kept)
        for sut in self.suts.values():
            sut.done = self.done
            sut.take_up(recorder.errors() if journal.kept else ())

    def wants(self, requirement: str, test: str) -> bool:
        """Whether a test is in scope and not done yet."""
        return requirement in self.requirements and test not in self.done

    def sut(self, requirement: str) -> Sut:
        return self.suts[self.requirements[requirement].standard]

    def collector(self, requirement: str, test: str) -> Collector:
        found = Collector(requirement, self.recorder.redactor.text)
        self._open[test] = (found, self.client.sent)
        return found

    def settle(self, requirement: str, test: str, fault: Exception | None) -> Settled:
        """Makes the outcome of a test that has ended, and keeps it."""
        find, sent = self._open.pop(test, (Collector(requirement), self.client.sent))
        try:
            findings, disagreement = self._with_evidence(find.noted)
        except Exception as ours:  # noqa: BLE001 - a test whose evidence fails us must not vanish
            findings, disagreement, fault = [self._clean(one.finding) for one in find.noted], None, ours
        outcome, cause, why = _outcome(find, fault, find.count - (len(find.noted) - len(findings)), disagreement)
        why = Text(*map(self.recorder.redactor.text, (why.vi, why.en))) if why else None
        assertion = Assertion(test, outcome, cause, why, find.examined, self.client.sent - sent)
        count = find.count if outcome is Outcome.FAILED else 0
        kept = Kept(requirement, assertion, count, tuple(findings) if count else ())
        self.journal.add(kept)
        self._take(kept)
        self.told(test, len(self.done), 0)
        words = why.en if why else "; ".join(f.message_id for f in findings[:SAMPLES])
        return Settled(outcome, cause, words)

    def _take(self, kept: Kept) -> None:
        self.done[kept.assertion.name] = kept.assertion
        self.kept.setdefault(kept.requirement, []).append(kept)

    def _with_evidence(self, noted: Iterable[Noted]) -> tuple[list[Finding], str | None]:
        """Findings with their redacted exchanges and the second opinion; where the two engines disagree, why."""
        made, disagreement = [], None
        for one in noted:
            shown = []
            for exchange in one.exchanges[-SHOWN_EXCHANGES:]:
                opinion = self.opinion.of(exchange) if self.opinion else None
                word = opinion.word if opinion else None
                if one.schema and word == VALID:
                    disagreement = f"{exchange.call.method} {exchange.call.target}"
                entry = shown_exchange(self.recorder.entry(exchange.number))
                reason = self.recorder.redactor.text(opinion.reason) if opinion and opinion.word == INVALID else None
                shown.append({**entry, "second_opinion": {"engine": "openapi-core", "word": word, "reason": reason}})
            made.append(replace(self._clean(one.finding), exchanges=tuple(shown)))
        if disagreement:
            made = [f for f, n in zip(made, noted, strict=True) if not n.schema]
        return made, disagreement

    def _clean(self, finding: Finding) -> Finding:
        """The finding without secrets in what it quotes: a system may echo them."""

        def text(value: Any) -> Any:
            return self.recorder.redactor.text(value) if isinstance(value, str) else value

        return replace(
            finding,
            location=replace(finding.location, file=text(finding.location.file)),
            params={name: text(value) for name, value in finding.params.items()},
            expected=text(finding.expected),
            found=text(finding.found),
        )

    def results(self) -> tuple[Result, ...]:
        """One result per requirement of the live suites, in the order of the scope."""
        return tuple(_result(r, self.kept.get(r.id, [])) for r in self.requirements.values())

    def close(self) -> tuple[str, ...]:
        """Removes the run's own records, whatever the budget; the paths of those that could not be removed."""
        if self._left is None:
            count = sum(len(sut.own.left) for sut in self.suts.values())
            given = self.client.limits
            budget = self.client.sent + REQUESTS_TO_REMOVE * count
            self.client.limits = replace(given, budget=budget, volume=given.volume * 2, patience=given.patience * 2)
            self._left = tuple(path for sut in self.suts.values() for path in sut.clean_up())
            self.recorder.close()
        return self._left


def _outcome(
    find: Collector, fault: Exception | None, count: int, disagreement: str | None
) -> tuple[Outcome, Cause | None, Text | None]:
    ours = fault if fault is not None and not isinstance(fault, Unsettled | BudgetSpent) else None
    if ours is not None:
        reason = said("live.test_failed", {"reason": f"{type(ours).__name__}: {ours}".splitlines()[0]})
        return (Outcome.FAILED, None, reason) if count > 0 else (Outcome.CANT_TELL, Cause.ERROR, reason)
    if count > 0:
        return Outcome.FAILED, None, None
    if disagreement:
        return Outcome.CANT_TELL, Cause.ERROR, said("live.engines_disagree", {"call": disagreement})
    if isinstance(fault, BudgetSpent):
        kinds = {PatienceSpent: "live.patience_spent", VolumeSpent: "live.volume_spent"}
        return Outcome.CANT_TELL, Cause.EVIDENCE, said(kinds.get(type(fault), "live.budget_spent"), {})
    notes = [fault] if isinstance(fault, Unsettled) else list[Unsettled](find.unknown)
    if notes:
        first = notes[0]
        why = said(first.message_id, first.params)
        if isinstance(first, NotClaimed):
            return Outcome.INAPPLICABLE, None, why
        return Outcome.CANT_TELL, Cause.SKIPPED if isinstance(first, Needs) else Cause.EVIDENCE, why
    if not find.examined:
        return Outcome.CANT_TELL, Cause.ERROR, said("live.examined_nothing", {})
    return Outcome.PASSED, None, None


def _result(requirement: Requirement, kept: Sequence[Kept]) -> Result:
    made = Result(
        requirement.id, requirement.standard, requirement.level, requirement.conformance_class, Outcome.PASSED,
        examined=sum(k.assertion.examined for k in kept),
        findings_count=sum(k.count for k in kept),
        findings=_samples([tuple(replace(f, test=k.assertion.name) for f in k.findings) for k in kept]),
        assertions=tuple(k.assertion for k in kept),
    )  # fmt: skip
    assertions = made.assertions
    if any(a.outcome is Outcome.FAILED for a in assertions):
        return replace(made, outcome=Outcome.FAILED)
    for cause in (Cause.ERROR, Cause.EVIDENCE, Cause.SKIPPED):
        for a in assertions:
            if a.outcome is Outcome.CANT_TELL and a.cause is cause:
                return replace(made, outcome=Outcome.CANT_TELL, cause=cause, reason=a.reason)
    if any(a.outcome is Outcome.PASSED for a in assertions):
        return made
    if assertions:
        return replace(made, outcome=Outcome.INAPPLICABLE, reason=assertions[0].reason)
    return replace(made, outcome=Outcome.CANT_TELL, cause=Cause.ERROR, reason=said("live.no_test_ran", {}))


def _samples(of_tests: Sequence[tuple[Finding, ...]]) -> tuple[Finding, ...]:
    """A few findings of every test in turn, so that no test's faults hide another's."""
    longest = max((len(findings) for findings in of_tests), default=0)
    turns = [findings[i] for i in range(longest) for findings in of_tests if i < len(findings)]
    chosen = turns[:SAMPLES]
    return tuple(f for findings in of_tests for f in findings if any(f is c for c in chosen))
