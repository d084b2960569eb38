"""One Spark for all tests of this folder: starting it costs more than any of them."""

from collections.abc import Iterator
from typing import Any

import pytest

from validator.engine.spark_session import connect, master_of


@pytest.fixture(scope="session")
def session() -> Iterator[Any]:
    made = connect(master_of("", 2))
    yield made
    made.stop()
