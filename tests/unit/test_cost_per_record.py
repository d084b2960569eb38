"""No record costs over a fifth more calls or held objects than is kept in tests/guard/cost.json."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.guard.cost import RENEW, SCENARIOS, apart, costs, excesses, kept_costs, slack
from validator.checks import schema
from validator.checks.schema import SchemaCheck

ATTEMPTS = 3  # on a busy machine rows come from the engine in other portions, which costs other calls
NEEDLESS = """
def needless(honest, check, batch):
    for place in batch.lines:
        id(place)
    yield from honest(check, batch)
"""


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_record_costs_no_more_than_is_kept(scenario: str, tmp_path: Path) -> None:
    kept = kept_costs()[scenario]
    for attempt in range(ATTEMPTS):
        found = apart(scenario, tmp_path / str(attempt))
        if not [*excesses(found, kept), *slack(found, kept)]:
            break

    assert list(excesses(found, kept)) == []
    assert list(slack(found, kept)) == []


def test_one_needless_call_a_record_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[str, Any] = {}
    exec(compile(NEEDLESS, schema.__file__, "exec"), made)
    honest = SchemaCheck.__call__

    def slower(self: SchemaCheck, batch: Any) -> Iterator[Any]:
        yield from made["needless"](honest, self, batch)

    monkeypatch.setattr(SchemaCheck, "__call__", slower)
    found = list(excesses(costs("lines", tmp_path), kept_costs()["lines"]))

    assert [line.partition(":")[0] for line in found] == ["checks/schema.py"]
    assert RENEW in found[0]


def test_a_cost_that_fell_by_half_asks_to_be_renewed() -> None:
    kept = {"all": 100.0, "blocks held": 10.0}

    assert list(slack({"all": 51.0, "blocks held": 5.0}, kept)) == []
    assert [line.partition(":")[0] for line in slack({"all": 49.0, "blocks held": 9.0}, kept)] == ["all"]
