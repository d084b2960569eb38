"""`lienthong log prove|verify|consistency|cosign`: who shows, who looks, and who witnesses."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from validator.cli.clicks import Command, command, lang_option, option
from validator.cli.log import folder, keys, make_missing, opened, read, trusted, witnesses
from validator.cli.log import signers as loaded
from validator.cli.signing import LOG_VARIABLE, passphrase
from validator.cli.words import say
from validator.cli.writing import write
from validator.errors import UsageError
from validator.report.wording import integer

if TYPE_CHECKING:
    from validator.certificate.checkpoint import Verified


def trust_options(lang: str) -> list[click.Option]:
    return [
        option(lang, "--key", "keys", multiple=True, required=True, metavar="VKEY", help_key="option.log_key"),
        option(lang, "--origin", metavar=say(lang, "metavar.name"), help_key="option.log_trusted_origin"),
        witnesses(lang),
        option(lang, "--quorum", type=click.IntRange(0), default=0, show_default=True, help_key="option.log_quorum"),
    ]


def out(lang: str) -> click.Option:
    return option(lang, "--out", metavar=say(lang, "metavar.file"), help_key="option.log_out")


def prove(lang: str) -> Command:
    """The `.tlog-proof` of a leaf."""

    def run(folder: str, index: int | None, leaf: str | None, out: str | None) -> None:
        there = opened(folder)
        if (index is None) == (leaf is None):
            raise UsageError("tlog.which_leaf")
        at = there.find(read(Path(leaf))) if leaf is not None else index
        if at is None:
            raise UsageError("tlog.leaf_not_there", {"path": str(leaf)})
        _give(lang, there.prove(at).encode(), out)

    number = option(lang, "--index", type=click.IntRange(0), help_key="option.log_index")
    given = option(lang, "--leaf", metavar=say(lang, "metavar.file"), help_key="option.log_leaf")
    return command(lang, "log.prove", run, folder(lang), number, given, out(lang), lang_option(lang))


def verify(lang: str) -> Command:
    """A proof, or a whole log, against trusted keys."""

    def run(
        what: str, keys: tuple[str, ...], origin: str | None, witnesses: tuple[str, ...], quorum: int, leaf: str | None
    ) -> None:
        from validator.certificate.log_audit import audit
        from validator.certificate.log_proof import verify_inclusion
        from validator.certificate.log_state import Folder

        trust = trusted(keys, origin, witnesses, quorum)
        if Path(what).is_dir():
            if leaf is not None:
                raise UsageError("tlog.leaf_of_folder")
            shown = audit(Folder(Path(what)).read, trust)
            click.echo(say(lang, "log.whole", origin=shown.head.origin, size=integer(shown.head.size, lang)))
        else:
            logged = verify_inclusion(read(Path(what)), trust, None if leaf is None else read(Path(leaf)))
            shown = logged.checkpoint
            size = integer(shown.head.size, lang)
            index = integer(logged.index, lang)
            click.echo(say(lang, "log.included", origin=shown.head.origin, index=index, size=size))
            click.echo(_printable(logged.leaf))
        _tell_witnesses(lang, shown)

    target = click.Argument(["what"], metavar=say(lang, "metavar.proof_or_folder"))
    given = option(lang, "--leaf", metavar=say(lang, "metavar.file"), help_key="option.log_leaf")
    return command(lang, "log.verify", run, target, *trust_options(lang), given, lang_option(lang))


def consistency(lang: str) -> Command:
    """That a newer checkpoint continues an older one."""

    def run(
        old: str, newer: str, keys: tuple[str, ...], origin: str | None, witnesses: tuple[str, ...], quorum: int,
        out: str | None,
    ) -> None:  # fmt: skip
        from validator.certificate import checkpoint
        from validator.certificate.log_proof import verify_consistency

        trust = trusted(keys, origin, witnesses, quorum)
        head = checkpoint.verify(read(Path(old)), trusted(keys, origin)).head
        proof = opened(newer).extension(head).encode() if Path(newer).is_dir() else read(Path(newer))
        shown = verify_consistency(proof, head, trust)
        sizes = {"old": integer(head.size, lang), "new": integer(shown.head.size, lang)}
        click.echo(say(lang, "log.consistent", origin=head.origin, **sizes))
        _tell_witnesses(lang, shown)
        if out is not None:
            _give(lang, proof, out)

    earlier = click.Argument(["old"], metavar=say(lang, "metavar.old_checkpoint"))
    later = click.Argument(["newer"], metavar=say(lang, "metavar.proof_or_folder"))
    return command(
        lang, "log.consistency", run, earlier, later, *trust_options(lang), out(lang), lang_option(lang)
    )  # fmt: skip


def witness(lang: str) -> Command:
    """The public key of a witness, which is made when it is not there."""

    def run(name: str, keys: tuple[str, ...], passphrase_file: str | None) -> None:
        from validator.certificate.cosign import WitnessSigner
        from validator.certificate.note import is_name, vkey

        if len(keys) != 1 or not is_name(name):
            raise UsageError("tlog.bad_witness_name", {"name": name})
        make_missing(lang, keys, passphrase(passphrase_file, LOG_VARIABLE))
        (private,) = (signer.private for signer in loaded(name, keys, passphrase_file))
        click.echo(vkey(WitnessSigner.of(name, private, 0).key))

    return command(
        lang, "log.witness", run,
        option(lang, "--name", required=True, metavar=say(lang, "metavar.name"), help_key="option.witness_name"),
        *keys(lang), lang_option(lang),
    )  # fmt: skip


def cosign(lang: str) -> Command:
    """A witness's line for what a log shows now."""

    def run(
        what: str, name: str, memory: str, log_keys: tuple[str, ...], keys: tuple[str, ...],
        passphrase_file: str | None, out: str | None,
    ) -> None:  # fmt: skip
        from validator.certificate import witness
        from validator.certificate.cosign import WitnessSigner
        from validator.certificate.note import is_name, vkey

        trust, place = trusted(log_keys, None), Path(memory)
        if len(keys) != 1 or not is_name(name):
            raise UsageError("tlog.bad_witness_name", {"name": name})
        if not place.exists():  # a witness that has signed before has its key
            make_missing(lang, keys, passphrase(passphrase_file, LOG_VARIABLE))
        (private,) = (signer.private for signer in loaded(name, keys, passphrase_file))
        signer = WitnessSigner.of(name, private, int(time.time()))
        seen = witness.last_seen(place, trust)
        request = opened(what).extension(seen).encode() if Path(what).is_dir() else read(Path(what))
        line, shown = witness.cosign(request, place, trust, signer)
        size = integer(shown.head.size, lang)
        click.echo(say(lang, "log.cosigned", origin=shown.head.origin, size=size, name=name), err=True)
        click.echo(vkey(signer.key), err=True)
        _give(lang, line.line().encode(), out)

    target = click.Argument(["what"], metavar=say(lang, "metavar.proof_or_folder"))
    return command(
        lang, "log.cosign", run, target,
        option(lang, "--name", required=True, metavar=say(lang, "metavar.name"), help_key="option.witness_name"),
        option(lang, "--memory", required=True, metavar=say(lang, "metavar.file"), help_key="option.witness_memory"),
        option(lang, "--log-key", "log_keys", multiple=True, required=True, metavar="VKEY", help_key="option.log_key"),
        *keys(lang), out(lang), lang_option(lang),
    )  # fmt: skip


def _tell_witnesses(lang: str, shown: Verified) -> None:
    for key, at in shown.witnessed:
        try:
            moment = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        except (ValueError, OverflowError, OSError):
            moment = str(at)
        click.echo(say(lang, "log.witnessed", name=key.name, at=moment))


def _give(lang: str, content: bytes, out: str | None) -> None:
    if out is None:
        click.echo(content, nl=False)
        return
    write(out, content)
    click.echo(say(lang, "validate.written", path=out), err=True)


def _printable(content: bytes) -> str:
    """What stands in a leaf, without what a terminal would take for an order."""
    text = content.decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
