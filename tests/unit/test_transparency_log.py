"""The log: what it promises it keeps, and what was broken, cut off or set back it recovers from or refuses."""

from __future__ import annotations

import json
import multiprocessing
import shutil
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.tlogs import EMPTY, ORIGIN, SIGNER, TRUST, WITNESSED, WITNESSES, append_five, cosigned, filled, leaf
from validator.certificate import checkpoint, durable, log, log_audit, witness
from validator.certificate.checkpoint import Trust
from validator.certificate.cosign import parse_witness
from validator.certificate.log import Log
from validator.certificate.log_proof import InclusionProof, parse_inclusion, verify_consistency, verify_inclusion
from validator.certificate.log_state import Folder
from validator.certificate.log_writer import LogWriter
from validator.certificate.merkle import leaf_hash
from validator.certificate.note import NoteSigner, parse, parse_vkey
from validator.certificate.tiles import Tile, encode_entries
from validator.errors import EngineError, EvidenceError, UsageError


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 600])
def test_a_leaf_is_proved_offline_from_the_text_of_the_proof_alone(tmp_path: Path, size: int) -> None:
    made = filled(tmp_path / "log", size)
    for index in {0, size // 2, size - 1}:
        shown = verify_inclusion(made.prove(index).encode(), TRUST)

        assert (shown.index, shown.leaf, shown.checkpoint.head.size) == (index, leaf(index), size)
        assert made.find(leaf(index)) == index
    assert made.find(b"{}") is None
    assert log_audit.audit(made.folder.read, TRUST).head.size == size


def test_a_proof_may_leave_the_leaf_to_the_reader_but_speaks_of_no_other(tmp_path: Path) -> None:
    proof = filled(tmp_path / "log", 3).prove(1)
    bare = InclusionProof(proof.index, proof.path, proof.checkpoint).encode()

    assert verify_inclusion(bare, TRUST, leaf(1)).leaf == leaf(1)
    for content, told, fault in (
        (bare, None, "no_leaf"),
        (bare, leaf(2), "not_included"),
        (proof.encode(), leaf(2), "other_leaf"),
    ):
        with pytest.raises(EvidenceError, match=rf"tlog\.{fault}"):
            verify_inclusion(content, TRUST, told)


def test_every_published_head_extends_every_earlier_one_across_tiles(tmp_path: Path) -> None:
    made = log.create(tmp_path / "log", [SIGNER])
    heads, grown = [made.published().head], 0
    for step in (1, 2, 5, 92, 155, 1, 1, 300):
        made.append([leaf(grown + i) for i in range(step)])
        grown += step
        made.publish([SIGNER])
        heads.append(made.published().head)
        for old in heads:
            assert verify_consistency(made.extension(old).encode(), old, TRUST).head == heads[-1]


def test_full_tiles_take_the_place_of_partial_ones(tmp_path: Path) -> None:
    made = filled(tmp_path / "log", 200)
    old = made.published().head
    made.append([leaf(i) for i in range(200, 257)])
    made.publish([SIGNER])

    assert not (tmp_path / "log/tile/0/000.p").exists()
    assert (tmp_path / "log/tile/entries/001.p/1").is_file()
    assert made.extension(old).old == 200


def test_publishing_twice_signs_once_and_keeps_cosignatures(tmp_path: Path) -> None:
    made = filled(tmp_path / "log", 3)
    content = cosigned(made, tmp_path)

    assert made.publish([SIGNER]) == content
    assert len(checkpoint.verify(content, WITNESSED).witnessed) == 2


def test_witnesses_follow_a_log_and_refuse_a_fork_of_it(tmp_path: Path) -> None:
    made = filled(tmp_path / "log", 3)
    cosigned(made, tmp_path)
    made.append([leaf(3), leaf(4)])
    made.publish([SIGNER])

    assert checkpoint.verify(cosigned(made, tmp_path), WITNESSED).head.size == 5

    forked = filled(tmp_path / "fork", 3)
    forked.append([b"another"] * 9)
    forked.publish([SIGNER])
    memory = tmp_path / f"{WITNESSES[0].key.id.hex()}.checkpoint"
    with pytest.raises(EvidenceError, match=r"tlog\.fork"):
        forked.extension(witness.last_seen(memory, TRUST))
    for old in (EMPTY, forked.published().head, made.published().head.__class__(ORIGIN, 3, b"x" * 32)):
        request = made.extension(old) if old is EMPTY else None
        content = request.encode() if request else b"old 5\n\n" + forked.published().content
        with pytest.raises(EvidenceError, match=r"tlog\.(other_size|fork)"):
            witness.cosign(content, memory, TRUST, WITNESSES[0])


def test_a_witness_that_cannot_read_its_memory_does_not_sign(tmp_path: Path) -> None:
    made = filled(tmp_path / "log", 3)
    memory = tmp_path / "memory"
    memory.write_bytes(b"")

    with pytest.raises(EvidenceError):
        witness.cosign(made.extension(EMPTY).encode(), memory, TRUST, WITNESSES[0])


def test_a_line_that_is_no_cosignature_of_this_checkpoint_is_not_attached(tmp_path: Path) -> None:
    made, other = filled(tmp_path / "log", 3), filled(tmp_path / "other", 4)
    line, _ = witness.cosign(other.extension(EMPTY).encode(), tmp_path / "memory", TRUST, WITNESSES[0])

    with pytest.raises(EvidenceError, match=r"tlog\.bad_signature"):
        made.attach([line], [WITNESSES[0].key])
    with pytest.raises(EvidenceError, match=r"tlog\.no_cosignature"):
        made.attach([line], [WITNESSES[1].key])


class Crash(BaseException):
    """The process ends here."""


def crash_at(monkeypatch: pytest.MonkeyPatch, write: int, torn: bool) -> None:
    """The n-th file written from now on is the last: not at all, or cut in the middle of being written aside."""
    plain, left = durable.write, [write]

    def failing(path: Path, content: bytes, aside: Path) -> None:
        if left[0] == 0:
            if torn:
                aside.write_bytes(content[: len(content) // 2])
            raise Crash
        left[0] -= 1
        plain(path, content, aside)

    monkeypatch.setattr(durable, "write", failing)


@pytest.mark.parametrize("torn", [False, True])
@pytest.mark.parametrize(("before", "more"), [(0, 1), (5, 3), (254, 4), (255, 1), (256, 1)])
def test_a_crash_at_any_write_of_an_append_leaves_the_log_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: int, more: int, torn: bool
) -> None:
    made = filled(tmp_path / "log", before)
    old = made.published().head
    crashes = 0
    while True:
        with monkeypatch.context() as patched:
            crash_at(patched, crashes, torn)
            try:
                made.append([b"lost %d" % i for i in range(more)])
            except Crash:
                crashes += 1
            else:
                break
        assert made.folder.state().size == before
        assert log_audit.audit(made.folder.read, TRUST).head == old

    assert crashes >= 3
    made.publish([SIGNER])
    assert verify_consistency(made.extension(old).encode(), old, TRUST).head.size == before + more
    assert log_audit.audit(made.folder.read, TRUST).head.size == before + more


def test_what_a_crash_left_behind_is_no_part_of_what_comes_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = filled(tmp_path / "log", 250)
    with monkeypatch.context() as patched:
        crash_at(patched, 3, torn=True)
        with pytest.raises(Crash):
            made.append([b"lost"] * 6)
    made.append([leaf(i) for i in range(250, 253)])
    made.publish([SIGNER])

    assert log_audit.audit(made.folder.read, TRUST).head == filled(tmp_path / "other", 253).published().head


@pytest.mark.parametrize("write", [0, 1])
def test_a_crash_while_publishing_is_made_good_by_publishing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: int
) -> None:
    made = filled(tmp_path / "log", 5)
    old = made.published().head
    made.append([leaf(5)])
    with monkeypatch.context() as patched:
        crash_at(patched, write, torn=True)
        with pytest.raises(Crash):
            made.publish([SIGNER])

    assert made.published().head == old
    made.append([leaf(6)])
    made.publish([SIGNER])
    assert verify_consistency(made.extension(old).encode(), old, TRUST).head.size == 7


def tampered(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file() and p.name not in (".lock", ".aside"))


@pytest.mark.parametrize("harm", ["cut", "emptied", "removed"])
def test_a_log_with_a_harmed_file_is_refused_or_goes_on_as_the_same_log(tmp_path: Path, harm: str) -> None:
    made = filled(tmp_path / "log", 300)
    made.append([leaf(300)])
    old = made.published().head
    for file in tampered(tmp_path / "log"):
        copy = tmp_path / "copy"
        shutil.copytree(tmp_path / "log", copy)
        there = copy / file.relative_to(tmp_path / "log")
        content = there.read_bytes()
        there.write_bytes(content[:-1] if harm == "cut" else b"")
        if harm == "removed":
            there.unlink()
        harmed = Log(Folder(copy))
        with suppress(EvidenceError):
            harmed.append([leaf(301)])
            harmed.publish([SIGNER])
            assert verify_consistency(harmed.extension(old).encode(), old, TRUST).head.size == 302, file
        shutil.rmtree(copy)


def test_a_leaf_that_was_rewritten_is_caught_by_the_log_and_by_who_kept_a_head(tmp_path: Path) -> None:
    made = filled(tmp_path / "log", 5)
    old = made.published().head
    forged = log.create(tmp_path / "forged", [SIGNER])
    forged.append([leaf(0), leaf(9), *(leaf(i) for i in range(2, 5))])
    forged.append([leaf(5)])
    forged.publish([SIGNER])

    with pytest.raises(EvidenceError, match=r"tlog\.fork"):
        forged.extension(old)
    shutil.copy(tmp_path / "log/checkpoint", tmp_path / "forged/checkpoint")
    for work in (lambda: forged.append([leaf(6)]), lambda: forged.publish([SIGNER])):
        with pytest.raises(EvidenceError, match=r"tlog\.rewritten"):
            work()


def test_a_log_that_shrank_is_caught_by_the_log_and_by_who_kept_a_head(tmp_path: Path) -> None:
    made = filled(tmp_path / "log", 5)
    state = (tmp_path / "log/.state").read_bytes()
    made.append([leaf(5)])
    made.publish([SIGNER])
    newer = made.published().head
    (tmp_path / "log/.state").write_bytes(state)

    with pytest.raises(EvidenceError, match=r"tlog\.set_back"):
        made.append([b"instead"])
    with pytest.raises(EvidenceError, match=r"tlog\.fork"):
        filled(tmp_path / "short", 5).extension(newer)


def test_a_log_whose_state_was_lost_is_refused(tmp_path: Path) -> None:
    made = filled(tmp_path / "log", 5)
    (tmp_path / "log/.state").unlink()

    with pytest.raises(EvidenceError, match=r"tlog\.no_state"):
        made.append([leaf(5)])


def test_a_full_disk_is_a_fault_of_ours_and_leaves_the_log_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = filled(tmp_path / "log", 5)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with pytest.raises(EngineError, match=r"tlog\.cannot_write"):
            made.append([leaf(5)])
    assert made.append([leaf(5)]) == range(5, 6)


def test_writers_at_the_same_time_wait_for_each_other(tmp_path: Path) -> None:
    made = log.create(tmp_path / "log", [SIGNER])
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=append_five, args=(tmp_path / "log", n * 100)) for n in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    made.publish([SIGNER])

    assert log_audit.audit(made.folder.read, TRUST).head.size == 15
    assert {made.find(leaf(n * 100 + i)) for n in range(3) for i in range(5)} == set(range(15))


