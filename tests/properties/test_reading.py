"""What reading promises of any text: nothing is lost, nothing is added, every place is right."""

import csv
import io
import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import rfc8785
from hypothesis import assume, given
from hypothesis import strategies as st

from validator.canonical import canonical
from validator.model.record import UNREADABLE, Batch
from validator.model.standard import Column
from validator.observe.json_text import BrokenTextError, walk
from validator.observe.locate import place
from validator.observe.mapping import count_lines
from validator.observe.parse import parse, too_deep
from validator.observe.read_csv import read_csv
from validator.observe.read_json import read_json, read_json_lines

LETTERS = st.characters(codec="utf-8")
TEXT = st.text(LETTERS, max_size=8)
SPACE = st.text(st.sampled_from(" \t\r\n"), max_size=3)
NUMBERS = st.one_of(st.integers(-(2**53) + 1, 2**53 - 1), st.floats(allow_nan=False, allow_infinity=False))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)),
    max_leaves=12,
)


@st.composite
def written(draw: st.DrawFn, value: Any) -> str:
    """The value as JSON text, with any white space and either spelling of letters."""
    gap = lambda: draw(SPACE)  # noqa: E731
    if isinstance(value, dict):
        members = [
            f"{gap()}{draw(written(name))}{gap()}:{gap()}{draw(written(item))}{gap()}" for name, item in value.items()
        ]
        return "{" + (",".join(members) or gap()) + "}"
    if isinstance(value, list):
        items = [f"{gap()}{draw(written(item))}{gap()}" for item in value]
        return "[" + (",".join(items) or gap()) + "]"
    return json.dumps(value, ensure_ascii=draw(st.booleans()))


FOLDER = tempfile.TemporaryDirectory(prefix="lienthong-test-")


def on_disk(content: bytes) -> Path:
    path = Path(FOLDER.name) / "data"
    path.write_bytes(content)
    return path


def gathered(batches: Iterable[Batch]) -> tuple[list[Any], list[int], list[str]]:
    """All values, their lines and the ids of all faults."""
    values, lines, faults = [], [], []
    for batch in batches:
        assert batch.first == len(values) + 1
        values += batch.values
        lines += batch.lines
        faults += [fault.message_id for fault in batch.faults]
    return values, lines, faults


@given(st.data(), st.lists(VALUES, max_size=5), st.dictionaries(TEXT, VALUES, max_size=3), st.booleans())
def test_a_document_gives_the_records_that_any_parser_reads_in_it(
    data: st.DataObject, records: list[Any], beside: dict[str, Any], rooted: bool
) -> None:
    assume("records" not in beside)
    document = records if rooted else {**beside, "records": records}
    names = data.draw(st.permutations(list(document))) if isinstance(document, dict) else []
    text = data.draw(SPACE) + data.draw(written({n: document[n] for n in names} if names else document))
    batches = list(read_json(on_disk(text.encode()), "f", "json"))
    values, lines, faults = gathered(batches)

    assert values == (json.loads(text) if rooted else json.loads(text)["records"])
    assert faults == []
    assert batches[-1].envelope == ({} if rooted else beside)
    for batch in batches:
        for offset, line, raw, value in zip(batch.offsets, batch.lines, batch.raws, batch.values, strict=True):
            assert line == 1 + text.encode()[:offset].count(b"\n")
            assert text.encode()[offset : offset + len(raw)] == raw
            assert json.loads(raw) == value
    assert lines == sorted(lines)


@given(st.data(), VALUES)
def test_a_document_without_a_record_array_is_one_record(data: st.DataObject, value: Any) -> None:
    assume(not isinstance(value, list) and not (isinstance(value, dict) and isinstance(value.get("records"), list)))
    text = data.draw(SPACE) + data.draw(written(value)) + data.draw(SPACE)
    batches = list(read_json(on_disk(text.encode()), "f", "json"))

    assert gathered(batches)[0] == [value]
    assert batches[-1].envelope is None


