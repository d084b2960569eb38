"""What one test finds: findings with the exchanges they rest on, notes of what it could not tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from validator.api.outcomes import Unknown
from validator.api.second_opinion import LONGEST_BODY
from validator.model.exchange import Exchange
from validator.model.finding import Finding, Location

LONGEST_SHOWN: Final = 300
SAMPLES_OF_ONE_FAULT: Final = 10
LOOKED_AT: Final = 16 * 1024  # letters from which secrets are taken before they are cut


def plain(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class Noted:
    """A finding and the exchanges it rests on, not yet redacted."""

    finding: Finding
    exchanges: tuple[Exchange, ...]
    schema: bool


def _light(exchange: Exchange) -> Exchange:
    """The same without an answer that is too large to hold; the record has it, and no second opinion is asked."""
    held = exchange.answer is None or len(exchange.answer.body) <= LONGEST_BODY
    return exchange if held else replace(exchange, answer=None)


class Collector:
    """Given to a test as `find`; call it for every fault, `looked` for everything examined.

    `clean` takes secrets out of texts, before they are cut.
    """

    def __init__(self, requirement: str, clean: Callable[[str], str] = plain) -> None:
        self.requirement = requirement
        self.clean = clean
        self.noted: list[Noted] = []
        self.unknown: list[Unknown] = []
        self.count = 0
        self.examined = 0
        self._of_message: dict[str, int] = {}

    def __call__(
        self,
        message: str,
        *exchanges: Exchange,
        pointer: str | None = None,
        expected: Any = None,
        found: Any = None,
        **params: Any,
    ) -> None:
        """Notes a fault. `message` names a text of the requirement (`not_once`) or of the catalogue (`live.…`)."""
        place = Location(file=self._place(exchanges), pointer=self._shown(pointer))
        message_id = message if "." in message else f"{self.requirement}.{message}"
        wanted, got = self._shown(expected), self._shown(found)
        told = {k: self._shown(v) if isinstance(v, str) else v for k, v in params.items()}
        told |= {"expected": wanted, "found": got}
        self.add(Finding(self.requirement, message_id, place, told, wanted, got), exchanges)

    def add(self, finding: Finding, exchanges: Iterable[Exchange], schema: bool = False) -> None:
        """Notes a finding that is made already; `schema` when a JSON Schema engine alone decided it."""
        self.count += 1
        seen = self._of_message.get(finding.message_id, 0)
        self._of_message[finding.message_id] = seen + 1
        if seen < SAMPLES_OF_ONE_FAULT:
            self.noted.append(Noted(finding, tuple(map(_light, exchanges)), schema))

    def looked(self, count: int = 1) -> None:
        """Says that so many things were examined; a test that examined nothing cannot pass."""
        self.examined += count

    def cannot_tell(self, message_id: str, **params: Any) -> None:
        """Notes what this test had nothing to judge by, and goes on."""
        self.unknown.append(Unknown(message_id, **params))

    def _shown(self, value: Any) -> str | None:
        """A value of the system as text, cut to what a person reads."""
        text = None if value is None else self.clean(str(value)[:LOOKED_AT])
        return text if text is None or len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"

    def _place(self, exchanges: tuple[Exchange, ...]) -> str | None:
        if not exchanges:
            return None
        call = exchanges[-1].call
        return self._shown(f"{call.method} {call.target}")
