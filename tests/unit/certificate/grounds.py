"""Reports that were tampered with, and certificates at hand, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from validator.canonical import canonical
from validator.certificate.copies import FolderCopy
from validator.certificate.keeper import Keeper
from validator.certificate.keeping import found
from validator.certificate.keys import SigningKey
from validator.certificate.log import Log
from validator.certificate.log_state import Folder
from validator.certificate.log_writer import LogWriter
from validator.certificate.note import NoteSigner
from validator.certificate.outcome import Verification
from validator.certificate.policy import parse_policy
from validator.certificate.register import LOG, POLICY, Register, certificate_path, log_origin
from validator.certificate.scope import results_of
from validator.certificate.verify import Means, verify
from validator.judge.verdict import counts, judge, overall
from validator.model.result import VerdictWord
from validator.model.standard import ConformanceClass
from validator.report.digest import sealed

Json = dict[str, Any]
BASIC, STANDARD, ADVANCED = ConformanceClass


LOG_KEY = Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32)


def log_of(register: Register) -> Log:
    return Log(Folder(register.folder / LOG))


def keeper_of(register: Register, key: SigningKey) -> Keeper:
    """Who keeps a register whose log is signed by the tests' key."""
    signer = NoteSigner(log_origin(register.url, key.demo), LOG_KEY)
    return Keeper(register, key, LogWriter(log_of(register), [signer]))


def founded(register: Register, key: SigningKey, moment: datetime) -> Keeper:
    found(register, key, moment, [LOG_KEY])
    return keeper_of(register, key)


@dataclass(frozen=True)
class Kept:
    """A certificate in its register, with the key and the moment of its issue."""

    keeper: Keeper
    certificate: Json
    at: datetime

    @property
    def register(self) -> Register:
        return self.keeper.register

    @property
    def key(self) -> SigningKey:
        return self.keeper.key

    @property
    def number(self) -> str:
        return str(self.certificate["credentialSubject"]["number"])

    @property
    def content(self) -> bytes:
        return (self.register.folder / certificate_path(self.number)).read_bytes()

    def verified(self, content: bytes | None = None, after: timedelta = timedelta(), **more: Any) -> Verification:
        """Verified by its own register's keys."""
        copy = FolderCopy(self.register.folder)
        policy = parse_policy((self.register.folder / POLICY).read_bytes(), POLICY)
        means = {"keys": self.register.keys(), "at": self.at + after, "register": copy, "policy": policy, **more}
        return verify(self.content if content is None else content, Means(**means))


def changed(report: Json, change: Callable[[Json], object]) -> Json:
    """The report with a change, sealed again: its digest is right, the rest may not be."""
    copy = deepcopy(report)
    change(copy)
    return sealed(copy)


def rejudged(report: Json, change: Callable[[Json], object]) -> Json:
    """The report with a change and all that follows from it: nothing in it contradicts the rest."""

    def judged(copy: Json) -> None:
        change(copy)
        for row in copy["verdicts"]:
            at, mine = ConformanceClass(row["class"]), results_of(copy, row["standard"])
            row["verdict"] = judge(mine, at).value
            row["counts"] = counts([r for r in mine if r.conformance_class.rank <= at.rank])
        tops = {s["id"]: s["class"] for s in copy["standards"]}
        words = [VerdictWord(v["verdict"]) for v in copy["verdicts"] if tops[v["standard"]] == v["class"]]
        results = [result for name in tops for result in results_of(copy, name)]
        copy["summary"] = {
            "verdict": overall(words).value,
            "counts": counts(results),
            "findings_count": sum(r["findings_count"] for r in copy["results"]),
        }

    return changed(report, judged)


def result(report: Json, requirement: str, at: str = "basic") -> Json:
    return next(r for r in report["results"] if (r["requirement"], r["class"]) == (requirement, at))


def reasons(outcome: Verification) -> list[str]:
    """What refused or left unknown."""
    return [line.message_id for line in outcome.lines if line.mark in ("problem", "unknown")]


def edited(certificate: Mapping[str, Any], change: Callable[[Json], object]) -> bytes:
    copy = deepcopy(dict(certificate))
    change(copy)
    return canonical(copy)