def test_a_writer_does_not_wait_for_ever(tmp_path: Path) -> None:
    with (
        durable.held(tmp_path / ".lock"),
        pytest.raises(UsageError, match=r"tlog\.in_use"),
        durable.held(tmp_path / ".lock", 0.05),
    ):
        pass


def test_a_log_needs_an_ed25519_key_one_name_and_an_empty_folder(tmp_path: Path) -> None:
    other = NoteSigner("other", Ed25519PrivateKey.generate())
    (tmp_path / "full").mkdir()
    (tmp_path / "full/file").touch()
    for path, signers, fault in (
        (tmp_path / "a", [SIGNER, other], "bad_origin"),
        (tmp_path / "a", [NoteSigner("a b", other.private)], "bad_origin"),
        (tmp_path / "a", [], "bad_origin"),
        (tmp_path / "full", [SIGNER], "not_empty"),
        (tmp_path / "a", [NoteSigner("a", generate_private_key(SECP256R1()))], "no_ed25519"),
    ):
        with pytest.raises(UsageError, match=rf"tlog\.{fault}"):
            log.create(path, signers)


@pytest.mark.parametrize("bad", [b"", b"x" * 65_536])
def test_a_leaf_has_1_to_65_535_bytes_and_a_batch_is_taken_whole_or_not(tmp_path: Path, bad: bytes) -> None:
    made = filled(tmp_path / "log", 2)

    with pytest.raises(UsageError, match=r"tlog\.bad_leaf"):
        made.append([leaf(2), bad])
    assert made.folder.state().size == 2


