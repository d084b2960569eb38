"""Clients and clocks for tests of the network side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from validator.api.client import Client, Limits
from validator.api.credentials import Keyring
from validator.api.guard import Guard
from validator.api.recorder import Recorder
from validator.api.redact import Redactor


class DrivenClock:
    """Time that moves only when something sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 11, 26, 8, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self.slept.append(seconds)
            self.seconds += seconds


@pytest.fixture
def clock() -> DrivenClock:
    return DrivenClock()


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    made = Recorder(tmp_path / "exchanges.ndjson", Redactor())
    yield made
    made.close()


NO_KEYS = Keyring()
Make = Callable[..., Client]


@pytest.fixture
def make(recorder: Recorder) -> Iterator[Make]:
    """A client for a base URL; limits are those of the defaults but quick and without pacing."""
    made: list[Client] = []

    def client(base: str, keys: Keyring = NO_KEYS, guard: Guard | None = None, **given: Any) -> Client:
        own = {name: given.pop(name) for name in ("tls", "clock") if name in given}
        limits = Limits(**{"timeout": 2.0, "rate": 0.0, **given})
        made.append(Client(base, limits, guard or Guard.of(base), keys, recorder, **own))
        return made[-1]

    yield client
    for one in made:
        one.close()
