"""A register: a folder of static files that any web server can publish, and anyone can copy to verify by.

register.json          whose register it is, its address, how long a status list is good
keys.json              the public keys (JWK Set); did.json or controller.json says the same in W3C's words
index.json             every certificate: number, digest, bit in the lists, state
certificates/N.json    the certificates, byte for byte as issued
history/N.json         what happened to each, signed
status/PURPOSE-1.json  the status lists, signed and dated
log/                   the transparency log of all events
tlog-policy            whose word about that log counts: its keys and witnesses
pages/N.json           digests of the PDF pages that were made of it, signed
proofs/N-E.tlog-proof  that the log holds event E of N
verify.html            the second verifier, with these keys and this policy fixed in it
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from validator.canonical import canonical
from validator.certificate.files import write_whole
from validator.certificate.history import History, document, events_of
from validator.certificate.issuer import Issuer
from validator.certificate.strict_json import parse, parse_canonical
from validator.certificate.trust import Keys, TrustedKey, controller_document, jwks, parse_jwks
from validator.errors import EvidenceError, UsageError

SCHEMA: Final = "lienthong-register/1.0"
SETTINGS: Final = "register.json"
KEYS: Final = "keys.json"
INDEX: Final = "index.json"
LOG: Final = "log"
PENDING: Final = ".pending.json"
POLICY: Final = "tlog-policy"
PAGE: Final = "verify.html"
DID: Final = "did.json"
CONTROLLER: Final = "controller.json"
DEMO_ORIGIN: Final = "DEMO."
MOST_INDEX_BYTES: Final = 64 * 1024 * 1024
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Register:
    """One register, opened. `list_days` is how long a status list is good after it was signed."""

    folder: Path
    url: str
    issuer: Issuer
    list_days: int

    def settings(self) -> dict[str, Any]:
        issuer = self.issuer.as_credential()
        return {"schema": SCHEMA, "url": self.url, "issuer": issuer, "listDays": self.list_days}

    def address(self, path: str) -> str:
        """The public address of a file of the register."""
        return f"{self.url}/{path}"

    def list_url(self, purpose: str) -> str:
        return self.address(list_path(purpose))

    def keys(self) -> Keys:
        """Raises EvidenceError."""
        return parse_jwks(read_file(self.folder, KEYS), KEYS)

    @property
    def demo(self) -> bool:
        """Whether nothing of this register has value. Raises EvidenceError."""
        return any(key.demo for key in self.keys().values())

    def index(self) -> list[Row]:
        """A row for each certificate, in the order of issue. Raises EvidenceError."""
        if not (self.folder / INDEX).exists():
            return []
        content = parse_canonical(read_file(self.folder, INDEX), INDEX, MOST_INDEX_BYTES)
        return list(content["certificates"])

    def row(self, number: str) -> Row:
        """Raises UsageError for a certificate that is not in this register."""
        found = next((row for row in self.index() if number in (row["number"], row["id"])), None)
        if found is None:
            raise UsageError("register.no_certificate", {"number": number, "path": str(self.folder)})
        return found

    def certificate(self, number: str) -> dict[str, Any]:
        path = certificate_path(number)
        return parse_canonical(read_file(self.folder, path), path)

    def history(self, certificate: Mapping[str, Any]) -> History:
        """The events of a certificate; none before it is issued. Raises EvidenceError."""
        path = history_path(certificate["credentialSubject"]["number"])
        if not (self.folder / path).exists():
            return ()
        return events_of(parse_canonical(read_file(self.folder, path), path), certificate, path)

    def write(self, path: str, content: Mapping[str, Any]) -> None:
        """Writes a file in canonical form. Raises UsageError."""
        write_whole(self.folder / path, canonical(content))

    def write_history(self, certificate: Mapping[str, Any], history: History) -> None:
        number = certificate["credentialSubject"]["number"]
        self.write(history_path(number), document(certificate["id"], history))

    def write_index(self, rows: list[Row]) -> None:
        self.write(INDEX, {"schema": SCHEMA, "certificates": rows})

    def write_keys(self, keys: Keys) -> None:
        listed: list[TrustedKey] = list(keys.values())
        self.write(KEYS, jwks(listed))
        name = DID if self.issuer.id.startswith("did:") else CONTROLLER
        self.write(name, controller_document(self.issuer.id, listed))


def prefix(demo: bool) -> str:
    """How the number of a certificate begins: one that is for demonstration says so wherever it is named."""
    return "DEMO-" if demo else "LT-"


def is_demo_origin(origin: str) -> bool:
    """Whether a log says by its name that nothing in it has value."""
    return origin.startswith(DEMO_ORIGIN)


def log_origin(url: str, demo: bool) -> str:
    """The name of a register's log: where it is published, without the scheme."""
    return f"{DEMO_ORIGIN if demo else ''}{url.partition('://')[2]}/{LOG}"


def certificate_path(number: str) -> str:
    return f"certificates/{number}.json"


def history_path(number: str) -> str:
    return f"history/{number}.json"


def proof_path(number: str, event: int) -> str:
    return f"proofs/{number}-{event}.tlog-proof"


def pages_path(number: str) -> str:
    return f"pages/{number}.json"


def list_path(purpose: str) -> str:
    return f"status/{purpose}-1.json"


def read_file(folder: Path, path: str) -> bytes:
    """The bytes of a file of a register. Raises EvidenceError: a copy of a register may lack it."""
    try:
        with (folder / path).open("rb") as stream:
            return stream.read(MOST_INDEX_BYTES + 1)
    except OSError as fault:
        raise EvidenceError("register.no_file", {"path": path, "reason": fault.strerror or str(fault)}) from fault


def open_register(folder: Path) -> Register:
    """The register in a folder. Raises UsageError when there is none."""
    try:
        content = parse((folder / SETTINGS).read_bytes(), SETTINGS)
        if content["schema"] == SCHEMA and isinstance(content["listDays"], int):
            return Register(folder, str(content["url"]), Issuer.of(content["issuer"]), content["listDays"])
    except OSError as fault:
        raise UsageError("register.none", {"path": str(folder)}) from fault
    except (EvidenceError, KeyError, TypeError, ValueError) as fault:
        raise UsageError("register.malformed", {"path": str(folder)}) from fault
    raise UsageError("register.malformed", {"path": str(folder)})
