"""Why an exchange came to nothing, as an exception inside the client; the outside sees `Failure`."""

from __future__ import annotations

from validator.model.exchange import Failure


class Fault(Exception):  # noqa: N818 (the house word)
    """`detail` is a short word or two for machines and people: `ECONNREFUSED`, `expired`, `connect`."""

    def __init__(self, failure: Failure, detail: str) -> None:
        super().__init__(f"{failure}: {detail}")
        self.failure = failure
        self.detail = detail
