"""One result per requirement and class: scan counts and table answers brought together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from validator.checks.ask import Ask, CannotTell, Further, Measure, Row
from validator.checks.personal_data import protected
from validator.checks.record_checks import EVERY_DATASET, applies
from validator.checks.table_checks import CHECK_FOR_KIND, LIVE, RECORD_KINDS
from validator.engine.places import Places
from validator.engine.plan import Placed
from validator.engine.store import Store
from validator.engine.tally import Tally
from validator.messages import message
from validator.model.finding import Finding
from validator.model.progress import Phase, Progress, no_progress
from validator.model.result import Cause, Outcome, Result
from validator.model.scope import Scope
from validator.model.standard import ConformanceClass, Dataset, Requirement
from validator.model.submission import Submission
from validator.model.text import Text

LONGEST_SHOWN = 500
HIDDEN = ("_at", "_pointer", "_file", "_line", "_message", "expected", "found")


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that results are made from."""

    scope: Scope
    submission: Submission
    placed: tuple[Placed, ...]
    tallies: Mapping[str, Tally]
    errors: Mapping[str, str]
    tables: Store
    places: Places
    cap: int


def reason(message_id: str, **params: Any) -> Text:
    return message("findings", message_id, params)


class ResultMaker:
    """Works out results in the order that `needs` demand, each once."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen
        self.requirements = {r.id: r for r in seen.scope.requirements()}
        self.done: dict[tuple[str, ConformanceClass], Result] = {}
        self.lost = tuple(placed for placed in seen.placed if placed.part.lost)
        self.present: dict[str, list[Placed]] = {}
        for placed in seen.placed:
            self.present.setdefault(placed.unit.observation.dataset or "", []).append(placed)

    def results(self, progress: Progress = no_progress) -> tuple[Result, ...]:
        """Results in the order of standards and clauses, lower class first."""
        wanted = [(r, c) for r in self.requirements.values() for c in self._classes(r)]
        made: list[Result] = []
        for requirement, at in wanted:
            progress(Phase.RULES, len(made), len(wanted), 0)
            made.append(self.result(requirement, at))
        return tuple(made)

    def _classes(self, requirement: Requirement) -> Iterator[ConformanceClass]:
        top = self.seen.scope.classes[requirement.standard].rank
        yield requirement.conformance_class
        yield from (c for c in sorted(requirement.at_class, key=lambda c: c.rank) if c.rank <= top)

    def result(self, requirement: Requirement, at: ConformanceClass) -> Result:
        if (requirement.id, at) not in self.done:
            self.done[requirement.id, at] = self._work_out(requirement, at)
        return self.done[requirement.id, at]

    def _work_out(self, requirement: Requirement, at: ConformanceClass) -> Result:
        made = Result(requirement.id, requirement.standard, requirement.level, at, Outcome.PASSED)
        if requirement.not_tested is not None:
            return replace(made, outcome=Outcome.UNTESTED, reason=requirement.not_tested)
        if any(check.kind == LIVE for check in requirement.checks):
            return replace(made, outcome=Outcome.UNTESTED, reason=reason("engine.needs_live"))
        mine = self._datasets(requirement)
        placed = [p for dataset in mine for p in self.present.get(dataset.id, ())]
        made = replace(made, examined=sum(p.part.records for p in placed))
        tally = self.seen.tallies.get(requirement.id, Tally(self.seen.cap))
        tally = Tally(self.seen.cap, tally.count, list(tally.samples))
        lost = self._lost(requirement, mine)
        if lost is not None and not tally.count:
            return replace(made, outcome=Outcome.CANT_TELL, cause=Cause.ERROR, reason=lost)
        absent = self._absent(requirement, mine)
        if absent is not None and not tally.count:
            return replace(made, outcome=absent[0], reason=absent[1])
        stop = self._stopped(requirement, placed) if absent is None else None
        notes: list[CannotTell] = [stop] if stop else []
        measures: list[Mapping[str, Any]] = []
        error = self.seen.errors.get(requirement.id)
        if stop is None and absent is None and lost is None:
            error = self._ask_tables(requirement, at, tally, notes, measures) or error
        made = replace(
            made, findings_count=tally.count, findings=tuple(map(protected, tally.samples)), measures=tuple(measures)
        )
        return self._decide(made, requirement, placed, notes, error)

    def _decide(
        self, made: Result, requirement: Requirement, placed: list[Placed], notes: list[CannotTell], error: str | None
    ) -> Result:
        if made.findings_count:
            return replace(made, outcome=Outcome.FAILED)
        if error:
            why = reason("engine.check_failed", reason=error)
            return replace(made, outcome=Outcome.CANT_TELL, cause=Cause.ERROR, reason=why)
        if notes:
            note = notes[0]
            return replace(
                made, outcome=Outcome.CANT_TELL, cause=note.cause, reason=reason(note.message_id, **note.params)
            )
        unusable = _unexamined(requirement, placed)
        if unusable:
            why = reason("engine.records_unusable", count=unusable)
            return replace(made, outcome=Outcome.CANT_TELL, cause=Cause.SKIPPED, reason=why)
        roles = [role for check in requirement.checks for role in check.settings.get("roles", ())]
        if roles and not any(map(self._has_values, roles)):
            return replace(
                made, outcome=Outcome.INAPPLICABLE, reason=reason("engine.no_such_values", roles=", ".join(roles))
            )
        return made

    def _has_values(self, role: str) -> bool:
        if role not in self.seen.tables.roles:
            return False
        return next(self.seen.tables.rows(f'SELECT 1 FROM role."{role}" LIMIT 1'), None) is not None

    def _datasets(self, requirement: Requirement) -> list[Dataset]:
        return [d for d in self.seen.scope.datasets().values() if applies(requirement, d)]

    def _lost(self, requirement: Requirement, mine: list[Dataset]) -> Text | None:
        """Why the requirement is not examined when records were lost by a fault of ours; a rule may read any table."""
        asks = any(check.kind in CHECK_FOR_KIND for check in requirement.checks)
        names = {dataset.id for dataset in mine}
        lost = [p for p in self.lost if asks or p.unit.observation.dataset in names]
        if not lost:
            return None
        files = ", ".join(dict.fromkeys(p.unit.observation.name for p in lost))
        return reason("engine.records_lost", files=_as_text(files), how=lost[0].part.lost)

    def _absent(self, requirement: Requirement, mine: list[Dataset]) -> tuple[Outcome, Text] | None:
        """Why the requirement cannot be examined at all, when its data were not handed in."""
        if EVERY_DATASET in requirement.applies_to:
            if any(p.part.records or p.part.unusable for p in self.seen.placed):
                return None
            return Outcome.UNTESTED, reason("engine.nothing_submitted")
        if not requirement.applies_to:
            return None
        missing = [d for d in mine if not any(p.part.records or p.part.unusable for p in self.present.get(d.id, ()))]
        required = [d.id for d in missing if not d.optional]
        if required:
            return Outcome.UNTESTED, reason("engine.dataset_missing", datasets=", ".join(required))
        if len(missing) == len(mine):
            names = ", ".join(d.id for d in missing)
            return Outcome.INAPPLICABLE, reason("engine.optional_missing", datasets=names)
        return None

    def _stopped(self, requirement: Requirement, placed: list[Placed]) -> CannotTell | None:
        for needed in requirement.needs:
            other = self.requirements.get(needed)
            if other is None:
                continue
            outcome = self.result(other, other.conformance_class).outcome
            if outcome in (Outcome.FAILED, Outcome.CANT_TELL, Outcome.UNTESTED):
                return CannotTell(Cause.SKIPPED, "engine.need_not_met", {"needed": needed})
        unusable = sum(p.part.unusable for p in placed)
        if unusable and any(check.settings.get("whole") for check in requirement.checks):
            return CannotTell(Cause.SKIPPED, "engine.records_unusable", {"count": unusable})
        return None

    def _ask_tables(
        self,
        requirement: Requirement,
        at: ConformanceClass,
        tally: Tally,
        notes: list[CannotTell],
        measures: list[Mapping[str, Any]],
    ) -> str | None:
        home = next(s for s in self.seen.scope.standards if s.id == requirement.standard)
        given = {**self.seen.scope.parameters[home.id], **requirement.at_class.get(at, {})}
        answers = {n: a["answer"] for n, a in self.seen.submission.manifest.get("statement", {}).items()}
        for check in requirement.checks:
            if check.kind in RECORD_KINDS:
                continue
            ask = Ask(
                requirement, check, home, at, given, home.datasets, answers, self.seen.tables.named_rows, self.seen.cap
            )
            try:
                for answer in CHECK_FOR_KIND[check.kind](ask):
                    if isinstance(answer, Measure):
                        measures.append(answer.values)
                    elif isinstance(answer, Further):
                        tally.count += answer.count
                    elif isinstance(answer, CannotTell):
                        notes.append(answer)
                    else:
                        self._keep(requirement, check.kind, answer, tally)
            except Exception as fault:  # noqa: BLE001 - ours: the result is cantTell, the run goes on
                return f"{type(fault).__name__}: {fault}".splitlines()[0]
        return None

    def _keep(self, requirement: Requirement, kind: str, row: Row, tally: Tally) -> None:
        if not tally.wants_sample():
            tally.count += 1
            return
        tally.add(finding_of(requirement, kind, row, self.seen.places))


def _unexamined(requirement: Requirement, placed: list[Placed]) -> int:
    """How many records the requirement's checks could not see, so that no finding proves nothing."""
    if any(check.kind in CHECK_FOR_KIND for check in requirement.checks):
        return sum(p.part.unusable for p in placed)
    if any("syntax" in check.settings.get("aspects", ()) for check in requirement.checks):
        return 0
    return sum(p.part.unreadable for p in placed)


def finding_of(requirement: Requirement, kind: str, row: Row, places: Places) -> Finding:
    """A row of a rule, or of another table check, as a finding."""
    chosen = str(row.get("_message") or "default")
    message_id = chosen if "." in chosen else f"{requirement.id}.{chosen}"
    if "." not in chosen and chosen not in requirement.messages:
        message_id = f"{kind}.{chosen}"
    params = {name: _plain(value) for name, value in row.items() if name not in HIDDEN}
    return Finding(
        requirement.id,
        message_id,
        places.location(row),
        {**params, "expected": _plain(row.get("expected")), "found": _plain(row.get("found"))},
        _as_text(row.get("expected")),
        _as_text(row.get("found")),
        bool(row.get("_personal")),
    )


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float) else _as_text(value)


def _as_text(value: Any) -> str | None:
    """A value of the subject as text; what no person would read to its end is cut."""
    text = None if value is None else str(value)
    return text if text is None or len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"
