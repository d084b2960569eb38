"""Signed notes and checkpoints are read and judged as their specifications and published examples say."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from validator.certificate import checkpoint, note
from validator.certificate.checkpoint import Head, Trust
from validator.certificate.cosign import WitnessSigner, parse_witness, time_of
from validator.certificate.merkle import EMPTY_ROOT, leaf_hash
from validator.certificate.note import NoteSigner, parse_vkey, vkey
from validator.errors import EvidenceError, UsageError

VECTORS = Path(__file__).parents[1] / "vectors" / "tlog"
NOTES = json.loads((VECTORS / "notes.json").read_text(encoding="utf-8"))
TESSERA = json.loads((VECTORS / "tessera.json").read_text(encoding="utf-8"))
REMORA = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
"""A witness's vkey from the tests of github.com/transparency-dev/formats (Apache-2.0)."""
ROOT = leaf_hash(b"")
HEAD = Head("example.com/log", 1, ROOT)


def ed25519(seed: int, name: str = "example.com/log") -> NoteSigner:
    return NoteSigner(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


def witness(seed: int, name: str, at: int = 1_800_000_000) -> WitnessSigner:
    return WitnessSigner(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32), at)


@pytest.mark.parametrize("case", NOTES, ids=lambda c: f"{c['vkey'].partition('+')[0]}-{c['valid']}")
def test_published_notes_verify_and_their_forgeries_do_not(case: dict[str, Any]) -> None:
    key = parse_vkey(case["vkey"])

    try:
        held = bool(note.parse(case["note"].encode()).check([key]))
    except EvidenceError:
        held = False

    assert held is case["valid"]
    assert vkey(key) == case["vkey"]


@pytest.mark.parametrize("size", range(16))
def test_checkpoints_of_another_implementation_verify(size: int) -> None:
    key = parse_vkey(TESSERA["vkey"])

    shown = checkpoint.verify(TESSERA["checkpoints"][size].encode(), Trust(key.name, (key,)))

    assert shown.head.size == size


def test_a_signature_that_is_not_to_be_known_does_not_count_and_does_no_harm() -> None:
    mine, other = ed25519(1), ed25519(2, "example.com/other")
    content = checkpoint.sign(HEAD, [other, mine])

    assert checkpoint.verify(content, Trust(HEAD.origin, (mine.key,))).head == HEAD
    with pytest.raises(EvidenceError, match=r"tlog\.unsigned"):
        checkpoint.verify(checkpoint.sign(HEAD, [other]), Trust(HEAD.origin, (mine.key,)))


def test_a_broken_signature_of_a_known_key_spoils_the_note_though_another_holds() -> None:
    first, second = ed25519(1), ed25519(2)
    parsed = note.parse(checkpoint.sign(HEAD, [first, second]))
    broken = note.Signature(first.name, first.key.id, bytes(64))
    content = note.Note(parsed.text, (broken, parsed.signatures[1])).encode()

    with pytest.raises(EvidenceError, match=r"tlog\.bad_signature"):
        checkpoint.verify(content, Trust(HEAD.origin, (first.key, second.key)))


def test_a_p256_key_signs_beside_or_alone_for_readers_who_accept_it() -> None:
    signer = NoteSigner("example.com/log", generate_private_key(SECP256R1()))
    content = checkpoint.sign(HEAD, [ed25519(1), signer])

    assert checkpoint.verify(content, Trust(HEAD.origin, (parse_vkey(vkey(signer.key)),))).head == HEAD
    assert content == checkpoint.sign(HEAD, [ed25519(1), signer])


def test_two_witnesses_count_as_two_and_one_under_two_names_as_one() -> None:
    log, a, b, again = ed25519(1), witness(3, "w.example/a"), witness(4, "w.example/b"), witness(3, "w.example/c")
    content = checkpoint.sign(HEAD, [log, a, b, again])

    shown = checkpoint.verify(content, Trust(HEAD.origin, (log.key,), (a.key, b.key), 2))

    assert [(key.name, at) for key, at in shown.witnessed] == [
        ("w.example/a", 1_800_000_000),
        ("w.example/b", 1_800_000_000),
    ]
    with pytest.raises(EvidenceError, match=r"tlog\.too_few_witnesses"):
        checkpoint.verify(checkpoint.sign(HEAD, [log, a, again]), Trust(HEAD.origin, (log.key,), (a.key, b.key), 2))
    trust = Trust(HEAD.origin, (log.key,), (a.key, b.key, again.key), 2)
    with pytest.raises(EvidenceError, match=r"tlog\.too_few_witnesses"):
        checkpoint.verify(checkpoint.sign(HEAD, [log, a, again]), trust)
    with pytest.raises(UsageError, match=r"tlog\.bad_trust"):
        Trust(HEAD.origin, (log.key,), (a.key, again.key), 2)


