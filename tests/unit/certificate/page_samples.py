"""Certificates with all that proves them, as files that are handed to the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tests import tlogs
from tests.unit.certificate.conftest import URL
from tests.unit.certificate.grounds import BASIC, Json
from tests.verifier_page import Case
from validator.certificate.credential import Terms
from validator.certificate.history import Event
from validator.certificate.issue import issue
from validator.certificate.issuer import Issuer, Role
from validator.certificate.keeping import found
from validator.certificate.keys import SigningKey, generate
from validator.certificate.lifecycle import change
from validator.certificate.log import Log, create
from validator.certificate.note import vkey
from validator.certificate.outcome import Verification
from validator.certificate.register import KEYS, Register, certificate_path, history_path, list_path
from validator.certificate.scope import granted
from validator.certificate.status_list import PURPOSES
from validator.certificate.verify import Means, verify
from validator.model.text import Text

CERTIFICATE = "certificate.json"
POLICY = "policy.txt"
HISTORY = "history.json"
ISSUER = Issuer(URL, Text("Phòng thử mẫu", "Sample laboratory"), "1 Trần Phú, Đà Nẵng", Role.FIRST)


@dataclass(frozen=True)
class Witnessed:
    """A log that a register writes to, every head of it cosigned by both witnesses."""

    kept: Log
    memories: Path
    origin: str = tlogs.ORIGIN

    def append(self, leaf: bytes) -> str:
        (index,) = self.kept.append([leaf])
        self.kept.publish([tlogs.SIGNER])
        tlogs.cosigned(self.kept, self.memories)
        return self.kept.prove(index).encode().decode()


@dataclass(frozen=True)
class Sample:
    """One certificate in a register, with or without a log."""

    register: Register
    key: SigningKey
    certificate: Json
    at: datetime
    log: Witnessed | None

    @property
    def number(self) -> str:
        return str(self.certificate["credentialSubject"]["number"])

    def files(self) -> dict[str, bytes]:
        """All that a reader may hand in."""
        folder = self.register.folder
        made = {CERTIFICATE: (folder / certificate_path(self.number)).read_bytes(), KEYS: (folder / KEYS).read_bytes()}
        for purpose in PURPOSES:
            made[f"{purpose}.json"] = (folder / list_path(purpose)).read_bytes()
        made[HISTORY] = (folder / history_path(self.number)).read_bytes()
        for path in sorted((folder / "proofs").glob("*")):
            made[path.name] = path.read_bytes()
        if self.log:
            made[POLICY] = policy().encode()
        return made

    def case(self, after: timedelta = timedelta(), **changed: bytes | None) -> Case:
        """The files with changes by the beginning of their names (None takes away), seen some time after the issue."""
        files = self.files()
        for start, content in changed.items():
            (name,) = [n for n in files if n.startswith(start)]
            files[name] = b"" if content is None else content
        return Case({name: content for name, content in files.items() if content}, self.at + after)

    def verified(self, content: bytes, after: timedelta = timedelta()) -> Verification:
        """What the verifier in Python says."""
        return verify(content, Means(self.register.keys(), self.at + after, self.register.folder, offline=True))

    def change(self, kind: Event, after: timedelta = timedelta(minutes=1)) -> None:
        change(self.register, self.number, kind, "thử / test", self.at + after, self.key, self.log)


def policy() -> str:
    """A tlog-policy that asks for both witnesses."""
    names = [f"w{number}" for number, _ in enumerate(tlogs.WITNESSES)]
    witnesses = [f"witness {name} {vkey(w.key)}" for name, w in zip(names, tlogs.WITNESSES, strict=True)]
    return "\n".join(
        ["# tests", f"log {vkey(tlogs.SIGNER.key)}", *witnesses, f"group all all {' '.join(names)}", "quorum all"]
    )


def sample(folder: Path, report: Json, at: datetime, demo: bool = False, logged: bool = True) -> Sample:
    register = Register(folder / "register", URL, ISSUER, 7)
    key = generate(demo)
    found(register, key, at)
    log = None
    if logged:
        memories = folder / "memories"
        memories.mkdir()
        log = Witnessed(create(folder / "log", [tlogs.SIGNER]), memories)
    made = issue(report, granted(["VSC-ENV"], BASIC), Terms(at, 12, 6), register, key, log)
    return Sample(register, key, made, at, log)
