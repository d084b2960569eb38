"""Certificates with all that proves them, as files that are handed to the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tests import tlogs
from tests.unit.certificate.conftest import URL
from tests.unit.certificate.grounds import BASIC, LOG_KEY, Json, log_of
from tests.verifier_page import Case
from validator.certificate.copies import FolderCopy
from validator.certificate.credential import Terms
from validator.certificate.history import Event
from validator.certificate.issue import issue
from validator.certificate.issuer import Issuer, Role
from validator.certificate.keeper import Keeper
from validator.certificate.keeping import found
from validator.certificate.keys import SigningKey, generate
from validator.certificate.lifecycle import change
from validator.certificate.log import Log
from validator.certificate.note import NoteKey, NoteSigner
from validator.certificate.outcome import Verification
from validator.certificate.policy import parse_policy
from validator.certificate.register import KEYS, Register, certificate_path, history_path, list_path, log_origin
from validator.certificate.register import POLICY as TLOG_POLICY
from validator.certificate.scope import granted
from validator.certificate.status_list import PURPOSES
from validator.certificate.verify import Means, verify
from validator.model.text import Text

CERTIFICATE = "certificate.json"
POLICY = "policy.txt"
HISTORY = "history.json"
CONDITION = "Chỉ khi trạm gửi dữ liệu mỗi giờ."
ISSUER = Issuer(URL, Text("Phòng thử mẫu", "Sample laboratory"), "1 Trần Phú, Đà Nẵng", Role.FIRST)


@dataclass(frozen=True)
class Witnessed:
    """The log of a register, every head of it cosigned by both witnesses."""

    kept: Log
    signer: NoteSigner
    memories: Path

    @property
    def origin(self) -> str:
        return self.signer.name

    def append(self, leaf: bytes) -> str:
        (index,) = self.kept.append([leaf])
        self.kept.publish([self.signer])
        tlogs.cosigned(self.kept, self.memories)
        return self.kept.prove(index).encode().decode()


@dataclass(frozen=True)
class Sample:
    """One certificate in a register whose readers ask for two witnesses."""

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
    def log_key(self) -> NoteKey:
        return NoteSigner(self.keeper.log.origin, LOG_KEY).key

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
        made[POLICY] = (folder / TLOG_POLICY).read_bytes()
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
        policy = parse_policy(self.files()[POLICY], POLICY)
        copy = FolderCopy(self.register.folder)
        return verify(content, Means(self.register.keys(), self.at + after, copy, policy, offline=True))

    def change(self, kind: Event, after: timedelta = timedelta(minutes=1)) -> None:
        change(self.keeper, self.number, kind, "thử / test", self.at + after)


def sample(folder: Path, report: Json, at: datetime, demo: bool = False) -> Sample:
    register = Register(folder / "register", URL, ISSUER, 7)
    key = generate(demo)
    found(register, key, at, [LOG_KEY], [witness.key for witness in tlogs.WITNESSES], 2)
    (folder / "memories").mkdir()
    signer = NoteSigner(log_origin(URL, demo), LOG_KEY)
    keeper = Keeper(register, key, Witnessed(log_of(register), signer, folder / "memories"))
    terms = Terms(at, 12, 6, conditions=(CONDITION,))
    return Sample(keeper, issue(report, granted(["VSC-ENV"], BASIC), terms, keeper), at)
