"""Kind `declared`: an answer of the submission's implementation conformance statement (ISO/IEC 9646 ICS).

No answer is no evidence: the requirement cannot be told. Another answer than accepted is a finding.
"""

from __future__ import annotations

from collections.abc import Iterator

from validator.checks.ask import Answer, Ask, CannotTell
from validator.model.result import Cause


def check(ask: Ask) -> Iterator[Answer]:
    answer = ask.answers.get(ask.requirement.id)
    accepted = [str(word) for word in ask.setting("accept", ["yes"])]
    if answer is None:
        yield CannotTell(Cause.EVIDENCE, "declared.no_answer", {"requirement": ask.requirement.id})
    elif answer not in accepted:
        yield {
            "_file": "manifest.json",
            "_pointer": f"/statement/{ask.requirement.id}/answer",
            "_message": "declared.refused",
            "expected": " | ".join(accepted),
            "found": answer,
        }
