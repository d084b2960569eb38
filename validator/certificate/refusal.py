"""Why a certificate is not issued: each reason with its kind, all of them told together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from validator.errors import LienthongError


class Kind(IntEnum):
    """The worst comes last; the value is the exit code of the command line."""

    NONCONFORMANT = 1
    USAGE = 2
    INCONCLUSIVE = 3
    CONTRADICTION = 5


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason; `message_id` names its text in the catalogue `certificate`."""

    kind: Kind
    message_id: str
    params: Mapping[str, Any] = field(default_factory=dict)


class RefusedError(LienthongError):
    """The report is no ground for the certificate that was asked for."""

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        found = self.params["refusals"]
        assert isinstance(found, tuple)
        return found

    @property
    def exit_code(self) -> int:
        return max(refusal.kind for refusal in self.refusals)


def refused(refusals: tuple[Refusal, ...]) -> RefusedError:
    return RefusedError("certificate.refused", {"refusals": refusals})