def test_only_the_keys_of_the_log_sign_it_and_a_leaf_is_proved_once_published(tmp_path: Path) -> None:
    made = filled(tmp_path / "log", 2)
    made.append([leaf(2)])

    with pytest.raises(UsageError, match=r"tlog\.other_keys"):
        made.publish([NoteSigner(ORIGIN, Ed25519PrivateKey.generate())])
    with pytest.raises(UsageError, match=r"tlog\.no_such_leaf"):
        made.prove(2)
    assert parse(parse_inclusion(made.prove(1).encode()).checkpoint).signatures[0].name == ORIGIN


def test_a_writer_of_events_gets_the_proof_and_may_ask_again(tmp_path: Path) -> None:
    writer = LogWriter(log.create(tmp_path / "log", [SIGNER]), [SIGNER])
    proofs = [writer.append(leaf(i)) for i in (0, 1, 1, 2)]

    assert proofs[1] == proofs[2]
    assert [verify_inclusion(p.encode(), TRUST, leaf(i)).index for p, i in zip(proofs, (0, 1, 1, 2), strict=True)] == [
        0, 1, 1, 2,
    ]  # fmt: skip
    assert writer.origin == ORIGIN
    assert writer.log.folder.state().size == 3


@pytest.mark.parametrize("write", range(6))
def test_a_writer_of_events_that_was_cut_off_asks_again_and_the_event_stands_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: int
) -> None:
    writer = LogWriter(filled(tmp_path / "log", 5), [SIGNER])
    with monkeypatch.context() as patched:
        crash_at(patched, write, torn=True)
        with suppress(Crash):
            writer.append(leaf(5))

    assert verify_inclusion(writer.append(leaf(5)).encode(), TRUST).index == 5
    assert writer.log.published().head.size == 6