@given(st.binary(max_size=60))
def test_reading_never_fails_and_whatever_is_not_json_has_a_fault(content: bytes) -> None:
    for batches in (read_json(on_disk(content), "f", "json"), read_json_lines(on_disk(content), "f", 0, len(content))):
        values, _, faults = gathered(batches)
        assert faults or all(value is not UNREADABLE for value in values)
    try:
        json.loads(content.decode("utf-8"), parse_constant=lambda _: 1 / 0)
    except (ValueError, ZeroDivisionError):
        assert gathered(read_json(on_disk(content), "f", "json"))[2]


@given(st.text(st.sampled_from('{}[]":,\\ \n1a-.eu0'), max_size=40))
def test_a_document_is_accepted_exactly_when_it_is_json(text: str) -> None:
    faults = gathered(read_json(on_disk(text.encode()), "f", "json"))[2]
    try:
        json.loads(text)
    except ValueError:
        assert faults
    else:
        lawful_json = {"read.duplicate_key", "read.number_too_large", "read.number_too_long", "read.lone_surrogate"}
        assert set(faults) <= lawful_json


@given(st.data(), st.lists(st.one_of(VALUES, st.just("")), min_size=1, max_size=12), st.booleans())
def test_json_lines_cut_into_any_units_give_the_same_records_and_lines(
    data: st.DataObject, values: list[Any], windows: bool
) -> None:
    end = "\r\n" if windows else "\n"
    content = "".join(("" if v == "" else json.dumps(v, ensure_ascii=False)) + end for v in values).encode()
    assume(content.strip())
    path = on_disk(content)
    starts = [i + 1 for i, byte in enumerate(content) if byte == ord("\n")][:-1]
    cuts = sorted(data.draw(st.sets(st.sampled_from(starts)))) if starts else []
    whole_values, whole_lines, _ = gathered(read_json_lines(path, "f", 0, len(content)))
    got_values, got_lines, base = [], [], 0
    for start, stop in zip([0, *cuts], [*cuts, len(content)], strict=True):
        part_values, part_lines, _ = gathered(read_json_lines(path, "f", start, stop))
        got_values += part_values
        got_lines += [base + line for line in part_lines]
        base += count_lines(content, start, stop)

    assert whole_values == got_values == [v for v in values if v != ""]
    assert whole_lines == got_lines == [i for i, v in enumerate(values, 1) if v != ""]


@given(VALUES)
def test_canonical_text_is_that_of_the_reference_implementation(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(st.lists(st.tuples(TEXT, NUMBERS), max_size=6).map(dict))
def test_canonical_text_does_not_depend_on_the_order_of_members(value: dict[str, Any]) -> None:
    assert canonical(value) == canonical(dict(reversed(value.items())))


@given(st.data(), st.lists(TEXT, min_size=1, max_size=4), VALUES)
def test_a_name_that_repeats_is_always_found(data: st.DataObject, names: list[str], value: Any) -> None:
    """However it is spelled, whatever stands around it, however deep."""
    repeated = data.draw(st.sampled_from(names))
    members = [f"{data.draw(written(n))}{data.draw(SPACE)}:{data.draw(written(value))}" for n in [*names, repeated]]
    text = f'[{data.draw(written(value))}, {{"x": {{{",".join(data.draw(st.permutations(members)))}}}}}]'
    _, faults = parse(text.encode(), 1, 1)

    assert repeated[:200] in {dict(f.params)["key"] for f in faults if f.message_id == "read.duplicate_key"}


@given(st.data(), VALUES)
def test_a_name_that_does_not_repeat_is_never_told(data: st.DataObject, value: Any) -> None:
    text = data.draw(written(value))

    assert parse(text.encode(), 1, 1) == (json.loads(text), [])


def pointers(value: Any, pointer: str = "") -> list[tuple[str, Any]]:
    found = [(pointer, value)]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        found += pointers(inner, f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}")
    return found


@given(st.data(), VALUES)
def test_any_pointer_leads_to_its_value_whatever_the_white_space(data: st.DataObject, value: Any) -> None:
    text = data.draw(written(value))
    pointer, wanted = data.draw(st.sampled_from(pointers(value)))
    line, column = place(text.encode(), pointer, 1)
    rest = "\n".join(text.split("\n")[line - 1 :])[(column or 1) - 1 :]

    assert json.JSONDecoder().raw_decode(rest)[0] == wanted


@given(st.text(st.sampled_from('[]{}"\\a,'), max_size=300))
def test_depth_is_what_a_careful_reader_counts(text: str) -> None:
    try:
        value = json.loads(text)
    except ValueError:
        return

    def depth(node: Any) -> int:
        inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else None
        return 0 if inner is None else 1 + max(map(depth, inner), default=0)

    assert too_deep(text.encode()) is (depth(value) > 64)


@given(st.integers(1, 90), st.integers(0, 40))
def test_nesting_is_refused_from_the_same_depth_on_whatever_stands_beside_it(levels: int, beside: int) -> None:
    text = "[" + "[]," * beside + "[" * (levels - 1) + "]" * (levels - 1) + "]" if levels > 1 else "[]"

    assert too_deep(text.encode()) is (levels > 64)


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=6)


