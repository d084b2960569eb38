"""The accept filter of a schema with the sieves of the real checks, and what the exact way says of the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from validator.accept.compile import Watch
from validator.accept.filter import AcceptFilter, make_filter
from validator.accept.judged import Block
from validator.canonical import canonical
from validator.catalogue.schemas import columns
from validator.checks.bytes import NULL_WORDS, BytesCheck
from validator.checks.personal_data import identifiers
from validator.checks.personal_patterns import is_telling, may_hold
from validator.checks.schema import SchemaCheck
from validator.engine.columns import accepted_batch, arrow_schema, record_batch, take_for
from validator.engine.units import Unit
from validator.model.record import UNREADABLE, Batch
from validator.model.standard import Column
from validator.model.submission import Observation
from validator.observe.parse import parse

OWNERS = dict.fromkeys(("nfc", "replacement", "mojibake", "control", "null_words", "syntax", "duplicate_key"), "R")
UNIT = Unit(0, Observation("f", Path("f"), "jsonl", 0, "", None), 0, 0)


@dataclass(frozen=True)
class Way:
    """A schema's filter beside its exact checks."""

    schema: Mapping[str, Any]
    columns: tuple[Column, ...]
    accept: AcceptFilter
    check: SchemaCheck
    bytes: BytesCheck


def way(schema: Mapping[str, Any], declared: tuple[Column, ...] | None = None) -> Way | None:
    """None where the filter could accept nothing."""
    cols = columns(schema) if declared is None else declared
    check = BytesCheck(OWNERS, cols)
    takes = [take_for(column.sql_type) for column in cols]
    made = make_filter(
        schema, cols, Watch(NULL_WORDS, is_telling), takes, lambda raw: check.may_find(raw) or may_hold(raw)
    )
    return Way(schema, cols, made, SchemaCheck(schema, "S", frozenset()), check) if made else None


def accepted_rows(way: Way, block: Block) -> list[dict[str, Any]]:
    """The columns of the accepted records, a dict each, with their canonical text."""
    if block.accepted is None:
        return []
    made = accepted_batch(block.accepted, way.columns, arrow_schema(way.columns), UNIT).to_pylist()
    judged = block.accepted.judged
    for row, i in zip(made, judged.kept, strict=True):
        row["canonical"] = bytes(judged.canon[judged.cuts[i] : judged.cuts[i + 1] - 1])
    return made


def exact_row(way: Way, value: Any, raw: bytes, number: int, line: int, offset: int) -> dict[str, Any]:
    """What the exact way keeps of a record."""
    batch = Batch("f", number, [line], [offset], [raw], [value])
    [row] = record_batch(batch, set(), way.columns, arrow_schema(way.columns), UNIT).to_pylist()
    return {**row, "canonical": canonical(value)}


def complaints(way: Way, raw: bytes) -> list[str]:
    """What the exact way says against one record; nothing for one that the filter may accept."""
    value, faults = parse(raw, 1, 1)
    said = [fault.message_id for fault in faults]
    if value is UNREADABLE:
        return said
    batch = Batch("f", 1, [1], [0], [raw], [value])
    said += [finding.message_id for _, finding in way.check(batch)]
    said += [finding.message_id for _, finding in way.bytes(batch)]
    return said + [category for _, category in identifiers(value)]


def judge_lines(way: Way, raws: Iterable[bytes]) -> tuple[Block, list[bytes]]:
    """One block of lines through the filter."""
    from validator.accept.judged import Accepted

    raws = list(raws)
    text = np.frombuffer(b"\n".join(raws) + b"\n", np.uint8)
    judged, _ = way.accept.lines(text, 0, len(text), True)
    kept = judged.kept
    accepted = Accepted(kept + 1, kept + 1, judged.starts[kept], judged, 1, judged.rows)
    return Block(Batch("f", 1, [], [], [], []), accepted), raws[: judged.rows]
