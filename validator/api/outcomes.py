"""How a test of a suite says that it cannot tell: exceptions that the plugin turns into outcomes.

A finding is never an exception: a test notes it with `find` and goes on.
"""

from __future__ import annotations

from typing import Any

from validator.model.exchange import Exchange


class Unsettled(Exception):  # noqa: N818 - an outcome, not an error
    """Ends a test without a pass; `message_id` names its reason in the catalogue of findings."""

    def __init__(self, message_id: str, **params: Any) -> None:
        super().__init__(message_id, params)
        self.message_id, self.params = message_id, params


class NotClaimed(Unsettled):
    """The system does not claim what the test looks at: inapplicable, never a pass."""


class Unknown(Unsettled):
    """There is nothing to judge by: cantTell, cause evidence."""


class Needs(Unsettled):
    """What another requirement demands is broken, so this test would only repeat it: cantTell, cause skipped."""

    def __init__(self, requirement: str) -> None:
        super().__init__("live.need_not_met", needed=requirement)


class NoAnswer(Unknown):
    """The system gave no usable answer to a request that the test cannot do without."""

    def __init__(self, exchange: Exchange) -> None:
        call = f"{exchange.call.method} {exchange.call.target}"
        super().__init__("live.no_answer", call=call, failure=str(exchange.failure), detail=exchange.detail)
        self.exchange = exchange
