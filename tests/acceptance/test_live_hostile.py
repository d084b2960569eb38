"""Systems that lose their manners in the middle of a run: findings or inconclusive, in bounded time and memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.reference_sut.running import Running, running
from tests.live import run
from tests.misbehaving import FAULTS, standing_in

IN_THE_MIDDLE = 60
TIMEOUT = 1
SECONDS, MEBIBYTES = 90, 500


@pytest.fixture(scope="module")
def city() -> Iterator[Running]:
    with running() as there:
        yield there


@pytest.mark.parametrize("name", FAULTS)
def test_hostile_system_costs_bounded_time_and_memory(name: str, city: Running, tmp_path: Path) -> None:
    with standing_in(city.base_url, FAULTS[name], IN_THE_MIDDLE) as url:
        made = run(url, tmp_path / "out", "--auth", city.auth_file, "--rate", "0", "--timeout", str(TIMEOUT))

    assert made.code in (1, 3), made.err
    assert made.report["summary"]["verdict"] in ("nonconformant", "inconclusive")
    assert "Traceback" not in made.err
    assert (made.seconds < SECONDS, made.peak < MEBIBYTES) == (True, True)
    assert "error" not in {a["cause"] for r in made.report["results"] for a in r["assertions"]}


@pytest.mark.parametrize("trap", ["busy", "limited"])
def test_a_system_that_asks_for_patience_gets_it(trap: str, city: Running, tmp_path: Path) -> None:
    form = ("--class", "standard", "--rate", "0", "--auth")
    calm = run(city.base_url, tmp_path / "calm", *form, city.auth_file)
    with running(trap=trap) as there:
        made = run(there.base_url, tmp_path / "out", *form, there.auth_file)
    statuses = Counter(e.get("response", {}).get("status") for e in made.exchanges)

    assert statuses[503 if trap == "busy" else 429] > 3
    assert {name: seen[0] for name, seen in made.settled().items()} == {
        name: seen[0] for name, seen in calm.settled().items()
    }
