"""Tiles lie where, and hold what, the tlog-tiles specification says; another implementation's log is read alike."""

from __future__ import annotations

import base64
import json
from collections import Counter
from pathlib import Path

import pytest

from validator.certificate import log_audit
from validator.certificate.checkpoint import Trust, parse_text
from validator.certificate.log_growth import grown
from validator.certificate.merkle import leaf_hash
from validator.certificate.note import parse, parse_vkey
from validator.certificate.tiles import LONGEST_ENTRY, Tile, Tree, decode_entries, encode_entries, tiles_of
from validator.errors import EvidenceError

TESSERA = json.loads((Path(__file__).parents[1] / "vectors" / "tlog" / "tessera.json").read_text(encoding="utf-8"))
FILES = {name: base64.b64decode(text) for name, text in TESSERA["tiles"].items()}
KEY = parse_vkey(TESSERA["vkey"])


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1_234_067), "tile/0/x001/x234/067"),
        (Tile(None, 999, 5), "tile/entries/999.p/5"),
        (Tile(63, 1000, 255), "tile/63/x001/000.p/255"),
    ],
)
def test_paths_are_as_specified(tile: Tile, path: str) -> None:
    assert tile.path == path


def test_a_tree_of_70_000_leaves_has_the_tiles_that_the_specification_counts() -> None:
    tiles = [t for t in tiles_of(70_000) if t.level is not None]
    counted = Counter((t.level, t.width) for t in tiles)

    assert counted == {(0, 256): 273, (0, 112): 1, (1, 256): 1, (1, 17): 1, (2, 1): 1}
    assert {(t.level, t.width) for t in tiles_of(256)} == {(None, 256), (0, 256), (1, 1)}


@pytest.mark.parametrize(("start", "size"), [(0, 1), (5, 6), (255, 256), (256, 257), (250, 600), (65_535, 65_537)])
def test_growing_writes_what_is_new_and_nothing_else(start: int, size: int) -> None:
    assert set(tiles_of(size, start)) == set(tiles_of(size)) - set(tiles_of(start))


def test_the_log_of_another_implementation_is_grown_byte_for_byte() -> None:
    files: dict[str, bytes] = {}
    for size, entry in enumerate(decode_entries(FILES["tile/entries/000.p/15"], 15)):
        more, root = grown(files.get, size, [entry])
        files |= more

        assert root == parse_text(parse(TESSERA["checkpoints"][size + 1].encode()).text).root

    assert files == FILES


def test_the_log_of_another_implementation_passes_the_audit() -> None:
    files = {**FILES, "checkpoint": TESSERA["checkpoints"][15].encode()}

    assert log_audit.audit(files.get, Trust(KEY.name, (KEY,))).head.size == 15


def test_growing_at_once_and_one_by_one_give_the_same_tree_over_a_full_tile() -> None:
    leaves = [b"leaf %d" % i for i in range(520)]
    at_once, root = grown({}.get, 0, leaves)
    slowly: dict[str, bytes] = {}
    for i, one in enumerate(leaves):
        more, last = grown(slowly.get, i, [one])
        slowly |= more

    assert last == root
    assert {name: slowly[name] for name in at_once} == at_once
    assert set(at_once) == {tile.path for tile in tiles_of(520)}


def test_what_stands_in_a_full_tile_serves_a_smaller_tree() -> None:
    files, _ = grown({}.get, 0, [b"%d" % i for i in range(256)])
    _, root = grown({}.get, 0, [b"%d" % i for i in range(100)])

    assert Tree(files.get, 100).root() == root
    assert Tree(files.get, 100).entries(0)[-1] == b"99"


@pytest.mark.parametrize(
    "content", [b"", b"\x00", b"\x00\x02a", encode_entries([b"a"]), encode_entries([b"a", b"bc"])[:-1]]
)
def test_a_bundle_that_is_cut_off_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="cut off"):
        decode_entries(content, 2)


def test_entries_have_up_to_65_535_bytes() -> None:
    entries = (b"", b"x" * LONGEST_ENTRY)

    assert decode_entries(encode_entries(entries), 2) == entries


@pytest.mark.parametrize("content", [None, b"", leaf_hash(b"") * 2, leaf_hash(b"") * 3 + b"x"])
def test_a_tile_that_is_missing_or_cut_off_is_evidence_of_nothing(content: bytes | None) -> None:
    with pytest.raises(EvidenceError, match=r"tlog\.no_tile"):
        Tree(lambda _: content, 3).root()