@given(st.lists(CELLS, min_size=2, max_size=4, unique=True), st.data(), st.sampled_from(["\n", "\r\n"]))
def test_what_the_csv_module_writes_is_read_back(header: list[str], data: st.DataObject, end: str) -> None:
    rows = data.draw(st.lists(st.lists(CELLS, min_size=len(header), max_size=len(header)), max_size=5))
    assume(header not in rows)
    buffer = io.StringIO(newline="")
    unquoted_cr = end == "\n" and "\r" in "".join(sum(rows, header))  # the writer would leave it bare
    quoting = csv.QUOTE_ALL if unquoted_cr else data.draw(st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
    csv.writer(buffer, lineterminator=end, quoting=quoting).writerows([header, *rows])
    content = buffer.getvalue().encode()
    assume(content.strip(b" \t\r\n") and not content.startswith(b"\xef\xbb\xbf") and content[:4].count(b"\0") < 2)
    values, lines, faults = gathered(read_csv(on_disk(content), "f", ()))

    assert [v for v in values if v is not UNREADABLE] == [
        {n: c for n, c in zip(header, row, strict=True) if c} for row in rows
    ]
    assert faults == []
    assert all(content.decode().split("\n")[line - 1] for line in lines)


TYPED_ROW = st.tuples(TEXT.filter(bool), st.integers(-(2**63), 2**63 - 1), NUMBERS, st.booleans(), VALUES)


@given(st.lists(TYPED_ROW, max_size=5))
def test_typed_cells_come_back_as_the_values_they_were(rows: list[tuple[Any, ...]]) -> None:
    kinds = ("VARCHAR", "BIGINT", "DOUBLE", "BOOLEAN", "JSON")
    columns = tuple(Column(f"c{i}", ("in", f"c{i}"), kind) for i, kind in enumerate(kinds))
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([".".join(column.path) for column in columns])
    writer.writerows([t, i, json.dumps(n), json.dumps(b), json.dumps(v)] for t, i, n, b, v in rows)
    values, _, faults = gathered(read_csv(on_disk(buffer.getvalue().encode()), "f", columns))

    assert values == [{"in": {f"c{i}": cell for i, cell in enumerate(row)}} for row in rows]
    assert faults == []


@given(st.binary(max_size=80))
def test_any_bytes_can_be_asked_for_as_csv(content: bytes) -> None:
    values, lines, faults = gathered(read_csv(on_disk(b"a,b\n" + content), "f", ()))

    assert len(values) == len(lines)
    assert faults or all(value is not UNREADABLE for value in values)
    assert lines == sorted(lines)


@given(st.lists(st.sampled_from(['"', "a", ",", "\n", '""', "\r\n", "\r"]), max_size=40))
def test_a_row_that_cannot_be_read_does_not_swallow_the_rows_after_it(pieces: list[str]) -> None:
    content = ("x,y\n" + "".join(pieces) + "\n1,2\n3,4\n").encode()
    values, _, faults = gathered(read_csv(on_disk(content), "f", ()))

    assert {"x": "3", "y": "4"} in values or any('"' in piece for piece in pieces)
    assert faults or UNREADABLE not in values


@given(st.binary(max_size=40), st.sampled_from(["records", "features", ""]))
def test_walking_a_text_ends(content: bytes, member: str) -> None:
    try:
        spans = list(walk(content, 0, member))
    except BrokenTextError:
        return
    assert spans[-1].kind == "root"
