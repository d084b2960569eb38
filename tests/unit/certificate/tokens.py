"""Tokens of SoftHSM 2 for tests: made in a folder of their own, filled and emptied past our own code."""

from __future__ import annotations

import gc
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pkcs11 import Attribute, KeyType, Mechanism, MechanismFlag, ObjectClass
from pkcs11.util.ec import encode_named_curve_parameters

from validator.certificate.token_reference import TokenReference

PIN = "pin-của-tôi-7391"
LABEL = "phòng thử"
KEY = "khoá ký"
FOLDERS = ("/usr/lib/softhsm", "/usr/lib/x86_64-linux-gnu/softhsm", "/usr/lib/aarch64-linux-gnu/softhsm", "/usr/lib64")
MODULE = next((str(p) for p in (Path(f) / "libsofthsm2.so" for f in FOLDERS) if p.is_file()), "")
LIBRARY = pkcs11.lib
MISSING = not MODULE or shutil.which("softhsm2-util") is None
WHY = "SoftHSM 2 is not installed (on Debian: apt-get install softhsm2)"


@dataclass(frozen=True)
class SoftToken:
    """A token in files; SOFTHSM2_CONF leads to them."""

    folder: Path
    label: str = LABEL

    def make(self) -> None:
        self.folder.mkdir(exist_ok=True)
        order = ["softhsm2-util", "--init-token", "--free", "--label", self.label, "--pin", PIN, "--so-pin", "1" * 8]
        subprocess.run(order, check=True, capture_output=True, timeout=60)

    def place(self, label: str = KEY) -> TokenReference:
        return TokenReference(MODULE, self.label, label, "")

    def session(self) -> Any:
        return opened(LIBRARY(MODULE).get_token(token_label=self.label))

    def generate(self, label: str, curve: str = "secp256r1", **private: Any) -> None:
        """A pair made by others: on another curve, or with other attributes."""
        parameters = {Attribute.EC_PARAMS: encode_named_curve_parameters(curve)}
        self.session().create_domain_parameters(KeyType.EC, parameters, local=True).generate_keypair(
            store=True, label=label, mechanism=Mechanism.EC_KEY_PAIR_GEN,
            capabilities=MechanismFlag.SIGN | MechanismFlag.VERIFY,
            private_template={Attribute[name]: value for name, value in private.items()},
        )  # fmt: skip

    def destroy(self, kind: ObjectClass) -> None:
        for found in list(self.session().get_objects({Attribute.CLASS: kind})):
            found.destroy()

    def take_out(self) -> None:
        shutil.rmtree(self.folder)
        self.folder.mkdir()


def log_out() -> None:
    """Ends all sessions of this process; what is called next starts the module anew."""
    gc.collect()  # a search that was broken off would end itself in a session that is gone
    LIBRARY(MODULE).finalize()


@contextmanager
def soft_token(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoftToken]:
    """An empty token in a folder, which nobody is logged in to, before or after."""
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n", "utf-8")
    monkeypatch.setenv("SOFTHSM2_CONF", str(configuration))
    made = SoftToken(folder / "tokens")
    made.make()
    yield made
    log_out()


def opened(token: Any) -> Any:
    """A session that may write, whether others of this process are logged in or not."""
    try:
        return token.open(rw=True, user_pin=PIN)
    except pkcs11.UserAlreadyLoggedIn:
        return token.open(rw=True)


@dataclass
class Stub:
    """A module, its one token and the session on it, that answer what they are told to."""

    private: Mapping[Attribute, Any] = field(default_factory=dict)
    public: Mapping[Attribute, Any] = field(default_factory=dict)
    fault: Exception | None = None
    logins: list[str] = field(default_factory=list)

    def get_token(self, token_label: str) -> Stub:
        return self

    def open(self, user_pin: str, rw: bool) -> Stub:
        self.logins.append(user_pin)
        if self.fault is not None:
            raise self.fault
        return self

    def get_key(self, object_class: ObjectClass, **named: Any) -> Mapping[Attribute, Any]:
        return self.private if object_class is ObjectClass.PRIVATE_KEY else self.public


def bare_pair() -> Stub:
    """A pair as some modules show it: no id, and the point without the OCTET STRING around it."""
    private = {
        Attribute.KEY_TYPE: KeyType.EC, Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1"),
        Attribute.SIGN: True, Attribute.ID: b"", Attribute.ALWAYS_AUTHENTICATE: False,
    }  # fmt: skip
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    encoded = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return Stub(private, {Attribute.EC_POINT: encoded})
