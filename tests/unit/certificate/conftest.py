"""A report to certify, made once, and a register to keep certificates in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.unit.certificate.grounds import BASIC, Json, Kept, founded
from validator.certificate.credential import Terms
from validator.certificate.issue import issue
from validator.certificate.issuer import Issuer, Role
from validator.certificate.keys import generate
from validator.certificate.register import Register
from validator.certificate.scope import granted
from validator.model.text import Text
from validator.resources import data_folder
from validator.run import Options, validate

URL = "https://dang-ky.example/lienthong"
NOW = datetime(2026, 11, 26, 8, 0, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def report() -> Json:
    """The example of the air standard, examined the day before."""
    folder = data_folder("standards") / "env" / "1.0" / "examples" / "main"
    return validate(folder, Options(as_of=NOW - timedelta(days=1)))


@pytest.fixture
def register(tmp_path: Path) -> Register:
    issuer = Issuer(URL, Text("Phòng thử mẫu", "Sample laboratory"), "1 Trần Phú, Đà Nẵng", Role.FIRST)
    return Register(tmp_path / "register", URL, issuer, 7)


@pytest.fixture
def kept(register: Register, report: Json) -> Kept:
    """One certificate in a new register."""
    keeper = founded(register, generate(demo=False), NOW)
    made = issue(report, granted(["VSC-ENV"], BASIC), Terms(NOW, 12, 6), keeper)
    return Kept(keeper, made, NOW)
