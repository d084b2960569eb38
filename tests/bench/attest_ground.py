"""What attestations are measured on: the report of the sample city, registers that hold some already, a long report."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from validator.certificate import keys, log_keys
from validator.certificate.credential import Terms
from validator.certificate.issue import issue
from validator.certificate.issuer import Issuer, Role
from validator.certificate.keeper import Keeper
from validator.certificate.keeping import found
from validator.certificate.log import Log
from validator.certificate.log_state import Folder
from validator.certificate.log_writer import LogWriter
from validator.certificate.note import NoteSigner
from validator.certificate.register import LOG, Register, certificate_path, log_origin, open_register
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
    """A folder with a register and the files of its keys."""

    folder: Path

    @property
    def register(self) -> Path:
        return self.folder / "register"

    @property
    def log(self) -> Path:
        return self.register / LOG

    @property
    def key(self) -> Path:
        return self.folder / "key.json"

    @property
    def log_key(self) -> Path:
        return self.folder / "log.pem"

    @property
    def passphrase(self) -> Path:
        return self.folder / "passphrase.txt"

    def opened(self) -> Keeper:
        """Who may issue into the register, with both keys in memory."""
        register, key = open_register(self.register), keys.load(self.key, PASSPHRASE)
        signer = NoteSigner(log_origin(URL, key.demo), log_keys.load(self.log_key, PASSPHRASE))
        return Keeper(register, key, LogWriter(Log(Folder(self.log)), [signer]))

    def certificate(self) -> Path:
        """The one that was issued first."""
        register = open_register(self.register)
        return self.register / certificate_path(register.index()[0]["number"])


def write_report(path: Path) -> None:
    """The report of the sample city as of now, for a certificate is refused on an old one."""
    path.write_text(render(validate(CITY, Options(as_of=datetime.now(UTC)))), encoding="utf-8")


def make(place: Place, report: Path, held: int) -> None:
    """A new register, its log in it, with so many certificates of one report."""
    place.folder.mkdir(parents=True)
    key = keys.generate(demo=True)
    place.passphrase.write_text(PASSPHRASE, encoding="utf-8")
    keys.save(key, place.key, PASSPHRASE, datetime.now(UTC))
    log_key = log_keys.generate(place.log_key, PASSPHRASE)
    found(Register(place.register, URL, ISSUER, 7), key, datetime.now(UTC), [log_key])
    issued(place.opened(), json.loads(report.read_bytes()), held)


def issued(keeper: Keeper, report: dict[str, Any], number: int) -> None:
    """So many more certificates, each for all that the city claims."""
    scope = granted(CLAIMED, CLASS)
    for _ in range(number):
        issue(report, scope, Terms(datetime.now(UTC), 12, 6), keeper)


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
