"""`lienthong log create|append|checkpoint`: who keeps a transparency log."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import orjson

from validator.canonical import canonical
from validator.cli.clicks import Command, LazyGroup, command, lang_option, option
from validator.cli.signing import LOG_VARIABLE, passphrase
from validator.cli.words import say
from validator.errors import UsageError
from validator.report.wording import integer

if TYPE_CHECKING:
    from validator.certificate.checkpoint import Trust
    from validator.certificate.cosign import WitnessKey
    from validator.certificate.log import Log
    from validator.certificate.note import NoteSigner, Signature

SUBCOMMANDS: Final = {
    **{name: f"validator.cli.log:{name}" for name in ("create", "append", "checkpoint")},
    **{name: f"validator.cli.log_proofs:{name}" for name in ("prove", "verify", "consistency", "witness", "cosign")},
}


def log(lang: str) -> LazyGroup:
    """The group `log`."""
    return LazyGroup(lang, SUBCOMMANDS, "log.", name="log", help=say(lang, "log.help"), params=[lang_option(lang)])


def folder(lang: str) -> click.Argument:
    return click.Argument(["folder"], metavar=say(lang, "metavar.folder"))


def keys(lang: str) -> list[click.Option]:
    """Options for private keys in files."""
    file = say(lang, "metavar.file")
    return [
        option(lang, "--key", "keys", multiple=True, required=True, metavar=file, help_key="option.log_private"),
        option(lang, "--passphrase-file", metavar=file, help_key="option.log_passphrase"),
    ]


def witnesses(lang: str) -> click.Option:
    return option(lang, "--witness", "witnesses", multiple=True, metavar="VKEY", help_key="option.log_witness")


def create(lang: str) -> Command:
    """A new log; a key file that is not there is made."""

    def run(folder: str, origin: str, keys: tuple[str, ...], passphrase_file: str | None) -> None:
        from validator.certificate import log, note

        make_missing(lang, keys, passphrase(passphrase_file, LOG_VARIABLE))
        loaded = signers(origin, keys, passphrase_file)
        log.create(Path(folder), loaded)
        click.echo(say(lang, "log.created", path=folder, origin=origin))
        for signer in loaded:
            click.echo(note.vkey(signer.key))

    name = option(lang, "--origin", required=True, metavar=say(lang, "metavar.name"), help_key="option.log_origin")
    return command(lang, "log.create", run, folder(lang), name, *keys(lang), lang_option(lang))


def append(lang: str) -> Command:
    """Leaves from files, all or none."""

    def run(folder: str, leaves: tuple[str, ...]) -> None:
        added = opened(folder).append([leaf(Path(name)) for name in leaves])
        first, last = integer(added[0], lang), integer(added[-1], lang)
        click.echo(say(lang, "log.appended", count=integer(len(added), lang), first=first, last=last))

    files = click.Argument(["leaves"], nargs=-1, required=True, metavar=say(lang, "metavar.leaves"))
    return command(lang, "log.append", run, folder(lang), files, lang_option(lang))


def checkpoint(lang: str) -> Command:
    """Signs what was appended, and takes in cosignatures."""

    def run(
        folder: str, keys: tuple[str, ...], passphrase_file: str | None,
        cosignatures: tuple[str, ...], witnesses: tuple[str, ...],
    ) -> None:  # fmt: skip
        there = opened(folder)
        there.publish(signers(there.trust.origin, keys, passphrase_file))
        if cosignatures:
            lines = [line for name in cosignatures for line in signature_lines(Path(name))]
            there.attach(lines, witness_keys(witnesses))
        head = there.published().head
        click.echo(say(lang, "log.published", origin=head.origin, size=integer(head.size, lang), root=head.root.hex()))

    lines = option(lang, "--cosignature", "cosignatures", multiple=True, metavar=say(lang, "metavar.file"),
                   help_key="option.log_cosignature")  # fmt: skip
    return command(
        lang, "log.checkpoint", run, folder(lang), *keys(lang), lines, witnesses(lang), lang_option(lang)
    )  # fmt: skip


def opened(path: str) -> Log:
    """The log in a folder. Raises UsageError, EvidenceError."""
    from validator.certificate.log import Log
    from validator.certificate.log_state import Folder

    there = Log(Folder(Path(path)))
    there.folder.state()
    return there


def signers(name: str, keys: tuple[str, ...], passphrase_file: str | None) -> list[NoteSigner]:
    from validator.certificate import log_keys
    from validator.certificate.note import NoteSigner

    words = passphrase(passphrase_file, LOG_VARIABLE)
    return [NoteSigner(name, log_keys.load(Path(key), words)) for key in keys]


def make_missing(lang: str, keys: tuple[str, ...], words: str) -> None:
    """Makes the keys whose files are not there, and says so."""
    from validator.certificate import log_keys

    for path in map(Path, keys):
        if not path.exists():
            log_keys.generate(path, words)
            click.echo(say(lang, "log.key_made", path=path), err=True)


def leaf(path: Path) -> bytes:
    """A leaf from a file, in its one canonical form. Raises UsageError."""
    content = read(path)
    try:
        text = content.decode("utf-8")
        if canonical(orjson.loads(content)) == content and unicodedata.is_normalized("NFC", text):
            return content
    except ValueError:
        pass
    raise UsageError("tlog.not_canonical", {"path": str(path)})


def signature_lines(path: Path) -> list[Signature]:
    """Raises UsageError."""
    from validator.certificate.note import parse_line

    try:
        return [parse_line(line) for line in read(path).decode("utf-8").removesuffix("\n").split("\n")]
    except ValueError:
        raise UsageError("tlog.no_lines", {"path": str(path)}) from None


def witness_keys(texts: tuple[str, ...]) -> tuple[WitnessKey, ...]:
    from validator.certificate.cosign import parse_witness

    return tuple(map(parse_witness, texts))


def trusted(keys: tuple[str, ...], origin: str | None, witnesses: tuple[str, ...] = (), quorum: int = 0) -> Trust:
    """Whom the user trusts; the origin is the name of the first key unless it is told. Raises UsageError."""
    from validator.certificate.checkpoint import Trust
    from validator.certificate.note import parse_vkey

    parsed = tuple(map(parse_vkey, keys))
    return Trust(origin or parsed[0].name, parsed, witness_keys(witnesses), quorum)


def read(path: Path) -> bytes:
    """Raises UsageError."""
    try:
        return path.read_bytes()
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise UsageError("usage.unreadable_file", {"path": str(path), "reason": reason}) from fault
