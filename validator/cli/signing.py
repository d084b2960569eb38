"""What commands that sign have in common: the register, the key, and where its passphrase or PIN comes from.

Both stand in the environment or in a file, never in an argument that others can see.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from validator.cli.clicks import option
from validator.cli.words import say
from validator.errors import UsageError

if TYPE_CHECKING:
    from validator.certificate.keeper import Keeper
    from validator.certificate.keys import SigningKey
    from validator.certificate.register import Register

VARIABLE: Final = "LIENTHONG_KEY_PASSPHRASE"
LOG_VARIABLE: Final = "LIENTHONG_LOG_PASSPHRASE"
PIN_VARIABLE: Final = "LIENTHONG_PKCS11_PIN"
LONGEST: Final = 4096


def register_option(lang: str) -> click.Option:
    where = say(lang, "metavar.folder")
    return option(lang, "--register", required=True, metavar=where, help_key="option.register")


def passphrase_option(lang: str) -> click.Option:
    return option(lang, "--passphrase-file", metavar=say(lang, "metavar.file"), help_key="option.key_passphrase_file")


def pin_option(lang: str) -> click.Option:
    return option(lang, "--pin-file", metavar=say(lang, "metavar.file"), help_key="option.pin_file")


def signing_options(lang: str) -> list[click.Parameter]:
    """Register, key, and passphrase or PIN of a command that signs."""
    return [register_option(lang), *key_options(lang)]


def key_options(lang: str) -> list[click.Parameter]:
    """The same without a register."""
    return [
        option(lang, "--key", required=True, metavar=say(lang, "metavar.file"), help_key="option.key"),
        passphrase_option(lang),
        pin_option(lang),
    ]


def opened(given: Mapping[str, Any]) -> tuple[Register, SigningKey]:
    """The register and the key of a call. Raises UsageError."""
    from validator.certificate.register import open_register

    return open_register(Path(given["register"])), signing_key(given)


def log_options(lang: str) -> list[click.Parameter]:
    """The key of the register's log, of a command that adds an event."""
    file = say(lang, "metavar.file")
    return [
        option(
            lang, "--log-key", "log_keys", multiple=True, required=True, metavar=file, help_key="option.register_log"
        ),
        option(lang, "--log-passphrase-file", metavar=file, help_key="option.log_passphrase_file"),
    ]  # fmt: skip


def log_passphrase(given: Mapping[str, Any]) -> str:
    """The log's own passphrase, or else that of the signing key."""
    if given["log_passphrase_file"] or os.environ.get(LOG_VARIABLE):
        return passphrase(given["log_passphrase_file"], LOG_VARIABLE)
    return passphrase(given["passphrase_file"])


def keeper_of(given: Mapping[str, Any]) -> Keeper:
    """The register of a call, its key and its log. Raises UsageError, EvidenceError."""
    from validator.certificate import log_keys
    from validator.certificate.keeper import Keeper
    from validator.certificate.log import Log
    from validator.certificate.log_state import Folder
    from validator.certificate.log_writer import LogWriter
    from validator.certificate.note import NoteSigner
    from validator.certificate.register import LOG

    register, key = opened(given)
    log, words = Log(Folder(register.folder / LOG)), log_passphrase(given)
    origin = log.trust.origin
    signers = [NoteSigner(origin, log_keys.load(Path(path), words)) for path in given["log_keys"]]
    return Keeper(register, key, LogWriter(log, signers))


def signing_key(given: Mapping[str, Any]) -> SigningKey:
    """The key of a call, opened by its passphrase, or by the PIN of the token that it is on. Raises UsageError."""
    from validator.certificate.keys import key_file, load, token_of

    path = Path(given["key"])
    encrypted = token_of(key_file(path)) is None
    return load(path, passphrase(given["passphrase_file"]) if encrypted else pin(given["pin_file"]))


def passphrase(file: str | None, variable: str = VARIABLE) -> str:
    """The passphrase, without the line break at the end of its file. Raises UsageError."""
    if file is not None:
        return _secret_of(file)
    if not os.environ.get(variable):
        raise UsageError("key.no_passphrase", {"variable": variable})
    return os.environ[variable]


def pin(file: str | None) -> str:
    """The PIN of a token, likewise. Raises UsageError."""
    found = _secret_of(file) if file is not None else os.environ.get(PIN_VARIABLE)
    if not found:
        raise UsageError("token.no_pin", {"variable": PIN_VARIABLE})
    return found


def _secret_of(file: str) -> str:
    try:
        with Path(file).open("rb") as stream:
            return stream.read(LONGEST).decode().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as fault:
        reason = getattr(fault, "strerror", None) or "UTF-8"
        raise UsageError("key.unreadable", {"path": file, "reason": reason}) from None


def tell_demo(lang: str, demo: bool) -> None:
    """One line before all others when nothing of this has value."""
    if demo:
        click.echo(say(lang, "certificate.demo"))
