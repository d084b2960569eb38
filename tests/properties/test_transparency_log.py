"""No bit of a proof, a checkpoint or a tile can change unseen; what a reader is handed never crashes it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tlogs import TRUST, WITNESSED, cosigned, filled
from validator.certificate import checkpoint, log_audit, note
from validator.certificate.log import Log
from validator.certificate.log_proof import (
    parse_consistency,
    parse_inclusion,
    verify_consistency,
    verify_inclusion,
)
from validator.certificate.log_state import Folder
from validator.errors import EvidenceError

FLIPS = 500
PIECES = [
    b"c2sp.org/tlog-proof@v1\n", b"extra YQ==\n", b"extra \n", b"index 0\n", b"old 1\n", b"\n", b"1\n", b"a\n",
    "— a YWFhYWE=\n".encode(), b"A" * 43 + b"=\n",
]  # fmt: skip
PARTS = st.lists(st.sampled_from(PIECES) | st.binary(max_size=20), max_size=12).map(b"".join)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of 300 leaves under a checkpoint with two cosignatures."""
    folder = tmp_path_factory.mktemp("logs")
    cosigned(filled(folder / "log", 300), folder)
    return folder / "log"


def flipped(content: bytes, seed: int) -> Iterator[tuple[int, bytes]]:
    """The content with one byte changed, at places spread by chance over all of it."""
    chance = random.Random(seed)
    for _ in range(FLIPS):
        at = chance.randrange(len(content))
        yield at, content[:at] + bytes([content[at] ^ chance.randrange(1, 256)]) + content[at + 1 :]


def refuses(verify: Callable[..., object], *given: object) -> bool:
    try:
        verify(*given)
    except EvidenceError:
        return True
    return False


def test_a_changed_byte_in_a_proof_is_detected(published: Path) -> None:

    content = Log(Folder(published)).prove(123).encode()
    verify_inclusion(content, WITNESSED)
    for at, changed in flipped(content, 1):
        assert refuses(verify_inclusion, changed, WITNESSED), f"byte {at}"


def test_a_changed_byte_in_a_checkpoint_is_detected(published: Path) -> None:
    content = (published / "checkpoint").read_bytes()
    checkpoint.verify(content, WITNESSED)
    for at, changed in flipped(content, 2):
        assert refuses(checkpoint.verify, changed, WITNESSED), f"byte {at}"


def test_a_changed_byte_in_a_consistency_proof_is_detected(published: Path, tmp_path: Path) -> None:

    old = filled(tmp_path / "log", 77)
    request = Log(Folder(published)).extension(old.published().head).encode()
    verify_consistency(request, old.published().head, WITNESSED)
    for at, changed in flipped(request, 3):
        assert refuses(verify_consistency, changed, old.published().head, WITNESSED), f"byte {at}"


def test_a_changed_byte_in_a_tile_or_a_bundle_is_detected(published: Path) -> None:
    files = {str(p.relative_to(published)): p.read_bytes() for p in sorted(published.rglob("*")) if p.is_file()}
    log_audit.audit(files.get, TRUST)
    tiles = [name for name in files if name.startswith("tile/")]
    chance = random.Random(4)
    for _ in range(FLIPS):
        name = chance.choice(tiles)
        content = bytearray(files[name])
        at = chance.randrange(len(content))
        content[at] ^= chance.randrange(1, 256)
        assert refuses(log_audit.audit, {**files, name: bytes(content)}.get, TRUST), f"{name}, byte {at}"


@pytest.mark.parametrize("name", ["tile/0/000", "tile/0/001.p/44", "tile/entries/001.p/44", "tile/1/000.p/1"])
def test_a_longer_tile_or_bundle_is_detected(published: Path, name: str) -> None:
    files = {str(p.relative_to(published)): p.read_bytes() for p in sorted(published.rglob("*")) if p.is_file()}

    with pytest.raises(EvidenceError):
        log_audit.audit({**files, name: files[name] + bytes(32)}.get, TRUST)


@settings(max_examples=400, deadline=None)
@given(PARTS)
def test_what_is_read_is_understood_in_one_way_or_refused(content: bytes) -> None:
    for parse in (parse_inclusion, parse_consistency, note.parse):
        try:
            made = parse(content)
        except EvidenceError:
            continue
        assert made.encode() == content