def test_a_cosignature_is_laid_out_as_specified() -> None:
    """Key id, time in 64 bits, Ed25519 over `cosignature/v1`, the time and the text."""
    signer = witness(3, "w.example/a", 1_679_315_147)
    (line,) = note.parse(checkpoint.sign(HEAD, [signer])).signatures
    message = b"cosignature/v1\ntime 1679315147\n" + HEAD.text()

    signer.private.public_key().verify(line.signature[8:], message)
    assert len(line.signature) == 72
    assert time_of(line) == 1_679_315_147
    assert vkey(parse_witness(REMORA)) == REMORA


def test_a_time_beyond_63_bits_is_no_cosignature() -> None:
    signer = witness(3, "w.example/a", 2**63)

    assert not signer.key.verify(HEAD.text(), signer.sign(HEAD.text()))


def test_a_key_of_one_kind_does_not_verify_as_the_other() -> None:
    seed = Ed25519PrivateKey.from_private_bytes(bytes(32))
    plain, cosigner = NoteSigner("x", seed), WitnessSigner("x", seed, 1)

    assert plain.key.id != cosigner.key.id
    with pytest.raises(UsageError):
        parse_witness(vkey(plain.key))
    with pytest.raises(UsageError):
        parse_vkey(vkey(cosigner.key))


SIGNED = checkpoint.sign(HEAD, [ed25519(1)])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no signature\n",
        SIGNED[:-1],
        SIGNED + b"\n",
        SIGNED.replace(b"\n1\n", b"\n\t1\n"),
        SIGNED.replace(b"\n1\n", b"\r\n1\n"),
        SIGNED.replace("— ".encode(), b"- "),
        SIGNED.replace("— example".encode(), "— exa mple".encode()),
        SIGNED.replace("— example".encode(), "—  example".encode()),
        SIGNED + b"not a signature\n",
        SIGNED + "— a YQ==\n".encode(),
        SIGNED + "— a b+c YWFhYWFh\n".encode(),
        SIGNED.replace(b"example", b"ex\xffmple"),
        SIGNED * 2000,
    ],
    ids=range(14),
)
def test_what_is_no_note_is_refused(content: bytes) -> None:
    with pytest.raises(EvidenceError, match=r"tlog\.no_note"):
        note.parse(content)


ENCODED = base64.b64encode(ROOT).decode()


@pytest.mark.parametrize(
    "text",
    [
        "example.com/log\n1\n",
        f"\n1\n{ENCODED}\n",
        f"example.com/log\n01\n{ENCODED}\n",
        f"example.com/log\n+1\n{ENCODED}\n",
        f"example.com/log\n-1\n{ENCODED}\n",
        f"example.com/log\n\n{ENCODED}\n",
        f"example.com/log\n{2**63}\n{ENCODED}\n",
        f"example.com/log\n1\n{ENCODED}\n\nline\n",
        f"example.com/log\n1\n{ENCODED[:-1]}\n",
        f"example.com/log\n1\n{ENCODED[:-2]}{chr(ord(ENCODED[-2]) + 1)}=\n",
        "example.com/log\n1\nYWFh\n",
        f"example.com/log\n0\n{ENCODED}\n",
    ],
    ids=range(12),
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(EvidenceError, match=r"tlog\.no_checkpoint"):
        checkpoint.parse_text(text.encode())


def test_extension_lines_are_kept_and_signed() -> None:
    head = Head("example.com/log", 0, EMPTY_ROOT, ("one more",))
    content = checkpoint.sign(head, [ed25519(1)])

    assert checkpoint.verify(content, Trust(head.origin, (ed25519(1).key,))).head == head
    with pytest.raises(EvidenceError):
        checkpoint.verify(content.replace(b"more", b"less"), Trust(head.origin, (ed25519(1).key,)))


@pytest.mark.parametrize("origin", ["a\nb", "", "a\x00"])
def test_a_text_that_a_note_cannot_hold_is_not_signed(origin: str) -> None:
    with pytest.raises(UsageError):
        checkpoint.sign(Head(origin, 1, ROOT), [NoteSigner("a b", ed25519(1).private)])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name+12345678",
        REMORA,
        NOTES[0]["vkey"].replace("530d903a", "530d903b"),
        NOTES[0]["vkey"][:-1],
        NOTES[2]["vkey"].replace("c0d23d6a", "00000000"),
        "rekor.sigstore.dev+12345678+AwEB",
    ],
)
def test_what_is_no_key_of_a_log_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"tlog\.bad_vkey"):
        parse_vkey(text)
