"""The decision of the gate in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from validator.gate.decision import EXIT_FAILED, EXIT_PASSED, EXIT_UNDECIDED, Decision
from validator.messages import catalogue, fill
from validator.report.told import sample, summary, waiver_line
from validator.report.visible import in_language, one_line

SHOWN: Final = 20
_WORDS: Final = {EXIT_PASSED: "passed", EXIT_FAILED: "failed", EXIT_UNDECIDED: "undecided"}


def say(lang: str, key: str, **params: Any) -> str:
    """A text of the gate's own catalogue."""
    return fill(catalogue("gate", lang)[key], params)


def lines(decision: Decision, lang: str) -> Iterator[str]:
    """What was required, what stands against it or was accepted, and last the decision."""
    for required in decision.required:
        name = f"{required.standard}@{required.version}/{required.conformance_class}"
        known = "gate.missing" if required in decision.missing else "gate.required"
        yield one_line(say(lang, known, name=name))
    for result, waiver in decision.waived:
        yield one_line(say(lang, "gate.waived", name=_name(result, lang), waiver=waiver_line(waiver, lang)))
    yield from _failed(decision, lang)
    for result in decision.undecided:
        yield one_line(say(lang, "gate.undecided", name=_name(result, lang), why=summary(result, lang)))
    for entry in decision.stale[:SHOWN]:
        key = entry.key
        place = f"{key.requirement}/{key.conformance_class} {key.pointer} {key.value}"
        yield one_line(say(lang, "gate.stale", place=place, promised=entry.promised, found=entry.found))
    for waiver in decision.expired:
        yield one_line(say(lang, "gate.expired", waiver=waiver_line(waiver, lang)))
    word = say(lang, f"gate.word.{_WORDS[decision.exit_code]}")
    counts = {"known": decision.known, "new": decision.new, "most": decision.most_new}
    yield say(lang, "gate.last", word=word, waived=len(decision.waived), stale=len(decision.stale), **counts)


def _failed(decision: Decision, lang: str) -> Iterator[str]:
    for result in decision.failed:
        yield one_line(say(lang, "gate.failed", name=_name(result, lang), count=result["findings_count"]))
        for finding in result["findings"][:SHOWN]:
            yield f"    {sample(finding, lang)}"
        hidden = result["findings_count"] - len(result["findings"])
        if hidden:
            yield say(lang, "gate.unseen", count=hidden)


def _name(result: Any, lang: str) -> str:
    return f"{result['requirement']}/{result['class']} {in_language(result['title'], lang)}"
