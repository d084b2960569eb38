"""What all modules of this suite ask: the feature service, whose words and features are fetched once."""

from __future__ import annotations

import pytest

from validator.api.features import FeatureService
from validator.api.sut import Sut


@pytest.fixture(scope="session")
def services() -> dict[str, FeatureService]:
    return {}


@pytest.fixture
def service(sut: Sut, services: dict[str, FeatureService]) -> FeatureService:
    return services.setdefault(sut.context.base, FeatureService(sut))
