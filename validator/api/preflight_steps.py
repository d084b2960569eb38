"""The steps of a preflight as values, in words of both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from validator.api.redact import Redactor
from validator.messages import message
from validator.model.text import Text

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Said:
    """What a step found: a text of the catalogue of preflight (or of errors), and whether it is a problem."""

    message_id: str
    params: Mapping[str, object] = field(default_factory=dict)
    problem: bool = False
    catalogue: str = "preflight"


class State(StrEnum):
    """Of one step; not reached: an earlier one that it needs has a problem."""

    OK = "ok"
    PROBLEM = "problem"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True, slots=True)
class Step:
    """`name` is url, dns, tcp, tls, http, api, auth (or `auth.` and a role), clock or data.

    `advice` says what to do about a problem.
    """

    name: str
    state: State
    title: Text
    detail: Text
    advice: Text | None = None


def step(name: str, said: Said, redactor: Redactor) -> Step:
    """A step in words; every problem has advice. What the system said is shown without secrets and controls."""
    params = {key: _visible(redactor.text(v)) if isinstance(v, str) else v for key, v in said.params.items()}
    advice = f"{said.message_id}.do"
    return Step(
        name,
        State.PROBLEM if said.problem else State.OK,
        _title(name),
        message(said.catalogue, said.message_id, params),
        message("preflight", "token.do" if said.catalogue == "errors" else advice, params) if said.problem else None,
    )


def skipped(name: str) -> Step:
    """A step that was not reached."""
    return Step(name, State.NOT_REACHED, _title(name), message("preflight", "not_reached", {}))


def _visible(text: str) -> str:
    cut = text if len(text) <= SHOWN else text[:SHOWN] + "…"
    return "".join(letter if letter.isprintable() else "·" for letter in cut)


def _title(name: str) -> Text:
    kind, _, role = name.partition(".")
    return message("preflight", f"step.{kind}.role" if role else f"step.{kind}", {"role": role})
