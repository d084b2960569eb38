"""What attestations are measured on: the report of the sample city, registers that hold some already, a long report."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.tlogs import SIGNER
from validator.certificate import keys
from validator.certificate.credential import Terms
from validator.certificate.issue import issue
from validator.certificate.issuer import Issuer, Role
from validator.certificate.keeping import found
from validator.certificate.keys import SigningKey
from validator.certificate.log import Log, create
from validator.certificate.log_state import Folder
from validator.certificate.log_writer import LogWriter
from validator.certificate.register import Register, certificate_path, open_register
from validator.certificate.scope import granted
from validator.model.standard import ConformanceClass
from validator.model.text import Text
from validator.report.digest import render, sealed
from validator.resources import data_folder
from validator.run import Options, validate

SUBMISSIONS = data_folder("fixtures") / "submissions"
CITY, FAULTY_CITY = SUBMISSIONS / "thanh-pho-mau", SUBMISSIONS / "thanh-pho-loi"
URL = "https://dang-ky.example/lienthong"
ISSUER = Issuer(URL, Text("Phòng thử mẫu", "Sample laboratory"), "1 Trần Phú, Đà Nẵng", Role.FIRST)
PASSPHRASE = "chỉ để đo thời gian"
CLAIMED = ("VSC-CORE", "VSC-CODE", "VSC-ALR", "VSC-BUD", "VSC-ENV", "VSC-PLAN")
CLASS = ConformanceClass.STANDARD
COPIES = 19
"""How often the failed requirements of the faulty city stand in the long report."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder with a register, its log, and the files of its key."""

    folder: Path

    @property
    def register(self) -> Path:
        return self.folder / "register"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def key(self) -> Path:
        return self.folder / "key.json"

    @property
    def passphrase(self) -> Path:
        return self.folder / "passphrase.txt"

    def certificate(self) -> Path:
        """The one that was issued first."""
        register = open_register(self.register)
        return self.register / certificate_path(register.index()[0]["number"])


def write_report(path: Path) -> None:
    """The report of the sample city as of now, for a certificate is refused on an old one."""
    path.write_text(render(validate(CITY, Options(as_of=datetime.now(UTC)))), encoding="utf-8")


def make(place: Place, report: Path, held: int) -> None:
    """A new register with a new log and so many certificates of one report."""
    place.folder.mkdir(parents=True)
    key = keys.generate(demo=True)
    place.passphrase.write_text(PASSPHRASE, encoding="utf-8")
    keys.save(key, place.key, PASSPHRASE, datetime.now(UTC))
    found(Register(place.register, URL, ISSUER, 7), key, datetime.now(UTC))
    create(place.log, [SIGNER])
    issued(place, key, json.loads(report.read_bytes()), held)


def issued(place: Place, key: SigningKey, report: dict[str, Any], number: int) -> None:
    """So many more certificates, each for all that the city claims."""
    register, log = open_register(place.register), LogWriter(Log(Folder(place.log)), [SIGNER])
    scope = granted(CLAIMED, CLASS)
    for _ in range(number):
        issue(report, scope, Terms(datetime.now(UTC), 12, 6), register, key, log)


def write_long_report(path: Path) -> None:
    """A report of many pages: every failed requirement of the faulty city many times, under numbers of its own.

    Its counts are left as they were; a page is set from what stands in the report.
    """
    report = validate(FAULTY_CITY, Options(as_of=datetime(2026, 11, 1, 1, tzinfo=UTC)))
    failed = [result for result in report["results"] if result["outcome"] == "failed"]
    for number in range(1, COPIES):
        for result in copy.deepcopy(failed):
            name = f"{result['requirement']}{number:02d}"
            result["requirement"] = name
            report["results"].append(result)
    path.write_text(render(sealed(report)), encoding="utf-8")
