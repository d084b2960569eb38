"""Whatever the text, however it is cut: the filtered way reads the same records at the same places as the exact way."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.filters import Way, accepted_rows, exact_row, way
from tests.properties.test_accept_filter import GOOD
from validator.accept import documents, tables
from validator.accept import lines as lines_
from validator.catalogue.schemas import columns
from validator.engine import units
from validator.engine.scan import batches, blocks
from validator.engine.units import Unit, plan_units
from validator.model.record import UNREADABLE
from validator.model.standard import Dataset
from validator.model.submission import Observation
from validator.model.text import Text
from validator.observe.mapping import count_lines, mapped

SCHEMA: dict[str, Any] = {
    "type": "object", "additionalProperties": False, "required": ["id", "value"],
    "properties": {
        "id": {"type": "string", "pattern": "^[A-Za-z0-9:-]+$", "maxLength": 20},
        "value": {"type": ["number", "null"]},
        "count": {"type": "integer"},
        "on": {"type": "boolean"},
        "day": {"type": "string", "format": "date"},
        "note": {"type": "string", "maxLength": 20},
        "q": {
            "type": "object", "additionalProperties": False, "required": ["unit"],
            "properties": {"unit": {"enum": ["kW", "m"]}, "size": {"type": "number"}},
        },
    },
}  # fmt: skip
COLUMNS = columns(SCHEMA)
DATASET = Dataset(
    "S", "d", Text("", ""), ("jsonl", "json", "csv"), SCHEMA, "S", COLUMNS, ("id",), None, None, False
)  # fmt: skip
HEADER = "id,value,count,on,day,note,q.unit,q.size"
ROW = "A:1,1.5,3,true,2026-11-23,ghi,kW,2"
OBJECT = '{"id":"A:1","value":1.5,"count":3,"note":"ghi","q":{"unit":"kW"}}'


@pytest.fixture(scope="module")
def filtered() -> Way:
    made = way(SCHEMA, COLUMNS)
    assert made is not None
    return made


Record = tuple[int, int, int, Any]


def read(path: Path, media: str, accept: Way | None, every: int) -> tuple[list[Record], list[str]]:
    """(number, line, offset, columns or what is unreadable) of every record, and the faults, over all units."""
    seen = Observation("f", path, media, path.stat().st_size, "", "S/d")
    records: list[Record] = []
    faults: list[str] = []
    line_base = record_base = 0
    with patch.object(units, "UNIT_BYTES", every):
        planned = plan_units((seen,), everything=accept is not None) if accept else (Unit(0, seen, 0, seen.size),)
    for unit in planned:
        count = 0
        for record, fault in _read_unit(unit, accept):
            count += record is not None
            if record is not None:
                records.append((record[0] + record_base, record[1] + line_base, *record[2:]))
            if fault is not None:
                line = None if fault.line is None else fault.line + line_base
                number = None if fault.record is None else fault.record + record_base
                faults.append(repr((fault.aspect, fault.message_id, line, fault.column, number, fault.params)))
        record_base += count
        if unit.end < seen.size:
            with mapped(path) as text:
                line_base += count_lines(text, unit.start, unit.end)
    return sorted(records, key=lambda r: r[0]), sorted(faults)


def _read_unit(unit: Unit, accept: Way | None) -> Iterator[tuple[Any, Any]]:
    made = way(SCHEMA, COLUMNS)
    assert made is not None
    if accept is None:
        for batch in batches(unit, DATASET):
            yield from _exact(made, batch)
        return
    for block in blocks(unit, DATASET, accept.accept):
        yield from _exact(accept, block.batch)
        for row in accepted_rows(accept, block):
            place = row["_at"] % 2**32 + 1, row["_line"], row["_off"]
            yield (*place, {k: v for k, v in row.items() if not k.startswith("_")}), None


def _exact(made: Way, batch: Any) -> Iterator[tuple[Any, Any]]:
    for fault in batch.faults:
        yield None, fault
    for i, value in enumerate(batch.values):
        place = batch.number(i), batch.lines[i], batch.offsets[i]
        if value is UNREADABLE:
            yield (*place, "unreadable"), None
        else:
            row = exact_row(made, value, batch.raws[i], *place)
            yield (*place, {k: v for k, v in row.items() if not k.startswith("_")}), None


def assert_same(filtered: Way, content: bytes, media: str, block: int, every: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "f"
        path.write_bytes(content)
        exact = read(path, media, None, every)
        with ExitStack() as patched:
            for module in (lines_, documents, tables):
                patched.enter_context(patch.object(module, "BLOCK_BYTES", block))
            assert read(path, media, filtered, every) == exact


SIZES = st.sampled_from([40, 100, 1000, 4 * 2**20])
EVERY = st.sampled_from([30, 200, 32 * 2**20])
USUAL = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])

ODD_LINES = [
    "", " ", "\x0c", "{", "[1]", '{"id":"A"}', OBJECT + " ", " " + OBJECT, OBJECT + "\r", OBJECT.replace("1.5", "1e5"),
    OBJECT.replace("ghi", "Đo\u0301"), OBJECT * 2, "5", GOOD, "\ud800",
]  # fmt: skip
LINES = st.lists(st.sampled_from([OBJECT] * 6 + ODD_LINES), max_size=12).map(
    lambda found: "\n".join(found).encode("utf-8", "surrogatepass")
)


@USUAL
@given(LINES, SIZES, EVERY, st.sampled_from([b"", b"\n", b"\n\n"]), st.sampled_from([b"", b"\xef\xbb\xbf"]))
def test_json_lines(filtered: Way, content: bytes, block: int, every: int, end: bytes, start: bytes) -> None:
    assert_same(filtered, start + content + end, "jsonl", block, every)


ODD_ITEMS = [
    "{}", "[]", "5", '"x"', "null", "{", OBJECT.replace("A:1", "]"), OBJECT + "\n", "\n " + OBJECT,
    OBJECT.replace("ghi", 'a\\\\\\"}'), "[[{}]]", OBJECT.replace(":", " : "), "nul",
]  # fmt: skip
ITEMS = st.lists(st.sampled_from([OBJECT] * 8 + ODD_ITEMS), max_size=10)
BETWEEN = st.sampled_from([","] * 8 + [" ,\n", ",\n\n", ",,", " ", ";"])
AROUND = st.sampled_from(
    [("[", "]"), ('{"records":[', "]}"), ('{"a":{"records":[1]},"records":[', '],"b":"]"}'), ("[", ""),
     ('{"records":[', "]"), ('{"records":[', '],"records":[{}]}'), ('{"records":[', '],"a":1,"a":2}'),
     ("\n[ ", " ]\n"), ("[", "]]"), ("", ""), ('{"a":"\\"records\\":[", "records" : [', "] }"),
     ('{"r\\u0065cords":[', "]}"), ('{"records":[', ",]}")]
)  # fmt: skip


@USUAL
@given(ITEMS, st.data(), AROUND, SIZES, EVERY)
def test_documents(
    filtered: Way, items: list[str], data: st.DataObject, around: tuple[str, str], block: int, every: int
) -> None:
    text = around[0]
    for i, item in enumerate(items):
        text += (data.draw(BETWEEN) if i else "") + item
    assert_same(filtered, (text + around[1]).encode(), "json", block, every)


CELLS = [
    ("ghi", '"ghi"'), ("ghi", '"a""b"'), ("ghi", '"a\nb"'), ("ghi", 'a"b'), ("ghi", '"a"b'), ("1.5", ""), ("3", "03"),
    ("true", "null"), ("kW", ""), ("kW,2", ","), ("1.5", "1.50"), ("1.5", "-0"), ("3", "3.0"), ("ghi", "Đo ẩm"),
    ("ghi", "a\\b"), ("ghi", "a\tb"), ("ghi", '"'), ("ghi", "0905123456"), ("ghi", ""), ("A:1", "\udcff"),
    ("1.5", '"1.5"'), ("2026-11-23", "2026-02-30"), ("A:1", ""), ("ghi", "ghi,x"), ("true,", ""),
]  # fmt: skip
ODD_ROWS = ["", " ", "\r", "A,1", HEADER, ROW + "\r", *(ROW.replace(*change) for change in CELLS)]
ROWS = st.lists(st.sampled_from([ROW] * 10 + ODD_ROWS), max_size=12)
HEADERS = [HEADER, HEADER + ",zz", "id,id,value,count,on,day,note,q.unit", HEADER.replace("q.size", '"q.size"')]


@USUAL
@given(ROWS, st.sampled_from(["\n", "\r\n"]), SIZES, EVERY, st.booleans(), st.sampled_from([HEADER] * 5 + HEADERS))
def test_tables(filtered: Way, rows: list[str], end: str, block: int, every: int, last: bool, header: str) -> None:
    text = end.join([header, *rows]) + (end if last else "")
    assert_same(filtered, text.encode("utf-8", "surrogateescape"), "csv", block, every)
