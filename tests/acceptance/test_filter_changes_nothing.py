"""With the accept filter or without it, cut or whole, in one process or two: one report."""

from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

from validator.engine import local, units
from validator.run import Options, validate

CITIES = Path(__file__).parents[2] / "fixtures" / "submissions"
AS_OF = datetime.fromisoformat("2026-11-20T18:00:00+07:00")


@cache
def exact_digest(city: str) -> str:
    return str(validate(CITIES / city, Options(as_of=AS_OF, exact=True))["digest"])


@pytest.mark.parametrize("city", ["thanh-pho-mau", "thanh-pho-loi"])
@pytest.mark.parametrize(("every", "jobs"), [(32 * 2**20, 1), (20_000, 2)])
def test_the_report_of_a_city_is_the_same(city: str, every: int, jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "FILTER_FROM_BYTES", 0)
    monkeypatch.setattr(units, "UNIT_BYTES", every)

    assert validate(CITIES / city, Options(as_of=AS_OF, jobs=jobs))["digest"] == exact_digest(city)
