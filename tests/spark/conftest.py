"""One Spark for all tests of this folder: starting it costs more than any of them."""

from collections.abc import Iterator
from typing import Any

import pytest

from validator.engine.spark_session import connect, master_of


@pytest.fixture(scope="session", autouse=True)
def credentials() -> Iterator[None]:
    """Of the object store on the loopback; workers inherit what is set when Spark starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "some-key")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "some-secret")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield


@pytest.fixture(scope="session")
def session() -> Iterator[Any]:
    made = connect(master_of("", 2))
    yield made
    made.stop()
