"""Trees, proofs and their verification agree with RFC 6962 and with published vectors."""

from __future__ import annotations

import base64
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from validator.certificate import merkle
from validator.certificate.merkle import leaf_hash

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "tlog" / "merkle.json").read_text(encoding="utf-8"))
LARGEST = 40
LEAVES = [leaf_hash(b"leaf %d" % i) for i in range(LARGEST)]


@cache
def nodes(level: int, index: int) -> bytes:
    return merkle.of(LEAVES[index << level : (index + 1) << level])


@cache
def root(size: int) -> bytes:
    return merkle.root(size, nodes)


def raw(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def path(case: dict[str, Any]) -> list[bytes]:
    return [raw(step) for step in case["proof"] or []]


@pytest.mark.parametrize("case", VECTORS["inclusion"], ids=lambda c: c["file"])
def test_inclusion_is_judged_as_published(case: dict[str, Any]) -> None:
    held = merkle.included(raw(case["leafHash"]), case["leafIdx"], case["treeSize"], path(case), raw(case["root"]))

    assert held is not case["wantErr"]


@pytest.mark.parametrize("case", VECTORS["consistency"], ids=lambda c: c["file"])
def test_consistency_is_judged_as_published(case: dict[str, Any]) -> None:
    """The source calls a proof from an empty tree useless whatever it says; witnesses need it (tlog-witness)."""
    roots = raw(case["root1"]), raw(case["root2"])
    held = merkle.extends(case["size1"], roots[0], case["size2"], roots[1], path(case))
    from_empty = case["size1"] == 0 and roots[0] == merkle.EMPTY_ROOT and not path(case)

    assert held is (not case["wantErr"] or (from_empty and (case["size2"] > 0 or roots[1] == roots[0])))


@pytest.mark.parametrize("size", range(1, len(VECTORS["roots"]) + 1))
def test_roots_are_the_published_ones(size: int) -> None:
    leaves = [leaf_hash(bytes.fromhex(text)) for text in VECTORS["leaves"]]

    made = merkle.root(size, lambda level, i: merkle.of(leaves[i << level : (i + 1) << level]))

    assert made.hex() == VECTORS["roots"][size - 1]


@pytest.mark.parametrize("size", range(1, LARGEST + 1))
def test_every_leaf_of_every_tree_is_proved_and_only_at_its_place(size: int) -> None:
    for index in range(size):
        steps = merkle.inclusion(index, size, nodes)

        assert merkle.included(LEAVES[index], index, size, steps, root(size))
        assert not any(merkle.included(LEAVES[index], i, size, steps, root(size)) for i in range(size) if i != index)
        assert not any(merkle.included(LEAVES[i], index, size, steps, root(size)) for i in range(size) if i != index)
        assert not merkle.included(LEAVES[index], index, size, (*steps, root(1)), root(size))
        assert size == 1 or not merkle.included(LEAVES[index], index, size, steps[:-1], root(size))


@pytest.mark.parametrize("new", range(LARGEST + 1))
def test_every_tree_extends_every_smaller_one_and_no_other(new: int) -> None:
    for old in range(new + 1):
        steps = merkle.consistency(old, new, nodes)
        other = leaf_hash(b"other")

        assert merkle.extends(old, root(old), new, root(new), steps)
        assert not merkle.extends(old, other, new, root(new), steps)
        assert old == 0 or not merkle.extends(old, root(old), new, other, steps)
        assert not merkle.extends(old, root(old), new, root(new), (*steps, other))
        assert not steps or not merkle.extends(old, root(old), new, root(new), steps[:-1])
        assert not merkle.extends(new + 1, root(old), new, root(new), steps)


@pytest.mark.parametrize("old", range(1, LARGEST))
def test_a_tree_that_rewrote_a_leaf_extends_no_head_that_covers_it(old: int) -> None:
    rewritten = [*LEAVES[: old - 1], leaf_hash(b"rewritten"), *LEAVES[old:]]

    def other(level: int, index: int) -> bytes:
        return merkle.of(rewritten[index << level : (index + 1) << level])

    forged = merkle.root(LARGEST, other)
    for steps in (merkle.consistency(old, LARGEST, other), merkle.consistency(old, LARGEST, nodes)):
        assert not merkle.extends(old, root(old), LARGEST, forged, steps)