def test_the_proof_that_other_readers_are_tried_on_is_what_the_log_gives(tmp_path: Path) -> None:
    demo = json.loads((Path(__file__).parents[1] / "vectors/tlog/demo.json").read_text(encoding="utf-8"))
    made = filled(tmp_path / "log", 300)
    cosigned(made, tmp_path)
    trust = Trust(ORIGIN, (parse_vkey(demo["key"]),), tuple(map(parse_witness, demo["witnesses"])), 2)

    assert made.prove(123).encode().decode() == demo["proof"]
    assert verify_inclusion(demo["proof"].encode(), trust, demo["leaf"].encode()).index == 123


def test_a_leaf_that_was_rewritten_before_it_was_signed_is_not_signed(tmp_path: Path) -> None:
    made = filled(tmp_path / "log", 5)
    made.append([leaf(5)])
    forged = [*(leaf(i) for i in range(5)), b"forged"]
    made.folder.write({Tile(None, 0, 6).path: encode_entries(forged)})

    with pytest.raises(EvidenceError, match=r"tlog\.rewritten"):
        made.append([leaf(6)])
    made.folder.write({Tile(0, 0, 6).path: b"".join(map(leaf_hash, forged))})
    with pytest.raises(EvidenceError, match=r"tlog\.rewritten"):
        made.publish([SIGNER])


def test_a_leaf_rewritten_with_its_tile_below_a_whole_one_is_found_by_the_audit_and_not_proved(tmp_path: Path) -> None:
    made = filled(tmp_path / "log", 300)
    forged = [leaf(i) for i in range(256)]
    forged[7] = b"forged"
    made.folder.write({Tile(None, 0).path: encode_entries(forged), Tile(0, 0).path: b"".join(map(leaf_hash, forged))})

    with pytest.raises(EvidenceError, match=r"tlog\.bad_tile"):
        log_audit.audit(made.folder.read, TRUST)
    with pytest.raises(EvidenceError, match=r"tlog\.rewritten"):
        made.prove(7)


def test_a_consistency_proof_speaks_of_the_size_that_is_known(tmp_path: Path) -> None:
    made = filled(tmp_path / "log", 5)
    old = made.published().head
    made.append([leaf(5)])
    made.publish([SIGNER])
    request = made.extension(old).encode()

    with pytest.raises(EvidenceError, match=r"tlog\.other_size"):
        verify_consistency(request.replace(b"old 5", b"old 4"), old, TRUST)


def test_a_file_is_replaced_and_never_written_into(tmp_path: Path) -> None:
    file, other_name = tmp_path / "file", tmp_path / "other name"
    durable.write(file, b"before", tmp_path / ".aside")
    other_name.hardlink_to(file)
    durable.write(file, b"after", tmp_path / ".aside")

    assert (file.read_bytes(), other_name.read_bytes()) == (b"after", b"before")
