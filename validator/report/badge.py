"""The verdict as a badge of shields.io's endpoint schema, with word and colour for each state.

A report carries no signature: whoever made it may be whoever is judged by it. So the badge of a
conformant report says `self-tested`, in a colour of its own; `conformant` is for an attestation that
was verified. Unknown members are refused by the service, so none is added.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from validator.report.visible import one_line, shortened
from validator.report.wording import say

LABEL_MOST: Final = 60
NAME: Final = "Liên thông"


class State(StrEnum):
    """What a badge can say."""

    CONFORMANT = "conformant"
    NONCONFORMANT = "nonconformant"
    INCONCLUSIVE = "inconclusive"
    SELF_TESTED = "self_tested"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"
    REFUSED = "refused"
    DEMO = "demo"


WRONG: Final = frozenset({State.NONCONFORMANT, State.REVOKED, State.REFUSED})


COLOURS: Final[Mapping[State, str]] = {
    State.CONFORMANT: "#1a7f37",
    State.NONCONFORMANT: "#b42318",
    State.INCONCLUSIVE: "#8a6100",
    State.SELF_TESTED: "#0b5cad",
    State.SUSPENDED: "#9a4a00",
    State.REVOKED: "#7a0b2e",
    State.EXPIRED: "#57606a",
    State.REFUSED: "#8f1d3f",
    State.DEMO: "#6b3fa0",
}


def render(report: Mapping[str, Any], lang: str = "vi") -> str:
    """The endpoint's JSON for a report that nobody has signed."""
    return endpoint(label(report), state_of(report), lang)


def endpoint(name: str, state: State, lang: str) -> str:
    """The endpoint's JSON for a state; cached for a short time, since a state can be withdrawn."""
    badge = {
        "schemaVersion": 1,
        "label": name,
        "message": say(lang, f"badge.{state.value}"),
        "color": COLOURS[state],
        "isError": state in WRONG,
        "cacheSeconds": 300,
    }
    return json.dumps(badge, ensure_ascii=False, indent=2) + "\n"


def state_of(report: Mapping[str, Any]) -> State:
    """The state that an unsigned report can claim: a verdict that is none of ours is inconclusive."""
    verdict = report["summary"]["verdict"]
    if verdict == "conformant":
        return State.SELF_TESTED
    return State.NONCONFORMANT if verdict == "nonconformant" else State.INCONCLUSIVE


def label(report: Mapping[str, Any]) -> str:
    """The tool's name and the profiles claimed, short."""
    claimed = [f"{s['id']} {s['version']}" for s in report["standards"] if s["claimed"]]
    more = f" +{len(claimed) - 1}" if len(claimed) > 1 else ""
    return shortened(one_line(f"{NAME} {claimed[0] if claimed else ''}".strip()), LABEL_MOST) + more
